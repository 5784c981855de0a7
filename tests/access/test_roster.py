"""Accounts of the importing machine on a reading server: who may sign in there, and what ends when it is taken away."""

import json

import pytest

from data import readonly
from data.access import attempts, audit, roster, sessions, settings
from data.access.accounts import Accounts, SignInError
from data.errors import UserError
from data.store import Store
from tests.access.people import ADDRESS, PASSWORD, Clock, bureau


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path, clock) -> Accounts:
    """Return the accounts of the importing machine, shared with the reading servers."""
    found = bureau(tmp_path / "store", clock)
    roster.share(found.store)
    return found


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Return a function that makes this process a reading server on the same folder, or the importing machine again."""

    def switch(on: bool = True) -> None:
        monkeypatch.setenv(readonly.SWITCH, "1" if on else "0")
        if on:
            monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
        else:
            monkeypatch.delenv("KPI_ACCESS")

    return switch


def signed_in(accounts: Accounts, account: str = "li") -> str:
    accounts.check(account, PASSWORD, ADDRESS)
    return sessions.begin(accounts.store, account, ADDRESS, accounts.clock)


def stands(accounts: Accounts, token: str) -> bool:
    return sessions.find(accounts.store, token, accounts.clock) is not None


def test_accounts_of_the_importing_machine_sign_in_on_a_reading_server(home, away, tmp_path):
    settings.save(home.store, leader_exports=True, idle_minutes=7)
    away()
    assert home.exist() and [one.account for one in home.all()] == ["li", "wang"]
    assert settings.read(home.store).idle_minutes == 7 and settings.read(home.store).leader_exports
    token = signed_in(home)
    viewer = sessions.viewer(home.store, token, ADDRESS, home.clock)
    assert viewer.may("report") and viewer.may("export")
    assert not any(viewer.may(permission) for permission in readonly.WITHHELD)
    with pytest.raises(SignInError):
        home.check("li", PASSWORD + "x", ADDRESS)
    away(False)
    assert not stands(home, token), "a session is valid on the server that began it alone"


def test_each_server_has_a_log_of_its_own(home, away):
    before = len(audit.entries(home.store))
    away()
    signed_in(home)
    assert [entry.event for entry in audit.entries(home.store)] == ["sign_in", "account"]
    assert audit.verify(home.store).ok
    away(False)
    assert len(audit.entries(home.store)) == before and audit.verify(home.store).ok


def test_an_account_that_is_disabled_is_out_at_the_next_click(home, away):
    away()
    li, wang = signed_in(home), signed_in(home, "wang")
    away(False)
    home.change("li", enabled=False)
    away()
    assert not stands(home, li) and stands(home, wang)
    with pytest.raises(SignInError):
        home.check("li", PASSWORD, ADDRESS)


def test_whose_role_changes_signs_in_anew(home, away):
    away()
    li, wang = signed_in(home), signed_in(home, "wang")
    away(False)
    home.change("li", role="leader")
    home.change("wang", name="王五五")
    away()
    assert not stands(home, li) and stands(home, wang)
    assert sessions.viewer(home.store, signed_in(home), ADDRESS, home.clock).role == "leader"


def test_a_new_password_holds_everywhere(home, away):
    home.set_password("li", PASSWORD, "Bai-yun.2026")
    away()
    with pytest.raises(SignInError):
        home.check("li", PASSWORD, ADDRESS)
    assert home.check("li", "Bai-yun.2026", ADDRESS).account == "li"


@pytest.mark.parametrize(
    "change",
    [
        lambda home: home.add("zhao", "赵六", "leader"),
        lambda home: home.change("li", role="leader"),
        lambda home: home.reset_password("li"),
        lambda home: home.set_password("li", PASSWORD, "Bai-yun.2026"),
        lambda home: settings.save(home.store, watermark=False),
        lambda home: roster.share(home.store),
    ],
)
def test_accounts_are_changed_on_the_importing_machine_alone(home, away, change):
    away()
    before = home.all()
    with pytest.raises(UserError, match=f"^{roster.HERE}$"):
        change(home)
    assert home.all() == before


def test_a_lock_is_each_servers_own_and_is_ended_there(home, away):
    away()
    for _ in range(settings.read(home.store).lock_after):
        with pytest.raises(SignInError):
            home.check("li", "falsch-Falsch.1", ADDRESS)
    with pytest.raises(SignInError, match="次数过多"):
        home.check("li", PASSWORD, ADDRESS)
    home.unlock("li")
    assert home.check("li", PASSWORD, ADDRESS).account == "li"


@pytest.mark.parametrize("spoilt", ["half", "other", "none", "gone"])
def test_half_a_roster_changes_nothing(home, away, tmp_path, spoilt):
    away()
    token, path = signed_in(home), roster.path_of(home.store)
    whole = path.read_bytes()
    raised = json.loads(whole)
    raised["accounts"][0][2] = "admin"  # by hand, without its seal
    content = {"half": whole[:-40], "other": json.dumps(raised).encode(), "none": b""}.get(spoilt)
    path.unlink() if content is None else path.write_bytes(content)
    assert stands(home, token) and {one.account: one.role for one in home.all()} == {"li": "office", "wang": "admin"}
    path.write_bytes(whole)
    assert stands(home, token)


def test_without_a_roster_there_is_nobody(tmp_path, monkeypatch, clock):
    home = bureau(tmp_path / "store", clock)
    monkeypatch.setenv(readonly.SWITCH, "1")
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    assert not home.exist()
    with pytest.raises(SignInError):
        attempts.check(home.store, "li", PASSWORD, ADDRESS, clock())


def test_nobody_is_shared_unasked(tmp_path, clock):
    home = bureau(tmp_path / "store", clock)
    home.change("li", role="leader")
    assert not roster.path_of(home.store).exists()
    with pytest.raises(UserError, match="users add"):
        roster.share(Store(tmp_path / "other"))


def test_the_roster_is_its_owners_only_and_holds_no_password(home):
    path = roster.path_of(home.store)
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text("utf-8")
    assert PASSWORD not in text and "$argon2id$" in text and "sessions" not in text
