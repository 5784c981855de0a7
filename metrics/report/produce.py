"""Makes the files of a report: every format from the one document, and a sentence for each that this machine cannot make.

Word, slides and workbook need nothing but this product; PDF and the one-page picture are drawn by the machine's
Chromium, Chrome or Edge, pictures of charts need a Chinese font.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from data.errors import UserError
from metrics import watermark
from metrics.report import board, docx, drawing, html, pptx, printing, xlsx
from metrics.report.document import Document
from metrics.report.formats import FORMATS, check

Told = Callable[[str], None]


@dataclass(frozen=True)
class Produced:
    """The files of one report by name; missing: a sentence for each format that could not be made here."""

    files: dict[str, bytes] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def produce(
    made: Document, formats: Sequence[str] = tuple(FORMATS), told: Told = lambda _: None, mark: str = ""
) -> Produced:
    """Return the files of a report. told: is called with the name of each format before it is made.

    mark: the words of the watermark in every file, none where empty. Raises UserError for an unknown format.
    """
    check(formats)
    files: dict[str, bytes] = {}
    missing: list[str] = []
    for name in (name for name in FORMATS if name in formats):
        told(FORMATS[name])
        try:
            files |= _MAKERS[name](made, mark)
        except UserError as error:
            missing.append(f"{FORMATS[name]}没有生成：{error}")
    return Produced(files, tuple(missing))


def _docx(made: Document, mark: str) -> dict[str, bytes]:
    return {f"{made.file_stem}.docx": docx.write(made, mark)}


def _xlsx(made: Document, mark: str) -> dict[str, bytes]:
    return {f"{made.file_stem}.xlsx": xlsx.write(made, mark)}


def _pptx(made: Document, mark: str) -> dict[str, bytes]:
    return {f"{made.file_stem}.pptx": pptx.write(made, mark)}


def _html(made: Document, mark: str) -> dict[str, bytes]:
    return {f"{made.file_stem}.html": _page(made, mark)}


def _pdf(made: Document, mark: str) -> dict[str, bytes]:
    return {f"{made.file_stem}.pdf": printing.pdf(_page(made, mark))}


def _page(made: Document, mark: str) -> bytes:
    return watermark.in_html(html.write(made).decode(), mark).encode()


def _png(made: Document, mark: str) -> dict[str, bytes]:
    invented = "演示数据，" if made.is_demo else ""
    found = {
        f"{made.file_stem}-{_plain_name(chart.caption)}.png": drawing.png(
            chart, foot=(*chart.notes, invented + made.stamp.words)
        )
        for chart in made.charts
    }
    if made.board:
        page = board.page(made.board, made.stamp, made.is_demo)
        found[f"{made.file_stem}-一图读懂.png"] = printing.board_png(page)
    return {name: watermark.in_png(picture, mark) for name, picture in found.items()}


_MAKERS: dict[str, Callable[[Document, str], dict[str, bytes]]] = {
    "docx": _docx, "xlsx": _xlsx, "html": _html, "pdf": _pdf, "pptx": _pptx, "png": _png,
}  # fmt: skip


def _plain_name(caption: str) -> str:
    return "".join(letter for letter in caption if letter.isalnum())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
