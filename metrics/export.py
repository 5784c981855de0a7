"""Tables as files to take away: .xlsx and CSV, with the notes that say what they are on the sheet itself.

A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a line break) gets an apostrophe in
front; numbers and dates stay numbers and dates. Lists of cases are written row by row through a file on the disk, so
that a million of them need no more memory than the finished file.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

import pandas as pd
import xlsxwriter

from data.errors import UserError
from metrics import watermark

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_WIDTH = 40
_EXCEL_BEGINS = datetime(1899, 12, 30)
MOST_ROWS = 1_048_576  # of a worksheet, the notes and the headings among them


def to_xlsx(frame: pd.DataFrame, notes: Sequence[str] = (), mark: str = "") -> bytes:
    """Return a workbook: the notes, an empty row, the headings, the rows; headings frozen and filtered."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("数据")
        bold, grey = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "#595959"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        mark_sheet(sheet, mark)
        notes = signed(notes, mark)
        for i, note in enumerate(notes):
            sheet.write_string(i, 0, defused(note), grey)
        top = len(notes) + 1 if notes else 0
        for column, name in enumerate(frame.columns):
            sheet.write_string(top, column, defused(str(name)), bold)
            for row, value in enumerate(frame[name], start=top + 1):
                _write(sheet, row, column, value, moment)
            sheet.set_column(column, column, _width(name, frame[name]))
        sheet.freeze_panes(top + 1, 0)
        if len(frame.columns):
            sheet.autofilter(top, 0, top + len(frame), len(frame.columns) - 1)
    return out.getvalue()


def to_csv(frame: pd.DataFrame, notes: Sequence[str] = (), mark: str = "") -> bytes:
    """Return CSV in UTF-8 with BOM, so that Excel reads the Chinese; the notes come first, then an empty line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    notes = signed(notes, mark)
    writer.writerows([defused(note)] for note in notes)
    if notes:
        writer.writerow([])
    writer.writerow([defused(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_text(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def rows_to_xlsx(headings: Sequence[str], rows: Iterable[tuple], notes: Sequence[str] = (), mark: str = "") -> bytes:
    """Return the same workbook from rows that come one after the other; at most MOST_ROWS with everything above them."""
    with tempfile.TemporaryFile() as out:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(out, options) as book:
            sheet = book.add_worksheet("数据")
            bold, grey = book.add_format({"bold": True, "bottom": 1}), book.add_format({"font_color": "#595959"})
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            mark_sheet(sheet, mark)
            notes = signed(notes, mark)
            for i, note in enumerate(notes):
                sheet.write_string(i, 0, defused(note), grey)
            top = len(notes) + 1 if notes else 0
            for column, name in enumerate(headings):
                sheet.set_column(column, column, min(2 * len(name) + 8, _MAX_WIDTH))
                sheet.write_string(top, column, defused(name), bold)
            last = top
            for last, row in enumerate(rows, start=top + 1):
                for column, value in enumerate(row):
                    _write(sheet, last, column, value, moment)
            sheet.freeze_panes(top + 1, 0)
            sheet.autofilter(top, 0, last, len(headings) - 1)
        out.seek(0)
        return out.read()


def rows_to_csv(headings: Sequence[str], rows: Iterable[tuple], notes: Sequence[str] = (), mark: str = "") -> bytes:
    """Return the same CSV from rows that come one after the other."""
    with tempfile.TemporaryFile("w+", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        notes = signed(notes, mark)
        writer.writerows([defused(note)] for note in notes)
        if notes:
            writer.writerow([])
        writer.writerow([defused(name) for name in headings])
        writer.writerows([_text(value) for value in row] for row in rows)
        out.flush()
        out.buffer.seek(0)
        return out.buffer.read()


def signed(notes: Sequence[str], mark: str) -> list[str]:
    """Return the notes with a line that says who took the file and when."""
    return [*notes, *([f"导出：{mark}"] if mark else [])]


def mark_sheet(sheet: xlsxwriter.worksheet.Worksheet, mark: str) -> None:
    """Put the watermark behind a worksheet and in the margin of its print; nothing where there is none.

    The picture needs a Chinese font; without one the words stand in the note and the margin only.
    """
    if not mark:
        return
    if not sheet.footer:
        sheet.set_footer(f"&L{mark[:100].replace('&', '&&')}&R第&P页，共&N页")
    with suppress(UserError):
        sheet.set_background(io.BytesIO(watermark.background(mark)))


def defused(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object, moment: object) -> None:
    if value is None:
        return
    if type(value) is str:  # most cells are texts and moments, and the questions below are slow
        sheet.write_string(row, column, defused(value))
        return
    if type(value) is datetime:
        sheet.write_number(row, column, (value - _EXCEL_BEGINS) / timedelta(days=1), moment)
        return
    if _is_blank(value):
        return
    if isinstance(value, (datetime, date)):
        plain = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        sheet.write_datetime(row, column, plain, moment)
    elif _is_number(value):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, defused(_plain(value)))


def _text(value: object) -> str:
    if type(value) is str:
        return defused(value)
    if _is_blank(value):
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value) if _is_number(value) else defused(_plain(value))


def _plain(value: object) -> str:
    if pd.api.types.is_bool(value):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _is_number(value: object) -> bool:
    return pd.api.types.is_number(value) and not pd.api.types.is_bool(value)


def _is_blank(value: object) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and pd.isna(value))


def _width(name: object, cells: pd.Series) -> int:
    longest = max((len(_text(value)) for value in cells.head(200)), default=0)
    return min(max(2 * len(str(name)), longest) + 3, _MAX_WIDTH)
