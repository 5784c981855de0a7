"""Writes tables in every format that exports have, so that what was written is known cell for cell."""

import csv
import html
import io
import random
import re
from datetime import datetime
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from tests.fuzz.changes import Rows

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
FORMATS = (
    *(f"csv:{encoding}" for encoding in ENCODINGS),
    "tsv:utf-8",
    "ssv:gb18030",
    "xlsx",
    "xls",
    "ods",
    "html:gb18030",
    "html:utf-8",
)
DELIMITERS = {"csv": ",", "tsv": "\t", "ssv": ";"}
_LONGEST = 32_767  # characters that a cell of a spreadsheet holds


def write(path: Path, form: str, rows: Rows, chance: random.Random) -> dict[str | None, list[list[str]]]:
    """Write a table and return what a reader must find in it, by sheet; `form` is one of FORMATS."""
    kind, _, encoding = form.partition(":")
    if kind in DELIMITERS:
        return _text(path, rows, encoding, DELIMITERS[kind], chance)
    rows = [[cell if not isinstance(cell, str) else _ILLEGAL.sub("", cell)[:_LONGEST] for cell in row] for row in rows]
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods, "html": _html}[kind](path, rows, chance, encoding)


def shown(rows: Rows) -> list[list[str]]:
    """Return the rows as texts."""
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def _text(path: Path, rows: Rows, encoding: str, delimiter: str, chance: random.Random) -> dict:
    out = io.StringIO(newline="")
    quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=chance.choice(("\r\n", "\n"))).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding, "surrogatepass"))
    return {None: shown(rows)}


def _xlsx(path: Path, rows: Rows, chance: random.Random, encoding: str) -> dict:
    book = openpyxl.Workbook()
    fill(book.active, rows)
    book.active.title = "Sheet1"
    for number in chance.sample(range(1, len(rows) + 1), chance.choice((0, 0, 2))):
        book.active.row_dimensions[number].hidden = True
    book.save(path)
    return {"Sheet1": shown(rows)}


def fill(sheet: openpyxl.worksheet.worksheet.Worksheet, rows: Rows) -> None:
    """Put rows into a sheet, texts that look like formulas as texts."""
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value not in ("", None):
                cell = sheet.cell(r, c, value)
                if isinstance(value, str):
                    cell.data_type = "s"


def _xls(path: Path, rows: Rows, chance: random.Random, encoding: str) -> dict:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD hh:mm:ss")
    rows = [row[:256] for row in rows]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write(r, c, cell, day)
            elif cell not in ("", None):
                sheet.write(r, c, cell)
    if chance.random() < 0.2:
        sheet.row(len(rows) - 1).hidden = True
    book.save(str(path))
    return {"Sheet1": shown(rows)}


def _ods(path: Path, rows: Rows, chance: random.Random, encoding: str) -> dict:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for row in rows:
        line = TableRow()
        for cell in row or [""]:
            line.addElement(_ods_cell(cell))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return {"Sheet1": shown(rows)}


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


def _html(path: Path, rows: Rows, chance: random.Random, encoding: str) -> dict:
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>\n" for row in rows)
    page = f"<html><head><meta charset='{encoding}'></head><body><table border=1>{lines}</table></body></html>"
    path.write_bytes(page.encode(encoding))
    return {None: shown(rows)}
