"""A real server on an invented store, and a real browser: Debian's Chromium, Chrome or Edge, never a download."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from metrics.report.browser import find_browser
from tests.browser import old_chromium
from tests.pages import stores

ROOT = Path(__file__).parents[2]
QUIET = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync"]
PAGES = (
    "",
    "branches",
    "satisfaction",
    "backlog",
    "hotspots",
    "mechanism",
    "explore",
    "cases",
    "passport",
    "definitions",
    "imports",
    "quality",
    "settings",
)


@pytest.fixture(scope="session")
def player() -> Iterator[Playwright]:
    """Return what drives browsers; there can be one of them at a time."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(player: Playwright) -> Iterator[Browser]:
    """Return the browser; without one the tests are left out, except where CI must have it."""
    executable = find_browser()
    if executable is None:
        leave_out(
            "没有 Chromium，浏览器测试未运行；请安装 chromium 与 fonts-noto-cjk（Debian：apt-get install chromium fonts-noto-cjk）。"
        )
    running = player.chromium.launch(executable_path=executable, args=[*QUIET, *_as_root()])
    yield running
    running.close()


def leave_out(message: str) -> NoReturn:
    """Leave a test out because something is missing on this machine; in CI nothing may be missing."""
    pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@contextmanager
def old_browser(player: Playwright, build: old_chromium.Build) -> Iterator[Browser]:
    """Run an old build until the block ends; where it cannot be had, the tests are left out, but not in CI."""
    try:
        old_chromium.had(build)
    except old_chromium.NotHad as error:
        leave_out(str(error))
    running = player.chromium.launch(executable_path=build.path, env=build.environment, args=[*QUIET, *_as_root()])
    try:
        assert running.version == build.version
        yield running
    finally:
        running.close()


def _as_root() -> list[str]:
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of the whole city."""
    return stores.city(tmp_path_factory.mktemp("browser")).folder


@pytest.fixture(scope="session")
def address(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the store as `make run` does, and return the address."""
    with serving(store, tmp_path_factory.mktemp("log") / "server.txt") as found:
        yield found


@contextmanager
def serving(store: Path, log_file: Path, **environment: str) -> Iterator[str]:
    """Serve a store until the block ends; the address ends in a slash."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.port", str(port)]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1"]
    log = log_file.open("w")
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=os.environ | {"KPI_STORE": str(store)} | environment, stdout=log, stderr=log
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_until(page: Page, expression: str, seconds: float = 30) -> None:
    """Wait until a JavaScript expression is true. Playwright's own way evaluates text, which the pages' policy forbids."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(100)


class Screen:
    """A page of the product in the browser, which remembers what went wrong."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.asked = 0  # how often it asked anybody at all, which shows that somebody listens
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._requested(request.url))
        page.on("websocket", lambda socket_: self._requested(socket_.url))

    def _requested(self, url: str) -> None:
        self.asked += 1
        if not url.startswith(("data:", "blob:", self.address, self.address.replace("http", "ws", 1))):
            self.outside.append(url)

    def open(self, path: str = "") -> Page:
        """Open a page cold and wait until it has finished."""
        self.page.goto(self.address + path)
        return self.settle()

    def settle(self) -> Page:
        """Wait until the page is there and no script runs."""
        self.page.wait_for_selector(".head h1", timeout=60_000)
        self.page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=60_000)
        self.page.wait_for_timeout(400)
        return self.page


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Callable[[int, int], BrowserContext]]:
    """Return a Chinese browser of a size, one for all tests: Streamlit's scripts are read once and not for every page."""
    opened: dict[tuple[int, int], BrowserContext] = {}

    def window(width: int, height: int) -> BrowserContext:
        size = {"width": width, "height": height}
        if (width, height) not in opened:
            opened[width, height] = browser.new_context(locale="zh-CN", viewport=size, accept_downloads=True)
            opened[width, height].set_default_timeout(30_000)
        return opened[width, height]

    yield window
    for context in opened.values():
        context.close()


@pytest.fixture
def screen(
    windows: Callable[[int, int], BrowserContext], address: str, request: pytest.FixtureRequest
) -> Iterator[Screen]:
    """Return a fresh page in a Chinese browser at 1366 × 768, or at the size that the test gives; it keeps nothing."""
    context = windows(*getattr(request, "param", (1366, 768)))
    yield Screen(context.new_page(), address)
    for page in context.pages:
        page.close()
    context.clear_cookies()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return  # it answers: that nobody has signed in
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer")
