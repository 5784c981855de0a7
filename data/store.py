"""The store: immutable DuckDB files, one per published version, and a pointer that names the one in force.

An import never touches a file that a page may have open: it writes a new file under a temporary name, makes it
durable, renames it, and replaces the pointer CURRENT atomically. Killed at any moment it leaves the former
version in force and whole. `use` moves the pointer back. See docs/decisions/001-immutable-versions.md.

    store/
      CURRENT                      the name of the version in force, and the SHA-256 of its file
      versions/000012-….duckdb     one file per version, read-only once published
      secret.key                   the key of the hash that recognises a person; never leaves the machine
      profiles/*.toml              export formats that the user has mapped
      reference/*                  the user's own lists and settings, over those in data/reference/
      reports/2025-09/*            frozen reports, read-only, and the clerk's text blocks; see data/kept.py
      access/*                     accounts, sessions and the audit log (KPI_ACCESS names another place); see data/access/
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from data import derived, following, leftovers, pointer, readonly
from data.access.audit import action
from data.access.viewer import actor
from data.attached import DERIVED, Opened, attached, damage_told
from data.dates import now
from data.durable import PRIVATE, disk_told, flush_file, flush_folder
from data.errors import UserError
from data.locking import alone
from data.pointer import Pointer
from data.scope import ALL, ROWS, Scope

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_FOLDER = Path(__file__).parent / "store"
_MOMENT = 3.0  # seconds: a backup that copies the small files is over by then


def default_folder() -> Path:
    """Return the folder that KPI_STORE names, else data/store/."""
    return Path(os.environ.get("KPI_STORE") or DEFAULT_FOLDER)


@dataclass(frozen=True)
class Store:
    """A store folder; it may not exist yet."""

    folder: Path = field(default_factory=default_folder)

    @property
    def versions_folder(self) -> Path:
        return self.folder / "versions"

    @property
    def profiles_folder(self) -> Path:
        return self.folder / "profiles"

    @property
    def reference_folder(self) -> Path:
        return self.folder / "reference"

    @property
    def reports_folder(self) -> Path:
        return self.folder / "reports"

    @property
    def access_folder(self) -> Path:
        return Path(os.environ.get("KPI_ACCESS") or self.folder / "access")

    @property
    def work_folder(self) -> Path:
        """Where a file is built before it is published; emptied at the start of every import."""
        return self.folder / "work"

    def path_of(self, version: str) -> Path:
        return self.versions_folder / f"{version}.duckdb"

    def versions(self) -> list[str]:
        """Return the published versions, oldest first."""
        return sorted(p.stem for p in self.versions_folder.glob("*.duckdb") if pointer.VERSION_NAME.fullmatch(p.stem))

    @staticmethod
    def is_version_name(text: str) -> bool:
        """Say whether a text has the form of a version's name."""
        return bool(pointer.VERSION_NAME.fullmatch(text))

    def current(self) -> str | None:
        """Return the version in force, or None when nothing was ever imported.

        On a reading server that is the last one that has arrived whole, see data/following.py.
        Raises UserError when CURRENT is damaged or lost, or names a version whose file is gone.
        """
        if readonly.is_on():
            return following.choose(following.told(self.folder), self.versions_folder, self.access_folder)
        found = pointer.read(self.folder)
        if found is None and self.versions():
            raise pointer.damaged(self.folder, "不见了")
        if found is None or found.version == pointer.NOTHING:
            return None
        name = found.version
        if not self.path_of(name).exists():
            raise pointer.to_nothing(self.folder, self.versions())
        return name

    def awaited(self) -> str | None:
        """Return the version that a reading server has been told of and that has not arrived whole yet, else None."""
        found = following.told(self.folder) if readonly.is_on() else None
        return found.version if found and found.version != self.current() else None

    def only_writer(self) -> AbstractContextManager[None]:
        """Keep every other import, change and clearing-up out while the block runs. Raises UserError."""
        readonly.refuse()
        busy = "另一个导入正在进行，请等它完成后再试；这次没有改动任何数据。"
        return alone(self.folder / "import.lock", busy, _MOMENT)

    def reader(self, scope: Scope | None = None, version: str | None = None) -> "Reader | None":
        """Return a reader of one version (the one in force by default), or None when the store is empty.

        scope: whose rows; by default those of whoever acts, who on a server with login is nobody until a page says who.
        """
        version = version or self.current()
        return Reader(self.path_of(version), version, scope or actor().scope) if version else None

    def use(self, version: str) -> None:
        """Put `version` in force. Raises UserError when there is no such version, or an import is under way."""
        self._refuse_unknown(version)
        with self.only_writer(), action(self, "rollback", {"version": version}), disk_told(self.folder):
            self._refuse_unknown(version)  # cleared away while we waited
            self.point_to(version)

    def _refuse_unknown(self, version: str) -> None:
        if version not in self.versions():
            known = "、".join(self.versions()[-5:]) or "无"
            raise UserError(f"没有版本“{version}”，最近的版本有：{known}。")

    def next_version_name(self, now: datetime) -> str:
        """Return a new name; the running number, not the clock, gives the order."""
        taken = [int(path.name[:6]) for path in self.versions_folder.glob("[0-9]*") if path.name[:6].isdecimal()]
        number = max(taken, default=0) + 1  # of a version that was set aside, too
        return f"{number:06d}-{now:%Y%m%dT%H%M%S}"

    @contextmanager
    def draft(self, start: "Reader | None") -> Iterator[tuple[Path, str]]:
        """Give a file to build the next version in, and its name; whatever was not published is gone afterwards.

        The file is a copy of `start`; without one it does not exist yet. Only for who keeps other imports out.
        """
        readonly.refuse()
        version = self.next_version_name(now())
        built = self.work_folder / f"{version}.duckdb"
        with disk_told(self.folder):
            leftovers.clear(self.folder)
            self.work_folder.mkdir(parents=True, exist_ok=True)
            try:
                if start:
                    shutil.copyfile(start.path, built)
                yield built, version
            finally:
                leftovers.empty(self.work_folder)

    def publish(self, built: Path, version: str) -> None:
        """Make the finished file `built` the version in force; from here on it is read-only."""
        self.versions_folder.mkdir(parents=True, exist_ok=True)
        flush_file(built)
        built.chmod(0o440)
        if not (self.folder / pointer.FILE).exists():
            pointer.write(self.folder, Pointer(pointer.NOTHING))
        built.replace(self.path_of(version))
        flush_folder(self.versions_folder)
        self.point_to(version)

    def point_to(self, version: str) -> None:
        """Replace the pointer; only for who keeps other writers out and has recorded it."""
        pointer.write(self.folder, Pointer(version, pointer.digest_of(self.path_of(version))))

    def secret_key(self) -> bytes:
        """Return the key of the petitioner hash, made at first use and readable by its owner only."""
        path = self.folder / "secret.key"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(temporary, PRIVATE, 0o600), "wb") as out:
                out.write(secrets.token_bytes(32))
            temporary.replace(path)
        return path.read_bytes()


@dataclass(frozen=True)
class Reader:
    """Read access to one version within one scope; the only way in for metrics and pages.

    A query names the tables of data/versionfile.py; what a restricted scope sees of each, data/scope.py says.
    """

    path: Path
    version: str
    scope: Scope = field(default_factory=lambda: actor().scope)

    @cached_property
    def key(self) -> tuple[str, Scope]:
        """What a cached result must have in its key: the file's full path (which has the version), and the scope."""
        return str(self.path.resolve()), self.scope

    def query(self, sql: str, params: dict | list | None = None) -> list[tuple]:
        """Run one SELECT and return its rows. Safe from several threads at once."""
        with self._cursor() as cursor:
            return cursor.execute(self._resolved(sql), params or []).fetchall()

    def rows(self, sql: str, params: dict | list | None = None, at_once: int = 10_000) -> Iterator[tuple]:
        """Run one SELECT and yield its rows, holding a few thousand of them at a time."""
        with self._cursor() as cursor:
            cursor.execute(self._resolved(sql), params or [])
            while some := cursor.fetchmany(at_once):
                yield from some

    def frame(self, sql: str, params: dict | list | None = None) -> "pd.DataFrame":
        """Run one SELECT and return a data frame."""
        with self._cursor() as cursor:
            return cursor.execute(self._resolved(sql), params or []).df()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        opened = self.opened
        whole = self.scope.branches is None
        with damage_told(self.path), opened.instance.cursor() as cursor:
            cursor.execute("USE version" if whole else "USE memory")
            for table in opened.missing if whole else ROWS:
                select = self.scope.rows_of(table, "memory" if table in opened.missing else "version")
                cursor.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {select}")
            yield cursor

    def _resolved(self, sql: str) -> str:
        """Return the query with every relation that it names in braces: its kept rows, else its SQL; see data/derived.py."""
        return derived.resolved(sql, self, lambda: DERIVED if self._is_prepared else None)

    def keeps(self, name: str) -> bool:
        """Say whether a relation that follows from all cases is kept, so that it need not be worked out; see data/derived.py."""
        return self.scope.branches is None and self._is_prepared and derived.holds(self, name)

    @property
    def _is_prepared(self) -> bool:
        return self.opened.keeps(self)

    @cached_property
    def opened(self) -> Opened:
        """The version as this process has it open, for as long as the reader lives, even if its file is gone since."""
        return attached(self.path)

    def begins_on(self, table: str, moment: str) -> date | None:
        """Return the first day that a table has data of in any branch; date.min where its rows have no moment at all.

        moment: the SQL of the moment. The day is everybody's: to a branch without a case in the base year, a year
        without a case is not a year without data.
        """
        return _begins_on(self.path, table, moment)

    @property
    def meta(self) -> dict[str, str]:
        """The version's own data: as_of, published_at, is_demo, schema."""
        return dict(_pairs(self.path, "meta"))

    @property
    def settings(self) -> dict[str, str]:
        """The settings in force when the version was made, as text; see data/reference/settings.toml."""
        return dict(_pairs(self.path, "settings"))

    @property
    def as_of(self) -> datetime:
        """The moment of the newest export in the version: what "now" means for every figure."""
        return datetime.fromisoformat(self.meta["as_of"])

    @property
    def is_demo(self) -> bool:
        return self.meta.get("is_demo") == "true"

    @property
    def is_of_bureaus(self) -> bool:
        """Whether the version was fetched from a lake: its rows are several bureaus', see data/lake/fetching.py."""
        return "lake_snapshot" in self.meta


@lru_cache(maxsize=64)
def _pairs(path: Path, table: str) -> tuple[tuple[str, str], ...]:
    """Return the rows of one of the two tables that are everybody's and are asked for by every figure."""
    return tuple(Reader(path, path.stem, ALL).query(f"SELECT key, value FROM {table}"))


@lru_cache(maxsize=64)
def _begins_on(path: Path, table: str, moment: str) -> date | None:
    rows, first = Reader(path, path.stem, ALL).query(f"SELECT count(*), min({moment})::DATE FROM {table}")[0]
    return date.min if rows and first is None else first
