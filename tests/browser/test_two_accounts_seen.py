"""Two people at once in real browsers: the petition office and a branch, each with its own account, on one server.

What the one sees, makes and is sent must never be the other's: pages, caches, files, addresses, pictures.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from data.access import audit, settings
from data.access.accounts import Accounts
from data.store import Store
from tests.access import two_branches
from tests.access.two_branches import MARK, OTHER, OWN
from tests.browser.conftest import Screen, serving

PASSWORD = "Tian-qi.2026"
PEOPLE = {
    "guan.li": ("钱管理", "admin", ()),
    "xin.fang": ("李信访", "office", ()),
    "xia.lu": ("王下陆", "branch", (OWN,)),
    "shen.ji": ("赵审计", "auditor", ()),
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = two_branches.city(tmp_path_factory.mktemp("two"))
    accounts = Accounts(store)
    for account, (name, role, branches) in PEOPLE.items():
        accounts.set_password(account, accounts.add(account, name, role, branches), PASSWORD)
    settings.save(store, branch_exports=True)
    return store


@pytest.fixture(scope="module")
def served(city: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(city.folder, tmp_path_factory.mktemp("log") / "server.txt") as address:
        yield address


@pytest.fixture(scope="module")
def people(browser: Browser, served: str) -> Iterator[dict[str, Screen]]:
    """Return everybody's own browser, signed in."""
    contexts = {
        account: browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}) for account in PEOPLE
    }
    screens = {account: Screen(context.new_page(), served) for account, context in contexts.items()}
    for account, screen in screens.items():
        screen.page.goto(served)
        screen.page.fill("#account", account)
        screen.page.fill("#password", PASSWORD)
        screen.page.get_by_role("button", name="登录").click()
        screen.page.wait_for_selector(".top", timeout=60_000)
    yield screens
    for context in contexts.values():
        context.close()


def sent(page: Page) -> str:
    """Return what a page has on it, watermark and links included."""
    return page.content()


def download(page: Page, label: str, target: Path) -> tuple[bytes, str]:
    """Take a file and return its bytes and the address it came from."""
    with page.expect_download() as found:
        page.get_by_role("button", name=label).first.click()
    found.value.save_as(target)
    return target.read_bytes(), found.value.url


@pytest.mark.parametrize("path", ["", "branches", "cases", "explore", "mechanism"])
def test_each_sees_their_own_on_the_same_page(people, path):
    office, branch = people["xin.fang"].open(path), people["xia.lu"].open(path)
    assert "xin.fang" in sent(office) and "xia.lu" in sent(branch)
    assert "xin.fang" not in sent(branch)
    assert MARK not in sent(branch)
    if path == "":
        assert "全市环境信访总览" in sent(office) and f"{OWN}环境信访总览" in sent(branch)
    assert people["xia.lu"].errors == [] and people["xia.lu"].outside == []


def test_a_link_of_the_office_shows_the_branch_its_own(people):
    office = people["xin.fang"].open("backlog")
    links = office.locator('a[href*="cases?"]').evaluate_all("links => links.map(link => link.href)")
    assert links
    for link in dict.fromkeys(links[:3]):
        path = link.removeprefix(people["xin.fang"].address)
        asked = [part for _, text in parse_qsl(urlsplit(path).query) for part in text.split(":")]
        found = sent(people["xia.lu"].open(path))
        for text in asked:  # what stood in the address is on the page again
            found = found.replace(quote(text), "").replace(text, "")
        assert MARK not in found, path
    empty = people["xia.lu"].open(f"cases?branch={OTHER}&period=2025年")
    assert MARK not in sent(empty)


def test_files_are_each_ones_own_and_cannot_be_fetched_by_the_other(people, tmp_path):
    rows = {}
    for account in ("xin.fang", "xia.lu"):
        page = people[account].open("cases?period=2025年")
        data, url = download(page, "下载 CSV", tmp_path / f"{account}.csv")
        rows[account] = data.decode("utf-8-sig"), url
    assert MARK in rows["xin.fang"][0] and MARK not in rows["xia.lu"][0]
    assert OWN in rows["xia.lu"][0] and "王下陆（xia.lu）" in rows["xia.lu"][0]
    for account, other in (("xia.lu", "xin.fang"), ("xin.fang", "xia.lu")):
        assert people[account].page.request.get(rows[other][1]).status in (403, 404)


def test_the_menu_and_the_pages_are_those_of_the_role(people):
    assert [link.inner_text() for link in people["shen.ji"].open("audit").locator(".top nav a").all()] == ["审计"]
    assert [link.inner_text() for link in people["guan.li"].open("admin").locator(".top nav a").all()] == ["管理"]
    for account, path in (
        ("xia.lu", "imports"),
        ("xia.lu", "settings"),
        ("xia.lu", "audit"),
        ("guan.li", "cases"),
        ("shen.ji", ""),
    ):
        page = people[account].page
        page.goto(people[account].address + path)
        page.get_by_text("没有").first.wait_for(timeout=60_000)
        assert re.search("您的角色.*没有“.*”的权限", sent(page)), path


def test_a_picture_of_the_board_is_taken_with_the_viewers_own_eyes(people, tmp_path):
    page = people["xia.lu"].open("cases?board=1280&period=2025年9月")
    assert MARK not in sent(page)
    page.get_by_role("button", name="存为图片").click()
    button = page.get_by_role("button", name="下载图片")
    button.wait_for(timeout=120_000)
    picture, _ = download(page, "下载图片", tmp_path / "board.png")
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_the_log_knows_who_looked_took_and_was_refused(people, city):
    found = audit.entries(city)
    seen = {(entry.account, entry.event) for entry in found}
    assert {("xin.fang", "drill"), ("xia.lu", "drill"), ("xia.lu", "export"), ("xia.lu", "query")} <= seen
    assert {entry.address for entry in found if entry.event in ("drill", "export", "sign_in")} == {"127.0.0.1"}
    assert audit.verify(city).ok


def test_a_former_password_opens_nothing_and_all_other_logins_end(people, city, browser):
    """Last, for it ends the branch's login."""
    Accounts(city).set_password("xia.lu", PASSWORD, "Xin-de.2027mm")
    page = people["xia.lu"].page
    page.goto(people["xia.lu"].address + "cases")
    page.wait_for_selector("#account")
    page.fill("#account", "xia.lu")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("alert").wait_for()
    assert "账号或密码不对" in sent(page)
