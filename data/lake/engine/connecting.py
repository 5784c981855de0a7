"""The connection to the lake, whose turn it is to write, and what is checked wherever rows are written or read."""

import os
import random
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb

from data.lake.engine import Refused

FORMAT = "1"  # of the tables in the lake; another one is neither written to nor read
_EXTENSIONS = ("ducklake", "postgres_scanner")
_LOCK = 5_207_346_891_204  # any number, the same for every publisher
PAUSE = 0.25  # seconds between two looks at the lock


def connect(request: dict):
    """Return a connection with the extensions loaded and the catalogue's database attached as `guard`."""
    if any(find_spec(f"duckdb_extension_{name}") is None for name in _EXTENSIONS):
        raise Refused("packages")
    connection = duckdb.connect(
        config={
            "threads": min(4, os.cpu_count() or 1),
            "temp_directory": str(request.get("folder") or tempfile.gettempdir()),  # not the folder of the product
        }
    )
    for name in _EXTENSIONS:
        root = Path(find_spec(f"duckdb_extension_{name}").origin).parent
        path = root / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        if not path.exists():
            raise Refused("packages")
        connection.execute(f"LOAD {quoted(path)}")
    connection.execute("ATTACH 'connect_timeout=10' AS guard (TYPE postgres)")  # where: the PG… variables say
    return connection


def attach(connection, request: dict, read_only: bool) -> None:
    options = f"DATA_PATH {quoted(request['data_path'])}, OVERRIDE_DATA_PATH true, DATA_INLINING_ROW_LIMIT 0"
    if read_only:
        options += ", READ_ONLY, CREATE_IF_NOT_EXISTS false"
        there = one(
            connection, "SELECT * FROM postgres_query('guard', 'SELECT to_regclass(''ducklake_snapshot'')::text')"
        )
        if there is None:
            raise Refused("empty")
    connection.execute(f"ATTACH 'ducklake:postgres:connect_timeout=10' AS lake ({options})")


def take_turn(connection, wait: float):
    """Return a cursor whose open transaction holds the lock of publishers."""
    held, until = connection.cursor(), time.monotonic() + wait
    held.execute("BEGIN")
    while not one(held, f"SELECT * FROM postgres_query('guard', 'SELECT pg_try_advisory_xact_lock({_LOCK})')"):
        if time.monotonic() > until:
            raise Refused("busy")
        time.sleep(PAUSE * (0.5 + random.random()))
    return held


def one(connection, sql: str, values: list | None = None):
    row = connection.execute(sql, values or []).fetchone()
    return row[0] if row else None


def quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def check(connection, table: str, bureau: str, rows: int, at: str) -> None:
    """Refuse a table that has not exactly the rows of a bureau that it should have, each once."""
    sql = f"SELECT count(row_key), count(DISTINCT row_key) FROM lake.{table} {at} WHERE bureau = ?"
    if connection.execute(sql, [bureau]).fetchone() != (rows, rows):
        raise Refused("damaged", bureau=bureau, table=table)
