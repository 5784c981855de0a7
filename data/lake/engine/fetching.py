"""Writes the rows of one snapshot as Parquet, whole and checked."""

import json
from pathlib import Path

import duckdb

from data.lake.engine import Refused
from data.lake.engine.connecting import FORMAT, attach, check, connect, one, quoted


def fetch(request: dict) -> dict:
    """Write the rows of one snapshot as Parquet, whole and checked; nothing when the caller has it already."""
    connection = connect(request)
    attach(connection, request, read_only=True)
    first, last = connection.execute(
        "SELECT min(snapshot_id), max(snapshot_id) FROM ducklake_snapshots('lake')"
    ).fetchone()
    snapshot = last if request["snapshot"] is None else request["snapshot"]
    if snapshot == request["known"]:
        return {"snapshot": snapshot, "changed": False}
    at = f"AT (VERSION => {int(snapshot)})"
    if not first <= snapshot <= last or not _has_tables(connection, at):
        raise Refused("no snapshot", first=first, last=last)
    if one(connection, f"SELECT value FROM lake.about {at} WHERE key = 'format'") != FORMAT:
        raise Refused("format")
    publications = _newest_publications(connection, at)
    for told in publications:
        for table, rows in told["rows"].items():
            check(connection, table, told["bureau"], rows, at)
    for table in (*request["tables"], "branches"):
        path = quoted(Path(request["folder"]) / f"{table}.parquet")
        connection.execute(f"COPY (SELECT * FROM lake.{table} {at}) TO {path}")
    return {"snapshot": snapshot, "changed": True, "publications": publications}


def _has_tables(connection, at: str) -> bool:
    try:
        connection.execute(f"SELECT 1 FROM lake.publications {at} LIMIT 0")
    except (duckdb.CatalogException, duckdb.InvalidInputException):  # before the first publication, or expired
        return False
    return True


def _newest_publications(connection, at: str) -> list[dict]:
    found = connection.execute(
        f"SELECT * FROM lake.publications {at} QUALIFY row_number() OVER (PARTITION BY bureau ORDER BY seq DESC) = 1 "
        "ORDER BY bureau"
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [row | {"rows": json.loads(row["rows"]), "settings": json.loads(row["settings"])} for row in rows]
