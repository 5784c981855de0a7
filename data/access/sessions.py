"""Sessions: who has signed in, until they sign out, stay idle, or the day's work is over.

The token is 256 random bits that only the browser keeps: here lies its SHA-256, so whoever reads the file signs in
nowhere. A session is looked up anew at every request, so that disabling an account ends it at the next click. A clock
that was set back ends sessions rather than prolong them. `begin` and `end` write the log; callers need not.
"""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from data.access import audit, book, roster, settings
from data.access.attempts import SignInError
from data.access.book import HasAccess
from data.access.roles import role_of
from data.access.settings import AccessSettings
from data.access.viewer import Viewer
from data.errors import UserError

Clock = Callable[[], float]  # seconds since 1970, as time.time
DAY, HOUR, MINUTE = 86_400, 3_600, 60
_TOUCHED_EVERY = 60.0  # seconds: a page that asks ten times a second writes once a minute
_CLOCK_STEP = 5.0  # seconds that a clock may be set back by its time server without signing everybody out
_SELECT = """
SELECT s.token, s.address, s.started, s.seen, a.account, a.name, a.role, a.branches, a.enabled, a.sso, a.must_change, a.password_at
FROM sessions s JOIN accounts a USING (account)
"""


@dataclass(frozen=True)
class Session:
    """An open session. short: names it in the log, eight letters that open nothing; seconds_left: until it ends unused."""

    account: str
    short: str
    seconds_left: int
    must_change: bool


def begin(store: HasAccess, account: str, address: str, clock: Clock = time.time) -> str:
    """Begin a session of an account whose password (or single sign-on) was checked, and return its token."""
    token, moment, rules = secrets.token_urlsafe(32), clock(), settings.read(store)
    kept = _kept(token)
    with book.writing(store) as db:
        row = db.execute("SELECT * FROM accounts WHERE account = ? AND enabled", [account]).fetchone()
        if row is None:
            raise SignInError("此账号不能登录，请找管理员。")
        for old in db.execute(_SELECT).fetchall():
            if reason := _over(old, rules, moment):
                _end(store, db, old, "idle_out", reason)
        how = "单点登录" if row["sso"] else "密码"
        audit.record(store, "sign_in", {"what": how}, by=_viewer(row, rules, address, kept))
        db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", [kept, account, address, moment, moment])
        db.execute("UPDATE accounts SET last_sign_in = ? WHERE account = ?", [moment, account])
    return token


def find(store: HasAccess, token: str, clock: Clock = time.time) -> Session | None:
    """Return the open session of a token; None when there is none, it is over, or its account is disabled."""
    found = _found(store, token, clock())
    if found is None:
        return None
    row, rules = found
    left = min(row["seen"] + rules.idle_minutes * MINUTE, row["started"] + rules.session_hours * HOUR) - clock()
    return Session(row["account"], short(token), max(0, int(left)), _must_change(row, rules))


def viewer(store: HasAccess, token: str, address: str, clock: Clock = time.time) -> Viewer | None:
    """Return who a token's session belongs to, with what role and settings allow; None also while the password must change."""
    found = _found(store, token, clock())
    if found is None or _must_change(*found):
        return None
    return _viewer(*found, address, _kept(token))


def touch(store: HasAccess, token: str, clock: Clock = time.time) -> None:
    """Note that a session is in use, at most once a minute; one that is over stays over."""
    moment = clock()
    found = _found(store, token, moment)
    if found and moment - found[0]["seen"] >= _TOUCHED_EVERY:
        with book.writing(store) as db:
            db.execute("UPDATE sessions SET seen = max(seen, ?) WHERE token = ?", [moment, _kept(token)])


def end(store: HasAccess, token: str) -> None:
    """Sign out; nothing happens when the session is over already."""
    with book.writing(store) as db:
        row = db.execute(f"{_SELECT} WHERE s.token = ?", [_kept(token)]).fetchone()
        if row:
            _end(store, db, row, "sign_out", "本人退出")


def end_all(store: HasAccess, account: str) -> int:
    """Sign an account out everywhere, in the name of who acts, and return how many sessions that ended."""
    with book.writing(store) as db:
        many = db.execute("SELECT count(*) FROM sessions WHERE account = ?", [account]).fetchone()[0]
        audit.record(store, "account", {"what": "结束全部登录", "account": account, "entries": many})
        drop(db, account)
    return many


def drop(db: sqlite3.Connection, account: str) -> None:
    """End an account's sessions as part of another change, which is in the log itself."""
    db.execute("DELETE FROM sessions WHERE account = ?", [account])


def short(token: str) -> str:
    """Return the short name of a token's session."""
    return _kept(token)[:8]


def _found(store: HasAccess, token: str, moment: float) -> tuple[sqlite3.Row, AccessSettings] | None:
    roster.follow(store)
    rules = settings.read(store)
    with book.reading(store) as db:
        row = db.execute(f"{_SELECT} WHERE s.token = ?", [_kept(token)]).fetchone() if db else None
    if row is None or not row["enabled"]:
        return None
    if reason := _over(row, rules, moment):
        with suppress(UserError), book.writing(store) as db:  # over all the same where that cannot be written
            if db.execute("SELECT 1 FROM sessions WHERE token = ?", [row["token"]]).fetchone():
                _end(store, db, row, "idle_out", reason)
        return None
    return row, rules


def _over(row: sqlite3.Row, rules: AccessSettings, moment: float) -> str:
    """Return why a session is over, empty when it is not."""
    idle, age = moment - row["seen"], moment - row["started"]
    if min(idle, age) < -_CLOCK_STEP:
        return "时钟被调回"
    if idle >= rules.idle_minutes * MINUTE:
        return f"闲置{rules.idle_minutes}分钟"
    return f"已满{rules.session_hours}小时" if age >= rules.session_hours * HOUR else ""


def _must_change(row: sqlite3.Row, rules: AccessSettings) -> bool:
    """Say whether the password is the first one, or was too old when the session began."""
    if row["sso"]:
        return False
    return bool(row["must_change"]) or row["started"] - row["password_at"] >= rules.password_days * DAY


def _end(store: HasAccess, db: sqlite3.Connection, row: sqlite3.Row, event: str, reason: str) -> None:
    who = _viewer(row, AccessSettings(), row["address"], row["token"])
    audit.record(store, event, {"reason": reason}, by=who)
    db.execute("DELETE FROM sessions WHERE token = ?", [row["token"]])


def _viewer(row: sqlite3.Row, rules: AccessSettings, address: str, kept: str) -> Viewer:
    role = role_of(row["role"])
    branches = tuple(json.loads(row["branches"]))
    permissions = role.permissions | rules.added(role.key)
    return Viewer(row["account"], row["name"], role.key, permissions, branches, address, kept[:8])


def _kept(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
