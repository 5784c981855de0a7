"""The report's web page and /report in a real browser: nothing asked from outside, nothing cut off, links that lead."""

from html import escape

import msgspec
import pytest

from metrics.report import board, editions, html
from tests.browser.conftest import serving
from tests.pages import stores
from tests.report.sample import DOCUMENT, STAMP
from tests.report.test_board_html import crowded


@pytest.fixture
def opened(browser, tmp_path):
    """Return what opens a page from a file in a browser without scripts, and what it asked for."""
    contexts = []

    def open_(text, width, height):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=True))
        page, asked = contexts[-1].new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))
        path = tmp_path / "page.html"
        path.write_bytes(text)
        page.goto(path.as_uri())
        return page, asked, path.as_uri()

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width,height", [(1366, 768), (1920, 1080), (800, 600)])
def test_the_file_asks_for_nothing_and_has_no_sideways_scroll(opened, width, height):
    page, asked, own = opened(html.write(DOCUMENT), width, height)
    assert asked == [own]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").is_visible() and page.locator("nav.contents").is_visible()


def test_a_number_leads_to_its_source_and_back_and_the_chart_opens_its_numbers(opened):
    page, asked, own = opened(html.write(DOCUMENT), 1366, 768)
    page.locator("main p.body a.fact").first.click()
    source = page.locator("#sources li:target")
    assert "信访总量" in source.inner_text() and source.is_visible()
    source.locator("a", has_text="↑").first.click()
    assert page.url.endswith("#n1")
    page.locator("summary").first.click()
    assert page.locator("details table").first.is_visible()
    assert {address.split("#")[0] for address in asked} == {own}


@pytest.mark.parametrize("shown", [DOCUMENT.board, crowded()], ids=["sample", "crowded"])
def test_nothing_of_the_board_is_cut_off(opened, shown):
    page, asked, own = opened(board.page(shown, STAMP, True).encode(), 1920, 1080)
    cut = page.evaluate("""() => [...document.querySelectorAll("section, .sentence, .tiles li, h1, footer")]
        .filter(box => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
        .map(box => box.className || box.tagName)""")
    assert cut == [] and asked == [own]
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]


@pytest.fixture(scope="module")
def own_store(tmp_path_factory):
    """Return a store in which nothing is frozen, whatever other tests freeze."""
    return stores.city(tmp_path_factory.mktemp("frozen"))


@pytest.fixture(scope="module")
def own_address(own_store, tmp_path_factory):
    with serving(own_store.folder, tmp_path_factory.mktemp("log") / "server.txt") as found:
        yield found


def test_the_address_report_answers_with_the_frozen_page_and_says_so_while_there_is_none(
    browser, own_address, own_store
):
    address = own_address
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    try:
        answer = page.goto(f"{address}report")
        assert answer.status == 404 and "还没有定稿的报告" in page.inner_text("body")
        frozen = _freeze(own_store)
        answer = page.goto(f"{address}report")
        assert answer.status == 200 and answer.headers["cache-control"] == "no-store"
        assert answer.body() == frozen
        assert page.goto(f"{address}report?key=2025-09").body() == frozen
        assert (
            page.locator("#sources a[target=_blank]")
            .first.evaluate("link => link.href")
            .startswith(f"{address}passport?")
        )
        for key, words in (
            ("2031-01", "2031-01的报告还没有定稿"),
            ("../x", "看不懂报告期"),
            ("<b>", "看不懂报告期“<b>”"),
        ):
            answer = page.goto(f"{address}report?key={key}")
            assert answer.status == 404 and words in page.inner_text("body")
    finally:
        context.close()


def _freeze(store):
    """Freeze a written report in the server's store and return its page."""
    document = msgspec.structs.replace(DOCUMENT, stamp=msgspec.structs.replace(STAMP, version=store.versions()[-1]))
    page = html.write(document)
    editions.freeze(store, document, {"2025年9月信访通报.html": page}, "张三")
    return page


def test_in_a_frame_of_a_page_a_number_leads_to_its_source_and_on_to_the_dashboard(opened):
    inner = html.write(DOCUMENT, "http://10.1.2.3:8501", embedded=True).decode()
    outer = f'<!doctype html><meta charset="utf-8"><iframe width="1200" height="640" srcdoc="{escape(inner)}"></iframe>'
    page, *_ = opened(outer.encode(), 1366, 768)
    paper = page.frame_locator("iframe")
    paper.locator("main p.body a.fact").first.click()
    source = paper.locator("#sources li:target")
    assert "信访总量" in source.inner_text()
    assert (
        source.locator("a[target=_blank]")
        .evaluate("link => link.href")
        .startswith("http://10.1.2.3:8501/passport?kpi=")
    )
