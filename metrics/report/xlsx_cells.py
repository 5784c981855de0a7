"""Cells of the workbook of a report: a number is a number in a format that shows what is printed, a text never a formula.

Where no format of Excel's shows what is printed (“—”, “29/30”), the printed text is written instead.
"""

from datetime import datetime, timedelta
from functools import lru_cache

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from metrics.charts.base import COLOURS, QUIET, RULE, TEXT
from metrics.export import defused
from metrics.report.document import Cell, Column, Number, Table, plain
from metrics.report.office import FONT, LATE, em, number_format, wrapped
from metrics.report.pen import readable

MOST_LETTERS = 32767  # of a cell
_STATES = {"late": LATE, "red": COLOURS["worse"], "yellow": COLOURS["worse"], "grey": QUIET}
_EXCEL_BEGINS = datetime(1899, 12, 30)
_EXCEL_ERRS_BEFORE = datetime(1900, 3, 1)  # it counts a 29 February 1900
_NUMERIC = {"count", "share", "days", "number"}
_APART = {"indent": 1, "align": "left"}  # between a number, which stands right, and the text after it
_NARROW, _WIDE = 6, 56  # widths of columns in characters
_LINE = 15.0  # points
_SAMPLED = 300  # rows that a column's width is guessed from


class Cells:
    """Writes cells of one workbook; every look is made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._looks: dict[tuple, Format] = {}

    def look(self, **wanted: object) -> Format:
        """Return a format of the workbook's, top aligned, in its font."""
        key = tuple(sorted(wanted.items()))
        if key not in self._looks:
            base = {"font_name": FONT, "font_size": 10, "font_color": TEXT, "valign": "top"}
            self._looks[key] = self._book.add_format(base | wanted)
        return self._looks[key]

    def text(self, sheet: Worksheet, row: int, column: int, words: str, **look: object) -> None:
        """Write words that are never run, linked or read as a number."""
        sheet.write_string(row, column, cell_text(words), self.look(**look))

    def cell(self, sheet: Worksheet, row: int, column: int, value: Cell, kind: str, look: dict[str, object]) -> None:
        """Write a cell of a table as its column's kind asks."""
        if isinstance(value, Number):
            self.number(sheet, row, column, value, look)
        elif not value:
            sheet.write_blank(row, column, None, self.look(**look))
        elif kind == "date" and (found := _moment(value)):
            serial, code = found
            sheet.write_number(row, column, serial, self.look(**look | {"num_format": code, "align": "left"}))
        elif kind in _NUMERIC:
            self.text(sheet, row, column, value, **look | {"align": "right"})
        else:
            sheet.write_string(row, column, cell_text(value), self.look(**look))

    def number(self, sheet: Worksheet, row: int, column: int, number: Number, look: dict[str, object]) -> None:
        """Write a number so that Excel shows what is printed: as a number where it can, else as text."""
        shade = {"font_color": _STATES[number.state]} if number.state in _STATES else {}
        if code := number_format(number.text, number.value):
            sheet.write_number(
                row, column, number.value, self.look(**look | shade | {"num_format": code, "align": "right"})
            )
        else:
            self.text(sheet, row, column, number.text, **look | shade | {"align": "right"})

    def head(self, sheet: Worksheet, row: int, columns: tuple[Column, ...]) -> None:
        """Write the row of headings, which every printed page repeats."""
        for i, column in enumerate(columns):
            side = "right" if column.kind in _NUMERIC else "left"
            look = {"bold": True, "bottom": 1, "bottom_color": QUIET, "bg_color": RULE, "text_wrap": True}
            self.text(sheet, row, i, column.name, **look | {"align": side} | (_APART if i and side == "left" else {}))
        sheet.repeat_rows(row)

    def rows(self, sheet: Worksheet, top: int, table: Table) -> int:
        """Write the rows of a table from row `top` on and return the row after them."""
        kinds = [column.kind for column in table.columns]
        widths = _natural(table)
        looks = [_look(j, kind, width) for j, (kind, width) in enumerate(zip(kinds, widths, strict=True))]
        total = [look | {"bold": True, "top": 1} for look in looks]
        formats = [self.look(**look) for look in looks]
        is_wrapped = any(width > _WIDE for width in widths)
        for i, row in enumerate(table.rows):
            is_total = table.last_is_total and i == len(table.rows) - 1
            for j, value in enumerate(row):
                if type(value) is str and value and kinds[j] == "text" and not is_total:  # most cells of a ledger
                    sheet.write_string(top + i, j, cell_text(value), formats[j])
                elif value or is_total:
                    self.cell(sheet, top + i, j, value, kinds[j], total[j] if is_total else looks[j])
            if is_wrapped:
                sheet.set_row(top + i, _LINE * max(len(wrapped(plain(cell), 2.0, _WIDE)) for cell in row))
        if not table.rows:
            self.text(sheet, top, 0, "无")
        return top + max(1, len(table.rows))


def _look(column: int, kind: str, width: float) -> dict[str, object]:
    apart = _APART if column and kind not in _NUMERIC else {}
    return apart | ({"text_wrap": True} if width > _WIDE else {})


def set_widths(sheet: Worksheet, table: Table) -> None:
    """Make the columns as wide as their entries, long texts wrapped."""
    for i, width in enumerate(_natural(table)):
        sheet.set_column(i, i, min(max(width + 1, _NARROW), _WIDE))


def cell_text(words: str) -> str:
    """Return words as a cell can hold them: never a formula, no longer than Excel allows."""
    found = defused(words if words.isprintable() else readable(words))
    return found if len(found) <= MOST_LETTERS else found[: MOST_LETTERS - 1] + "…"


def _natural(table: Table) -> list[float]:
    """Return how wide each column would be on one line, in letters, with room for the arrow of the filter."""
    return [
        max(
            2 * em(column.name) + 3,
            max((2 * em(plain(row[i])) for row in table.rows[:_SAMPLED]), default=0) + 1,
        )
        for i, column in enumerate(table.columns)
    ]


@lru_cache(maxsize=4096)
def _moment(words: str) -> tuple[float, str] | None:
    """Return a day or a moment as Excel counts it, with a format that shows it as it was written; None for anything else."""
    for pattern, code in (("%Y-%m-%d", "yyyy-mm-dd"), ("%Y-%m-%d %H:%M", "yyyy-mm-dd hh:mm")):
        try:
            moment = datetime.strptime(words, pattern)
        except ValueError:
            continue
        is_same = moment.strftime(pattern) == words and moment >= _EXCEL_ERRS_BEFORE
        return ((moment - _EXCEL_BEGINS) / timedelta(days=1), code) if is_same else None
    return None
