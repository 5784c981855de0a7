"""Sessions: they end when they should, open nothing once over, and what a role may do is looked up each time."""

import pytest

from data.access import audit, book, sessions, settings
from data.access.accounts import Accounts, SignInError
from data.access.roles import ROLES
from tests.access.people import ADDRESS, DAY, HOUR, MINUTE, PASSWORD, Clock, bureau, told


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path, clock) -> Accounts:
    return bureau(tmp_path / "store", clock)


@pytest.fixture
def store(accounts):
    return accounts.store


@pytest.fixture
def token(store, clock) -> str:
    return sessions.begin(store, "li", ADDRESS, clock)


def test_a_session_says_whose_it_is(accounts, store, clock, token):
    found = sessions.find(store, token, clock)
    assert (found.account, found.seconds_left, found.must_change) == ("li", 30 * MINUTE, False)
    assert found.short == sessions.short(token) and len(found.short) == 8 and found.short not in token
    entry = told(accounts, "sign_in")[-1]
    assert (entry.account, entry.name, entry.address, entry.session) == ("li", "李四", ADDRESS, found.short)
    assert accounts.get("li").last_sign_in is not None and accounts.get("wang").last_sign_in is None


def test_tokens_are_long_and_new_each_time(store, clock):
    made = {sessions.begin(store, "li", ADDRESS, clock) for _ in range(20)}
    assert len(made) == 20 and {len(one) for one in made} == {43}


@pytest.mark.parametrize("other", ["", "x", "\ud800", "A" * 43, "' OR 1=1 --"])
def test_another_token_opens_nothing(store, clock, token, other):
    assert sessions.find(store, other, clock) is None and sessions.viewer(store, other, ADDRESS, clock) is None
    sessions.touch(store, other, clock)
    sessions.end(store, other)
    assert sessions.find(store, token, clock)


def test_what_lies_in_the_file_opens_nothing(store, clock, token):
    with book.reading(store) as db:
        kept = db.execute("SELECT token FROM sessions").fetchone()[0]
    assert kept != token and sessions.find(store, kept, clock) is None


def test_half_an_hour_without_use_ends_it_and_the_log_says_so_once(accounts, store, clock, token):
    clock.forward(30 * MINUTE - 1)
    assert sessions.find(store, token, clock).seconds_left == 1
    clock.forward(1)
    assert sessions.find(store, token, clock) is None
    sessions.touch(store, token, clock)
    assert sessions.find(store, token, clock) is None and sessions.viewer(store, token, ADDRESS, clock) is None
    (entry,) = told(accounts, "idle_out")
    assert (entry.account, entry.what) == ("li", {"reason": "闲置30分钟"})


def test_use_keeps_it_open_but_no_longer_than_twelve_hours(accounts, store, clock, token):
    for _ in range(12 * 3 - 1):
        clock.forward(20 * MINUTE)
        sessions.touch(store, token, clock)
    assert sessions.find(store, token, clock).seconds_left == 20 * MINUTE
    clock.forward(20 * MINUTE - 1)
    sessions.touch(store, token, clock)
    assert sessions.find(store, token, clock).seconds_left == 1
    clock.forward(1)
    assert sessions.find(store, token, clock) is None
    assert told(accounts, "idle_out")[-1].what == {"reason": "已满12小时"}


def test_looking_alone_does_not_keep_it_open(store, clock, token):
    for _ in range(3):
        clock.forward(10 * MINUTE - 1)
        assert sessions.find(store, token, clock) and sessions.viewer(store, token, ADDRESS, clock)
    clock.forward(3)
    assert sessions.find(store, token, clock) is None


def test_use_is_written_at_most_once_a_minute(store, clock, token):
    def seen() -> float:
        with book.reading(store) as db:
            return db.execute("SELECT seen FROM sessions").fetchone()[0]

    begun = clock()
    for _ in range(59):
        clock.forward(1)
        sessions.touch(store, token, clock)
    assert seen() == begun
    clock.forward(1)
    sessions.touch(store, token, clock)
    assert seen() == begun + MINUTE


def test_a_clock_set_back_ends_a_session_rather_than_prolong_it(store, clock, token):
    clock.forward(-4)  # what a time server corrects
    assert sessions.find(store, token, clock)
    clock.forward(-HOUR)
    assert sessions.find(store, token, clock) is None
    clock.forward(HOUR)
    assert sessions.find(store, token, clock) is None


def test_the_settings_say_how_long(store, clock, token):
    settings.save(store, idle_minutes=10, session_hours=1)
    assert sessions.find(store, token, clock).seconds_left == 10 * MINUTE
    for _ in range(6):
        clock.forward(9 * MINUTE)
        sessions.touch(store, token, clock)
    assert sessions.find(store, token, clock).seconds_left == 6 * MINUTE


def test_signing_out_ends_this_one_alone(accounts, store, clock, token):
    other = sessions.begin(store, "li", "10.0.0.2", clock)
    sessions.end(store, token)
    sessions.end(store, token)
    assert sessions.find(store, token, clock) is None and sessions.find(store, other, clock)
    (entry,) = told(accounts, "sign_out")
    assert (entry.account, entry.address, entry.session) == ("li", ADDRESS, sessions.short(token))


def test_signing_out_everywhere_ends_all_of_one_account(accounts, store, clock, token):
    sessions.begin(store, "li", "10.0.0.2", clock)
    other = sessions.begin(store, "wang", ADDRESS, clock)
    assert sessions.end_all(store, "li") == 2
    assert sessions.find(store, token, clock) is None and sessions.find(store, other, clock)
    assert told(accounts, "account")[-1].what == {"what": "结束全部登录", "account": "li", "entries": "2"}


def test_what_is_over_is_removed_when_the_next_signs_in(accounts, store, clock, token):
    clock.forward(HOUR)
    sessions.begin(store, "wang", ADDRESS, clock)
    with book.reading(store) as db:
        assert [row[0] for row in db.execute("SELECT account FROM sessions")] == ["wang"]
    assert [entry.account for entry in told(accounts, "idle_out")] == ["li"]


def test_a_session_that_is_over_stays_so_where_the_log_cannot_be_written(store, clock, token):
    clock.forward(HOUR)
    folder = store.access_folder / "audit"
    folder.rename(folder.with_name("audit.away"))
    folder.write_text("a file where a folder should be")
    assert sessions.find(store, token, clock) is None


@pytest.mark.parametrize("account", ["nobody", "", "li"])
def test_nobody_begins_one_for_an_account_that_is_not_there_or_disabled(accounts, store, clock, account):
    if account == "li":
        accounts.change("li", enabled=False)
    with pytest.raises(SignInError, match="此账号不能登录"):
        sessions.begin(store, account, ADDRESS, clock)


def test_a_disabled_account_is_out_even_where_its_session_was_left(accounts, store, clock, token):
    with book.writing(store) as db:
        db.execute("UPDATE accounts SET enabled = FALSE WHERE account = 'li'")
    assert sessions.find(store, token, clock) is None and sessions.viewer(store, token, ADDRESS, clock) is None


@pytest.mark.parametrize("role", [role for role in ROLES if role != "branch"])
def test_the_viewer_has_what_the_role_has(accounts, store, clock, role):
    accounts.set_password("ren", accounts.add("ren", "任某", role), PASSWORD)
    found = sessions.viewer(store, sessions.begin(store, "ren", ADDRESS, clock), "10.3.3.3", clock)
    assert (found.account, found.name, found.role, found.address) == ("ren", "任某", role, "10.3.3.3")
    assert found.permissions == ROLES[role].permissions and found.branches == ()


def test_the_viewer_of_a_branch_has_its_branches(accounts, store, clock):
    names = ("下陆区分局", "阳新县分局")
    accounts.set_password("xialu", accounts.add("xialu", "夏某", "branch", names), PASSWORD)
    found = sessions.viewer(store, sessions.begin(store, "xialu", ADDRESS, clock), ADDRESS, clock)
    assert found.branches == names and found.scope.branches == names and not found.may("export")


@pytest.mark.parametrize(("role", "setting"), [("leader", "leader_exports"), ("branch", "branch_exports")])
def test_a_setting_lets_one_role_export_at_once_and_no_other(accounts, store, clock, role, setting):
    for account in ("leader", "branch", "auditor"):
        branches = ["下陆区分局"] if account == "branch" else []
        accounts.set_password(account, accounts.add(account, "某某", account, branches), PASSWORD)
    tokens = {account: sessions.begin(store, account, ADDRESS, clock) for account in ("leader", "branch", "auditor")}

    def exporting() -> set[str]:
        return {one for one, token in tokens.items() if sessions.viewer(store, token, ADDRESS, clock).may("export")}

    assert exporting() == set()
    settings.save(store, **{setting: True})
    assert exporting() == {role}
    settings.save(store, **{setting: False})
    assert exporting() == set()


def test_who_must_change_the_password_sees_nothing_before(accounts, store, clock):
    first = accounts.add("ren", "任某", "office")
    token = sessions.begin(store, "ren", ADDRESS, clock)
    assert sessions.find(store, token, clock).must_change and sessions.viewer(store, token, ADDRESS, clock) is None
    accounts.set_password("ren", first, PASSWORD)
    token = sessions.begin(store, "ren", ADDRESS, clock)
    assert not sessions.find(store, token, clock).must_change and sessions.viewer(store, token, ADDRESS, clock)


def test_a_password_grows_too_old_at_the_next_sign_in_not_in_the_middle_of_work(store, clock):
    clock.forward(180 * DAY - HOUR)
    token = sessions.begin(store, "li", ADDRESS, clock)
    for _ in range(4):
        clock.forward(20 * MINUTE)
        sessions.touch(store, token, clock)
    assert sessions.viewer(store, token, ADDRESS, clock)
    assert sessions.find(store, sessions.begin(store, "li", ADDRESS, clock), clock).must_change


def test_single_sign_on_never_asks_for_a_new_password(accounts, store, clock):
    accounts.add("sun", "孙七", "office", sso=True)
    clock.forward(400 * DAY)
    token = sessions.begin(store, "sun", ADDRESS, clock)
    assert not sessions.find(store, token, clock).must_change and sessions.viewer(store, token, ADDRESS, clock)
    assert told(accounts, "sign_in")[-1].what == {"what": "单点登录"}


def test_the_log_of_all_this_is_whole(accounts, store, clock, token):
    sessions.end(store, token)
    assert audit.verify(store).ok
