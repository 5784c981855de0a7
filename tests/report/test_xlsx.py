"""The report as a workbook, opened again: every number is a number and reads as printed, charts are Excel's own."""

import io
import re
import time
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import msgspec
import openpyxl
import pytest

from metrics.report import xlsx
from metrics.report.document import Column, Number, Table, plain
from tests.report.sample import DOCUMENT, ODD


@pytest.fixture(scope="module")
def made():
    return xlsx.write(DOCUMENT)


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(io.BytesIO(made))


def _shown(cell):
    """Return what Excel shows in a cell, for the formats that the product uses."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.value
    found = re.fullmatch(r'0(?:\.(0+))?(%?)(?:"([^"]*)")?', cell.number_format)
    if not found:
        return cell.value
    value = Decimal(str(cell.value)) * (100 if found[2] else 1)
    rounded = value.quantize(Decimal(1).scaleb(-len(found[1] or "")), ROUND_HALF_UP)
    return f"{rounded}{found[2]}{found[3] or ''}"


def _sheet(book, words):
    return next(sheet for sheet in book if sheet.title == " ".join(words.split()))


def _rows(sheet, table):
    """Return the cells under the headings of a table."""
    heads = [column.name for column in table.columns]
    top = next(row[0].row for row in sheet.iter_rows() if [cell.value for cell in row[: len(heads)]] == heads)
    return [[sheet.cell(top + i, j + 1) for j in range(len(heads))] for i in range(1, len(table.rows) + 1)]


@pytest.mark.parametrize("table", DOCUMENT.tables, ids=lambda table: table.id)
def test_every_cell_of_a_table_reads_as_printed(book, table):
    for cells, row in zip(_rows(_sheet(book, table.caption), table), table.rows, strict=True):
        for cell, printed in zip(cells, row, strict=True):
            shown = _shown(cell)
            if hasattr(shown, "date"):
                shown = shown.date().isoformat()
            assert (shown or "").removeprefix("'") == plain(printed)
            if isinstance(printed, Number) and printed.value is not None:
                assert cell.value == pytest.approx(printed.value)


def test_what_no_format_shows_is_written_as_text():
    assert xlsx.shown_as(Number("4/4", None)) is None
    assert xlsx.shown_as(Number("—", None)) is None
    assert xlsx.shown_as(Number("95.1%", 0.95)) is None  # a text that is not the value's
    assert xlsx.shown_as(Number("96.7%", 29 / 30)) == "0.0%"
    assert xlsx.shown_as(Number("86件", 86)) == '0"件"'


def test_a_text_is_never_a_formula(book, made):
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet for sheet in sheets)
    values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert f"'{ODD}" in values and "'=2+3" in values


def test_charts_are_native_and_read_their_sheet(made, book):
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        charts = [
            archive.read(name).decode()
            for name in sorted(archive.namelist())
            if re.match(r"xl/charts/chart\d+.xml", name)
        ]
    assert len(charts) == len(DOCUMENT.charts)
    for chart, xml in zip(DOCUMENT.charts, charts, strict=True):
        assert xml.count("<c:ser>") == len(chart.series)
        sheet = _sheet(book, chart.caption)
        for series, (first, last) in zip(
            chart.series,
            re.findall(r"<c:val><c:numRef><c:f>[^!]*!\$([A-Z]+\$\d+):\$([A-Z]+\$\d+)</c:f>", xml),
            strict=True,
        ):
            cells = sheet[f"{first.replace('$', '')}:{last.replace('$', '')}"]
            found = [row[0].value for row in cells]
            assert found == [None if value is None else pytest.approx(value) for value in series.values]


def test_every_figure_stands_with_what_made_it(book):
    rows = list(book["数字出处"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(DOCUMENT.facts)
    for fact, row in zip(DOCUMENT.facts, rows, strict=True):
        assert row[0] == fact.name and row[3:5] == (fact.numerator, fact.denominator) and row[6] == fact.shown


def test_the_first_sheet_says_what_it_is_and_leads_to_the_others(book):
    words = [cell.value for row in book["说明"].iter_rows() for cell in row if cell.value is not None]
    assert words[0] == DOCUMENT.title and "演示数据" in words and "不符" in words
    assert all(part in words for part in DOCUMENT.stamp.words.split("；"))
    assert {sheet.title for sheet in book} <= set(words)
    assert all(DOCUMENT.stamp.version in sheet.oddFooter.left.text for sheet in book)


def test_the_same_report_gives_the_same_bytes(made):
    time.sleep(2.1)  # an archive counts in steps of two seconds
    assert xlsx.write(DOCUMENT) == made


def test_names_of_sheets_are_valid_and_differ():
    tables = tuple(
        Table(f"t{i}", f"表{i}  " + "很长的名称" * 9 + "[/]:*?'", (Column("甲"),), (("乙",),)) for i in (1, 1, 2)
    )
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write(msgspec.structs.replace(DOCUMENT, annex=tables))))
    names = [sheet.title for sheet in book]
    assert len({name.lower() for name in names}) == len(names) and all(len(name) <= 31 for name in names)


def test_a_report_without_anything_still_opens():
    empty = msgspec.structs.replace(DOCUMENT, blocks=(), annex=(), facts=(), checks=(), board=None)
    assert openpyxl.load_workbook(io.BytesIO(xlsx.write(empty))).sheetnames == ["说明", "数字出处", "报告全文"]
