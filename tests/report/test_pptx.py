"""The report as slides, opened again: native charts with the report's values, tables and words as printed."""

import io
import time
import zipfile

import msgspec
import openpyxl
import pptx
import pytest
from pptx.oxml.ns import qn

from metrics.report import pptx as slides_of
from metrics.report.document import plain
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


def test_charts_are_native_and_hold_the_values(deck):
    drawn = _charts(deck)
    wanted = [
        chart for chart in DOCUMENT.charts if chart.id in ("satisfaction_rate", "cases_total", "branches", "pollution")
    ]
    assert len(drawn) == len(wanted)
    for chart in wanted:
        (found,) = [one for one in drawn if [s.name for s in one.plots[0].series] == [s.name for s in chart.series]
                    and len(list(one.plots[0].categories)) == len(chart.categories)]  # fmt: skip
        for series, own in zip(chart.series, found.plots[0].series, strict=True):
            assert list(own.values) == list(series.values)


def test_the_workbook_in_a_chart_can_be_edited(deck):
    chart = next(one for one in _charts(deck) if len(list(one.plots[0].categories)) == 4)
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [row[0].value for row in book.active["A2:A5"]] == ["大气", "噪声", "水", "固废"]


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
    assert any("另有19行" in text for text in words)  # 30 rows, of which 11 fit beside the total
    assert any("另有3项" in text for text in words)  # the list of late cases says so itself


def test_chinese_has_a_typeface_of_its_own_everywhere(deck):
    for slide in deck.slides:
        for run in slide._element.iter(qn("a:r")):
            assert run.find(qn("a:rPr")).find(qn("a:ea")) is not None, run.find(qn("a:t")).text


def test_nothing_lies_outside_the_slide_and_no_placeholder_is_left(deck):
    for slide in deck.slides:
        assert not list(slide.placeholders)
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
