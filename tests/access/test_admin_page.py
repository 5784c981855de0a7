"""The administrator's page: accounts and access settings, and not a word of the data."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.access import audit, sessions, settings
from data.access.accounts import Accounts
from data.errors import UserError
from data.store import Reader, Store
from tests.access.people import ADDRESS, PASSWORD, Clock, bureau
from tests.pages.conftest import html

ROOT = Path(__file__).parents[2]
BRANCH = "下陆区分局"
EVIL = "<b>张三</b>"


@pytest.fixture
def accounts(tmp_path) -> Accounts:
    made = bureau(tmp_path / "store", Clock())
    return Accounts(made.store)  # with the real clock, as the page has it


@pytest.fixture
def page(accounts, monkeypatch, signed_in) -> AppTest:
    """Return the page as its administrator sees it."""
    monkeypatch.setenv("KPI_STORE", str(accounts.store.folder))
    signed_in(accounts.store.folder, "admin")
    return opened()


def opened() -> AppTest:
    return AppTest.from_file(str(ROOT / "pages" / "admin.py"), default_timeout=60).run()


def press(test: AppTest, label: str, last: bool = False) -> AppTest:
    found = [button for button in test.button if button.label == label]
    return found[-1 if last else 0].click().run()


def choose(test: AppTest, account: str) -> AppTest:
    box = test.selectbox(key="admin_account")
    return box.select(next(option for option in box.options if option.startswith(f"{account}（"))).run()


def said(test: AppTest) -> str:
    """Return the sentence about the last change."""
    assert not test.exception
    return re.search(r'<p class="(?:done|wrong)" role="(?:status|alert)">(.*?)</p>', html(test), re.S)[1]


def first_of(test: AppTest) -> str:
    return re.search(r'<code class="first_password">(.*?)</code>', said(test))[1]


def test_accounts_are_listed_with_role_state_and_last_sign_in(accounts, page):
    accounts.add("xia", "夏某", "branch", [BRANCH])
    accounts.add("sun", "孙七", "leader", sso=True)
    accounts.change("sun", enabled=False)
    for _ in range(5):
        with pytest.raises(UserError):
            accounts.check("li", "x", ADDRESS)
    rows = dict(re.findall(r"<td>([a-z.]+)<div class='sub'>(.*?)</tr>", html(opened()), re.S))
    assert set(rows) == {"admin.test", "li", "sun", "wang", "xia"}
    assert (
        f"分局<div class='sub'>{BRANCH}</div>" in rows["xia"] and "启用，须改密码" in rows["xia"] and "—" in rows["xia"]
    )
    assert re.search(r"<span class=concern>启用，锁定至\d\d-\d\d \d\d:\d\d</span>", rows["li"])
    assert "停用，单点登录" in rows["sun"]
    assert f"{accounts.get('admin.test').last_sign_in:%Y-%m-%d %H:%M}" in rows["admin.test"]


def test_an_account_is_added_and_its_first_password_is_shown_once(accounts, page):
    page.selectbox(key="role_new_0").select("branch").run()
    page.text_input(key="account_new_0").input("xia")
    page.text_input(key="name_new_0").input("夏某")
    page.multiselect(key="branches_new_0").select(BRANCH)
    press(page, "增加")
    assert "已增加账号 xia（分局）。" in said(page) and "首次登录必须改密码" in said(page)
    first = first_of(page)
    assert accounts.check("xia", first, ADDRESS).must_change and accounts.get("xia").branches == (BRANCH,)
    assert first not in html(page.run()) and 'role="status"' not in html(page)
    assert page.text_input(key="account_new_1").value == ""
    entry = next(one for one in audit.entries(accounts.store, event="account") if one.state == "begun")
    assert (entry.account, entry.role, entry.what["account"]) == ("admin.test", "admin", "xia")


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("Zhang San", "写法不对"),
        ("", "写法不对"),
        ("li", "已有账号“li”"),
        ("<i>x</i>", "账号“&lt;i&gt;x&lt;/i&gt;”写法不对"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(accounts, page, account, words):
    before = accounts.all()
    page.text_input(key="account_new_0").input(account)
    page.text_input(key="name_new_0").input("张三")
    press(page, "增加")
    assert words in said(page) and page.text_input(key="name_new_0").value == "张三"
    assert accounts.all() == before


def test_a_name_is_text_and_nothing_else(accounts, page):
    accounts.add("zhang", EVIL, "office")
    test = press(choose(opened(), "zhang"), "结束全部登录")
    assert EVIL not in html(test) and "&lt;b&gt;张三&lt;/b&gt;" in html(test) and "已结束" in said(test)


def test_role_and_branches_are_changed_and_the_sessions_end(accounts, page):
    token = sessions.begin(accounts.store, "li", ADDRESS)
    choose(page, "li")
    page.selectbox(key="role_li_0").select("branch").run()
    assert "要写明是哪个分局" in said(press(page, "保存"))
    page.multiselect(key="branches_li_0").select(BRANCH)
    assert said(press(page, "保存")) == "已修改账号 li（李四）。"
    assert accounts.get("li").role == "branch" and accounts.get("li").branches == (BRANCH,)
    assert sessions.find(accounts.store, token) is None
    assert "分局<div class='sub'>下陆区分局</div>" in html(page)  # the list shows it at once


def test_a_password_is_reset_and_shown_once(accounts, page):
    choose(page, "li")
    press(page, "重置密码")
    assert "已重置账号 li（李四）的密码。" in said(page)
    assert accounts.check("li", first_of(page), ADDRESS).must_change
    assert "first_password" not in html(page.run())


def test_locked_disabled_and_signed_out(accounts, page):
    choose(page, "li")
    assert next(button for button in page.button if button.label == "解锁").disabled
    for _ in range(5):
        with pytest.raises(UserError):
            accounts.check("li", "x", ADDRESS)
    assert said(press(page.run(), "解锁")) == "已解锁账号 li（李四）。"
    accounts.check("li", PASSWORD, ADDRESS)
    token = sessions.begin(accounts.store, "li", ADDRESS)
    assert said(press(page, "结束全部登录")) == "已结束账号 li（李四）的全部登录。"
    assert sessions.find(accounts.store, token) is None
    assert said(press(page, "停用")) == "已停用账号 li（李四）。" and not accounts.get("li").enabled
    assert said(press(page, "启用")) == "已启用账号 li（李四）。" and accounts.get("li").enabled


def test_the_last_administrator_stays(accounts, page):
    choose(page, "wang")
    assert said(press(page, "停用")) == "已停用账号 wang（王五）。"
    choose(page, "admin.test")
    assert "“admin.test”是最后一个启用的、用密码登录的管理员" in said(press(page, "停用"))
    assert accounts.get("admin.test").enabled and not accounts.get("wang").enabled


def test_single_sign_on_takes_the_password_away_and_gives_a_new_one_back(accounts, page):
    choose(page, "li")
    page.toggle(key="sso_li_0").set_value(True)
    press(page, "保存")
    assert accounts.by_sso("li")
    assert next(button for button in page.button if button.label == "重置密码").disabled
    page.toggle(key="sso_li_1").set_value(False)
    press(page, "保存")
    assert accounts.check("li", first_of(page), ADDRESS).must_change


def test_access_settings_are_changed_and_said(accounts, page):
    page.toggle(key="access_watermark_0").set_value(False)
    page.number_input(key="access_idle_minutes_0").set_value(20)
    press(page, "保存", last=True)
    assert said(page) == "已生效。页面与导出文件加水印：是 → 否；闲置多久自动退出：30分钟 → 20分钟。"
    assert settings.read(accounts.store) == settings.AccessSettings(watermark=False, idle_minutes=20)
    assert said(press(page, "保存", last=True)) == "没有改动。"


def test_what_cannot_be_recorded_is_not_done(accounts, page):
    choose(page, "li")
    folder = accounts.store.access_folder / "audit"
    folder.rename(folder.with_name("audit.away"))
    folder.write_text("a file where a folder should be")
    press(page, "停用")
    assert "审计日志写不进去" in said(page) and accounts.get("li").enabled


@pytest.mark.parametrize("role", ["leader", "office", "auditor", "branch"])
def test_nobody_else_sees_it(accounts, monkeypatch, signed_in, role):
    monkeypatch.setenv("KPI_STORE", str(accounts.store.folder))
    signed_in(accounts.store.folder, role, *([BRANCH] if role == "branch" else []))
    test = opened()
    assert not test.exception and "没有“管理账号与安全设置”的权限" in html(test)
    assert "wang" not in html(test) and not test.button and not test.selectbox


def test_no_version_of_the_data_is_read(city, monkeypatch, signed_in):
    """The store holds a whole city; opening a version of it fails, and the page does not notice."""
    monkeypatch.setenv("KPI_STORE", str(city.folder))
    signed_in(city.folder, "admin")

    def refuse(*_: object) -> None:
        raise AssertionError("a version was opened")

    monkeypatch.setattr(Reader, "_cursor", refuse)
    test = opened()
    assert not test.exception and "admin.test" in html(test)


def test_without_accounts_it_says_how_to_make_the_first(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(tmp_path / "store"))
    test = opened()
    assert not test.exception and "python -m data users add" in html(test) and not test.text_input
    assert not Accounts(Store(tmp_path / "store")).exist()
