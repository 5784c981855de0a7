"""Signing in by password: the attempts that fail are counted, and too many in a row lock the account for a while.

A name that no account has behaves in every respect like one that has: the same sentence, the same time, the same
lock; so nobody finds out here which accounts there are. Names are counted under a salted hash, for people type their
password into the wrong field. A lock holds for who hit it and for who came at the same moment: the count is looked at
again after the password was tried, so trying a hundred at once is worth no more than trying five.
"""

import hashlib
import sqlite3

from data.access import audit, book, passwords, roster, settings
from data.access.book import HasAccess
from data.access.roles import NOBODY
from data.access.settings import AccessSettings
from data.access.viewer import Viewer
from data.errors import UserError

MOST_UNKNOWN = 10_000  # names that no account has, as far as they are remembered
_QUIET = 60.0  # seconds between two entries about attempts on a locked account: nobody fills the log this way


class SignInError(UserError):
    """Somebody is not let in; the sentence says nothing about whether there is such an account."""


def check(store: HasAccess, account: str, password: str, address: str, moment: float) -> None:
    """Return when the password is right for an enabled account that signs in by password; else raise SignInError."""
    account = account.encode("utf-8", "replace").decode()
    roster.follow(store)
    rules = settings.read(store)
    with book.writing(store) as db:
        _refuse_locked(store, db, account, address, moment, rules)
        kept = _kept(db, account)
    # Not within the change: everybody else would wait for this hash.
    is_right = passwords.matches(kept, password)
    outdated = passwords.hashed(password) if is_right and kept and passwords.is_outdated(kept) else None
    with book.writing(store) as db:
        _refuse_locked(store, db, account, address, moment, rules)
        # A password that was changed meanwhile, an account that was disabled: neither lets anybody in.
        if is_right and _kept(db, account) == kept:
            forget(db, account)
            if outdated:
                db.execute("UPDATE accounts SET password = ? WHERE account = ?", [outdated, account])
            return
        locked = _count(store, db, account, address, moment, rules)
    raise SignInError(_locked_words(rules) if locked else _wrong_words(rules))


def forget(db: sqlite3.Connection, account: str) -> None:
    """Forget the failures of an account, and with them its lock."""
    db.execute("DELETE FROM failures WHERE name = ?", [name_hash(db, account)])


def locks(db: sqlite3.Connection, moment: float) -> dict[str, float]:
    """Return until when names are locked, by the hash of the name."""
    return dict(map(tuple, db.execute("SELECT name, locked_until FROM failures WHERE locked_until > ?", [moment])))


def name_hash(db: sqlite3.Connection, account: str) -> str:
    """Return under what a name's failures are counted."""
    salt = db.execute("SELECT value FROM salt").fetchone()[0]
    return hashlib.sha256(salt + account.encode("utf-8", "replace")).hexdigest()


def _kept(db: sqlite3.Connection, account: str) -> str | None:
    row = db.execute("SELECT password FROM accounts WHERE account = ? AND enabled AND NOT sso", [account]).fetchone()
    return row["password"] if row else None


def _refuse_locked(
    store: HasAccess, db: sqlite3.Connection, account: str, address: str, moment: float, rules: AccessSettings
) -> None:
    name = name_hash(db, account)
    row = db.execute("SELECT last, locked_until FROM failures WHERE name = ?", [name]).fetchone()
    if row is None or row["locked_until"] <= moment:
        return
    if abs(moment - row["last"]) >= _QUIET:
        _tell(store, db, "sign_in_failed", account, address, "锁定期间又试")
        db.execute("UPDATE failures SET last = ? WHERE name = ?", [moment, name])
        db.commit()
    raise SignInError(_locked_words(rules))


def _count(
    store: HasAccess, db: sqlite3.Connection, account: str, address: str, moment: float, rules: AccessSettings
) -> bool:
    """Count one more failure and say whether it locks the account."""
    name = name_hash(db, account)
    row = db.execute("SELECT many FROM failures WHERE name = ?", [name]).fetchone()
    many = 1 + (row["many"] if row else 0)
    locked = many >= rules.lock_after
    _tell(store, db, "sign_in_failed", account, address, "账号或密码不对")
    if locked:
        _tell(store, db, "locked", account, address, f"连续{many}次不对，锁定{rules.lock_minutes}分钟")
    is_known = db.execute("SELECT 1 FROM accounts WHERE account = ?", [account]).fetchone() is not None
    until = moment + 60 * rules.lock_minutes if locked else 0.0
    db.execute(
        "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)", [name, is_known, 0 if locked else many, moment, until]
    )
    db.execute(
        "DELETE FROM failures WHERE NOT is_known AND name NOT IN "
        "(SELECT name FROM failures WHERE NOT is_known ORDER BY last DESC LIMIT ?)",
        [MOST_UNKNOWN],
    )
    return locked


def _tell(store: HasAccess, db: sqlite3.Connection, event: str, account: str, address: str, reason: str) -> None:
    """Write an entry about an attempt; a name that no account has is not kept, for it may be a password."""
    row = db.execute("SELECT account, name FROM accounts WHERE account = ?", [account]).fetchone()
    who = Viewer(*(row or ("", "没有此账号")), NOBODY.key, NOBODY.permissions, address=address)
    audit.record(store, event, {"reason": reason}, ok=False, by=who)


def _wrong_words(rules: AccessSettings) -> str:
    return f"账号或密码不对；连续{rules.lock_after}次不对将锁定{rules.lock_minutes}分钟。"


def _locked_words(rules: AccessSettings) -> str:
    return f"登录失败次数过多，请{rules.lock_minutes}分钟后再试，或请管理员解锁。"
