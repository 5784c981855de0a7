"""The quarantined rows as a workbook: to be corrected in Excel and imported again.

Each format has a sheet with its own headings, so that the file is recognised like any export. 隔离编号 tells the importer
which row was put right, 信访人标识 keeps the person recognisable although name and number are masked.
"""

import io
import json
from datetime import datetime, time

import xlsxwriter

from data.dates import END_OF_DAY
from data.profiles import RESERVED, RESERVED_IGNORED
from data.store import Reader

_ID, _PERSON = RESERVED
_REASON, _FILE, _SHEET, _ROW = RESERVED_IGNORED


def quarantine_xlsx(reader: Reader, batch_no: int | None = None) -> bytes:
    """Return a workbook of the rows still in quarantine, of one batch or of all; all cells are text."""
    rows = reader.query(
        "SELECT qid, profile, file, sheet, row_no, as_of, reasons, cells, person FROM quarantine "
        "WHERE NOT is_resolved AND ($batch IS NULL OR batch_no = $batch) ORDER BY profile, as_of, file, sheet, row_no",
        {"batch": batch_no},
    )
    groups: dict[tuple[str, datetime], list[tuple]] = {}
    for row in rows:
        groups.setdefault((row[1], row[5]), []).append(row)
    content = io.BytesIO()
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "bg_color": "#F4F6F9", "text_wrap": True})
        reason = book.add_format({"font_color": "#B0413E", "text_wrap": True})
        if not groups:
            book.add_worksheet("没有隔离的行")
        for number, ((profile, as_of), members) in enumerate(groups.items(), 1):
            sheet = book.add_worksheet(f"{number}")
            sheet.write_string(
                0,
                0,
                f"隔离待更正：{profile}，数据截至 {_moment(as_of)}。改正后整表另存，再导入；灰色列请勿改动。",
            )
            _write_group(sheet, members, bold, text, reason)
    return content.getvalue()


def _moment(as_of: datetime) -> str:
    """Write an export time as the importer will read it again: the end of a day is the day alone."""
    return (
        f"{as_of:%Y-%m-%d}" if as_of.time().replace(microsecond=0) == time(*END_OF_DAY) else f"{as_of:%Y-%m-%d %H:%M}"
    )


def _write_group(sheet: xlsxwriter.worksheet.Worksheet, members: list[tuple], bold, text, reason) -> None:
    cells = [json.loads(member[7]) for member in members]
    own = list(dict.fromkeys(heading for row in cells for heading in row))
    headings = [_REASON, *own, _FILE, _SHEET, _ROW, _ID, _PERSON]
    for column, heading in enumerate(headings):
        sheet.write_string(2, column, heading, bold)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, len(headings), 18, text)
    sheet.freeze_panes(3, 1)
    for line, (member, row) in enumerate(zip(members, cells, strict=True), 3):
        qid, _, file, origin, row_no, _, reasons, _, person = member
        sheet.write_string(line, 0, reasons, reason)
        values = [*(row.get(heading, "") for heading in own), file, origin or "", str(row_no), qid, person or ""]
        for column, value in enumerate(values, 1):
            sheet.write_string(line, column, value, text)
