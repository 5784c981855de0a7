"""The tables of one version file, made in one place.

The three case tables come from data/schema.py; the others say where the cases come from and what was not counted.
"""

from pathlib import Path

import duckdb

from data.schema import TABLES, table_columns

SCHEMA_VERSION = "2"

_OTHER_TABLES = {
    "meta": "key VARCHAR, value VARCHAR",
    "settings": "key VARCHAR, value VARCHAR",
    "branches": "branch VARCHAR, kind VARCHAR, sort INTEGER, enabled BOOLEAN, in_reference BOOLEAN",
    "imports": (
        "batch_no INTEGER, version VARCHAR, imported_at TIMESTAMP, as_of TIMESTAMP, rows_read BIGINT, accepted BIGINT, "
        'new BIGINT, updated BIGINT, unchanged BIGINT, "older" BIGINT, quarantined BIGINT'
    ),
    "import_files": (
        "batch_no INTEGER, file VARCHAR, sha256 VARCHAR, profile VARCHAR, profile_hash VARCHAR, source VARCHAR, "
        "format VARCHAR, encoding VARCHAR, sheet VARCHAR, header_row INTEGER, as_of TIMESTAMP, rows_read BIGINT, "
        "accepted BIGINT, quarantined BIGINT"
    ),
    "quarantine": (
        "qid VARCHAR, batch_no INTEGER, file VARCHAR, sheet VARCHAR, row_no INTEGER, profile VARCHAR, as_of TIMESTAMP, "
        "rules VARCHAR[], reasons VARCHAR, cells VARCHAR, person VARCHAR, is_resolved BOOLEAN"
    ),
    "warnings": (
        "batch_no INTEGER, file VARCHAR, sheet VARCHAR, row_no INTEGER, rule VARCHAR, field VARCHAR, case_key VARCHAR, "
        "message VARCHAR"
    ),
    "targets": "kpi VARCHAR, target DOUBLE, green DOUBLE, red DOUBLE, words VARCHAR",
    "breaks": "starts_on DATE, field VARCHAR, value VARCHAR, kpi VARCHAR, words VARCHAR",
    "steps": "starts_on DATE, kpi VARCHAR, branch VARCHAR, reason VARCHAR, author VARCHAR",
    "scorecard": (
        "kpi VARCHAR, weight DOUBLE, rule VARCHAR, zero_at DOUBLE, full_at DOUBLE, author VARCHAR, set_on DATE"
    ),
    "events": "case_key VARCHAR, kind VARCHAR, before VARCHAR, after VARCHAR, seen_at TIMESTAMP",
}


# Of one import, whatever the machine has: a server also serves pages. What does not fit goes to disk beside the file,
# in the work folder, and is gone with the connection; after a crash, with the next import.
_MEMORY = "1500MB"


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a version file that is being made, to be written."""
    return duckdb.connect(str(path), config={"memory_limit": _MEMORY, "temp_directory": f"{path}.tmp"})


def all_tables() -> dict[str, str]:
    """Return table → its columns in SQL, for every table of a version."""
    case_tables = {
        table: ", ".join(f"{name} {kind}" for name, kind in table_columns(table).items()) for table in TABLES
    }
    return case_tables | _OTHER_TABLES


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of a version, those of them that a copy of an older version does not have yet."""
    for table, columns in all_tables().items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")


def stand_in_for_missing(connection: duckdb.DuckDBPyConnection, version: str) -> list[str]:
    """Create, empty, the tables that the attached database `version` of an older schema lacks; return their names."""
    sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = ?"
    there = {name for (name,) in connection.execute(sql, [version]).fetchall()}
    missing = [table for table in all_tables() if table not in there]
    for table in missing:
        connection.execute(f"CREATE TABLE {table} ({all_tables()[table]})")
    return missing
