"""Writes a report as a workbook: a sheet for each table and each chart, where every number comes from, the definitions.

Charts are Excel's own and follow their cells. The first sheet says what the workbook is and leads to all others.
"""

import io
import math
import re
import zipfile
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from metrics.charts.base import QUIET
from metrics.export import mark_sheet
from metrics.report.document import Block, Chart, Column, Document, Fact, Heading, Number, Paragraph, Table, plain
from metrics.report.drawing_parts import are_periods
from metrics.report.native_chart import Look, Place, axis_names, chart_xml, is_drawable, names, shown
from metrics.report.office import ACCENT, em
from metrics.report.packing import zipped
from metrics.report.xlsx_cells import Cells, cell_text, set_widths
from metrics.report.xlsx_front import write_front

FRONT, SOURCES, DEFINITIONS = "说明", "数字出处", "口径说明"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_LONGEST_EDGE = 240  # letters of a header or footer; Excel takes 255
_CHART = Look(700.0, 330.0, 9.5)  # points
_PIXEL = 96 / 72  # of a point
_TEXT_WIDTH = 100  # letters of the column of 口径说明
_FACTS = (
    Column("编号"), Column("指标"), Column("期间"), Column("范围"), Column("分子", "count"), Column("分母", "count"),
    Column("数值（比率为小数）", "number"), Column("报告中"), Column("件的编号"), Column("是哪些件"),
)  # fmt: skip
_VALUE_AT = 6
_ROW = 16.5  # points


def write(document: Document, mark: str = "") -> bytes:
    """Return the report as an .xlsx file; the same document and watermark always give the same bytes."""
    return _Workbook(document, mark).made()


class _Workbook:
    """A workbook in the making; its sheets get their names in order, each valid and unique."""

    def __init__(self, document: Document, mark: str) -> None:
        self._document, self._mark = document, mark
        self._out = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._out, options)
        self._cells = Cells(self._book)
        self._sheets: dict[str, str] = {}  # name → what is on it
        self._charts: list[bytes] = []  # in the order of their files

    def made(self) -> bytes:
        """Write all sheets and return the file."""
        self._set_properties()
        front = self._sheet(FRONT, "这个文件里有什么")
        document = self._document
        for table in (one for one in document.tables if one.only != "xlsx"):
            self._table(table)
        for chart in document.charts:
            self._chart(chart)
        for table in (one for one in document.tables if one.only == "xlsx"):
            self._table(table)
        self._sources()
        if any(not isinstance(block, Table) or block.only != "xlsx" for block in document.annex):
            self._definitions()
        write_front(self._cells, front, document, self._sheets)
        self._book.close()
        with zipfile.ZipFile(self._out) as archive:
            return zipped({name: self._part(name, archive.read(name)) for name in archive.namelist()})

    def _part(self, name: str, data: bytes) -> bytes:
        """Return a part of the file; charts are our own, xlsxwriter keeps their places."""
        number = re.fullmatch(r"xl/charts/chart(\d+)\.xml", name)
        return self._charts[int(number[1]) - 1] if number else data

    def _set_properties(self) -> None:
        document = self._document
        about = {
            "title": document.title, "subject": document.period_words, "author": document.unit_name, "category": "信访通报",
            "keywords": document.mark, "comments": document.stamp.words, "created": document.stamp.moment,
        }  # fmt: skip
        self._book.set_properties(about)

    def _sheet(self, wanted: str, about: str) -> Worksheet:
        name = self._unique(wanted)
        sheet = self._book.add_worksheet(name)
        self._sheets[name] = about
        document = self._document
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        mark = f"{document.mark}　" if document.mark else ""
        sheet.set_header(f"&L{_edge(document.title)}&R{_edge(mark)}&A")
        taken = f"\n{_edge(self._mark)}" if self._mark else ""
        sheet.set_footer(f"&L{_edge(mark + document.stamp.words)}{taken}&R第&P页，共&N页")
        sheet.hide_gridlines(2)
        mark_sheet(sheet, self._mark)
        return sheet

    def _unique(self, wanted: str) -> str:
        """Return a name that Excel takes and that no other sheet has, whatever the case of its letters."""
        plain_name = re.sub(r"\s+", " ", _NOT_IN_A_NAME.sub(" ", wanted)).strip(" '") or "表"
        taken = {name.lower() for name in self._sheets} | {"history", "历史记录"}
        for number in range(1, len(taken) + 2):
            tail = f"({number})" if number > 1 else ""
            name = _cut(plain_name, _LONGEST_NAME - len(tail)).strip(" '") + tail
            if name.lower() not in taken:
                break
        return name

    def _opening(self, sheet: Worksheet, caption: str, lines: Sequence[str]) -> int:
        """Write the caption, the way back and lines under it; return the next free row."""
        self._cells.text(sheet, 0, 0, caption, bold=True, font_size=14)
        sheet.set_row(0, 24)
        sheet.write_url(1, 0, f"internal:'{FRONT}'!A1", self._cells.look(font_color=ACCENT), "返回说明")
        for i, line in enumerate(lines, 2):
            self._cells.text(sheet, i, 0, line, font_color=QUIET)
        return 2 + len(lines)

    def _table(self, table: Table) -> None:
        sheet = self._sheet(table.caption or table.id, f"{len(table.rows) - table.last_is_total}行")
        more = [f"另有{table.more}项未列出，见看板。"] if table.more else []
        top = self._opening(sheet, table.caption, [*table.notes, *more])
        self._grid(sheet, top, table)

    def _grid(self, sheet: Worksheet, top: int, table: Table) -> None:
        """Write a table with its head in row `top`, frozen and filtered; the total is not sorted with the rest."""
        set_widths(sheet, table)
        self._cells.head(sheet, top, table.columns)
        after = self._cells.rows(sheet, top + 1, table)
        sheet.freeze_panes(top + 1, 0)
        if table.rows:
            last = after - 1 - (table.last_is_total and len(table.rows) > 1)
            sheet.autofilter(top, 0, last, len(table.columns) - 1)

    def _chart(self, chart: Chart) -> None:
        """Write a chart and under it its numbers, which it follows."""
        sheet = self._sheet(chart.caption or chart.id, chart.title)
        top = self._opening(sheet, chart.caption, [chart.subtitle, *chart.notes])
        if is_drawable(chart):
            top = self._draw(sheet, top, chart)
        else:
            self._cells.text(sheet, top, 0, "没有数据，没有画图。")
        self._numbers(sheet, top + 1, chart)

    def _draw(self, sheet: Worksheet, top: int, chart: Chart) -> int:
        """Keep a place for the chart, make what goes there, and return the row under it."""
        look = _CHART._replace(title=chart.title)
        after = top + math.ceil(look.height / _ROW) + 1
        sheet.set_default_row(_ROW)
        first = len(_leading(chart))
        self._charts.append(chart_xml(chart, Place(sheet.get_name(), after + 1, first), look))
        place = self._book.add_chart({"type": "line"})
        place.add_series({"values": [sheet.get_name(), after + 2, first + 1, after + 2, first + 1]})
        place.set_size({"width": round(look.width * _PIXEL), "height": round(look.height * _PIXEL)})
        about = {"description": cell_text(chart.alt or chart.title), "y_offset": 6, "object_position": 3}
        sheet.insert_chart(top, 0, place, about)
        return after

    def _numbers(self, sheet: Worksheet, top: int, chart: Chart) -> None:
        """Write the numbers of a chart; of many months also the two columns that the axis reads."""
        drawn, leading = shown(chart), _leading(chart)
        kind = "share" if chart.unit == "%" else "count"
        axis = ["年", "月"] if leading else ["时间" if are_periods(chart.categories) else "类别"]
        heads = [*leading, *axis]
        columns = (*map(Column, heads), *(Column(series.name, kind) for series in drawn))
        rows = [
            ([name] if leading else []) + list(at) for name, at in zip(names(chart), axis_names(chart), strict=True)
        ]
        set_widths(sheet, Table(chart.id, "", columns, tuple((*row, *("",) * len(drawn)) for row in rows)))
        self._cells.head(sheet, top, columns)
        for i, row in enumerate(rows):
            for j, words in enumerate(row):
                self._cells.text(sheet, top + 1 + i, j, words, **({"indent": 1} if j else {}))
            for j, series in enumerate(drawn, len(row)):
                self._value(sheet, top + 1 + i, j, chart, series.role, series.values[i])

    def _value(self, sheet: Worksheet, row: int, column: int, chart: Chart, role: str, value: float | None) -> None:
        """Write a value of a chart; limits and means get one digit more than the figures themselves."""
        if value is None:
            return
        decimals = chart.decimals + (role in ("low", "high", "centre"))
        code = "0" + ("." + "0" * decimals if decimals else "") + ("%" if chart.unit == "%" else "")
        sheet.write_number(row, column, value, self._cells.look(num_format=code, align="right"))

    def _sources(self) -> None:
        sheet = self._sheet(SOURCES, "报告里每个数字的指标、期间、范围、分子分母和件的编号")
        top = self._opening(sheet, SOURCES, ["件数少时列出件的编号；其余可在看板中查到。"])
        rows = tuple(_fact_row(fact) for fact in self._document.facts)
        self._grid(sheet, top, Table("facts", SOURCES, _FACTS, rows))
        for i, fact in enumerate(self._document.facts, top + 1):
            if fact.value is not None:  # as exact as it is, not as printed
                sheet.write_number(i, _VALUE_AT, fact.value, self._cells.look(align="right"))

    def _definitions(self) -> None:
        """Write what follows after 附件 as text, to be read and printed as one."""
        sheet = self._sheet(DEFINITIONS, "指标口径、设置和说明的文字")
        row = self._opening(sheet, DEFINITIONS, [])
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 7, 24)
        for block in self._document.annex:
            row = self._block(sheet, row, block)

    def _block(self, sheet: Worksheet, row: int, block: Block) -> int:
        """Write a block as text and return the next free row."""
        if isinstance(block, Heading):
            self._cells.text(sheet, row + 1, 0, block.text, bold=True, font_size=12)
            return row + 2
        if isinstance(block, Paragraph):
            words = plain(block.text)
            sheet.merge_range(row, 0, row, 4, "", self._cells.look(text_wrap=True))
            self._cells.text(sheet, row, 0, words, text_wrap=True)
            sheet.set_row(row, 15 * (1 + int(2 * em(words) // (1.15 * _TEXT_WIDTH))))
            return row + 1
        if isinstance(block, Table) and block.only != "xlsx":
            self._cells.text(sheet, row, 0, block.caption, bold=True)
            lines = [
                [column.name for column in block.columns],
                *([plain(cell) for cell in line] for line in block.rows),
            ]
            for i, line in enumerate(lines, row + 1):
                for j, words in enumerate(line):
                    self._cells.text(sheet, i, j, words, text_wrap=True, bold=i == row + 1)
            return row + len(lines) + 2
        return row


def _fact_row(fact: Fact) -> tuple[str | Number | None, ...]:
    group = "；".join(fact.group.values()) or "全部"
    counts = [None if count is None else Number(str(count), count) for count in (fact.numerator, fact.denominator)]
    cases = "、".join(fact.cases or ())
    return (
        fact.id, fact.name, fact.period_words or fact.period, group, *counts, None, fact.text, cases,
        fact.cases_words if fact.cases else "",
    )  # fmt: skip


def _leading(chart: Chart) -> list[str]:
    """Return the heads of the columns before those that the axis reads."""
    return ["时间"] if chart.categories and len(axis_names(chart)[0]) > 1 else []


def _cut(words: str, most: int) -> str:
    """Return words of at most so many UTF-16 units, which is what Excel counts."""
    while len(words.encode("utf-16-le")) > 2 * most:
        words = words[:-1]
    return words


def _edge(words: str) -> str:
    """Return words for a header or footer, where & begins a command."""
    return _cut(words, _LONGEST_EDGE // 2).replace("&", "&&")
