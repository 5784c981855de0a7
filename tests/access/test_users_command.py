"""python -m data users: the first administrator is made here; what it prints is what somebody does next."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from data.__main__ import main
from data.access import audit, settings
from data.access.accounts import Accounts, SignInError
from data.store import Store
from tests.access.people import ADDRESS, PASSWORD

ROOT = Path(__file__).parents[2]


@pytest.fixture
def users(tmp_path, capsys):
    """Return a function that runs `users …` on a store and returns exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["users", *arguments, "--store", str(tmp_path / "store")])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def accounts(tmp_path) -> Accounts:
    return Accounts(Store(tmp_path / "store"))


@pytest.fixture
def admin(users) -> str:
    return first_of(users("add", "wang", "--name", "王五", "--role", "admin")[1])


def first_of(printed: str) -> str:
    return re.search(r"^一次性密码：(\S+)$", printed, re.M)[1]


def test_the_first_administrator_is_made_as_the_readme_says(tmp_path):
    command = [sys.executable, "-m", "data", "users", "add", "wang", "--name", "王五", "--role", "admin"]
    done = subprocess.run(
        [*command, "--store", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0 and done.stderr == ""
    assert "已增加账号 wang（管理员）。" in done.stdout and "首次登录必须改密码" in done.stdout
    assert Accounts(Store(tmp_path)).check("wang", first_of(done.stdout), ADDRESS).must_change
    entry = audit.entries(Store(tmp_path), event="account")[-1]
    assert entry.role == "local" and entry.account


def test_an_empty_list_says_what_to_do(users):
    code, out, _ = users("list")
    assert code == 0 and "python -m data users add" in out and "--role admin" in out


def test_the_first_must_be_an_administrator(users):
    code, out, err = users("add", "zhang", "--name", "张三", "--role", "office")
    assert (code, out) == (1, "") and "第一个账号必须是用密码登录的管理员（角色 admin）" in err


def test_accounts_are_listed_with_their_state(users, admin, accounts):
    users("add", "xia", "--name", "夏某", "--role", "branch", "--branch", "下陆区分局", "--branch", "阳新县分局")
    users("add", "sun", "--name", "孙七", "--role", "office", "--sso")
    users("disable", "xia")
    assert users("list")[1].splitlines() == [
        "sun 孙七 信访办 启用，单点登录，未登录过",
        "wang 王五 管理员 启用，须改密码，未登录过",
        "xia 夏某 分局（下陆区分局、阳新县分局） 停用，须改密码，未登录过",
    ]
    listed = json.loads(users("list", "--json")[1])
    assert [one["account"] for one in listed] == ["sun", "wang", "xia"]
    assert listed[2]["branches"] == ["下陆区分局", "阳新县分局"] and listed[2]["enabled"] is False
    users("enable", "xia")
    assert accounts.get("xia").enabled


def test_a_password_is_reset_and_a_lock_is_lifted(users, admin, accounts):
    accounts.set_password("wang", admin, PASSWORD)
    for _ in range(5):
        with pytest.raises(SignInError):
            accounts.check("wang", "x", ADDRESS)
    assert "锁定至" in users("list")[1]
    assert users("unlock", "wang")[0] == 0
    assert not accounts.check("wang", PASSWORD, ADDRESS).must_change
    out = users("reset", "wang")[1]
    assert accounts.check("wang", first_of(out), ADDRESS).must_change
    given = json.loads(users("reset", "wang", "--json")[1])
    assert accounts.check("wang", given["initial_password"], ADDRESS).must_change


def test_an_account_is_changed(users, admin, accounts):
    users("add", "li", "--name", "李四", "--role", "office")
    assert users("change", "li", "--role", "branch", "--branch", "下陆区分局", "--name", "李思")[0] == 0
    found = accounts.get("li")
    assert (found.name, found.role, found.branches) == ("李思", "branch", ("下陆区分局",))
    users("change", "li", "--sso")
    assert accounts.by_sso("li")
    out = users("change", "li", "--no-sso")[1]
    assert accounts.check("li", first_of(out), ADDRESS).must_change


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["change", "wang"], "没有写要改什么"),
        (["disable", "wang"], "最后一个启用的、用密码登录的管理员"),
        (["change", "wang", "--role", "office"], "最后一个启用的、用密码登录的管理员"),
        (["add", "wang", "--name", "王五", "--role", "admin"], "已有账号“wang”"),
        (["add", "xia", "--name", "夏某", "--role", "branch"], "要写明是哪个分局"),
        (["reset", "nobody"], "没有账号“nobody”，有：wang"),
        (["settings", "idle_minutes=1"], "应是5至120的整数"),
        (["settings", "idle_minutes=ten"], "值“ten”不对，应是整数"),
        (["settings", "watermark=2"], "只能是 是 或 否"),
        (["settings", "watermark"], "应是 on 或 off"),
        (["settings", "colour=1"], "没有叫“colour”的安全设置"),
        (["settings", "colour"], "应是 名称=值"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_one(users, admin, arguments, words):
    code, out, err = users(*arguments)
    assert (code, out) == (1, "") and words in err and len(err.splitlines()) == 1


def test_a_role_that_is_none_is_wrong_usage(users, capsys):
    with pytest.raises(SystemExit) as caught:
        users("add", "x1", "--name", "某", "--role", "local")
    assert caught.value.code == 2


def test_settings_are_shown_and_changed(users, accounts):
    assert "watermark  页面与导出文件加水印：是" in users("settings")[1]
    assert "idle_minutes  闲置多久自动退出：20分钟" in users("settings", "idle_minutes=20", "watermark=off")[1]
    assert settings.read(accounts.store) == settings.AccessSettings(watermark=False, idle_minutes=20)
    assert json.loads(users("settings", "watermark=是", "--json")[1])["watermark"] is True
