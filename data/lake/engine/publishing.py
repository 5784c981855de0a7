"""Merges the rows of one bureau into the lake, in one transaction.

Publishers take turns by a lock of PostgreSQL that a killed one gives back. DuckLake alone would not do: two transactions
that each delete nothing and insert the same row both commit (duckdb/ducklake#1393; seen here with 1.5.5), and with
PostgreSQL other conflicts are missed too (#1341). What it does find is tried again.
"""

import json
import os
import random
import stat
import time
from contextlib import suppress
from pathlib import Path

import duckdb

from data.lake.engine import Refused
from data.lake.engine.connecting import FORMAT, PAUSE, attach, check, connect, one, quoted, take_turn

_ATTEMPTS = 8  # of a transaction that came into the way of another one
_CONFLICTS = ("conflict", "duplicate key", "could not serialize", "deadlock")


def publish(request: dict) -> dict:
    """Merge the rows of one bureau into the lake in one transaction; again, when another one came between."""
    connection = connect(request)
    turn = take_turn(connection, request["wait"])
    attach(connection, request, read_only=False)
    for attempt in range(_ATTEMPTS):
        connection.execute("BEGIN")
        try:
            answer = _merge_all(connection, request)
            if answer["changed"]:
                _share_folders(Path(request["data_path"]))
                turn.execute("SELECT * FROM postgres_query('guard', 'SELECT 1')")  # the lock is still ours
                connection.execute("COMMIT")
                answer["snapshot"] = one(connection, "SELECT * FROM ducklake_last_committed_snapshot('lake')")
            else:
                connection.execute("ROLLBACK")
                answer["snapshot"] = one(connection, "SELECT * FROM ducklake_current_snapshot('lake')")
            return answer
        except duckdb.TransactionException as error:
            if attempt + 1 == _ATTEMPTS or not any(sign in str(error) for sign in _CONFLICTS):
                raise
            _forget(connection)
            time.sleep(PAUSE * 2**attempt * random.random())
    raise AssertionError("not reached")


def _share_folders(share: Path) -> None:
    """Let the group write into the folders that DuckDB has made: the next bureau puts its own beside them."""
    if os.name == "posix":
        for folder in share.glob("main/**/"):
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(0o770 | folder.stat().st_mode & stat.S_ISGID)


def _forget(connection) -> None:
    with suppress(duckdb.Error):  # a commit that failed has ended its transaction
        connection.execute("ROLLBACK")


def _merge_all(connection, request: dict) -> dict:
    _create_tables(connection, request["tables"])
    bureau, told = request["bureau"], request["publication"]
    last = connection.execute(
        "SELECT store_id, version_at, as_of, seq FROM lake.publications WHERE bureau = ? ORDER BY seq DESC LIMIT 1",
        [bureau],
    ).fetchone()
    if last and last[0] != told["store_id"] and not request["replace"]:
        raise Refused("other store")
    is_newest = not last or told["version_at"] >= last[1]
    counts = dict.fromkeys(("new", "updated", "unchanged", "older", "removed", "only_in_lake"), 0)
    held, changed = (
        {},
        not last or told["version_at"] > last[1] or told["as_of"] > last[2] or last[0] != told["store_id"],
    )
    for table in request["tables"]:
        found = _merge(connection, table, request, is_newest)
        changed = found.pop("changed") or changed
        held[table] = found.pop("rows")
        counts = {name: counts[name] + found.get(name, 0) for name in counts}
    if is_newest or request["replace"]:
        changed = _replace_branches(connection, request) or changed
    if changed:
        row = told | counts | {"bureau": bureau, "seq": (last[3] if last else 0) + 1, "rows": json.dumps(held)}
        if last and not request["replace"]:  # what the figures of the bureau reach to does not go back
            row["version_at"], row["as_of"] = max(row["version_at"], last[1]), max(row["as_of"], last[2])
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(
            f"INSERT INTO lake.publications ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
    return {"changed": changed, "rows": held, **counts}


def _create_tables(connection, tables: dict) -> None:
    sql = "SELECT count(*) FROM ducklake_table_info('lake') WHERE table_name = 'publications'"
    if one(connection, sql):
        if one(connection, "SELECT value FROM lake.about WHERE key = 'format'") != FORMAT:
            raise Refused("format")
        return
    texts = ("store_id", "version", "version_at", "as_of", "published_at", "settings", "rows")
    numbers = ("seq", "new", "updated", "unchanged", "older", "removed", "only_in_lake")
    columns = ["bureau VARCHAR", *(f'"{n}" VARCHAR' for n in texts), *(f'"{n}" BIGINT' for n in numbers)]
    connection.execute("CREATE TABLE lake.about (key VARCHAR, value VARCHAR)")
    connection.execute("INSERT INTO lake.about VALUES ('format', ?)", [FORMAT])
    connection.execute(f"CREATE TABLE lake.publications ({', '.join(columns)})")
    connection.execute(
        "CREATE TABLE lake.branches (bureau VARCHAR, branch VARCHAR, kind VARCHAR, sort INTEGER, enabled BOOLEAN)"
    )
    for table, kinds in tables.items():
        connection.execute(
            f"CREATE TABLE lake.{table} (bureau VARCHAR, {', '.join(f'{n} {k}' for n, k in kinds.items())})"
        )
        connection.execute(f"ALTER TABLE lake.{table} SET PARTITIONED BY (bureau)")


def _merge(connection, table: str, request: dict, is_newest: bool) -> dict:
    """Merge one table as the importer merges: of two states the one of the newer export, then of the newer version."""
    bureau, columns = request["bureau"], ", ".join(request["tables"][table])
    path = quoted(Path(request["folder"]) / f"{table}.parquet")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT coalesce(s.row_key, c.row_key) AS row_key, CASE "
        "WHEN s.row_key IS NULL THEN 'only_in_lake' WHEN c.row_key IS NULL THEN 'new' "
        "WHEN $replace AND s.state <> c.state THEN 'updated' "
        "WHEN $replace AND row(s.as_of, s.edition_at) <> row(c.as_of, c.edition_at) THEN 'seen' "
        "WHEN row(s.as_of, s.edition_at) < row(c.as_of, c.edition_at) THEN 'older' "
        "WHEN s.state = c.state AND row(s.as_of, s.edition_at) = row(c.as_of, c.edition_at) THEN 'unchanged' "
        "WHEN s.state = c.state THEN 'seen' "
        "WHEN row(s.as_of, s.edition_at) = row(c.as_of, c.edition_at) AND NOT $newest THEN 'older' "
        "ELSE 'updated' END AS verdict "
        f"FROM read_parquet({path}) s FULL JOIN (SELECT row_key, as_of, edition_at, state FROM lake.{table} "
        "WHERE bureau = $bureau) c ON s.row_key = c.row_key",
        {"bureau": bureau, "newest": is_newest, "replace": request["replace"]},
    )
    found = dict(connection.execute("SELECT verdict, count(*) FROM judged GROUP BY 1").fetchall())
    gone = ["updated", "seen", *(["only_in_lake"] if request["replace"] else [])]
    if any(found.get(verdict) for verdict in gone):
        connection.execute(
            f"DELETE FROM lake.{table} WHERE bureau = ? AND row_key IN (SELECT row_key FROM judged WHERE list_contains(?, verdict))",
            [bureau, gone],
        )
    if any(found.get(verdict) for verdict in ("new", "updated", "seen")):
        connection.execute(
            f"INSERT INTO lake.{table} SELECT $bureau, {columns} FROM read_parquet({path}) s SEMI JOIN "
            "(SELECT row_key FROM judged WHERE verdict IN ('new', 'updated', 'seen')) j ON s.row_key = j.row_key",
            {"bureau": bureau},
        )
    changed = any(found.get(verdict) for verdict in ("new", *gone))
    rows = sum(found.values()) - (found.get("only_in_lake", 0) if request["replace"] else 0)
    check(connection, table, bureau, rows, "")
    found["unchanged"] = found.get("unchanged", 0) + found.pop("seen", 0)
    if request["replace"]:
        found["removed"] = found.pop("only_in_lake", 0)
    return found | {"changed": changed, "rows": rows}


def _replace_branches(connection, request: dict) -> bool:
    path = quoted(Path(request["folder"]) / "branches.parquet")
    own = f"SELECT branch, kind, sort, enabled FROM read_parquet({path})"
    there = "SELECT branch, kind, sort, enabled FROM lake.branches WHERE bureau = $bureau"
    bureau = {"bureau": request["bureau"]}
    if not one(connection, f"SELECT count(*) FROM (({own} EXCEPT {there}) UNION ALL ({there} EXCEPT {own}))", bureau):
        return False
    connection.execute("DELETE FROM lake.branches WHERE bureau = $bureau", bureau)
    connection.execute(f"INSERT INTO lake.branches SELECT $bureau, * FROM ({own})", bureau)
    return True
