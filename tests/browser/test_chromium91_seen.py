"""The reports in Chromium 91, which the oldest terminals have: from the server and from a file, on the screen and printed.

The dashboard cannot run there: it says so and leads to the reports. Nothing is asked of anybody but the server.
"""

import io
from collections.abc import Iterator

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright
from pypdf import PdfReader

from data.access.accounts import Accounts
from data.store import Store
from metrics.report import editions, making, produce
from pages.parts.camera import PALE
from tests.access.conftest import PASSWORD
from tests.access.serving import serving
from tests.browser import old_chromium
from tests.browser.conftest import Screen, old_browser, wait_until
from tests.browser.test_chromium106_seen import SHOTS
from tests.browser.test_login_seen import FITS
from tests.pages import stores

MONTHS = ("2025-08", "2025-09")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a city's store with accounts, and with the reports of two months frozen."""
    store = Store(stores.city(tmp_path_factory.mktemp("older") / "store").folder)
    accounts = Accounts(store)
    for role in ("admin", "office"):
        accounts.set_password(f"{role}.one", accounts.add(f"{role}.one", f"{role}一", role), PASSWORD)
    report = making.draft(store, store.reader(), MONTHS[-1])
    before = msgspec.structs.replace(
        report, key=MONTHS[0], title=report.title.replace("9月", "8月"), file_stem="2025年8月全市信访通报"
    )
    for document in (before, report):
        made = produce.produce(document, ("html",), mark="信访办")
        assert not made.missing
        editions.freeze(store, document, made.files, "张三")
    return store


@pytest.fixture(scope="module")
def address(served: Store) -> Iterator[str]:
    with serving(served) as found:
        yield found + "/"


@pytest.fixture(scope="module")
def older(player: Playwright) -> Iterator[Browser]:
    with old_browser(player, old_chromium.REPORT) as running:
        yield running


@pytest.fixture
def screen(older: Browser, address: str) -> Iterator[Screen]:
    """Return a page in Chromium 91 that sees the server as anybody does."""
    context = older.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(30_000)
    yield Screen(context.new_page(), address)
    context.close()


def test_from_the_login_to_the_sentence_on_the_dashboard_and_on_to_every_report(screen, address):
    page = screen.page
    _sign_in(page, address)
    _wait(page, "#too_old")
    _keep(page, "dashboard")
    said = _text(page, "#too_old")
    assert "浏览器版本过低" in said and "Chromium 91" in said
    assert not _is_seen(page, "#too_old button")  # it could not be opened anyhow
    _click(page, "#too_old a[href='./report']")
    page.wait_for_url(address + "report")
    assert "2025年9月" in _text(page, "h1")
    page.goto(address + "branches?year=2025年")
    _wait(page, "#too_old")
    _click(page, "#too_old a[href='./report?list']")
    page.wait_for_url(address + "report?list")
    _keep(page, "reports")
    links = page.evaluate("[...document.querySelectorAll('li a')].map(link => [link.innerText, link.href])")
    assert ["2025年9月" in links[0][0], "2025年8月" in links[1][0], len(links)] == [True, True, len(MONTHS)]
    screen.errors.clear()  # what the dashboard's own scripts said
    for (_, link), month in zip(links, reversed(MONTHS), strict=True):
        page.goto(link)
        assert f"2025年{month[-1]}月" in _text(page, "h1")
        _is_a_whole_report(page)
        _keep(page, f"report_{month}")
    assert screen.errors == [] and screen.outside == [] and screen.asked > 5


def test_a_browser_of_another_name_that_cannot_read_the_dashboard_is_told_so(older, address):
    context = older.new_context(
        locale="zh-CN", user_agent="Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/78.0"
    )
    page = context.new_page()
    _sign_in(page, address)
    _wait(page, "#too_old")
    assert "这个浏览器看不懂本页" in _text(page, "#too_old") and _is_seen(page, "#too_old a[href='./report']")
    context.close()


def test_the_file_from_the_disk_on_the_screen_and_printed(older, served, tmp_path):
    edition = editions.latest(served)
    name = next(name for name in edition.file_names if name.endswith(".html"))
    file = tmp_path / name
    file.write_bytes(editions.read(edition, name))
    context = older.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    screen = Screen(context.new_page(), file.as_uri())
    page = screen.page
    page.goto(file.as_uri())
    _is_a_whole_report(page)
    _click(page, "main p.body a.fact")
    assert _is_seen(page, "#sources li:target")
    _click(page, "summary")
    assert _is_seen(page, "details[open] table")
    _keep(page, "file")
    (SHOTS / "chromium91-report.pdf").write_bytes(
        made := page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    )
    printed = PdfReader(io.BytesIO(made))
    words = "".join(sheet.extract_text() for sheet in printed.pages)
    assert len(printed.pages) > 3 and "信访总量" in words and "目录" not in printed.pages[0].extract_text()
    assert screen.errors == [] and screen.outside == [] and screen.asked == 1
    context.close()


def _sign_in(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(FITS) and page.url == address + "login"
    _keep(page, "login")
    for field, typed in (("#account", "office.one"), ("#password", PASSWORD)):
        _click(page, field)
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def _is_a_whole_report(page: Page) -> None:
    """Look at a report: its figures, every chart and table painted, links that lead, nothing wider than the screen."""
    assert _is_seen(page, "h1") and _is_seen(page, ".contents")
    figures = page.evaluate("[...document.querySelectorAll('.tile b')].map(one => one.innerText)")
    assert len(figures) >= 4 and all(any(letter.isdigit() for letter in one) for one in figures)
    drawn, tables = _boxes(page, "figure .chart svg"), _boxes(page, "#report table")
    assert len(drawn) >= 4 and len(tables) >= 2
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
    for box in (*drawn, *tables):
        low, high = whole.crop(box).getextrema()
        assert high - low >= PALE
    shapes = page.evaluate(
        "[...document.querySelectorAll('figure svg')].map(one => one.querySelectorAll('path').length)"
    )
    assert all(many > 5 for many in shapes)
    nowhere = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => !document.getElementById(id))"
    )
    assert nowhere == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def _keep(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"chromium91-{name}.png")


# Playwright's own ways of looking and clicking call functions that 91 does not have; evaluating and the mouse work.


def _boxes(page: Page, selector: str) -> list[tuple[int, int, int, int]]:
    """Return left, top, right and bottom on the whole page of what is to be seen."""
    found = page.evaluate(
        "selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect())"
        ".filter(box => box.width && box.height)"
        ".map(box => [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY])",
        selector,
    )
    return [tuple(map(round, box)) for box in found]


def _is_seen(page: Page, selector: str) -> bool:
    return bool(_boxes(page, selector))


def _text(page: Page, selector: str) -> str:
    return page.evaluate("selector => document.querySelector(selector).innerText", selector)


def _wait(page: Page, selector: str) -> None:
    wait_until(page, f"document.querySelector({selector!r}) !== null")


def _click(page: Page, selector: str) -> None:
    """Click in the middle of what is the first of its kind."""
    x, y = page.evaluate(
        "selector => { const one = document.querySelector(selector); one.scrollIntoView({block: 'center'});"
        "const box = one.getClientRects()[0]; return [box.left + box.width / 2, box.top + box.height / 2]; }",
        selector,
    )
    page.mouse.click(x, y)
