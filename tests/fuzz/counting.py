"""A second reader, which shares nothing with the product's: every row that is not empty must have been read, or be explained.

What was written by the fuzzing itself is known. What was damaged afterwards is read by csv, openpyxl, or calamine's plain
call, as far as they still can; where none can, there is nothing to hold against it.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import python_calamine

from data.opening import Opened
from data.result import ImportResult

if TYPE_CHECKING:
    from tests.fuzz.judge import Made

Tables = dict[str | None, list[list[str]]]
# Texts with which a total, a signature, a remark begins: such a row is no case.
_NO_CASE = re.compile(
    r"\W*(合计|总计|小计|共|总数|累计|本页|制表|填表|填报|审核|审批|复核|统计|负责|经办|分管|打印|导出|备注|注|说明|以上|数据|第\d+页)"
)


def lost(opened: Opened, made: "Made", read: set[tuple[int, int]], result: ImportResult) -> Iterator[str]:
    """Say which rows were neither read nor told. read: table's place and row's number of those that were."""
    tables = made.tables if made.tables is not None else independent(made.path)
    if tables is None:
        return
    notes = " ".join([*result.notes, *(note for file in result.files for note in file.notes)])
    found = {sheet.name: (at, layout) for at, (sheet, layout) in enumerate(opened.tables)}
    if len(found) < len(opened.tables):
        return  # sheets of one name
    for name, rows in tables.items():
        filled = {number for number, row in enumerate(rows, 1) if any(cell.strip("\0\ufeff \t\r\n") for cell in row)}
        if name not in found:
            if filled and f"“{name}”" not in notes and len(tables) > 1:
                yield f"sheet {name!r} with {len(filled)} rows is not named"
            continue
        at, layout = found[name]
        merged = opened.tables[at][0].merged
        headings = {cell.strip() for cell in layout.headings if cell.strip()}
        for number in sorted(filled - {row for sheet, row in read if sheet == at}):
            cells = [cell.strip() for cell in rows[number - 1]]
            has_number = any(cell in made.numbers for cell in cells)
            if number < layout.heading_row:
                if has_number and "表头之上" not in notes:
                    yield f"row {number} stands above the heading in row {layout.heading_row} and is not told"
            elif number < layout.first_row:
                if has_number:
                    yield f"row {number} is taken for a heading"
            elif (has_number and not _is_heading(cells, headings)) or not _explained(cells, headings):
                yield f"row {number} is lost: {len([c for c in cells if c])} cells"
        invented = {row for sheet, row in read if sheet == at} - filled
        if invented and not merged and not any(len(row) > 200 for row in rows):
            yield f"rows {sorted(invented)[:5]} are read and are not there"


def _is_heading(cells: list[str], headings: set[str]) -> bool:
    shown = [cell for cell in cells if cell]
    return sum(cell in headings for cell in shown) * 2 >= len(shown)


def _explained(cells: list[str], headings: set[str]) -> bool:
    shown = [cell for cell in cells if cell]
    visible = [cell for cell in shown if re.search(r"[^\s\u200b-\u200f\u2060-\u2064\ufeff\x00-\x1f\x7f\xad]", cell)]
    return not visible or _is_heading(cells, headings) or any(_NO_CASE.match(cell) for cell in visible[:2])


def independent(path: Path) -> Tables | None:
    """Return the tables of a file as a plain reader has them, None where it cannot be read."""
    head = path.read_bytes()[:8]
    try:
        if head.startswith(b"PK"):
            return _workbook(path)
        if head.startswith(b"\xd0\xcf"):
            return _calamine(path)
        return _text(path)
    except Exception:  # it is damaged: whatever these readers make of it
        return None


def _workbook(path: Path) -> Tables | None:
    with zipfile.ZipFile(path) as packed:
        if "xl/workbook.xml" not in packed.namelist():
            return _calamine(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
        for sheet in book.worksheets
    }


def _calamine(path: Path) -> Tables | None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    return {
        name: [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def _text(path: Path) -> Tables | None:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeError:
            continue
    else:
        return None
    if text.lstrip("\ufeff \r\n\t")[:1] == "<":
        return None
    text = text.replace("\0", "")
    lines = io.StringIO(text, newline=None).read().split("\n")
    delimiter = max(",\t;", key=lambda sign: sum(line.count(sign) for line in lines[:60]))
    csv.field_size_limit(1 << 30)
    try:
        return {None: list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))}
    finally:
        csv.field_size_limit(100_000)


def swallowed(path: Path, numbers: set[str]) -> int:
    """Return how many rows stand within one cell because a quote was never closed, or closed in a wrong place."""
    tables = independent(path) or {}
    if path.suffix == ".xlsx" or None not in tables:
        return 0
    begin = re.compile(rf"\n\"?(?:{'|'.join(map(re.escape, sorted(numbers)))})[\",;\t]") if numbers else None
    return sum(len(begin.findall(cell)) for row in tables[None] for cell in row) if begin else 0
