"""The login in a real browser under the pages' own security policy: forms that fit, pages without an error, a warning
before the login ends, and the form once it has."""

import shutil
import sqlite3
import time

import pytest

from data.access import book
from data.store import Store
from tests.access.conftest import PASSWORD
from tests.access.serving import serving, staffed
from tests.browser.conftest import Screen

FITS = "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"


@pytest.fixture(scope="module")
def guarded(store, tmp_path_factory):
    """Return a copy of the city's store with accounts."""
    return staffed(shutil.copytree(store, tmp_path_factory.mktemp("guarded") / "store"))


@pytest.fixture(scope="module")
def own_address(guarded):
    with serving(guarded) as found:
        yield found + "/"


@pytest.fixture
def visitor(browser, own_address):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(30_000)
    yield Screen(context.new_page(), own_address)
    context.close()


def sign_in(page, account="office.one", password=PASSWORD):
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def idle_for(store: Store, minutes: float) -> None:
    """Set all logins back as if nobody had touched them for some minutes."""
    with sqlite3.connect(book.path_of(store)) as db:
        db.execute("UPDATE sessions SET seen = ?, started = min(started, ?)", [time.time() - 60 * minutes] * 2)


def test_the_forms_fit_and_lead_where_one_wanted_to_go(visitor):
    page = visitor.page
    page.goto(visitor.address + "branches?year=2025年")
    assert page.title() == "登录 · 环境信访看板" and page.evaluate(FITS)
    assert page.locator(".unit").inner_text() == "黄石市生态环境局"
    sign_in(page, password="wrong")
    page.get_by_role("alert").get_by_text("账号或密码不对").wait_for()
    assert page.get_by_label("账号").input_value() == "office.one" and page.evaluate(FITS)
    sign_in(page)
    visitor.settle()
    assert page.url.startswith(visitor.address + "branches?year=2025")
    page.get_by_role("link", name="office一").click()
    page.get_by_role("heading", name="更改密码").wait_for()
    assert page.evaluate(FITS)
    page.get_by_role("button", name="退出登录").click()
    page.get_by_text("已退出登录").wait_for()
    page.goto(visitor.address + "branches")
    assert page.url == visitor.address + "login?next=%2Fbranches"
    assert visitor.outside == []


def test_pages_work_under_their_own_policy(visitor):
    visitor.page.goto(visitor.address)
    sign_in(visitor.page)
    visitor.settle()
    for path in ("", "monthly", "imports"):  # charts, a page within the page, an upload box
        drawn = visitor.open(path)
        assert drawn.locator(".top").get_by_text("office一").is_visible(), path
    assert visitor.errors == [] and visitor.outside == []


def test_it_warns_before_the_login_ends_and_shows_the_form_afterwards(visitor, guarded):
    page = visitor.page
    page.goto(visitor.address + "definitions")
    sign_in(page)
    visitor.settle()
    idle_for(guarded, 28.2)
    page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    warning = page.get_by_text("2分钟后将因长时间未操作退出，点这里继续")
    warning.click()
    warning.wait_for(state="detached")
    idle_for(guarded, 31)
    page.get_by_text("登录已结束，请重新登录。").wait_for()
    sign_in(page)
    visitor.settle()
    assert page.url.startswith(visitor.address + "definitions")


def test_a_download_is_for_nobody_else(visitor, browser):
    page = visitor.page
    page.goto(visitor.address + "cases")
    sign_in(page)
    visitor.settle()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="下载").first.click()
    address = fetched.value.url
    assert fetched.value.path().stat().st_size > 0 and "/media/" in address
    assert page.request.get(address).status == 200
    other = browser.new_context(locale="zh-CN")
    other.set_default_timeout(30_000)
    assert other.request.get(address).status == 401
    opened = other.new_page()
    opened.goto(visitor.address + "audit")
    sign_in(opened, "auditor.one")
    opened.wait_for_url(visitor.address + "audit")
    assert other.request.get(address).status == 403
    other.close()
