"""The report as slides, opened again: native charts with the report's values, tables and words as printed."""

import io
import re
import time
import zipfile
from itertools import pairwise

import msgspec
import openpyxl
import pptx
import pytest
from lxml import etree
from pptx.oxml.ns import qn

from metrics.report import pptx as slides_of
from metrics.report.document import Chart, Number, Paragraph, Series, plain
from metrics.report.office import FONT, LINE_HEIGHT, wrapped
from tests.report.sample import DOCUMENT, ODD


@pytest.fixture(scope="module")
def made():
    return slides_of.write(DOCUMENT)


@pytest.fixture(scope="module")
def deck(made):
    return pptx.Presentation(io.BytesIO(made))


def _words(slide):
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def _charts(deck):
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_there_are_at_most_eight_slides_each_with_stamp_and_number(deck):
    slides = list(deck.slides)
    assert 6 <= len(slides) <= slides_of.MOST_SLIDES
    for number, slide in enumerate(slides, 1):
        words = _words(slide)
        assert str(number) in words and any(DOCUMENT.stamp.words in text for text in words)
        assert any("演示数据" in text for text in words)


def _by_caption(deck, chart):
    (found,) = [
        shape for slide in deck.slides for shape in slide.shapes if shape.has_chart and shape.name == chart.caption
    ]
    return found


def _cells(found, reference):
    sheet = openpyxl.load_workbook(io.BytesIO(found.part.chart_workbook.xlsx_part.blob))["Sheet1"]
    cells = sheet[reference.removeprefix("Sheet1!").replace("$", "")]
    return [cell.value for row in cells for cell in row] if isinstance(cells, tuple) else [cells.value]


@pytest.mark.parametrize("chart", DOCUMENT.charts, ids=lambda chart: chart.id)
def test_a_chart_is_native_and_holds_the_values(deck, chart):
    found = _by_caption(deck, chart).chart
    assert {one.name: list(one.values) for one in found.plots[0].series} == {
        one.name: list(one.values) for one in chart.series
    }
    for series in found.plots[0].series:
        names, categories, values = (ref.text for ref in series._element.iter(qn("c:f")))
        assert _cells(found, names) == [series.name] and _cells(found, values) == list(series.values)
        assert len(_cells(found, categories)) % len(chart.categories) == 0


def test_the_workbook_in_a_chart_can_be_edited_and_runs_nothing(deck):
    chart = next(chart for chart in DOCUMENT.charts if chart.id == "branches")
    found = _by_caption(deck, chart).chart
    assert [ODD in name for name in found.plots[0].categories] == [False, False, True]
    book = openpyxl.load_workbook(io.BytesIO(found.part.chart_workbook.xlsx_part.blob))
    cells = {cell.value: cell.data_type for row in book["Sheet1"] for cell in row}
    assert cells[ODD] == "s" and "f" not in cells.values()


def test_a_chart_marks_signals_and_the_month_that_is_not_over(deck):
    xml = etree.tostring(_by_caption(deck, DOCUMENT.charts[0]).chart.part._element).decode()
    points = {found[1]: found[0] for found in re.finditer(r'<c:dPt><c:idx val="(\d+)"/>.*?</c:dPt>', xml)}
    assert set(points) == {"3", "11"}
    assert "1F6FB2" in points["3"] and "sysDash" in points["11"] and "FFFFFF" in points["11"]
    assert DOCUMENT.charts[0].alt == _by_caption(deck, DOCUMENT.charts[0])._element.nvGraphicFramePr.cNvPr.get("descr")


def test_labels_at_the_end_of_lines_keep_apart(deck):
    chart = DOCUMENT.charts[0]
    frame = _by_caption(deck, chart)
    places = []
    for series in frame.chart.plots[0].series:
        (label,) = series._element.iter(qn("c:dLbl"))
        moved = label.find(f"{qn('c:layout')}/{qn('c:manualLayout')}/{qn('c:y')}")
        axis = frame.chart.value_axis
        last = [value for value in series.values if value is not None][-1]
        tall = float(next(frame.chart._chartSpace.iter(qn("c:h"))).get("val"))
        up = (last - axis.minimum_scale) / (axis.maximum_scale - axis.minimum_scale) * tall
        places.append((up - float(moved.get("val") if moved is not None else 0)) * frame.height.pt)
    places.sort()
    assert len(places) == 4 and all(after - before > 14 for before, after in pairwise(places))


def test_the_table_of_the_branches_is_whole(deck):
    table = next(table for table in DOCUMENT.tables if table.id == "branches")
    slide = next(slide for slide in deck.slides if any(shape.has_table for shape in slide.shapes))
    found = next(shape.table for shape in slide.shapes if shape.has_table)
    rows = [[cell.text for cell in row.cells] for row in found.rows]
    assert rows == [[column.name for column in table.columns], *([plain(cell) for cell in row] for row in table.rows)]
    assert any(ODD in row for row in rows)


def test_the_tiles_are_as_printed_and_say_where_from(deck):
    slide = deck.slides[1]
    words = "\n".join(_words(slide))
    for tile in DOCUMENT.board.tiles:
        assert tile.name in words and tile.figure.text in words and tile.counted in words
    assert "2025年9月群众满意率：96.7%（29/30）" in slide.notes_slide.notes_text_frame.text


def test_what_does_not_fit_is_counted_on_the_slide():
    table = next(table for table in DOCUMENT.tables if table.id == "branches")
    many = msgspec.structs.replace(table, rows=(*(table.rows[0],) * 30, table.rows[-1]))
    blocks = tuple(
        many if getattr(block, "id", "") == "branches" and block is table else block for block in DOCUMENT.blocks
    )
    deck = pptx.Presentation(io.BytesIO(slides_of.write(msgspec.structs.replace(DOCUMENT, blocks=blocks))))
    words = [text for slide in deck.slides for text in _words(slide)]
    assert any("另有19个单位" in text for text in words)  # 30 rows, of which 11 fit beside the total
    assert any("另有3项" in text for text in words)  # the list of late cases says so itself


def test_chinese_has_a_typeface_of_its_own_everywhere(deck):
    for slide in deck.slides:
        pages = [slide._element, *([slide.notes_slide._element] if slide.has_notes_slide else [])]
        for run in (run for page in pages for tag in ("a:r", "a:fld") for run in page.iter(qn(tag))):
            assert run.find(qn("a:rPr")).find(qn("a:ea")) is not None, run.find(qn("a:t")).text
    for found in _charts(deck):
        looks = [look for tag in ("a:defRPr", "a:rPr") for look in found.part._element.iter(qn(tag))]
        assert looks and all(look.find(qn("a:ea")).get("typeface") == FONT for look in looks)


def test_what_is_added_later_gets_a_chinese_font_too(made):
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert f'<a:ea typeface="{FONT}"/>'.encode() in archive.read("ppt/theme/theme1.xml")


def test_nothing_lies_outside_the_slide_and_no_placeholder_is_left(deck):
    for slide in deck.slides:
        assert all(place.text_frame.text for place in slide.placeholders)
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width and shape.top + shape.height <= deck.slide_height


def test_a_notice_without_a_board_has_fewer_slides():
    notice = msgspec.structs.replace(DOCUMENT, board=None, branch="下陆区分局")
    before, after = (pptx.Presentation(io.BytesIO(slides_of.write(one))) for one in (DOCUMENT, notice))
    assert len(after.slides) == len(before.slides) - 1


def test_the_same_report_gives_the_same_bytes(made):
    time.sleep(2.1)
    assert slides_of.write(DOCUMENT) == made
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"2025-10-31T18:00:00Z" in archive.read("docProps/core.xml")
    for found in _charts(pptx.Presentation(io.BytesIO(made))):
        blob = found.part.chart_workbook.xlsx_part.blob
        assert openpyxl.load_workbook(io.BytesIO(blob)).properties.created == DOCUMENT.stamp.moment


def _long(document):
    """Return a report in which everything is longer than a slide."""
    words = "很长的一段话，写了又写，" * 60
    table = next(table for table in document.tables if table.id == "overdue")
    row = ("HS202508010002-很长的编号", "某某化工厂" * 30, "下陆区分局", Number("6", 6, "", "late"))
    asked = tuple(Paragraph((f"{i}. {words}",), "item", "requirements") for i in range(1, 30))
    blocks = tuple(
        msgspec.structs.replace(block, rows=(row,) * 30) if block is table else block for block in document.blocks
    )
    names = tuple(f"{'名称很长的分局' * 3}{i}" for i in range(9))
    wide = Chart(
        "wide", "图9  很多", words, words, "column", names, (Series("件数", (1.0,) * 9, "main", ("1",) * 9),), "件"
    )
    stamp = msgspec.structs.replace(document.stamp, filter_words=words)
    return msgspec.structs.replace(document, title=words, stamp=stamp, blocks=(*blocks, *asked, wide))


@pytest.mark.parametrize("document", [DOCUMENT, _long(DOCUMENT)], ids=["sample", "long"])
def test_words_stay_in_their_boxes(document):
    deck = pptx.Presentation(io.BytesIO(slides_of.write(document)))
    assert len(deck.slides) <= slides_of.MOST_SLIDES
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text and not shape.text_frame.text.isdigit():
                tall = sum(
                    len(wrapped(line.text, size := line.runs[0].font.size.pt, shape.width.pt)) * size * LINE_HEIGHT
                    + (line.space_after.pt if line.space_after is not None else 0)
                    for line in shape.text_frame.paragraphs
                )
                assert tall <= shape.height.pt + 12, shape.text_frame.text
            if shape.has_table:
                assert shape.top.pt + sum(row.height.pt for row in shape.table.rows) <= 500


def test_what_is_longer_than_a_slide_is_counted():
    deck = pptx.Presentation(io.BytesIO(slides_of.write(_long(DOCUMENT))))
    words = "\n".join(text for slide in deck.slides for text in _words(slide))
    assert re.search(r"另有\d+条，见Word。", words) and re.search(r"另有\d+项，见Word", words)


def test_a_chart_without_values_is_said_not_drawn():
    nothing = Chart("pollution", "图4  污染类型", "没有数据", "", "bar", (), (Series("件数", ()),), "件")
    deck = pptx.Presentation(
        io.BytesIO(slides_of.write(msgspec.structs.replace(DOCUMENT, blocks=(nothing,), board=None)))
    )
    assert not _charts(deck) and any("没有数据" in text for slide in deck.slides for text in _words(slide))


def test_a_report_without_anything_is_one_slide():
    empty = msgspec.structs.replace(DOCUMENT, blocks=(), annex=(), facts=(), checks=(), board=None)
    assert len(pptx.Presentation(io.BytesIO(slides_of.write(empty))).slides) == 1


def test_an_edition_says_so():
    frozen = msgspec.structs.replace(DOCUMENT, edition=2, is_demo=False)
    for slide in pptx.Presentation(io.BytesIO(slides_of.write(frozen))).slides:
        assert "第2版" in _words(slide) and "演示数据" not in _words(slide)
