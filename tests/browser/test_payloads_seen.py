"""What comes from files stays text on every page, in a real browser: nothing runs, nothing is asked for, no link leads out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.access import payloads
from tests.browser.conftest import PAGES, Screen, serving

CASES = ("monthly", "explore?by=被反映对象&by_too=责任分局")
BOARDS = ("branches?board=1",)
LED_ASTRAY = """(home) => ({
    pwned: window.__pwned ?? null,
    images: [...document.images].filter((i) => i.getAttribute("src") === "x" || i.src.includes("x.invalid")).length,
    links: [...document.querySelectorAll("a")].map((a) => a.getAttribute("href") || a.getAttribute("xlink:href") || "")
        .filter((h) => h && !h.startsWith("#") && !new URL(h, document.baseURI).href.startsWith(home)),
    handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
    scripts: [...document.scripts].filter((s) => s.textContent.includes("__pwned")).length,
    coloured: [...document.querySelectorAll("span, strong")].filter((e) => ["红", "粗"].includes(e.textContent)).length,
    formulas: document.querySelectorAll(".katex, mjx-container").length,
})"""
NOTHING = {"pwned": None, "images": 0, "links": [], "handlers": 0, "scripts": 0, "coloured": 0, "formulas": 0}
PARAMETERS = (
    "period", "span", "from", "to", "branch", "channel", "pollution", "kpi", "group", "kpi_name", "by", "by_too", "every",
    "word", "kinds", "find", "site", "one", "case", "part", "kind", "view", "whose", "key", "q", "window", "rating_kpi",
    "board", "condition", "state", "days", "source", "no", "account", "event",
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a store that is full of attempts."""
    folder: Path = tmp_path_factory.mktemp("payloads")
    made = payloads.store(folder)
    with serving(made.folder, folder / "server.txt") as found:
        yield found


@pytest.fixture
def visitor(windows: Callable[[int, int], BrowserContext], address: str) -> Iterator[Screen]:
    """Return a visitor who notes every dialog."""
    page = windows(1366, 768).new_page()
    screen = Screen(page, address)
    screen.dialogs = []
    page.on("dialog", lambda dialog: (screen.dialogs.append(dialog.message), dialog.dismiss()))
    yield screen
    page.close()


def check(screen: Screen, page: Page) -> None:
    """Say that nothing of what was planted has done anything, in the page and in what it frames."""
    for frame in page.frames:
        assert frame.evaluate(LED_ASTRAY, screen.address) == NOTHING, frame.url
    assert screen.dialogs == [] and screen.outside == []


@pytest.mark.parametrize("path", [*PAGES, *CASES, *BOARDS])
def test_every_page_shows_the_attempts_as_text(visitor, path):
    page = visitor.open(path)
    page.wait_for_timeout(800)  # charts
    check(visitor, page)


def test_the_attempts_are_seen_word_by_word(visitor):
    visitor.open("explore?by=责任分局").wait_for_selector(".js-plotly-plot .ytick text")
    text = visitor.page.locator("body").inner_text()
    assert "<img src=x onerror=" in text and "<a href='http://x.invalid/e'>局</a>" in text
    shown = "".join(visitor.page.locator(".js-plotly-plot text").all_text_contents())
    for bar in visitor.page.query_selector_all(".js-plotly-plot .bars path")[:4]:
        bar.hover(force=True)
        visitor.page.wait_for_timeout(200)
        check(visitor, visitor.page)
    assert "<img" in shown and "&quot;" not in shown and "&lt;" not in shown


@pytest.mark.parametrize("path", ["branches", "explore", "cases"])
def test_a_link_with_attempts_in_every_parameter_does_nothing(visitor, path):
    attempts = [payloads.PAYLOADS[number % len(payloads.PAYLOADS)] for number in range(len(PARAMETERS))]
    query = urlencode(list(zip(PARAMETERS, attempts, strict=True)))
    visitor.page.goto(f"{visitor.address}{path}?{query}")
    visitor.page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=60_000)
    visitor.page.wait_for_timeout(600)
    check(visitor, visitor.page)
    assert not re.search(r"Traceback|Uncaught", visitor.page.locator("body").inner_text())
