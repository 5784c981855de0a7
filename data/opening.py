"""Opens one file of a batch and finds out what it is: its tables, its format, the moment it was exported.

Nothing is written yet; a file that cannot be understood stops the whole batch here, with a sentence.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.dates import find_export_time, saved_at
from data.errors import UnknownFormat, UserError
from data.layouts import Layout, find_layout, guess_headings
from data.limits import COMMAND, Limits
from data.privacy import redact, show_headings
from data.profiles import HINTS_SHEET, Profile
from data.reading import Sheet, Source, open_source

_SHOWN = 40  # characters of a heading in a message


@dataclass
class Opened:
    """A file with the tables found in it, before any row is mapped."""

    source: Source
    name: str
    sha256: str
    as_of: datetime
    edition_at: datetime  # when the file was last saved
    tables: list[tuple[Sheet, Layout]]
    notes: list[tuple[str, str]]  # the rule, and what was not read


def open_file(
    path: Path, name: str, profiles: list[Profile], explicit: bool, as_of: datetime | None, limits: Limits = COMMAND
) -> Opened:
    source, name = open_source(path, name, limits), redact(name)
    tables, notes = [], []
    for sheet in source.sheets:
        if sheet.name == HINTS_SHEET:
            continue
        if layout := find_layout(sheet, profiles, explicit):
            tables.append((sheet, layout))
            if layout.above:
                notes.append(("W19", _said_above(sheet, layout)))
        elif any(any(cell.strip() for cell in row) for row in sheet.rows()):
            notes.append(("W17", f"工作表“{sheet.name}”没有认识的表头，未读取"))
    if not tables:
        raise _unknown_format(source, name, profiles if explicit else [])
    titles = " ".join(title for _, layout in tables for title in layout.titles)
    found = as_of or find_export_time(Path(name).stem) or find_export_time(titles)
    saved = saved_at(path)
    return Opened(source, name, _sha256(path), found or saved.replace(microsecond=0), saved, tables, notes)


def _said_above(sheet: Sheet, layout: Layout) -> str:
    where = f"工作表“{sheet.name}”" if sheet.name else ""
    rows = f"第{layout.above[0]}行" + (f"至第{layout.above[-1]}行" if len(layout.above) > 1 else "")
    return (
        f"{where}{rows}在表头之上，像是数据（{len(layout.above)}行），未读取；若是数据，请把表头移到它们上面后重新导入"
    )


def _unknown_format(source: Source, name: str, explicit: list[Profile]) -> UserError:
    headings = show_headings(h for sheet in source.sheets for h in guess_headings(sheet)[1] if h)
    shown = "、".join(" ".join(heading.split())[:_SHOWN] for heading in headings[:30]) or "无"
    if explicit:
        wanted = "、".join(explicit[0].columns.get("case_no", ()))
        return UserError(
            f"文件“{name}”与导入格式“{explicit[0].name}”对不上（缺少编号列“{wanted}”），文件中的表头有：{shown}。"
        )
    return UnknownFormat(
        f"文件“{name}”的格式不认识，文件中的表头有：{shown}；请在导入页对应一次列名并保存，或用 --profile 指定导入格式。"
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read_headings(path: Path, name: str | None = None, limits: Limits = COMMAND) -> list[dict[str, object]]:
    """Return for each sheet what most looks like its heading, to be mapped by the user once.

    Each: sheet, heading_row (from 1), headings; no cell below the heading is given, for it may hold personal data.
    """
    found = []
    for sheet in open_source(path, name, limits).sheets:
        heading_row, headings = guess_headings(sheet)
        found.append(
            {"sheet": sheet.name, "heading_row": heading_row, "headings": show_headings(h for h in headings if h)}
        )
    return found
