"""The accounts of the importing machine on reading servers: one small file in the store, roster.json.

An SQLite file in use cannot be shared over a network nor copied safely, and sessions, failed sign-ins and the audit log
are each server's own. So the importing machine writes down, after `python -m data users share` and then with every
change, who there is and what they may do; a reading server takes it over into its own file as soon as it is another one.
Passwords are in it as argon2id hashes, as in the accounts themselves. It is changed on the importing machine alone.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from data import readonly
from data.access import audit, book
from data.access.book import HasAccess
from data.access.roles import NOBODY
from data.access.viewer import Viewer
from data.errors import UserError

FILE = "roster.json"
HERE = "账号和密码在导入机上管理，请到导入机的看板上办理；改好后会自动传到这台只读服务器。"
_COLUMNS = ("account", "name", "role", "branches", "enabled", "sso", "password", "must_change", "password_at")
_ENDS_SESSIONS = ("role", "branches", "enabled", "sso", "password_at")


class Roster(msgspec.Struct, frozen=True):
    """What is written: accounts as rows of _COLUMNS, access settings, and a seal that tells half a file from a whole one."""

    accounts: list[tuple]
    settings: dict[str, int]
    seal: str = ""

    def sealed(self) -> "Roster":
        """Return the roster with its seal."""
        content = msgspec.json.encode((self.accounts, self.settings))
        return msgspec.structs.replace(self, seal=hashlib.sha256(content).hexdigest())


@contextmanager
def writing(store: HasAccess) -> Iterator[sqlite3.Connection]:
    """Give a connection as book.writing does for a change of accounts or settings, and tell the reading servers of it.

    Raises UserError on a reading server, and where the change was made but cannot be told.
    """
    refuse_here()
    with book.writing(store) as db:
        yield db
    if path_of(store).exists():
        _write(store)


def refuse_here() -> None:
    """Raise UserError on a reading server, whose accounts are changed elsewhere."""
    if readonly.is_on():
        raise UserError(HERE)


def path_of(store: HasAccess) -> Path:
    """Return where the roster of a store is; it need not exist."""
    return store.folder / FILE


def share(store: HasAccess) -> Path:
    """Write the roster, which every later change keeps up to date, and return its path. Raises UserError."""
    refuse_here()
    if not book.path_of(store).exists():
        raise UserError("还没有账号可以共享；请先用 python -m data users add 建立管理员。")
    with audit.action(store, "account", {"what": "共享账号给只读服务器"}):
        _write(store)
    return path_of(store)


def follow(store: HasAccess) -> None:
    """On a reading server, take the roster over where it is another one; nothing happens while it is half copied."""
    if not readonly.is_on():
        return
    path = path_of(store)
    try:
        seen = path.stat()
    except OSError:
        return
    state = (seen.st_mtime_ns, seen.st_size, seen.st_ino, str(book.path_of(store)))
    if _taken.get(path) == state:
        return
    with _taking:
        if _taken.get(path) == state:
            return
        if roster := _read(path):
            _take_over(store, roster)
            _taken[path] = state


_taken: dict[Path, tuple] = {}
_taking = threading.Lock()


def _read(path: Path) -> Roster | None:
    """Return the roster; None where it cannot be read, as while it is copied."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Roster)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found == found.sealed() else None


def _write(store: HasAccess) -> None:
    with book.writing(store) as db:  # one writer at a time, so that no older state takes the place of a newer one
        rows = [list(row) for row in db.execute(f"SELECT {', '.join(_COLUMNS)} FROM accounts ORDER BY account")]
        settings = dict(map(tuple, db.execute("SELECT name, value FROM settings ORDER BY name")))
        path = path_of(store)
        written = path.with_name(f".{FILE}.{os.getpid()}.new")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(written, flags, 0o600), "wb") as out:
                out.write(msgspec.json.encode(Roster(rows, settings).sealed()))
                out.flush()
                os.fsync(out.fileno())
            written.replace(path)
        except OSError as error:
            with suppress(OSError):
                written.unlink(missing_ok=True)
            raise UserError(
                f"账号已按要求改好，但给只读服务器的名册“{path}”写不进去（{error.strerror}），"
                "请检查磁盘和权限后执行 python -m data users share。"
            ) from error


def _take_over(store: HasAccess, roster: Roster) -> None:
    """Put the accounts and settings of the roster in the place of our own; whoever may something else signs in again."""
    with book.writing(store) as db:
        former = {row["account"]: row for row in db.execute("SELECT * FROM accounts")}
        wanted = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in roster.accounts}
        changed = [
            account
            for account, one in wanted.items()
            if account not in former or any(former[account][name] != one[name] for name in _COLUMNS)
        ]
        gone = former.keys() - wanted.keys()
        if changed or gone:
            told = {"what": "接收导入机的账号", "account": sorted({*changed, *gone}), "entries": len(wanted)}
            audit.record(store, "account", told, by=Viewer("", "导入机", NOBODY.key, NOBODY.permissions))
        for account in changed:
            _put(db, wanted[account])
            if account in former and any(former[account][name] != wanted[account][name] for name in _ENDS_SESSIONS):
                db.execute("DELETE FROM sessions WHERE account = ?", [account])
        for account in gone:
            db.execute("DELETE FROM accounts WHERE account = ?", [account])  # and with it its sessions
        db.execute("DELETE FROM settings")
        db.executemany("INSERT INTO settings VALUES (?, ?)", list(roster.settings.items()))


def _put(db: sqlite3.Connection, one: dict[str, object]) -> None:
    marks, changes = ", ".join("?" * len(_COLUMNS)), ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    db.execute(
        f"INSERT INTO accounts ({', '.join(_COLUMNS)}) VALUES ({marks}) ON CONFLICT (account) DO UPDATE SET {changes}",
        [one[name] for name in _COLUMNS],
    )
