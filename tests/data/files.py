"""Files of every kind, written as exports come, and rows of the bureau's own ledger to put into them."""

import csv
import io
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from data.dates import CHINA
from data.importing import import_files
from data.result import ImportResult
from data.schema import KEYS
from data.store import Store

Rows = Sequence[Sequence[object]]


def write_text(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write a CSV, or what passes for one."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(
    path: Path,
    rows: Rows | dict[str, Rows],
    merged: Sequence[str] = (),
    hidden: Sequence[int] = (),
    from_1904: bool = False,
) -> Path:
    """Write a workbook: one sheet, or several by name; `merged` and `hidden` concern the first."""
    book = openpyxl.Workbook()
    if from_1904:
        book.epoch = CALENDAR_MAC_1904
    book.remove(book.active)
    for name, lines in (rows if isinstance(rows, dict) else {"Sheet1": rows}).items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    for area in merged:
        book.worksheets[0].merge_cells(area)
    for number in hidden:
        book.worksheets[0].row_dimensions[number].hidden = True
    book.save(path)
    return path


def write_xls(
    path: Path, rows: Rows, merged: Sequence[tuple[int, int, int, int]] = (), from_1904: bool = False
) -> Path:
    """Write an old binary workbook; `merged`: first row, last row, first column, last column, from 0."""
    book = xlwt.Workbook()
    book.dates_1904 = from_1904
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD hh:mm:ss")
    covered = {(r, c) for a, b, left, right in merged for r in range(a, b + 1) for c in range(left, right + 1)}
    for r, line in enumerate(rows):
        for c, cell in enumerate(line):
            if (r, c) not in covered and cell not in ("", None):
                sheet.write(r, c, cell, day) if isinstance(cell, datetime) else sheet.write(r, c, cell)
    for a, b, left, right in merged:
        sheet.write_merge(a, b, left, right, rows[a][left])
    book.save(str(path))
    return path


def write_ods(path: Path, rows: Rows) -> Path:
    """Write an OpenDocument sheet; numbers and dates are cells of that type."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for line in rows:
        row = TableRow()
        for cell in line:
            row.addElement(_ods_cell(cell))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def _ods_cell(cell: object) -> TableCell:
    if cell in ("", None):
        return TableCell()
    if isinstance(cell, datetime):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, int | float):
        made = TableCell(valuetype="float", value=repr(cell))
    else:
        made = TableCell(valuetype="string")
    made.addElement(P(text=str(cell)))
    return made


def write_html(path: Path, rows: Rows, encoding: str = "gb18030") -> Path:
    """Write an HTML table, as old systems call .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>\n" for line in rows)
    page = f"<html><head><meta charset='{encoding}'></head><body><table border='1'>{lines}</table></body></html>"
    path.write_bytes(page.encode(encoding))
    return path


WRITERS = {"csv": write_text, "xlsx": write_xlsx, "xls": write_xls, "ods": write_ods, "html": write_html}

CASE = {
    "信访件编号": "A-001",
    "责任分局": "下陆区分局",
    "登记时间": "2025-03-01",
    "受理时间": "2025-03-05",
    "办结时间": "",
    "办理状态": "办理中",
    "渠道": "电话",
    "污染类型": "大气",
    "满意度": "",
    "反映内容": "夜间有异味",
}


def case(number: str = "A-001", **cells: object) -> dict[str, object]:
    """Return a row of the bureau's ledger that nothing is wrong with, changed in the cells given."""
    return CASE | {"信访件编号": number} | cells


def table(*rows: dict[str, object]) -> list[list[object]]:
    """Return the heading and the lines of rows given by heading; a row may have headings that others lack."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    return [headings, *([row.get(heading, "") for heading in headings] for row in rows)]


def ledger(path: Path, *rows: dict[str, object], saved: datetime | None = None) -> Path:
    """Write rows as a CSV; `saved` is the time at which the file was last changed."""
    write_text(path, table(*rows))
    if saved:
        moment = saved.replace(tzinfo=CHINA).timestamp()  # as clocks in China show it
        os.utime(path, (moment, moment))
    return path


def take(folder: Path, *paths: Path, **options: object) -> ImportResult:
    """Import files into the store in that folder."""
    return import_files(list(paths), Store(folder), **options)


def stored(folder: Path, name: str = "cases", version: str | None = None) -> dict[str, dict[str, object]]:
    """Return the rows of a table in the store, by the number of each and in its order."""
    number = KEYS[name][-1]
    frame = Store(folder).reader(version=version).frame(f"SELECT * FROM {name} ORDER BY {number}").astype(object)
    return {row[number]: row for row in frame.where(frame.notna(), None).to_dict("records")}
