"""The report as a web page: every number, every link, nothing from outside, nothing that an old browser lacks."""

import re
import time
from collections import Counter

import lxml.html
import msgspec
import pytest

from metrics.reconcile import Check
from metrics.report import board, drawing, html
from metrics.report.document import Chart, Paragraph, Table, plain
from metrics.report.fonts import chinese_font
from tests.report.sample import DOCUMENT, ODD

# What came after Chromium 90: selectors, at-rules, functions, properties.
TOO_NEW = (
    ":has(", ":focus-visible", "@container", "@layer", "@scope", "@starting-style", "oklch", "oklab", "color-mix", "inset:",
    "inset-", "text-wrap", "aspect-ratio", "field-sizing", "accent-color", "dvh", "svh", "lvh", "cqw", "subgrid", "&", "scrollbar-gutter",
    "light-dark", "translate:", "rotate:", "scale:", "@import", "url(",
)  # fmt: skip


@pytest.fixture(scope="module")
def page():
    return html.write(DOCUMENT)


@pytest.fixture(scope="module")
def tree(page):
    return lxml.html.fromstring(page.decode())


def _texts(tree, path):
    return [found.text_content() for found in tree.xpath(path)]


def test_every_number_of_the_document_stands_in_the_page_as_often_as_it_is_there(tree):
    printed = Counter(found.text_content() for found in tree.xpath("//main//a[contains(@class,'fact')]"))
    linked = Counter(number.text for number in DOCUMENT.numbers() if number.fact)
    assert printed == linked and sum(printed.values()) == 8
    plain_ones = [number.text for number in DOCUMENT.numbers() if not number.fact]
    assert all(words in tree.text_content() for words in plain_ones)


def test_tables_say_what_the_document_says_cell_by_cell(tree):
    drawn = {found.find("caption").text_content(): found for found in tree.xpath("//div[@class='block']//table")}
    shown = [table for table in DOCUMENT.tables if table.only != "xlsx"]
    assert len(shown) == 2 and set(drawn) == {table.caption for table in shown}
    for table in shown:
        rows = drawn[table.caption].findall(".//tr")
        assert [th.text_content() for th in rows[0]] == [column.name for column in table.columns]
        assert all(th.get("scope") == "col" for th in rows[0])
        assert [[td.text_content() for td in row] for row in rows[1:]] == [
            [plain(c) for c in row] for row in table.rows
        ]
    assert "另有3项未列出" in tree.text_content() and "明细台账（内部）见随附的Excel文件。" in tree.text_content()


def test_sentences_headings_captions_and_notes_are_all_there(tree):
    words = tree.text_content()
    for block in DOCUMENT.everything:
        if isinstance(block, Paragraph):
            assert plain(block.text) in words
        elif isinstance(block, Chart):
            assert block.caption in words and all(note in words for note in block.notes)
        elif not isinstance(block, Table):
            assert block.text in words
    assert len(_texts(tree, "//h2[starts-with(@id,'h')]")) == 4 and _texts(tree, "//h3") == ["（一）受理与办结"]
    assert tree.xpath("string(//h1)") == DOCUMENT.title == tree.xpath("string(//title)")


def test_each_chart_is_a_picture_that_says_what_it_shows_with_its_numbers_beside(tree):
    figures = tree.xpath("//figure")
    assert len(figures) == 4
    for figure, chart in zip(figures, DOCUMENT.charts, strict=True):
        (picture,) = [found for found in figure.iter() if str(found.tag).endswith("svg")]
        assert picture.get("role") == "img" and picture.get("aria-label") == chart.alt
        numbers = _texts(figure, ".//details//tbody/tr/td[2]")
        labels = chart.series[0].texts
        assert len(numbers) == len(chart.categories) and all(n == t for n, t in zip(numbers, labels, strict=False) if t)


def test_every_link_inside_leads_somewhere_and_no_anchor_is_there_twice(tree):
    anchors = Counter(tree.xpath("//@id"))
    assert max(anchors.values()) == 1
    inside = [link[1:] for link in tree.xpath("//@href") if link.startswith("#")]
    assert len(inside) > 20 and set(inside) <= set(anchors)


def test_a_number_leads_to_its_source_and_the_source_back_and_on(tree):
    first = tree.xpath("//p//a[text()='86件']")[0]
    source = tree.get_element_by_id(first.get("href")[1:])
    assert "信访总量" in source.text_content() and "2025年9月" in source.text_content()
    assert f"#{first.get('id')}" in source.xpath(".//@href")
    (satisfied,) = [s for s in tree.xpath("//*[@id='sources']//li") if "29/30" in s.text_content()]
    assert "不满意的件：HS202509010001" in satisfied.text_content()
    assert "./passport?kpi=satisfaction_rate&period=2025年9月" in satisfied.xpath(".//@href")
    defined = satisfied.xpath(".//a[@title='看口径']/@href")[0]
    assert tree.get_element_by_id(defined[1:]).text_content().startswith("群众满意率＝")
    assert first.get("title") == "86，信访总量，2025年9月"


def test_the_address_of_the_dashboard_can_be_given():
    tree = lxml.html.fromstring(html.write(DOCUMENT, "http://10.1.2.3:8501/").decode())
    ways = tree.xpath("//*[@id='sources']//a[@target='_blank']/@href")
    assert len(ways) == 4 and all(way.startswith("http://10.1.2.3:8501/passport?kpi=") for way in ways)


def test_odd_texts_stay_texts(page, tree):
    assert ODD not in page.decode() and tree.text_content().count(ODD) >= 3
    assert not [found for found in tree.iter("b") if "甲" in found.text_content()]
    bad = msgspec.structs.replace(
        DOCUMENT,
        title="</title><script>alert(1)</script>",
        unit_name='"><script>',
        stamp=msgspec.structs.replace(DOCUMENT.stamp, filter_words='</style><script>"\\\n'),
    )
    assert b"<script" not in html.write(bad).replace(b"&lt;script", b"") and html.write(bad).count(b"</style>") == 1


def test_nothing_runs_and_nothing_is_fetched(page):
    text = page.decode()
    assert (
        text.index('<meta charset="utf-8">') < 60 and "default-src &#x27;none&#x27;" in text
    ) or "default-src 'none'" in text
    assert not re.search(r"<script|<link|<img|<iframe|javascript:|\son\w+=", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "@import" not in text and "url(http" not in text


@pytest.mark.parametrize("name", ["report.css", "board.css"])
def test_the_style_is_one_that_old_browsers_know(name):
    style = (html.Path(html.__file__).parent / name).read_text("utf-8")
    assert [word for word in TOO_NEW if word in style] == []


def test_stamp_demonstration_mark_and_edition_are_on_screen_and_on_paper(page, tree):
    assert tree.xpath("string(//footer)") == DOCUMENT.stamp.words
    assert "演示数据" in tree.xpath("string(//p[contains(@class,'marks')])")
    assert '@top-right { content: "演示数据"' in page.decode() and "@page :left" in page.decode()
    frozen = html.write(msgspec.structs.replace(DOCUMENT, edition=2, is_demo=False)).decode()
    assert (
        "第2版" in lxml.html.fromstring(frozen).xpath("string(//p[contains(@class,'marks')])")
        and "演示数据" not in frozen
    )


def test_the_reconciliation_says_which_numbers_agree(tree):
    rows = [[td.text_content() for td in row] for row in tree.xpath("//*[@id='checks']//tbody/tr")]
    assert rows[0] == ["分局合计", "各分局之和", "86", "信访总量", "86", "相符"]
    assert rows[1] == ["行数", "读到", "10", "入库", "9", "不符：缺陷"]


def test_the_reconciliation_is_not_shown_twice():
    annex = (*DOCUMENT.annex, Table("checks", "对账结果", (), ()))
    document = msgspec.structs.replace(DOCUMENT, annex=annex, checks=(Check("x", "a", 1, "b", 1, ""),))
    assert b'id="checks"' not in html.write(document)


def test_the_same_document_gives_the_same_page(page):
    time.sleep(2.1)
    assert html.write(DOCUMENT) == page


def test_without_a_chinese_font_the_page_is_complete_with_tables_for_charts(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    tree = lxml.html.fromstring(html.write(DOCUMENT).decode())
    assert not tree.xpath("//figure") and "没有画成图" in tree.text_content()
    assert {chart.caption for chart in DOCUMENT.charts} <= set(_texts(tree, "//caption"))
    monkeypatch.undo()
    assert chinese_font() and drawing.svg(DOCUMENT.charts[0]) and board.page(DOCUMENT.board, DOCUMENT.stamp, True)
