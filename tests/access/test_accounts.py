"""Accounts: no default one, no last administrator lost, passwords that are kept well, attempts that are counted."""

import multiprocessing
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from data.access import attempts, audit, book, passwords, sessions, settings
from data.access.accounts import Accounts, SignInError
from data.errors import UserError
from data.store import Store
from tests.access.people import ADDRESS, DAY, MINUTE, PASSWORD, Clock, bureau, everything, told

WRONG = "账号或密码不对；连续5次不对将锁定15分钟。"
LOCKED = "登录失败次数过多，请15分钟后再试，或请管理员解锁。"
BRANCH = "下陆区分局"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path, clock) -> Accounts:
    return bureau(tmp_path / "store", clock)


def refused(accounts: Accounts, account: str, password: str) -> str:
    with pytest.raises(SignInError) as caught:
        accounts.check(account, password, ADDRESS)
    return str(caught.value)


def fail(accounts: Accounts, account: str, times: int) -> list[str]:
    return [refused(accounts, account, f"Wrong-pass.{number}") for number in range(times)]


def block_the_log(accounts: Accounts) -> None:
    """Leave the audit log no place to write to, as a full disk does."""
    folder = accounts.store.access_folder / "audit"
    folder.rename(folder.with_name("audit.away"))
    folder.write_text("a file where a folder should be")


# --- what there is -------------------------------------------------------------------------------------------------


def test_a_new_store_has_nobody_and_looking_makes_no_file(tmp_path):
    accounts = Accounts(Store(tmp_path / "store"))
    assert not accounts.exist() and accounts.all() == [] and accounts.get("admin") is None
    assert settings.read(accounts.store) == settings.AccessSettings()
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(("role", "sso"), [("office", False), ("admin", True)])
def test_the_first_account_is_an_administrator_with_a_password(tmp_path, role, sso):
    accounts = Accounts(Store(tmp_path / "store"))
    with pytest.raises(UserError, match="第一个账号必须是用密码登录的管理员"):
        accounts.add("zhang", "张三", role, sso=sso)
    assert not accounts.exist()


def test_an_account_is_added_with_a_first_password_that_must_be_changed(accounts):
    first = accounts.add("zhang.san", " 张 三 ", "branch", [BRANCH, BRANCH])
    assert passwords.problem("zhang.san", first) is None
    found = accounts.check("zhang.san", first, ADDRESS)
    assert (found.name, found.role, found.branches) == ("张 三", "branch", (BRANCH,))
    assert found.must_change and found.enabled and not found.sso and found.last_sign_in is None
    accounts.set_password("zhang.san", first, PASSWORD)
    assert not accounts.check("zhang.san", PASSWORD, ADDRESS).must_change
    assert refused(accounts, "zhang.san", first) == WRONG


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"account": "Zhang"}, "写法不对"),
        ({"account": "z"}, "写法不对"),
        ({"account": "z" * 33}, "写法不对"),
        ({"account": "zhang\n"}, "写法不对"),
        ({"account": "张三"}, "写法不对"),
        ({"account": "li"}, "已有账号“li”"),
        ({"name": "  "}, "姓名应有1至20个字"),
        ({"name": "三" * 21}, "姓名应有1至20个字"),
        ({"name": "张\x00三"}, "姓名应有1至20个字"),
        ({"role": "root"}, "没有角色“root”.*office（信访办）"),
        ({"role": "local"}, "没有角色“local”"),
        ({"role": "branch"}, "要写明是哪个分局.*下陆区分局"),
        ({"role": "branch", "branches": ["火星分局"]}, "没有分局“火星分局”，分局名录里有：.*下陆区分局"),
        ({"branches": [BRANCH]}, "角色“信访办”不按分局限定"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(accounts, given, words):
    before = accounts.all()
    with pytest.raises(UserError, match=words):
        accounts.add(**{"account": "zhang", "name": "张三", "role": "office"} | given)
    assert accounts.all() == before


def test_a_branch_of_the_stores_own_list_is_known(accounts):
    accounts.store.reference_folder.mkdir(parents=True)
    (accounts.store.reference_folder / "branches.csv").write_text(
        "branch,kind,order,enabled\n新港分局,分局,1,true\n撤销分局,分局,2,false\n", "utf-8"
    )
    accounts.add("xin", "新某", "branch", ["新港分局"])
    with pytest.raises(UserError, match="没有分局“撤销分局”"):
        accounts.add("che", "撤某", "branch", ["撤销分局"])


def test_an_account_stays_changeable_when_its_branch_has_left_the_list(accounts):
    accounts.store.reference_folder.mkdir(parents=True)
    own = accounts.store.reference_folder / "branches.csv"
    own.write_text("branch,kind,order,enabled\n新港分局,分局,1,true\n", "utf-8")
    accounts.add("xin", "新某", "branch", ["新港分局"])
    own.unlink()
    accounts.change("xin", enabled=False)
    assert not accounts.get("xin").enabled


# --- changes -------------------------------------------------------------------------------------------------------


def test_a_change_is_in_the_log_with_before_and_after(accounts):
    accounts.change("li", role="branch", branches=[BRANCH])
    assert accounts.get("li").role == "branch" and accounts.get("li").branches == (BRANCH,)
    begun, done = told(accounts, "account")[-2:]
    assert (begun.state, done.state, done.what["begun"]) == ("begun", "ok", str(begun.seq))
    assert begun.what["before"] == "角色：信访办，分局：无" and begun.what["after"] == f"角色：分局，分局：{BRANCH}"
    accounts.change("li", role="leader")
    assert accounts.get("li").branches == ()


def test_a_change_that_changes_nothing_is_none(accounts):
    many = len(told(accounts, "account"))
    token = sessions.begin(accounts.store, "li", ADDRESS, accounts.clock)
    assert accounts.change("li", role="office", name="李四", enabled=True) == ""
    assert len(told(accounts, "account")) == many
    assert sessions.find(accounts.store, token, accounts.clock)


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (lambda a: a.change("li", role="leader"), True),
        (lambda a: a.change("li", role="branch", branches=[BRANCH]), True),
        (lambda a: a.change("li", enabled=False), True),
        (lambda a: a.change("li", sso=True), True),
        (lambda a: a.reset_password("li"), True),
        (lambda a: a.set_password("li", PASSWORD, "Lv-shui.2290x"), True),
        (lambda a: sessions.end_all(a.store, "li"), True),
        (lambda a: a.change("li", name="李思"), False),
        (lambda a: a.unlock("li"), False),
    ],
)
def test_whatever_changes_what_one_may_do_ends_all_ones_sessions_and_nobody_elses(accounts, change, ends):
    mine = [sessions.begin(accounts.store, "li", ADDRESS, accounts.clock) for _ in range(2)]
    other = sessions.begin(accounts.store, "wang", ADDRESS, accounts.clock)
    change(accounts)
    for token in mine:
        assert (sessions.find(accounts.store, token, accounts.clock) is None) == ends
    assert sessions.find(accounts.store, other, accounts.clock)


@pytest.mark.parametrize("change", [{"enabled": False}, {"role": "office"}, {"sso": True}])
def test_the_last_administrator_cannot_be_lost(accounts, change):
    with pytest.raises(UserError, match="“wang”是最后一个启用的、用密码登录的管理员"):
        accounts.change("wang", **change)
    assert accounts.get("wang").role == "admin" and accounts.get("wang").enabled
    accounts.add("zhao", "赵六", "admin")
    accounts.change("wang", **change)
    with pytest.raises(UserError, match="“zhao”是最后一个"):
        accounts.change("zhao", enabled=False)


def _disable(folder, account, ready):
    ready.wait(30)
    with suppress(UserError):
        Accounts(Store(folder)).change(account, enabled=False)


def test_two_administrators_who_disable_each_other_at_once_leave_one(accounts):
    accounts.add("zhao", "赵六", "admin")
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(2)
    both = [spawn.Process(target=_disable, args=(accounts.store.folder, one, ready)) for one in ("wang", "zhao")]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert sum(one.enabled for one in accounts.all() if one.role == "admin") == 1


def test_single_sign_on_has_no_password(accounts):
    assert accounts.add("sun", "孙七", "office", sso=True) == ""
    assert accounts.by_sso("sun").name == "孙七" and not accounts.get("sun").must_change
    assert accounts.by_sso("li") is None and accounts.by_sso("nobody") is None
    assert refused(accounts, "sun", "") == WRONG
    with pytest.raises(UserError, match="用单点登录，没有密码"):
        accounts.reset_password("sun")
    accounts.change("sun", enabled=False)
    assert accounts.by_sso("sun") is None
    first = accounts.change("sun", enabled=True, sso=False)
    assert accounts.by_sso("sun") is None and accounts.check("sun", first, ADDRESS).must_change
    accounts.change("sun", sso=True)
    assert refused(accounts, "sun", first) == WRONG


def test_nobody_is_told_of_by_name_when_the_name_is_wrong(accounts):
    for call in (accounts.reset_password, accounts.unlock, lambda name: accounts.change(name, enabled=False)):
        with pytest.raises(UserError, match="没有账号“lisi”，有：li、wang。"):
            call("lisi")


# --- signing in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ["li", "nobody"])
def test_the_fifth_failure_locks_for_fifteen_minutes_whether_there_is_such_an_account_or_not(accounts, clock, account):
    assert fail(accounts, account, 5) == [WRONG] * 4 + [LOCKED]
    clock.forward(14 * MINUTE + 59)
    assert refused(accounts, account, PASSWORD) == LOCKED
    clock.forward(2)
    assert fail(accounts, account, 5) == [WRONG] * 4 + [LOCKED]  # counted from the beginning
    assert [entry.what["reason"] for entry in told(accounts, "locked")] == ["连续5次不对，锁定15分钟"] * 2


def test_a_locked_account_opens_by_itself_or_by_the_administrator(accounts, clock):
    fail(accounts, "li", 5)
    assert accounts.get("li").locked_until - accounts.get("li").locked_until.replace(second=0) < timedelta(minutes=1)
    assert accounts.get("li").states == ["启用", f"锁定至{accounts.get('li').locked_until:%m-%d %H:%M}"]
    assert refused(accounts, "li", PASSWORD) == LOCKED
    accounts.unlock("li")
    assert accounts.check("li", PASSWORD, ADDRESS).locked_until is None
    fail(accounts, "li", 5)
    clock.forward(15 * MINUTE)
    assert accounts.check("li", PASSWORD, ADDRESS).account == "li"
    fail(accounts, "li", 5)
    first = accounts.reset_password("li")
    assert accounts.check("li", first, ADDRESS).must_change


def test_only_failures_in_a_row_lock(accounts):
    for _ in range(2):
        assert fail(accounts, "li", 4) == [WRONG] * 4
        accounts.check("li", PASSWORD, ADDRESS)


def test_the_settings_say_how_many_failures_and_how_long(accounts, clock):
    settings.save(accounts.store, lock_after=3, lock_minutes=60)
    wrong, _, locked = fail(accounts, "li", 3)
    assert "连续3次不对将锁定60分钟" in wrong and "请60分钟后再试" in locked
    clock.forward(59 * MINUTE)
    assert "60分钟" in refused(accounts, "li", PASSWORD)


def test_a_crowd_that_guesses_at_once_gets_no_more_guesses(accounts):
    """The right password among those that come too late is refused like the wrong ones."""
    with ThreadPoolExecutor(12) as crowd:
        said = list(crowd.map(lambda n: refused(accounts, "li", f"Wrong-pass.{n}"), range(12)))
    assert sorted(said) == sorted([WRONG] * 4 + [LOCKED] * 8)
    assert len(told(accounts, "locked")) == 1
    assert refused(accounts, "li", PASSWORD) == LOCKED


def _guess(folder, moment, number):
    try:
        Accounts(Store(folder), Clock(moment)).check("li", f"Wrong-pass.{number}", ADDRESS)
    except SignInError as error:
        return str(error)
    return "in"


def test_failures_are_counted_over_all_processes(accounts, clock):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        said = pool.starmap(_guess, [(accounts.store.folder, clock(), number) for number in range(8)], chunksize=1)
    assert sorted(said) == sorted([WRONG] * 4 + [LOCKED] * 4)


def test_a_name_without_an_account_takes_as_long(accounts):
    settings.save(accounts.store, lock_after=10)

    def shortest(account: str) -> float:
        times = []
        for number in range(4):
            begun = time.thread_time()
            refused(accounts, account, f"Wrong-pass.{number}")
            times.append(time.thread_time() - begun)
        return min(times)

    known, unknown, disabled = shortest("li"), shortest("nobody"), shortest("x" * 5000)
    assert min(unknown, disabled) > known / 2


@pytest.mark.parametrize("change", [{"enabled": False}, {"sso": True}])
def test_who_may_not_sign_in_by_password_is_told_what_everybody_is_told(accounts, change):
    accounts.change("li", **change)
    assert refused(accounts, "li", PASSWORD) == WRONG


@pytest.mark.parametrize("typed", ["", "\ud800", "\x00", PASSWORD + "\x00", PASSWORD + "x" * 200, "密" * 4000])
def test_whatever_is_typed_is_only_wrong(accounts, typed):
    assert refused(accounts, "li", typed) == WRONG
    assert refused(accounts, typed, PASSWORD) == WRONG


def test_a_failure_is_in_the_log_with_its_address_but_not_with_a_name_that_may_be_a_password(accounts):
    refused(accounts, "li", "Wrong-pass.1")
    refused(accounts, PASSWORD, "li")
    known, unknown = told(accounts, "sign_in_failed")
    assert (known.account, known.name, known.address, known.state) == ("li", "李四", ADDRESS, "failed")
    assert (unknown.account, unknown.name, unknown.address) == ("", "没有此账号", ADDRESS)


def test_attempts_on_a_locked_account_do_not_fill_the_log(accounts, clock):
    fail(accounts, "li", 5)
    many = len(told(accounts, "sign_in_failed"))
    for _ in range(21):
        refused(accounts, "li", PASSWORD)
        clock.forward(6)
    assert len(told(accounts, "sign_in_failed")) == many + 2


def test_names_without_an_account_are_remembered_up_to_a_bound_and_never_at_the_cost_of_a_real_one(
    accounts, clock, monkeypatch
):
    monkeypatch.setattr(attempts, "MOST_UNKNOWN", 3)
    fail(accounts, "li", 4)
    for number in range(6):
        clock.forward(1)
        refused(accounts, f"nobody{number}", "x")
    with book.reading(accounts.store) as db:
        assert db.execute("SELECT count(*) FROM failures").fetchone()[0] == 4
    assert refused(accounts, "li", "Wrong-pass.5") == LOCKED


def test_an_account_does_not_inherit_the_lock_of_its_name(accounts):
    fail(accounts, "zhang", 5)
    first = accounts.add("zhang", "张三", "office")
    assert accounts.check("zhang", first, ADDRESS).must_change


# --- passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("Ab1-Ab1-A", "至少要10位"),
        ("Ab1-" * 32 + "x", "最多128位"),
        ("abcdefgh1234", "三种"),
        ("ABCDEFGH-----", "三种"),
        ("Hao-LI-5512345", "不能有账号"),
        ("P@ssw0rd123", "太常见"),
        ("Admin@12345", "太常见"),
        ("Ab1-Ab1\tAb1-", "看不见"),
        (PASSWORD, "不能与原密码相同"),
        ("Ｑing-shan.4471", "不能与原密码相同"),
    ],
)
def test_a_weak_password_is_refused_and_the_old_one_stays(accounts, new, words):
    with pytest.raises(UserError, match=words):
        accounts.set_password("li", PASSWORD, new)
    assert not accounts.check("li", PASSWORD, ADDRESS).must_change


@pytest.mark.parametrize("new", ["Ab1-Ab1-Ab", "Ab1-" * 32, "abcdef-12345", "清水Green2290", "ABCabc1234"])
def test_a_good_password_is_taken(accounts, new):
    accounts.set_password("li", PASSWORD, new)
    assert accounts.check("li", new, ADDRESS).account == "li"


def test_a_full_width_letter_of_an_input_method_is_the_same_letter(accounts):
    assert accounts.check("li", PASSWORD.replace("Q", "Ｑ").replace("4", "４"), ADDRESS).account == "li"


def test_the_old_password_must_be_right_and_guessing_it_locks(accounts):
    for _ in range(4):
        with pytest.raises(SignInError, match="账号或密码不对"):
            accounts.set_password("li", "Wrong-pass.1", "Lv-shui.2290x", ADDRESS)
    with pytest.raises(SignInError, match="登录失败次数过多"):
        accounts.set_password("li", "Wrong-pass.1", "Lv-shui.2290x", ADDRESS)
    accounts.unlock("li")
    assert accounts.check("li", PASSWORD, ADDRESS)
    assert [entry.address for entry in told(accounts, "sign_in_failed")] == [ADDRESS] * 5


def test_an_old_password_must_be_changed(accounts, clock):
    clock.forward(180 * DAY - 1)
    assert not accounts.check("li", PASSWORD, ADDRESS).must_change
    clock.forward(1)
    assert accounts.check("li", PASSWORD, ADDRESS).must_change
    accounts.set_password("li", PASSWORD, "Lv-shui.2290x")
    assert not accounts.check("li", "Lv-shui.2290x", ADDRESS).must_change
    settings.save(accounts.store, password_days=30)
    clock.forward(30 * DAY)
    assert accounts.check("li", "Lv-shui.2290x", ADDRESS).must_change


def test_a_first_password_is_new_each_time_and_meets_the_rules():
    made = {passwords.initial() for _ in range(200)}
    assert len(made) == 200 and {passwords.problem("li", one) for one in made if "li" not in one.lower()} == {None}


def test_a_hash_is_argon2id_and_made_anew_when_the_parameters_are_others(accounts, monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())  # as in use, not as in the other tests
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with book.writing(accounts.store) as db:
        db.execute("UPDATE accounts SET password = ? WHERE account = 'li'", [weak])
    assert accounts.check("li", PASSWORD, ADDRESS)
    with book.reading(accounts.store) as db:
        kept = db.execute("SELECT password FROM accounts WHERE account = 'li'").fetchone()[0]
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert accounts.check("li", PASSWORD, ADDRESS)


def test_no_more_than_two_hashes_are_computed_at_once(monkeypatch):
    class Watched(PasswordHasher):
        at_once, most, guard = 0, 0, threading.Lock()

        def hash(self, password, **options):
            with self.guard:
                Watched.at_once += 1
                Watched.most = max(Watched.most, Watched.at_once)
            made = super().hash(password, **options)
            with self.guard:
                Watched.at_once -= 1
            return made

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(passwords.hashed, [f"Crowd-pass.{n}" for n in range(6)]))
    assert Watched.most == 2


# --- the file ------------------------------------------------------------------------------------------------------


def test_no_file_holds_a_password_or_a_token(accounts):
    with book.reading(accounts.store) as held:  # so that what was written last still lies in a file of its own
        held.execute("BEGIN")
        held.execute("SELECT * FROM accounts").fetchall()
        first = accounts.add("zhang", "张三", "office")
        accounts.check("zhang", first, ADDRESS)
        accounts.set_password("zhang", first, "Lv-shui.2290x")
        token = sessions.begin(accounts.store, "zhang", ADDRESS, accounts.clock)
        refused(accounts, "Mima-in.name77", "Wrong-pass.1")
        found = everything(accounts.store.folder)
        assert (accounts.store.access_folder / "accounts.sqlite-wal").stat().st_size > 0
    for found_now in (found, everything(accounts.store.folder)):
        assert b"zhang" in found_now and "张三".encode() in found_now
        for secret in (first, "Lv-shui.2290x", PASSWORD, token, "Mima-in.name77", "Wrong-pass.1"):
            assert secret.encode() not in found_now


def test_only_the_owner_may_read_it(accounts):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in accounts.store.access_folder.glob("accounts.sq*")}
    assert modes["accounts.sqlite"] == 0o600 and set(modes.values()) == {0o600}
    assert stat.S_IMODE(accounts.store.access_folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"this is not a database, though it is long enough" * 100])
def test_a_damaged_file_is_told_with_what_to_do(accounts, damage):
    path = book.path_of(accounts.store)
    path.write_bytes(damage)
    for call in (accounts.all, accounts.exist, lambda: accounts.check("li", PASSWORD, ADDRESS)):
        with pytest.raises(UserError, match=r"账号库“.*accounts\.sqlite”.*从备份恢复"):
            call()
    assert path.read_bytes() == damage


def test_pages_that_are_overwritten_are_told_too(accounts):
    path = book.path_of(accounts.store)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(UserError, match=r"损坏，读不出来.*从备份恢复"):
        accounts.all()


def test_a_file_that_is_in_use_is_waited_for_and_then_told(accounts, monkeypatch):
    monkeypatch.setattr(book, "WAIT_SECONDS", 0.2)
    other = sqlite3.connect(book.path_of(accounts.store), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match=r"正被占用.*稍后再试"):
        accounts.unlock("li")
    assert len(accounts.all()) == 2  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    accounts.unlock("li")


def _save(folder, minutes):
    settings.save(Store(folder), idle_minutes=minutes)
    return settings.read(Store(folder)).idle_minutes


def test_several_processes_make_the_file_at_once(tmp_path):
    folder = tmp_path / "store"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        seen = pool.starmap(_save, [(folder, minutes) for minutes in range(10, 26)], chunksize=1)
    assert set(seen) <= set(range(10, 26)) and settings.read(Store(folder)).idle_minutes in range(10, 26)
    assert audit.verify(Store(folder)).ok and len(audit.entries(Store(folder), event="access_setting")) == 32
    assert not list(Store(folder).access_folder.glob("*.new*"))


# --- the log first -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.add("zhang", "张三", "office"),
        lambda a: a.change("li", role="leader"),
        lambda a: a.reset_password("li"),
        lambda a: a.unlock("li"),
        lambda a: a.set_password("li", PASSWORD, "Lv-shui.2290x"),
        lambda a: sessions.begin(a.store, "li", ADDRESS, a.clock),
        lambda a: sessions.end_all(a.store, "li"),
        lambda a: settings.save(a.store, watermark=False),
        lambda a: a.check("li", "Wrong-pass.1", ADDRESS),
    ],
)
def test_what_cannot_be_recorded_does_not_happen(accounts, change):
    def kept() -> list[list[tuple]]:
        tables = ("accounts", "sessions", "failures", "settings")
        with book.reading(accounts.store) as db:
            return [list(map(tuple, db.execute(f"SELECT * FROM {table}"))) for table in tables]

    sessions.begin(accounts.store, "li", ADDRESS, accounts.clock)
    before = kept()
    block_the_log(accounts)
    with pytest.raises(UserError, match="审计日志写不进去"):
        change(accounts)
    assert kept() == before


def test_access_settings_are_checked_and_only_what_differs_is_recorded(accounts):
    for wrong in ({"idle_minutes": 4}, {"idle_minutes": True}, {"watermark": 1}, {"lock_after": 11}, {"nothing": 1}):
        with pytest.raises(UserError):
            settings.save(accounts.store, lock_minutes=20, **wrong)
    assert settings.read(accounts.store) == settings.AccessSettings() and told(accounts, "access_setting") == []
    found = settings.save(accounts.store, watermark=False, idle_minutes=30, branch_exports=True)
    assert found == settings.read(accounts.store) and not found.watermark and found.branch_exports
    begun, _ = told(accounts, "access_setting")
    assert begun.what == {"setting": "页面与导出文件加水印、分局可以导出", "before": "是、否", "after": "否、是"}
    settings.save(accounts.store, watermark=False)
    assert len(told(accounts, "access_setting")) == 2
