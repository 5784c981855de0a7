"""From the click on a link to the last thing painted, in a real browser, page by page: python bench/clicks.py DIR.

cold: the first time that anybody opens the page since the server started; the browser has the program's own files already.
warm: the same click again. filter: a click on 上月, which nobody has asked for before. The end is the last change of the
page before its script has finished and nothing has moved for a while, plus one frame: charts draw themselves after that.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Page, sync_playwright

from bench.servers import serving
from data.store import Store

PAGES = (
    "./", "branches", "satisfaction", "backlog", "hotspots", "mechanism", "explore", "monthly", "cases", "quality", "settings",
)  # fmt: skip
START = "definitions"  # from here the links are clicked; a page without figures
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
_QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync")
_LONGEST = 120_000  # milliseconds
_WATCH = """
(() => {
  window.changed = 0;
  const note = () => requestAnimationFrame(() => requestAnimationFrame(() => { window.changed = Date.now(); }));
  const watch = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(note).observe(document, watch);
})();
"""
_IS_STILL = """
() => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
  && document.querySelector('header.top') && !document.querySelector('[data-testid="stSkeleton"]')
  && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(one => one.querySelector('.main-svg'))
  && window.changed && Date.now() - window.changed > 600
"""
_CLICK = "link => { sessionStorage.setItem('clicked', Date.now()); link.click(); }"
_TAKEN = "() => (window.changed - Number(sessionStorage.getItem('clicked'))) / 1000"


@dataclass(frozen=True)
class Click:
    """One click. kind: cold, warm or filter; seconds: until the last thing was painted; charts: how many were drawn."""

    cases: int
    page: str
    kind: str
    seconds: float
    charts: int


def measure(store_folder: Path, pages: Sequence[str] = PAGES) -> list[Click]:
    """Return a record for each page and kind of click; nothing is written into the store."""
    store = Store(store_folder)
    many = store.reader().query("SELECT count(*) FROM cases")[0][0]
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with (
        tempfile.TemporaryDirectory(prefix="kpi-bench-") as place,
        serving(store, Path(place), 1, with_login=False) as (server,),
        sync_playwright() as playwright,
    ):
        running = playwright.chromium.launch(executable_path=browser, args=[*_QUIET, *as_root])
        context = running.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.set_default_timeout(_LONGEST)
        found = [click for name in pages for click in _of_page(page, server.address, name, many)]
        running.close()
    return found


def _of_page(page: Page, address: str, name: str, many: int) -> Iterator[Click]:
    menu, last_month = f'header.top nav a[href="{name}"]', "nav.quick a:nth-child(2)"
    for kind in ("cold", "warm"):
        page.goto(f"{address}/{START}")
        page.wait_for_function(_IS_STILL)
        yield _clicked(page, menu, name, kind, many)
    if page.locator(last_month).count():
        yield _clicked(page, last_month, name, "filter", many)


def _clicked(page: Page, link: str, name: str, kind: str, many: int) -> Click:
    with page.expect_navigation(wait_until="commit"):
        page.locator(link).evaluate(_CLICK)
    page.wait_for_function(_IS_STILL)
    charts = page.locator(".js-plotly-plot").count()
    return Click(many, name, kind, round(page.evaluate(_TAKEN), 2), charts)


def main() -> None:
    """Read the command line, measure, and print one line for each page."""
    parser = argparse.ArgumentParser(description="真实浏览器里从点击到画完的时间")
    parser.add_argument("folder", type=Path, help="数据仓文件夹")
    parser.add_argument("--pages", nargs="+", default=PAGES)
    options = parser.parse_args()
    found = measure(options.folder, options.pages)
    for name in dict.fromkeys(click.page for click in found):
        of_page = {click.kind: click for click in found if click.page == name}
        times = "，".join(f"{kind} {click.seconds:.2f}秒" for kind, click in of_page.items())
        print(f"{of_page['cold'].cases}件 {name}：{times}，图{of_page['warm'].charts}张")


if __name__ == "__main__":
    main()
