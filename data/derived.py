"""Relations that follow from a version's cases, kept beside the version so that no page works them out again.

What such a relation is, an upper layer says once (`offer`), as SQL over the table `cases` and over relations offered
before, with every value written out. A query names it in braces, {case_facts}, and gets the kept rows where there are
some, else the SQL itself: the same rows either way, so a kept file is a cache that may be deleted at any time. Its name
holds a digest of the SQL and of the version's file, so that what an older program or other settings made is never read.
See docs/decisions/016-kept-facts.md.

    store/derived/000012-…-4f1d0a2b9c3e.duckdb      read-only; KPI_DERIVED names another folder; a reading server has its own
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from data import readonly
from data.errors import UserError
from data.locking import alone

if TYPE_CHECKING:  # pandas takes half a second, which a command that makes no table does not pay
    import pandas as pd

    from data.store import Reader

LARGE = 20_000_000  # bytes of a version's file from which more is kept, because a page would take seconds over it
_KEPT = 3  # versions whose relations are kept: one goes back and forth between the newest
_DIGEST = 12
_YEARS = "SELECT DISTINCT date_trunc('year', {by})::DATE FROM cases WHERE {by} IS NOT NULL ORDER BY 1"


@dataclass(frozen=True)
class Derived:
    """One relation: its SQL for a reader of a version.

    by: the time by which the rows of a relation of cases are put together, where there may be very many; last: which of
    them stand apart, at the end, never NULL; without: the columns of `cases` that nobody asks it for. A relation without
    `by` is made as its SQL says, and follows from all cases together: whoever sees only some gets the SQL over those.
    is_of_large: kept of a large version only, and asked for only where it is kept (Reader.keeps).
    """

    name: str
    select: Callable[["Reader"], str]
    by: str = ""
    last: str = "FALSE"
    without: tuple[str, ...] = ()
    is_of_large: bool = False

    def rows(self, reader: "Reader", home: str | None) -> str:
        """Return what a reader sees of it, as it stands after FROM; home: the database where it is kept, if it is."""
        kept = f"{home}.{self.name}"
        if home and self.by:
            return reader.scope.rows_like("cases", kept)
        return kept if home and reader.scope.branches is None else f"({self.select(reader)})"


Read = Callable[[str], "pd.DataFrame"]  # runs one SELECT, which may name relations in braces


@dataclass(frozen=True)
class Worked:
    """A table that no SQL can make, of a large version: `make` returns its rows. Asked for only where it is kept.

    recipe: a text that changes whenever the rows would.
    """

    name: str
    make: Callable[["Reader", Read], "pd.DataFrame"]
    recipe: str


_offered: dict[str, Derived] = {}
_worked: dict[str, Worked] = {}


def offer_worked(table: Worked) -> None:
    """Make a table known that is worked out of the relations."""
    _worked[table.name] = table


def offer(relation: Derived) -> None:
    """Make a relation known; a query may name it in braces from now on."""
    _offered[relation.name] = relation


def resolved(sql: str, reader: "Reader", home: Callable[[], str | None]) -> str:
    """Return a query with every relation that it names in braces: its kept rows, else its SQL.

    home: gives the database where the relations are kept, None where they are not; asked only if the query names one.
    """
    for name, relation in reversed(_offered.items()):  # a relation may name those before it
        mark = "{" + name + "}"
        if mark in sql:
            sql = sql.replace(mark, relation.rows(reader, home()))
    for name in _worked:
        sql = sql.replace("{" + name + "}", f"{home()}.{name}") if "{" + name + "}" in sql else sql
    return sql


def is_large(reader: "Reader") -> bool:
    """Say whether a reader's version is so large that counts and warnings are kept too."""
    return reader.opened.stat.st_size > LARGE


def holds(reader: "Reader", name: str) -> bool:
    """Say whether what is kept of a reader's version has this relation or table, for whoever may see all cases."""
    return is_large(reader) if name in _worked or _offered[name].is_of_large else name in _offered


def _kept_of(reader: "Reader") -> list[Derived]:
    return [relation for relation in _offered.values() if is_large(reader) or not relation.is_of_large]


def path_of(reader: "Reader") -> Path:
    """Return the file in which the relations of a reader's version are kept; it may not be there."""
    digest = hashlib.sha256()
    told = reader.opened.stat
    digest.update(f"{duckdb.__version__}|{told.st_size}|{told.st_mtime_ns}".encode())
    for relation in _offered.values():
        digest.update(relation.select(reader).encode())
    for table in _worked.values():
        digest.update(table.recipe.encode())
    return folder_of(reader.path) / f"{reader.path.stem}-{digest.hexdigest()[:_DIGEST]}.duckdb"


def folder_of(version: Path) -> Path:
    """Return the folder for what is kept of a version's file; a reading server writes none of it into the store."""
    own = os.environ.get("KPI_ACCESS") if readonly.is_on() else None
    return Path(os.environ.get("KPI_DERIVED") or Path(own or version.parent.parent) / "derived")


def keep(reader: "Reader") -> bool:
    """Work out every relation of a reader's version and keep it; False where that cannot be: no room, no permission."""
    target = path_of(reader)
    if target.exists():
        return True
    with suppress(UserError, OSError, duckdb.Error), alone(target.parent / "derived.lock", "另一个进程正在整理。"):
        if not target.exists():
            _clear(target.parent, reader.path)
            _build(reader, target)
    return target.exists()


def _build(reader: "Reader", target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="new-", ignore_cleanup_errors=True) as work:
        built = Path(work) / target.name
        with duckdb.connect(str(built)) as connection:
            connection.execute(f"ATTACH '{quoted(reader.path)}' AS version (READ_ONLY)")
            name = connection.execute("SELECT current_database()").fetchone()[0]
            home = '"' + name.replace('"', '""') + '"'
            connection.execute("USE version")
            for relation in _kept_of(reader):
                _fill(connection, relation, home, resolved(relation.select(reader), reader, lambda: home))
            for table in _worked.values() if is_large(reader) else ():
                rows = table.make(reader, lambda sql: connection.execute(resolved(sql, reader, lambda: home)).df())
                connection.register("rows_made", rows)
                connection.execute(f"CREATE TABLE {home}.{table.name} AS FROM rows_made")
            connection.execute(f"USE {home}")
            connection.execute("DETACH version")
        built.chmod(0o440)
        built.replace(target)


def _fill(connection: duckdb.DuckDBPyConnection, relation: Derived, home: str, select: str) -> None:
    """Write a relation's rows in order of time, the `last` ones at the end; a year at a time, to sort in little memory.

    A query about a month then passes over the rest, and one about what is still open over all that is not.
    """
    if not relation.by:
        connection.execute(f"CREATE TABLE {home}.{relation.name} AS {select}")
        return
    columns = f"* EXCLUDE ({', '.join(relation.without)})" if relation.without else "*"
    rows = f"SELECT {columns} FROM ({select})"
    connection.execute(f"CREATE TABLE {home}.{relation.name} AS {rows} LIMIT 0")
    connection.execute("BEGIN")
    insert = f"INSERT INTO {home}.{relation.name} {rows}"
    for (year,) in connection.execute(_YEARS.format(by=relation.by)).fetchall():
        within = f"{relation.by} >= DATE '{year}' AND {relation.by} < DATE '{year}' + INTERVAL 1 YEAR"
        connection.execute(f"{insert} WHERE {within} AND NOT ({relation.last}) ORDER BY {relation.by}")
    connection.execute(f"{insert} WHERE {relation.by} IS NULL OR ({relation.last}) ORDER BY {relation.by}")
    connection.execute("COMMIT")


def _clear(folder: Path, version: Path) -> None:
    """Remove what is kept of versions that are gone or long past, and what a killed run left."""
    for left in folder.glob("new-*"):
        with suppress(OSError):
            for path in left.iterdir():
                path.unlink()
            left.rmdir()
    known = sorted((p.stem for p in version.parent.glob("*.duckdb")), reverse=True)
    recent = {version.stem, *known[:_KEPT]}
    for path in folder.glob("*.duckdb"):
        if path.stem.rpartition("-")[0] not in recent or path.stem.startswith(version.stem):
            with suppress(OSError):  # another process has it open: Windows
                path.unlink()


def quoted(path: Path) -> str:
    """Return a path as it stands between quotes in SQL."""
    return str(path).replace("'", "''")
