"""The whole dashboard in Chromium 106, the oldest that terminals have to have: every page of the menu, with login.

Each page is looked at as its reader would: it is whole and Chinese, its charts and tables are painted, its end can be
reached, and nothing was asked of anybody but the server. The pictures are kept in shots/ (KPI_SHOTS names another folder).
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from data.access.accounts import Accounts
from data.store import Store
from pages.parts import single
from pages.parts.camera import PALE
from pages.parts.frame import MENU, UNLISTED
from tests.access.conftest import PASSWORD
from tests.access.serving import serving
from tests.browser import old_chromium
from tests.browser.conftest import ROOT, Screen, old_browser, wait_until
from tests.browser.test_login_seen import FITS, sign_in
from tests.browser.test_screens import _english, _shown
from tests.pages import stores

SHOTS = Path(os.environ.get("KPI_SHOTS") or ROOT / "shots")
CHART, TABLE, TYPED = "[data-testid=stPlotlyChart]", ".grid", "[data-testid=stDataFrame]"
# Words that may be Latin here: accounts in log, list and watermark, and file formats on 月报.
NAMES = {"office", "auditor", "admin", "branch", "leader", "one", "Word", "PDF"}
# What each page must show, at least: a selector and how many of it. A page of the menu that is not here fails.
CONTENT = {
    "./": {CHART: 1, TABLE: 2, ".card": 6, ".bars": 1},
    "branches": {CHART: 1, TABLE: 1, ".card": 6},
    "satisfaction": {CHART: 2, TABLE: 2},
    "backlog": {TABLE: 2, ".card": 6},
    "hotspots": {CHART: 1, TABLE: 1},
    "mechanism": {CHART: 1, TABLE: 3},
    "explore": {CHART: 1, TABLE: 1, TYPED: 1},
    "monthly": {"iframe": 1},
    "cases": {TYPED: 1},
    "definitions": {TABLE: 1},
    "imports": {"[data-testid=stFileUploader]": 1, "[data-testid=stDateTimeInput]": 1},
    "quality": {TABLE: 2},
    "settings": {TABLE: 1},
    "audit": {TYPED: 1},
    "admin": {TABLE: 1},
    "passport?kpi=satisfaction_rate": {".figure .big": 1, TABLE: 2},
    "./?board=1280": {CHART: 1, TABLE: 2, ".card": 6},
}
_ENLARGED = """() => document.querySelector(".main-svg").getAttribute("width")
    / document.querySelector("[data-testid=stElementContainer]:has([data-testid=stPlotlyChart])").offsetWidth"""
WHO = {"audit": "auditor.one", "admin": "admin.one"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a city's store of its own, with accounts."""
    store = Store(stores.city(tmp_path_factory.mktemp("old") / "store").folder)
    accounts = Accounts(store)
    for role in ("admin", "office", "auditor"):
        accounts.set_password(f"{role}.one", accounts.add(f"{role}.one", f"{role}一", role), PASSWORD)
    return store


@pytest.fixture(scope="module")
def address(served: Store) -> Iterator[str]:
    with serving(served) as found:
        yield found + "/"


@pytest.fixture(scope="module")
def old(player: Playwright) -> Iterator[Browser]:
    with old_browser(player, old_chromium.DASHBOARD) as running:
        yield running


@pytest.fixture(scope="module")
def contexts(old: Browser, address: str) -> Iterator[dict[str, BrowserContext]]:
    """Return the windows of the people who have signed in; a test that needs another person adds one."""
    opened: dict[str, BrowserContext] = {}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def as_(old: Browser, address: str, contexts: dict[str, BrowserContext]) -> Iterator:
    """Return a function that gives somebody a fresh page, signed in."""

    def open_(account: str) -> Screen:
        if account not in contexts:
            contexts[account] = old.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
            contexts[account].set_default_timeout(60_000)
            form = contexts[account].new_page()
            form.goto(address + "login?next=%2Fdefinitions")
            sign_in(form, account)
            form.wait_for_url("**/definitions")
            form.close()
        return Screen(contexts[account].new_page(), address)

    yield open_
    for context in contexts.values():
        for page in context.pages:
            page.close()


def test_every_page_of_the_menu_is_looked_at():
    assert {page for page in CONTENT if "?" not in page} == set(MENU)
    assert {page.split("?")[0] for page in CONTENT} | {"case"} >= set(UNLISTED)


@pytest.mark.parametrize("page", CONTENT)
def test_a_page_is_whole_painted_and_asks_nobody(as_, page):
    name = page.split("?")[0]
    screen = as_(WHO.get(name, "office.one"))
    drawn = screen.open(page.removeprefix("./"))
    assert drawn.locator("[role=dialog], [data-testid=stException]").count() == 0
    assert drawn.locator(".head h1, .board_head h1").first.inner_text().strip()
    assert _english(_shown(drawn)) - NAMES == set()
    for selector, many in CONTENT[page].items():
        drawn.locator(selector).nth(many - 1).wait_for()
        for part in drawn.locator(selector).all()[:many]:
            _is_painted(part)
    for chart in drawn.locator(CHART).all():
        assert chart.locator(".trace, .points path, .bars path").count() > 0, page
    if "board" in page:
        assert drawn.evaluate(_ENLARGED) > 1.2, "a chart of an enlarged board is as wide as its panel"
    for choice in drawn.locator("[data-testid=stButtonGroup]").all():
        tops = choice.locator("button").evaluate_all("all => all.map(one => one.offsetTop)")
        assert len(set(tops)) == 1, "the buttons of a choice stand in a row"
    drawn.evaluate("() => { document.querySelector('[data-testid=stMain]').scrollTop = 0; scrollTo(0, 0); }")
    _keep(drawn, page)
    _ends_within_reach(drawn)
    assert screen.errors == [] and screen.outside == [] and screen.asked > 20


def _keep(drawn: Page, page: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "_", page).strip("_") or "overview"
    drawn.screenshot(path=SHOTS / f"chromium106-{name}.png")


def _is_painted(part: Locator) -> None:
    """Wait until something stands in a box that is darker than paper and watermark are."""
    for _ in range(20):
        low, high = Image.open(io.BytesIO(part.screenshot())).convert("L").getextrema()
        if high - low >= PALE:
            return
        part.page.wait_for_timeout(500)
    raise AssertionError(f"nothing is painted in {part}")


def _ends_within_reach(drawn: Page) -> None:
    """What is below the fold must come up: the framework gives its page a height in a unit that 106 does not know."""
    drawn.mouse.move(6, 600)  # in the margin, where no table or frame takes the wheel
    drawn.mouse.wheel(0, 20_000)
    end = "Math.round(document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().bottom)"
    wait_until(drawn, f"{end} <= 769", 10)


def test_filters_change_the_figures_and_go_along_to_the_next_page(as_):
    screen = as_("office.one")
    drawn = screen.open()
    whole = drawn.locator(".card .big").first.inner_text()
    drawn.locator("[data-testid=stMultiSelect]").first.click()
    drawn.get_by_role("option", name="下陆区分局").click()
    drawn.keyboard.press("Escape")
    screen.settle()
    part = drawn.locator(".card .big").first.inner_text()
    assert int(re.sub(r"\D", "", part)) < int(re.sub(r"\D", "", whole))
    drawn.locator(".top nav a", has_text="案件").click()
    screen.settle()
    assert "branch=下陆区分局" in unquote(drawn.url)
    with drawn.expect_download() as download:
        drawn.get_by_role("button", name="下载 Excel").click()
    assert download.value.path().stat().st_size > 100
    assert screen.errors == [] and screen.outside == []


def test_the_login_form_and_one_case(old, as_, served, address):
    context = old.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    form = Screen(context.new_page(), address)
    form.page.goto(address + "login")
    assert form.page.evaluate(FITS) and form.page.get_by_label("密码").is_visible()
    _keep(form.page, "login")
    context.close()
    screen = as_("office.one")
    drawn = screen.open(single.address(*served.reader().query("SELECT source, case_no FROM cases LIMIT 1")[0]))
    assert drawn.locator(".facts").count() and _english(_shown(drawn)) - NAMES == set()
    assert form.errors == [] and screen.errors == [] and screen.outside == []


def test_who_is_a_little_older_is_told_so_and_may_try(old, contexts, as_, address):
    as_("office.one")
    context = old.new_context(locale="zh-CN", user_agent="Mozilla/5.0 Chrome/100.0.4896.60 Safari/537.36")
    context.add_cookies(contexts["office.one"].cookies())
    screen = Screen(context.new_page(), address)
    screen.page.goto(address + "definitions")
    screen.page.locator("#too_old").get_by_text("Chromium 100").wait_for()
    screen.page.get_by_role("button", name="仍要打开看板").click()
    assert screen.settle().locator(".grid").first.is_visible() and screen.errors == []
    context.close()
