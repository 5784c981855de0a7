"""Makes the files of a report: every format from the one document, and a sentence for each that this machine cannot make.

Word, slides and workbook need nothing but this product; PDF and the one-page picture are drawn by the machine's
Chromium, Chrome or Edge, pictures of charts need a Chinese font.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data.errors import UserError
from metrics.report import board, docx, drawing, html, pptx, printing, xlsx
from metrics.report.document import Document

FORMATS = {"docx": "Word", "xlsx": "Excel", "html": "网页", "pdf": "PDF", "pptx": "幻灯片", "png": "图片"}
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive
Told = Callable[[str], None]


@dataclass(frozen=True)
class Produced:
    """The files of one report by name; missing: a sentence for each format that could not be made here."""

    files: dict[str, bytes] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def produce(made: Document, formats: Sequence[str] = tuple(FORMATS), told: Told = lambda _: None) -> Produced:
    """Return the files of a report. told: is called with the name of each format before it is made.

    Raises UserError for an unknown format.
    """
    check(formats)
    files: dict[str, bytes] = {}
    missing: list[str] = []
    for name in (name for name in FORMATS if name in formats):
        told(FORMATS[name])
        try:
            files |= _MAKERS[name](made)
        except UserError as error:
            missing.append(f"{FORMATS[name]}没有生成：{error}")
    return Produced(files, tuple(missing))


def check(formats: Sequence[str]) -> None:
    """Refuse a format that there is none of. Raises UserError."""
    if unknown := [name for name in formats if name not in FORMATS]:
        raise UserError(f"没有“{unknown[0]}”这种格式，可选：{'、'.join(FORMATS)}。")


def _docx(made: Document) -> dict[str, bytes]:
    return {f"{made.file_stem}.docx": docx.write(made)}


def _xlsx(made: Document) -> dict[str, bytes]:
    return {f"{made.file_stem}.xlsx": xlsx.write(made)}


def _pptx(made: Document) -> dict[str, bytes]:
    return {f"{made.file_stem}.pptx": pptx.write(made)}


def _html(made: Document) -> dict[str, bytes]:
    return {f"{made.file_stem}.html": html.write(made)}


def _pdf(made: Document) -> dict[str, bytes]:
    return {f"{made.file_stem}.pdf": printing.pdf(html.write(made))}


def _png(made: Document) -> dict[str, bytes]:
    found = {f"{made.file_stem}-{_plain_name(chart.caption)}.png": drawing.png(chart) for chart in made.charts}
    if made.board:
        page = board.page(made.board, made.stamp, made.is_demo)
        found[f"{made.file_stem}-一图读懂.png"] = printing.board_png(page)
    return found


_MAKERS: dict[str, Callable[[Document], dict[str, bytes]]] = {
    "docx": _docx, "xlsx": _xlsx, "html": _html, "pdf": _pdf, "pptx": _pptx, "png": _png,
}  # fmt: skip


def _plain_name(caption: str) -> str:
    return "".join(letter for letter in caption if letter.isalnum())


def format_of(name: str) -> str:
    """Return which format a file of a report is of."""
    return Path(name).suffix.removeprefix(".")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as one archive; names may have folders. The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
