"""Real version files from drawn rows: the tests of metrics run on DuckDB through data.store, never on a mock."""

import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from data.schema import TABLES, UNMATCHED_BRANCH, table_columns
from data.scope import ALL, Scope
from data.store import Reader, Store
from data.versionfile import create_tables

BRANCHES = ("大冶市分局", "下陆区分局", "黄石港区分局", "阳新县分局")
_CASE_FIELDS = [field.name for field in TABLES["cases"]]


def make_store(
    folder: Path,
    cases: Iterable[dict] = (),
    backlog: Iterable[dict] = (),
    key_cases: Iterable[dict] = (),
    as_of: str | datetime = "2025-09-30",
    settings: dict[str, str] | None = None,
    branches: Iterable[str] = BRANCHES,
    scope: Scope = ALL,
    activities: Iterable[dict] = (),
    monitoring: Iterable[dict] = (),
    events: Iterable[tuple] = (),
    kept: dict[str, list[tuple]] | None = None,
) -> Reader:
    """Publish a version that holds these rows (canonical column → value) and return a reader of it.

    A row says only what matters; the rest is what the importer would put: see `_complete`. events: (case_no, kind,
    before, after, seen_at) of cases of the source 环保举报平台.
    kept: rows of targets, breaks, steps and scorecard in the order of their columns; without them the product's are in force.
    """
    as_of = datetime.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    store = Store(folder)
    store.work_folder.mkdir(parents=True, exist_ok=True)
    version = store.next_version_name(as_of)
    built = store.work_folder / "built.duckdb"
    rows = {
        "cases": [_complete(row, i, as_of) for i, row in enumerate(cases)],
        "backlog": list(backlog),
        "key_cases": list(key_cases),
        "activities": list(activities),
        "monitoring": list(monitoring),
    }
    spine = list(branches)
    found = {row.get("branch") for table, drawn in rows.items() if table != "activities" for row in drawn} - {None}
    spine += sorted(found - set(spine), key=lambda name: name == UNMATCHED_BRANCH)
    with duckdb.connect(str(built)) as connection:
        create_tables(connection)
        for table, drawn in rows.items():
            _insert(connection, table, drawn)
        for case_no, *event in events:
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", [f"环保举报平台|{case_no}", *event])
        for table, drawn in (kept or {}).items():
            places = ", ".join("?" for _ in drawn[0])
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", drawn)
        meta = {"as_of": as_of.isoformat(), "published_at": as_of.isoformat(), "is_demo": "false", "schema": "1"}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
        if settings:
            connection.executemany("INSERT INTO settings VALUES (?, ?)", list(settings.items()))
        for i, name in enumerate(spine):
            kind = "待归属" if name == UNMATCHED_BRANCH else "分局"
            connection.execute("INSERT INTO branches VALUES (?, ?, ?, TRUE, TRUE)", [name, kind, i])
    store.publish(built, version)
    return store.reader(scope)


_TEMPORARY = tempfile.TemporaryDirectory(prefix="kpi-tests-", ignore_cleanup_errors=True)  # gone when the process ends


def temporary_store(**drawn) -> Reader:
    """Publish a version in a new temporary folder; for property tests, which make many."""
    return make_store(Path(tempfile.mkdtemp(dir=_TEMPORARY.name)), **drawn)


def moment(text: str | datetime | None) -> datetime | None:
    """Return the time that a text stands for; None for an empty one."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else text or None


def _complete(row: dict, number: int, as_of: datetime) -> dict:
    """Fill in what the importer works out: keys, limits (60 days from acceptance, 15 from receipt), flags."""
    row = dict(row)
    for field in TABLES["cases"]:
        if field.kind == "time":
            row[field.name] = moment(row.get(field.name))
    row.setdefault("case_no", f"T{number:06d}")
    row.setdefault("source", "环保举报平台")
    row.setdefault("status", "已办结" if row.get("closed_at") else "办理中")
    row.setdefault("channel", "未注明")
    row.setdefault("branch", BRANCHES[0])
    row.setdefault("pollution", [])
    row.setdefault("pollution_sub", [])
    row.setdefault("is_repeat", False)
    row.setdefault("reopened_count", 0)
    row.setdefault("rating_changes", 0)
    row.setdefault("first_rating", row.get("rating"))
    row.setdefault("fields", _CASE_FIELDS)
    row["due_at"] = moment(row.get("due_at")) or _plus(row["accepted_at"], 60)
    row["accept_due_at"] = moment(row.get("accept_due_at")) or _plus(row["received_at"], 15)
    return row | {"case_key": f"{row['source']}|{row['case_no']}", "as_of": as_of, "batch_no": 1}


def _plus(start: datetime | None, days: int) -> datetime | None:
    return start + timedelta(days=days) if start else None


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    if not rows:
        return
    columns = table_columns(table)
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, f"no such column in {table}: {unknown}"
    used = [name for name in columns if any(name in row for row in rows)]
    frame = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=object) for name in used})
    casts = ", ".join(f"{name}::{columns[name]} AS {name}" for name in used)
    connection.register("drawn", frame)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {casts} FROM drawn")
    connection.unregister("drawn")
