"""The workbook of a report, opened again: every number as it is printed, every chart Excel's own, no formula anywhere."""

import io
import re
import time
import zipfile
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec
import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell import Cell as SheetCell

from metrics.report import xlsx
from metrics.report.document import Chart, Column, Document, Number, Series, Table, plain
from metrics.report.drawing_parts import of_role
from tests.report.sample import DOCUMENT, LONG, ODD

_CODE = re.compile(r'(#,##0|0)(\.0+)?(%?)(?:"(.*)")?')


@pytest.fixture(scope="module")
def made() -> bytes:
    return xlsx.write(DOCUMENT)


@pytest.fixture(scope="module")
def book(made: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made))


def _read(document: Document) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx.write(document)))


def _with(table: Table) -> Document:
    return msgspec.structs.replace(DOCUMENT, blocks=(table,), annex=(), board=None)


def _shown(cell: SheetCell) -> str:
    """Return what Excel shows of a cell: half up, from the 15 digits that it holds."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}" if "hh" in cell.number_format else f"{value:%Y-%m-%d}"
    if not isinstance(value, (int, float)):
        return value
    whole, decimals, percent, unit = _CODE.fullmatch(cell.number_format).groups()
    exact = Decimal(f"{value:.15g}") * (100 if percent else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-len((decimals or ".")[1:])), ROUND_HALF_UP)
    return (f"{rounded:,f}" if "," in whole else f"{rounded:f}") + percent + (unit or "")


def _grid(sheet: openpyxl.worksheet.worksheet.Worksheet, table: Table) -> list[list[SheetCell]]:
    """Return the cells of a table's rows, found by its headings."""
    heads = [column.name for column in table.columns]
    rows = list(sheet.iter_rows(max_col=len(heads)))
    at = next(i for i, row in enumerate(rows) if [cell.value for cell in row] == heads)
    return rows[at + 1 : at + 1 + len(table.rows)]


def _sheet_of(book: openpyxl.Workbook, caption: str) -> openpyxl.worksheet.worksheet.Worksheet:
    return next(sheet for sheet in book if sheet["A1"].value == caption)


@pytest.mark.parametrize("table", DOCUMENT.tables, ids=lambda table: table.id)
def test_a_table_shows_what_is_printed_and_holds_the_numbers(book: openpyxl.Workbook, table: Table) -> None:
    cells = _grid(_sheet_of(book, table.caption), table)
    for row, found in zip(table.rows, cells, strict=True):
        for value, cell in zip(row, found, strict=True):
            assert _shown(cell).removeprefix("'") == plain(value)
            if isinstance(value, Number) and value.value is not None:
                assert cell.value == value.value and cell.data_type == "n"


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [
        ("86", 86.0, 86.0),
        ("1234", 1234, 1234),
        ("1,234", 1234, 1234),
        ("86件", 86.0, 86.0),
        ("98.7%", 77 / 78, 77 / 78),
        ("12.35%", 0.1235, 0.1235),
        ("20.3", 20.3, 20.3),
        ("0.3%", 0.0025, 0.0025),  # half up, not half even
        ("96.6%", 29 / 30, "96.6%"),  # not what Excel would show, so the text is written
        ("—", None, "—"),
        ("29/30", None, "29/30"),
        ("-0.0%", -0.0001, "'-0.0%"),
    ],
)
def test_a_number_is_a_number_only_where_excel_shows_it_as_printed(
    text: str, value: float | None, held: float | str
) -> None:
    table = Table("t", "表9", (Column("甲", "number"),), ((Number(text, value),),))
    cell = _grid(_sheet_of(_read(_with(table)), "表9"), table)[0][0]
    assert _shown(cell).removeprefix("'") == text
    assert cell.value == held


def test_dates_are_dates_and_odd_ones_stay_texts() -> None:
    days = ("2025-09-01", "2025-09-01 08:30", "1899-01-01", "2025年9月1日", "", "2025-9-1")
    table = Table("t", "表9", (Column("日期", "date"),), tuple((day,) for day in days))
    cells = [row[0] for row in _grid(_sheet_of(_read(_with(table)), "表9"), table)]
    assert [cell.value for cell in cells] == [datetime(2025, 9, 1), datetime(2025, 9, 1, 8, 30), days[2], days[3], None, days[5]]  # fmt: skip
    assert [_shown(cell) for cell in cells] == list(days)


def test_no_text_is_a_formula(made: bytes) -> None:
    odd = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.com", "{=1}", ODD)
    table = Table("=t", "=2+2", tuple(Column(name) for name in odd), (odd,), ("=3",), only="")
    chart = Chart("c", "=图", "=2", "@x", "line", odd[:2], (Series("=s", (1.0, 2.0), "main", ("", "=9")),), "件")
    document = msgspec.structs.replace(DOCUMENT, blocks=(table, chart), title="=title")
    for sheet in _read(document):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                assert cell.hyperlink is None or cell.hyperlink.target is None
                if isinstance(cell.value, str):
                    assert not cell.value.startswith(("=", "+", "-", "@", "\t"))
    with zipfile.ZipFile(io.BytesIO(xlsx.write(document))) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name)


def test_the_head_is_frozen_filtered_and_repeated_and_the_total_left_out(book: openpyxl.Workbook) -> None:
    table = next(table for table in DOCUMENT.tables if table.id == "branches")
    sheet, first = _sheet_of(book, table.caption), _grid(_sheet_of(book, table.caption), table)[0][0].row
    assert sheet.freeze_panes == f"A{first}"
    assert sheet.auto_filter.ref == f"A{first - 1}:E{first + len(table.rows) - 2}"
    assert sheet.print_title_rows == f"${first - 1}:${first - 1}"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert all(cell.font.b for cell in _grid(sheet, table)[-1])


@pytest.mark.parametrize("chart", DOCUMENT.charts, ids=lambda chart: chart.id)
def test_a_chart_is_excels_own_and_follows_its_cells(book: openpyxl.Workbook, chart: Chart) -> None:
    sheet = _sheet_of(book, chart.caption)
    (drawn,) = sheet._charts
    assert type(drawn).__name__ == {"line": "LineChart"}.get(chart.kind, "BarChart")
    by_name = {}
    for series in drawn.series:
        name, values = series.tx.strRef.f, series.val.numRef.f
        by_name[_cells(book, name)[0]] = _cells(book, values)
        axis = series.cat.multiLvlStrRef or series.cat.strRef
        assert len(_cells(book, axis.f)) % len(chart.categories) == 0
        cached = {point.idx: float(point.v) for point in series.val.numRef.numCache.pt}
        assert [cached.get(i) for i in range(len(chart.categories))] == _cells(book, values)
    assert by_name == {series.name: list(series.values) for series in chart.series}


def _cells(book: openpyxl.Workbook, reference: str) -> list[object]:
    name, cells = reference.rsplit("!", 1)
    found = book[name.strip("'").replace("''", "'")][cells.replace("$", "")]
    return [cell.value for row in found for cell in row] if isinstance(found, tuple) else [found.value]


def _charts_xml(made: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        return [archive.read(name).decode() for name in names]


def test_a_chart_has_its_finding_its_signals_and_chinese_fonts(made: bytes) -> None:
    trend, *others = _charts_xml(made)
    assert DOCUMENT.charts[0].title in trend
    assert re.search(r'<c:dPt><c:idx val="3"/>.*?1F6FB2.*?</c:dPt>', trend)  # better
    hollow = re.search(r'<c:dPt><c:idx val="11"/>.*?</c:dPt>', trend)[0]  # the month that is not over
    assert "FFFFFF" in hollow and "sysDash" in hollow
    for xml in (trend, *others):
        assert xml.count("<a:ea typeface=") == xml.count("<a:latin typeface=") > 0


def test_alternative_texts(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        drawings = "".join(archive.read(name).decode() for name in archive.namelist() if "drawings/drawing" in name)
    assert all(f'descr="{chart.alt}"' in drawings for chart in DOCUMENT.charts)


def test_every_fact_is_there_with_its_cases(book: openpyxl.Workbook) -> None:
    rows = [row for row in book[xlsx.SOURCES].iter_rows(values_only=True) if row[0] in {f.id for f in DOCUMENT.facts}]
    for fact, row in zip(DOCUMENT.facts, rows, strict=True):
        group = "；".join(fact.group.values()) or "全部"
        expected = (
            fact.id,
            fact.name,
            fact.period_words,
            group,
            fact.numerator,
            fact.denominator,
            fact.value,
            fact.text,
        )
        assert row[:8] == expected
        assert (row[8] or "") == "、".join(fact.cases or ())


def test_the_first_sheet_says_what_this_is_and_whether_it_adds_up(book: openpyxl.Workbook) -> None:
    sheet = book.worksheets[0]
    assert sheet.title == "说明"
    words = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {DOCUMENT.title, DOCUMENT.period_words, "演示数据", "相符", "不符"} <= set(words)
    assert set(DOCUMENT.stamp.words.split("；")) <= set(words)
    targets = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert targets == {f"'{other.title}'!A1" for other in book.worksheets[1:]}
    for other in book:
        assert DOCUMENT.stamp.as_of_words in other.oddFooter.left.text and "演示数据" in other.oddFooter.left.text


def test_an_edition_says_so() -> None:
    frozen = msgspec.structs.replace(DOCUMENT, edition=2, is_demo=False)
    words = [cell.value for cell in _read(frozen)["说明"]["A"]]
    assert "第2版" in words and "演示数据" not in words


def test_names_of_sheets_are_valid_and_unique() -> None:
    long = "表1  [甲]:*?/\\'" + "乙" * 40
    captions = (long, long, long.upper(), "History", "说明", "'", "", "图1  近12个月信访总量", "😀" * 30)
    tables = tuple(Table(f"t{i}", caption, (Column("甲"),), ()) for i, caption in enumerate(captions))
    book = _read(msgspec.structs.replace(DOCUMENT, blocks=(*tables, *DOCUMENT.charts)))
    names = [sheet.title for sheet in book]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert name and len(name.encode("utf-16-le")) <= 62 and not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'") and not name.endswith("'") and name.lower() != "history"


def test_what_there_is_none_of_is_said() -> None:
    empty = Table("e", "表8", (Column("甲"),), (), more=0)
    nothing = Chart("n", "图8", "没有数据", "", "bar", (), (Series("件数", ()),), "件")
    void = Chart("v", "图9", "没有数据", "", "line", ("2025-01",), (Series("率", (None,)),), "%", 1)
    book = _read(msgspec.structs.replace(DOCUMENT, blocks=(empty, nothing, void), annex=(), checks=(), facts=()))
    assert "无" in [cell.value for cell in _sheet_of(book, "表8")["A"]]
    for caption in ("图8", "图9"):
        sheet = _sheet_of(book, caption)
        assert not sheet._charts and "没有数据，没有画图。" in [cell.value for cell in sheet["A"]]
    assert xlsx.DEFINITIONS not in book.sheetnames


def test_what_was_left_out_is_said(book: openpyxl.Workbook) -> None:
    table = next(table for table in DOCUMENT.tables if table.more)
    assert f"另有{table.more}项未列出，见看板。" in [cell.value for cell in _sheet_of(book, table.caption)["A"]]


def test_the_annex_is_there_as_text(book: openpyxl.Workbook) -> None:
    words = [cell.value for cell in book[xlsx.DEFINITIONS]["A"]]
    assert "附件1  口径说明" in words and "群众满意率＝（满意＋基本满意）÷已评价。" in words
    assert LONG.caption not in words


def test_the_same_report_gives_the_same_bytes(made: bytes) -> None:
    time.sleep(2.1)
    assert xlsx.write(DOCUMENT) == made


def test_the_file_is_of_the_cut_off_not_of_today(book: openpyxl.Workbook) -> None:
    assert book.properties.created == DOCUMENT.stamp.moment
    assert book.properties.title == DOCUMENT.title


def test_a_long_ledger_takes_a_few_times_as_long_as_its_cells_alone() -> None:
    row = ("HS202509010001", "某某化工厂", "2025-09-01", "2025-09-02 10:30", Number("6", 6), "下陆区分局", None, "噪声")
    kinds = ("text", "text", "date", "date", "days", "text", "text", "text")
    columns = tuple(Column(f"列{i}", kind) for i, kind in enumerate(kinds))
    ledger = msgspec.structs.replace(LONG, columns=columns, rows=(row,) * 20_000)
    begun = time.perf_counter()
    out = xlsx.write(msgspec.structs.replace(DOCUMENT, annex=(ledger,)))
    ours, begun = time.perf_counter() - begun, time.perf_counter()
    with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for i in range(20_000):
            for j, value in enumerate(row):
                sheet.write(i, j, plain(value))
    assert ours < 5 * (time.perf_counter() - begun) + 1
    read = openpyxl.load_workbook(io.BytesIO(out), read_only=True)
    assert sum(1 for line in read["明细台账（内部）"].iter_rows(values_only=True) if line[0] == row[0]) == 20_000


def test_limits_of_a_chart_stand_beside_its_figures(book: openpyxl.Workbook) -> None:
    chart = DOCUMENT.charts[0]
    (low,) = of_role(chart, "low")
    heads = [cell.value for row in _sheet_of(book, chart.caption).iter_rows() for cell in row if cell.font.b]
    assert {low.name, "信访总量", "均值", "控制上限", "时间"} <= set(heads)


def test_a_report_without_anything_still_opens() -> None:
    empty = msgspec.structs.replace(DOCUMENT, blocks=(), annex=(), facts=(), checks=(), board=None)
    assert _read(empty).sheetnames == [xlsx.FRONT, xlsx.SOURCES]
