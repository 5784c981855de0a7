"""Merges the rows of one sheet into the tables of a version, so that neither order nor repetition matters.

Of two states of one case the newer export wins; of one export moment the file that was saved last, so that a corrected
file takes effect; in one file the row that has come further, then a fixed order by content. A field for which the new file has no column keeps its former value; an empty cell is a value. Several rows
of one case in one file (一件多派) are one case whose other branches are co-branches.
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from data.schema import KEYS, TABLES, table_columns

_ARROW = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR[]": pa.list_(pa.string()),
}
_CLOSED = "('已办结', '不予受理', '撤回', '并案', '作废')"
_LATER = "coalesce(j.verdict, '') = 'updated' AND s.as_of > c.as_of"  # a correction of the same export is no event
_DEFAULTED = ("channel", "branch", "pollution", "pollution_sub")  # never NULL, even without a column
_OPEN = "('未受理', '办理中')"


@dataclass
class Counts:
    """What became of accepted rows: accepted = new + updated + unchanged + older."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.new + other.new,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.older + other.older,
        )


def stage_name(table: str) -> str:
    return f"staged_{table}"


def create_stage(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create the empty stage of a table: its columns, in order."""
    columns = ", ".join(f"{name} {kind}" for name, kind in table_columns(table).items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {stage_name(table)} ({columns})")


def stage_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, object]]) -> None:
    """Append mapped rows to the stage of their table."""
    columns = table_columns(table)
    arrays = [pa.array([row.get(name) for row in rows], _ARROW[kind]) for name, kind in columns.items()]
    batch = pa.Table.from_arrays(arrays, names=list(columns))  # noqa: F841 - DuckDB reads it by its name
    connection.execute(f"INSERT INTO {stage_name(table)} SELECT * FROM batch")


def stage_columns(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, same: dict[str, object]) -> None:
    """Append the kept ones of rows that are mapped by columns; `same` are the columns that all have in common."""
    columns = table_columns(table)
    values = [
        f"${name}::{kind}" if name in same else name if name in rows.column_names else "NULL"
        for name, kind in columns.items()
    ]
    connection.execute(f"INSERT INTO {stage_name(table)} SELECT {', '.join(values)} FROM rows WHERE is_kept", same)


def append_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[list[object]]) -> None:
    """Append rows, their cells in the order of the columns, at once: a statement for each takes milliseconds each."""
    names = [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description]
    batch = pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows])  # noqa: F841 - DuckDB reads it
    connection.execute(f"INSERT INTO {table} SELECT * FROM batch")


def merge_stage(connection: duckdb.DuckDBPyConnection, table: str, present: list[str]) -> tuple[Counts, int]:
    """Merge the stage into its table; `present` are the fields the file has. Return the counts and the repeated rows.

    The rows of the stage are copied once, into the table: what is worked out about them before names them only.
    """
    stage, keys = stage_name(table), KEYS[table]
    total = _count(connection, stage)
    same = " AND ".join(f"c.{key} IS NOT DISTINCT FROM s.{key}" for key in keys)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE former AS SELECT * FROM {table} c WHERE EXISTS (FROM {stage} s WHERE {same})"
    )
    connection.execute(  # the other part of the same export competes with this one row by row
        f"INSERT INTO {stage} SELECT * FROM former c WHERE EXISTS (FROM {stage} s WHERE {same} "
        "AND c.as_of = s.as_of AND c.edition_at = s.edition_at)"
    )
    _choose(connection, table)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT s.rowid AS place, "
        f"CASE WHEN s.row_hash = c.row_hash AND {_same_co_branches(table)} AND s.as_of >= c.as_of THEN 'unchanged' "
        "WHEN row(s.as_of, s.edition_at) < row(c.as_of, c.edition_at) THEN 'older' ELSE 'updated' END AS verdict "
        f"FROM {stage} s JOIN former c ON {same}"
    )
    found = dict(connection.execute("SELECT verdict, count(*) FROM judged GROUP BY 1").fetchall())
    chosen = _count(connection, stage)
    repeated = total - chosen
    if table == "cases":
        _record_events(connection, present)
    _replace(connection, table, present, same, bool(found))
    counts = Counts(
        chosen - sum(found.values()),
        found.get("updated", 0),
        found.get("unchanged", 0) + repeated,
        found.get("older", 0),
    )
    return counts, repeated


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def _choose(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Keep one row of each case in the stage; of several only those of one key are compared."""
    stage, key_list = stage_name(table), ", ".join(KEYS[table])
    connection.execute(  # by hash: few bytes a row, however many rows there are
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT hash({key_list}) AS code FROM {stage} GROUP BY 1 HAVING count(*) > 1"
    )
    if not _count(connection, "again"):
        return
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE rivals AS SELECT *, rowid AS place, "
        f"row_number() OVER (PARTITION BY {key_list} ORDER BY {_precedence(table)}) AS rank "
        f"FROM {stage} WHERE hash({key_list}) IN (SELECT code FROM again)"
    )
    connection.execute(f"DELETE FROM {stage} WHERE rowid IN (SELECT place FROM rivals WHERE rank > 1)")
    if table == "cases":
        _gather_co_branches(connection, stage)


def _precedence(table: str) -> str:
    if table == "cases":
        role = "coalesce(handling_role = '主办', false) DESC"
        return f"{role}, modified_at DESC NULLS LAST, progress DESC, closed_at DESC NULLS LAST, row_hash DESC"
    return "row_hash DESC"


def _same_co_branches(table: str) -> str:
    return "s.co_branches = c.co_branches" if table == "cases" else "TRUE"


def _gather_co_branches(connection: duckdb.DuckDBPyConnection, stage: str) -> None:
    connection.execute(
        f"""
        UPDATE {stage} AS chosen SET co_branches = list_sort(list_filter(
            list_distinct(list_concat(others.co_branches, others.branches)), lambda x: x <> chosen.branch AND x <> '待归属'))
        FROM (SELECT case_key, list(branch) AS branches, flatten(list(co_branches)) AS co_branches
              FROM rivals GROUP BY 1 HAVING count(*) > 1) others
        WHERE others.case_key = chosen.case_key
        """
    )


def _record_events(connection: duckdb.DuckDBPyConnection, present: list[str]) -> None:
    """Write down reopenings and changed ratings; a file without the column says nothing of either."""
    later = f"FROM judged j JOIN {stage_name('cases')} s ON s.rowid = j.place JOIN former c USING (case_key)"
    connection.execute(
        f"""
        INSERT INTO events
        SELECT c.case_key, 'reopened', c.status, s.status, s.as_of {later}
        WHERE $has_status AND {_LATER} AND c.status IN {_CLOSED} AND s.status IN {_OPEN}
        UNION ALL
        SELECT c.case_key, 'rating_changed', c.rating, s.rating, s.as_of {later}
        WHERE $has_rating AND {_LATER} AND c.rating <> s.rating
        """,
        {"has_status": "status" in present, "has_rating": "rating" in present},
    )


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, present: list[str], same: str, has_former: bool
) -> None:
    """Write new and updated rows; an unchanged one only learns that it was still so at the later export."""
    absent = {f.name for f in TABLES[table]} - set(present)
    if table == "activities" and "branch" in present:
        absent.discard("co_branches")  # they stand in one cell with the branch
    columns = ", ".join(f"{_value(name, absent)} AS {name}" for name in table_columns(table))
    judged = f"judged j JOIN {stage_name(table)} s ON s.rowid = j.place"
    if has_former:
        connection.execute(
            f"UPDATE {table} c SET as_of = s.as_of, edition_at = s.edition_at FROM {judged} "
            f"WHERE {same} AND j.verdict = 'unchanged' AND row(s.as_of, s.edition_at) > row(c.as_of, c.edition_at)"
        )
        connection.execute(f"DELETE FROM {table} c USING {judged} WHERE {same} AND j.verdict = 'updated'")
    # Where nothing is known yet there is nothing to be joined to.
    joined = f"LEFT JOIN judged j ON j.place = s.rowid LEFT JOIN former c ON {same}"
    nobody = "LEFT JOIN (FROM judged LIMIT 0) j ON true LEFT JOIN (FROM former LIMIT 0) c ON true"
    connection.execute(
        f"INSERT INTO {table} SELECT {columns} FROM {stage_name(table)} s {joined if has_former else nobody} "
        "WHERE coalesce(j.verdict, 'updated') = 'updated'",
        {"fields": sorted(present)} if "fields" in table_columns(table) else {},
    )


def _value(name: str, absent: set[str]) -> str:
    """Return the expression of a column after the merge: s is the new state, c the stored one, NULL for a new case."""
    counted = {
        # In the stage, those of the file itself are not repeated in every row.
        "fields": "CASE WHEN s.fields IS NULL AND c.fields IS NULL THEN $fields::VARCHAR[] ELSE list_sort(list_distinct("
        "list_concat(coalesce(s.fields, $fields::VARCHAR[]), coalesce(c.fields, []::VARCHAR[])))) END",
        "first_rating": f"CASE WHEN c.first_rating IS NULL OR NOT ({_LATER}) AND coalesce(c.rating_changes, 0) = 0 "
        "THEN s.rating ELSE c.first_rating END",
        "rating_changes": "coalesce(c.rating_changes, 0) + "
        + ("0" if "rating" in absent else f"coalesce({_LATER} AND c.rating <> s.rating, false)::INTEGER"),
        "reopened_count": "coalesce(c.reopened_count, 0) + "
        + (
            "0"
            if "status" in absent
            else f"coalesce({_LATER} AND c.status IN {_CLOSED} AND s.status IN {_OPEN}, false)::INTEGER"
        ),
    }
    if name in counted:
        return counted[name]
    if name == "is_repeat":  # what most cases are; derive() finds the others
        return "coalesce(s.is_repeat_local, c.is_repeat, false)"
    if name == "is_repeat_inferred":
        return "coalesce(c.is_repeat_inferred, false)"
    if name == "petitioner_key":  # a file without numbers knows people by name only, which says less than a number did
        first, second = ("c", "s") if {"petitioner_phone", "petitioner_id_number"} <= absent else ("s", "c")
        return f"coalesce({first}.petitioner_key, {second}.petitioner_key)"
    if name.removesuffix("_raw") not in absent or name == "source":
        return f"s.{name}"
    if name == "status":  # told from the dates: only a closing says more than what was known
        return "CASE WHEN s.status = '已办结' THEN s.status ELSE coalesce(c.status, s.status) END"
    if name == "co_branches":  # without a column, those of the case's other rows
        return "CASE WHEN len(s.co_branches) > 0 THEN s.co_branches ELSE coalesce(c.co_branches, s.co_branches) END"
    if name == "rating_state" and "rating" not in absent:  # told from the rating
        return "CASE WHEN s.rating_state IS NOT NULL OR c.rating_state = '已评价' THEN s.rating_state ELSE c.rating_state END"
    first, second = ("c", "s") if name in _DEFAULTED or name.endswith("_raw") else ("s", "c")
    return f"coalesce({first}.{name}, {second}.{name})"
