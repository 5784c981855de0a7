"""Takes the small pictures of docs/使用手册.md anew, from the demonstration, in a zh-CN browser: make screenshots."""

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from data.access.accounts import Accounts  # noqa: E402 - the repository is not installed
from data.store import Store  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PEOPLE = {"guan.li": ("钱管理", "admin", "admin"), "shen.ji": ("赵审计", "auditor", "audit")}  # name, role, page
PASSWORD = "Only-for-pictures.1"
PAGES = {
    "overview": "",
    "branches": "branches",
    "satisfaction": "satisfaction",
    "backlog": "backlog",
    "hotspots": "hotspots?period=2025年第一季度",
    "mechanism": "mechanism",
    "explore": "explore",
    "monthly": "monthly",
    "definitions": "definitions",
    "imports": "imports",
    "quality": "quality",
    "cases": "cases",
    "settings": "settings",
    "board": "?board=1280",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
PORT = 8599


def main() -> None:
    """Start the app on a demonstration store of its own and write one picture for each page."""
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser_path:
        sys.exit("没有找到 Chromium、Chrome 或 Edge，请先安装再重试。")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        subprocess.run(
            [sys.executable, "-m", "data", "--store", store, "demo"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "serve.py",
                "--server.port",
                str(PORT),
                "--server.headless",
                "true",
            ],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "KPI_STORE": str(store), "HOME": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for_server()
            _take_pictures(browser_path, store)
        finally:
            server.terminate()
            server.wait()


def _wait_for_server() -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.5)
    sys.exit("看板没有启动，请先单独运行 make run 看看。")


def _take_pictures(browser_path: str, store: Path) -> None:
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        looks = {"locale": "zh-CN", "viewport": {"width": 1366, "height": 768}, "device_scale_factor": 0.6}
        page = browser.new_page(**looks)
        for name, path in PAGES.items():
            _take(page, name, path)
        accounts = Accounts(Store(store))
        for account, (name, role, path) in PEOPLE.items():  # from the first one on the server asks for a login
            accounts.set_password(account, accounts.add(account, name, role), PASSWORD)
            page = browser.new_page(**looks)
            page.goto(f"http://127.0.0.1:{PORT}/{path}")
            page.locator("#account").wait_for()
            page.screenshot(path=IMAGES / "login.png")
            page.fill("#account", account)
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.locator(".head h1").wait_for()
            _take(page, path, path)
        browser.close()


def _take(page: Page, name: str, path: str) -> None:
    page.goto(f"http://127.0.0.1:{PORT}/{path}")
    page.locator(".page-title, h1").first.wait_for()
    page.wait_for_selector('[data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(4000)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
