"""The file of accounts, sessions and access settings: one SQLite file that several processes use at once.

SQLite, because unlike the versions of the store this changes by the row and at every sign-in. A connection is opened
for each call, for one must not be shared between threads or survive a fork. The file is made under another name and
then renamed, so that nobody ever sees it half made. It is readable by its owner only and holds no secret in clear:
passwords as argon2id, sessions and the names of failed sign-ins as hashes.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import filelock

from data.errors import UserError

FILE = "accounts.sqlite"
WAIT_SECONDS = 25.0  # longer than the audit log waits for its own lock: an entry is written while a change is open
_FORM = 1  # of the tables below; a later form must say how it is reached
_TABLES = """
CREATE TABLE accounts (
    account TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, branches TEXT NOT NULL,
    enabled INTEGER NOT NULL, sso INTEGER NOT NULL,
    password TEXT, must_change INTEGER NOT NULL, password_at REAL NOT NULL, last_sign_in REAL
) STRICT;
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE,
    address TEXT NOT NULL, started REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE TABLE failures (
    name TEXT PRIMARY KEY, is_known INTEGER NOT NULL, many INTEGER NOT NULL, last REAL NOT NULL, locked_until REAL NOT NULL
) STRICT;
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE salt (value BLOB NOT NULL) STRICT;
"""


class HasAccess(Protocol):
    """A store, as far as accounts need one."""

    @property
    def folder(self) -> Path: ...

    @property
    def access_folder(self) -> Path: ...


def path_of(store: HasAccess) -> Path:
    """Return where the file of a store is; it may not exist yet."""
    return store.access_folder / FILE


@contextmanager
def reading(store: HasAccess) -> Iterator[sqlite3.Connection | None]:
    """Give a connection for looking something up, or None where nothing was ever written. Raises UserError."""
    path = path_of(store)
    if not path.exists():
        yield None
        return
    with _told(path), closing(_opened(path)) as db:
        yield db


@contextmanager
def writing(store: HasAccess) -> Iterator[sqlite3.Connection]:
    """Give a connection with a change begun, which nobody else can begin meanwhile; kept when the block ends well.

    Whoever must know within the block that the change is kept, as before an entry that says so, calls `commit`.
    """
    path = path_of(store)
    with _told(path):
        if not path.exists():
            _make(path)
        with closing(_opened(path)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                if db.in_transaction:
                    db.commit()
            finally:
                if db.in_transaction:
                    db.rollback()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        form = db.execute("PRAGMA user_version").fetchone()[0]
        if form != _FORM:
            raise UserError(f"账号库“{path}”不是本版程序能读的（{form}），请用写它的那一版程序，或从备份恢复。")
    except BaseException:
        db.close()
        raise
    return db


def _make(path: Path) -> None:
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    with filelock.FileLock(path.with_suffix(".lock"), timeout=WAIT_SECONDS):
        if path.exists():  # another process was first
            return
        made = path.with_suffix(".new")
        for left in path.parent.glob(f"{made.name}*"):
            left.unlink()
        os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(made, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLES)
            db.execute("INSERT INTO salt VALUES (?)", [secrets.token_bytes(16)])
            db.execute(f"PRAGMA user_version = {_FORM}")
        made.replace(path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what can go wrong with the file into a sentence."""
    try:
        yield
    except filelock.Timeout as error:
        raise UserError(f"账号库“{path}”正被别的程序占用，请稍后再试。") from error
    except sqlite3.IntegrityError:
        raise  # ours to mend
    except sqlite3.OperationalError as error:
        raise UserError(f"账号库“{path}”用不了（{_reason(error)}），请检查权限、磁盘空间，稍后再试。") from error
    except sqlite3.DatabaseError as error:
        raise UserError(f"账号库“{path}”损坏，读不出来；请停止服务，从备份恢复这个文件。") from error
    except OSError as error:
        raise UserError(f"账号库“{path}”用不了（{error.strerror}），请检查权限和磁盘空间。") from error


def _reason(error: sqlite3.Error) -> str:
    known = {
        "SQLITE_BUSY": "正被占用",
        "SQLITE_LOCKED": "正被占用",
        "SQLITE_FULL": "磁盘已满",
        "SQLITE_READONLY": "没有写权限",
        "SQLITE_CANTOPEN": "打不开",
        "SQLITE_IOERR": "磁盘读写出错",
    }
    name = getattr(error, "sqlite_errorname", "")
    return next((words for start, words in known.items() if name.startswith(start)), name or "原因不明")
