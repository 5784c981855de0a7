"""A city in which everything that belongs to another branch than OWN carries MARK, and the same city with OWN alone.

Every text of the other branches' rows is marked in the tables themselves, so that a leak shows wherever it comes out;
what OWN alone should see is made by hand, by deleting rows, and not by the code that is tested.
"""

from datetime import datetime
from pathlib import Path

import duckdb

from data.schema import TABLES
from data.store import Store
from tests.pages import stores

OWN, OTHER = "下陆区分局", "大冶市分局"
MARK = "ZZOTHERZZ"
_KEPT = (
    "branch",
    "source",
    "status",
    "channel",
    "rating",
    "rating_state",
    "solved",
    "substantiated",
    "kind",
    "case_type",
)
_LEADER = "包案局长"


def city(folder: Path) -> Store:
    """Build the marked city; return its store."""
    store = stores.city(folder)
    with store.draft(store.reader()) as (built, version):
        with duckdb.connect(str(built)) as connection:
            _enrich(connection)
            _mark(connection)
        store.publish(built, version)
    return store


def own_alone(city: Store, folder: Path) -> Store:
    """Build, under the same version name, the city in which there is nothing but what is OWN's or everybody's."""
    store = Store(folder)
    folder.mkdir(parents=True)
    version = city.current()
    built = folder / "built.duckdb"
    built.write_bytes(city.path_of(version).read_bytes())
    with duckdb.connect(str(built)) as connection:
        for table in ("cases", "backlog", "key_cases", "branches"):
            connection.execute(f"DELETE FROM {table} WHERE branch <> ?", [OWN])
        connection.execute(
            "DELETE FROM activities WHERE branch NOT IN (?, '全市') AND NOT list_contains(coalesce(co_branches, []), ?)",
            [OWN, OWN],
        )
        connection.execute("UPDATE activities SET related_cases = NULL WHERE branch <> ?", [OWN])
        connection.execute("UPDATE cases SET repeat_of = NULL WHERE repeat_of NOT IN (SELECT case_no FROM cases)")
        for table in ("warnings", "events"):
            connection.execute(f"DELETE FROM {table} WHERE case_key NOT IN (SELECT case_key FROM cases)")
        connection.execute("DELETE FROM steps WHERE branch NOT IN ('', ?)", [OWN])
        for table in ("quarantine", "imports", "import_files"):
            connection.execute(f"DELETE FROM {table}")
    store.publish(built, version)
    return store


def _enrich(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill what the invented city leaves empty, so that every column could leak."""
    for table in ("cases", "backlog", "activities"):
        for name in _texts(table):
            connection.execute(f"UPDATE {table} SET {name} = coalesce({name}, '某' || branch)")
    connection.execute("UPDATE cases SET is_key_case = row_no % 40 = 0, leader = ?", [_LEADER])
    connection.execute(
        "UPDATE cases SET repeat_of = (SELECT min(case_no) FROM cases WHERE branch = ?) WHERE is_repeat", [OTHER]
    )
    connection.execute(
        "INSERT INTO key_cases BY NAME SELECT case_no, branch, leader, received_at AS listed_at, as_of FROM cases WHERE is_key_case"
    )
    connection.execute(
        "INSERT INTO events SELECT case_key, 'rating', '不满意', '满意', as_of FROM cases WHERE rating = '满意' AND row_no % 5 = 0"
    )
    rows = [(datetime(2025, 3, 1), "cases_total", branch, f"{branch}整治", "某某") for branch in (OWN, OTHER)]
    connection.executemany("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", rows)


def _mark(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("cases", "backlog", "key_cases", "activities"):
        others = f"branch NOT IN ('{OWN}', '全市')"
        for name in _texts(table):
            connection.execute(f"UPDATE {table} SET {name} = '{MARK}' || coalesce({name}, '') WHERE {others}")
    connection.execute(f"UPDATE cases SET case_key = '{MARK}' || case_key WHERE branch <> '{OWN}'")
    connection.execute(f"UPDATE cases SET repeat_of = '{MARK}' || repeat_of WHERE repeat_of IS NOT NULL")
    connection.execute(
        f"UPDATE events SET case_key = '{MARK}' || case_key WHERE case_key NOT IN (SELECT case_key FROM cases)"
    )
    connection.execute(
        f"UPDATE quarantine SET reasons = '{MARK}' || reasons, file = '{MARK}', cells = '{{\"a\": \"{MARK}\"}}'"
    )
    connection.execute(
        f"UPDATE warnings SET message = '{MARK}' || message, case_key = '{MARK}' || case_key, file = '{MARK}'"
    )
    connection.execute(f"UPDATE steps SET reason = '{MARK}' || reason WHERE branch <> '{OWN}'")


def _texts(table: str) -> list[str]:
    """Return the text columns of a table that say something about one row, those the figures are cut by left out."""
    stored = [field.name for field in TABLES[table] if field.sql_type == "VARCHAR" and field.name not in _KEPT]
    if table == "cases":
        return [name for name in stored if name not in ("petitioner_id_number", "petitioner_address", "repeat_of")]
    return stored
