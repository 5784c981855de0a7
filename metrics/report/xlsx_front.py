"""The first sheet of a report's workbook: what it is, which data it is of, the ways to all other sheets, the reconciliation."""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from metrics.charts.base import COLOURS, QUIET, TEXT
from metrics.report.document import Check, Document, Number
from metrics.report.office import ACCENT, DEMO, wrapped
from metrics.report.xlsx_cells import Cells, cell_text

_WIDTHS = (34, 30, 9, 30, 9, 8, 44)
_LINE = 15.0  # points
_CHECKS = ("项目", "一种算法", "件数", "另一种算法", "件数", "结果", "说明")


def write_front(cells: Cells, sheet: Worksheet, document: Document, sheets: Mapping[str, str]) -> None:
    """Write the sheet. sheets: name → what is on it, this one first."""
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    cells.text(sheet, 0, 0, document.title, bold=True, font_size=16)
    sheet.set_row(0, 28)
    lines = [document.unit_name, document.period_words, *document.stamp.words.split("；", 3)]
    for i, line in enumerate(lines, 1):
        cells.text(sheet, i, 0, line, font_color=QUIET)
    row = len(lines) + 1
    if document.mark:
        cells.text(sheet, row, 0, document.mark, bold=True, font_color=DEMO)
        row += 1
    row = _contents(cells, sheet, row + 1, sheets)
    if document.checks:
        _checks(cells, sheet, row + 1, document.checks)


def _contents(cells: Cells, sheet: Worksheet, row: int, sheets: Mapping[str, str]) -> int:
    """Write the list of sheets with ways to them and return the next free row."""
    for i, words in enumerate(("工作表", "内容")):
        cells.text(sheet, row, i, words, bold=True, bottom=1)
    way = cells.look(font_color=ACCENT, underline=1)
    for name, about in list(sheets.items())[1:]:
        row += 1
        target = name.replace("'", "''")
        sheet.write_url(row, 0, f"internal:'{target}'!A1", way, cell_text(name))
        cells.text(sheet, row, 1, about)
    return row + 1


def _checks(cells: Cells, sheet: Worksheet, row: int, checks: tuple[Check, ...]) -> None:
    """Write two ways to each number, and in words whether they agree."""
    cells.text(sheet, row, 0, "对账", bold=True, font_size=12)
    for i, words in enumerate(_CHECKS):
        cells.text(sheet, row + 1, i, words, bold=True, bottom=1)
    for i, check in enumerate(checks, row + 2):
        said = ((0, check.name), (1, check.left_words), (3, check.right_words), (6, check.explanation))
        for j, words in said:
            cells.text(sheet, i, j, words, text_wrap=True, indent=int(j > 0), align="left")
        sheet.set_row(i, _LINE * max(len(wrapped(words, 2.0, _WIDTHS[j] - 2)) for j, words in said))
        for j, number in ((2, check.left), (4, check.right)):
            cells.number(sheet, i, j, Number(str(number), number), {})
        colour = TEXT if check.ok else COLOURS["worse"]
        cells.text(
            sheet, i, 5, "相符" if check.ok else "不符", bold=not check.ok, font_color=colour, indent=1, align="left"
        )
