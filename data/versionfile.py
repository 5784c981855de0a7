"""The tables of one version file, made in one place.

The three case tables come from data/schema.py; the others say where the cases come from and what was not counted.
"""

import duckdb

from data.schema import TABLES, table_columns

SCHEMA_VERSION = "1"

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
    "events": "case_key VARCHAR, kind VARCHAR, before VARCHAR, after VARCHAR, seen_at TIMESTAMP",
}


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of a version in the connection's current database."""
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in table_columns(table).items())
        connection.execute(f"CREATE TABLE {table} ({columns})")
    for table, columns in _OTHER_TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
