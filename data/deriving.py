"""Works out, over all cases of a version, what follows from them: limits, repeat petitions, branches, the branch list.

Done anew for every version, so that a changed reference list takes effect with the next import. The lists by which
figures are judged (targets, breaks, step changes) and the settings are kept in the version: it keeps those of its time.
"""

import duckdb

from data.reference import Reference
from data.reference.lists import LISTS
from data.schema import UNMATCHED_BRANCH
from data.versionfile import SCHEMA_VERSION

# The day on which a row of each table names its branch.
_DAYS = {
    "cases": "received_at",
    "backlog": "listed_at",
    "key_cases": "listed_at",
    "activities": "coalesce(planned_at, held_at)",
}


def derive(connection: duckdb.DuckDBPyConnection, reference: Reference) -> None:
    """Fill the derived columns of `cases`, and the tables branches, settings, targets, breaks and steps."""
    if not _is_fetched(connection):
        _match_branches_again(connection, reference)
        _limits(connection, reference)
        _repeats(connection)
        _branch_list(connection, reference)
    connection.execute("DELETE FROM settings")
    rows = [
        (key, str(value).lower() if isinstance(value, bool) else str(value))
        for key, value in reference.settings.items()
    ]
    connection.executemany("INSERT INTO settings VALUES (?, ?)", rows)
    for name in LISTS:
        _keep(connection, name, reference.kept(name))


def _is_fetched(connection: duckdb.DuckDBPyConnection) -> bool:
    """Say whether the rows come from a lake: each bureau has worked out its own by its own lists."""
    return bool(connection.execute("SELECT 1 FROM meta WHERE key = 'lake_snapshot'").fetchall())


def _keep(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, object]]) -> None:
    connection.execute(f"DELETE FROM {name}")
    columns = list(LISTS[name].columns)
    sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"
    if rows:
        connection.executemany(sql, [[row[column] for column in columns] for row in rows])


def set_meta(connection: duckdb.DuckDBPyConnection, values: dict[str, str]) -> None:
    """Write the version's own data, replacing former values of the same keys."""
    for key, value in (values | {"schema": SCHEMA_VERSION}).items():
        connection.execute("DELETE FROM meta WHERE key = ?", [key])
        connection.execute("INSERT INTO meta VALUES (?, ?)", [key, value])


def _match_branches_again(connection: duckdb.DuckDBPyConnection, reference: Reference) -> None:
    """Give cases in 待归属 the branch that the list in force now knows."""
    for table, day in _DAYS.items():
        waiting = connection.execute(
            f"SELECT DISTINCT branch_raw, CAST({day} AS DATE) FROM {table} WHERE branch = ? AND branch_raw IS NOT NULL",
            [UNMATCHED_BRANCH],
        ).fetchall()
        for raw, on in waiting:
            if branch := reference.match_branch(raw, on):
                connection.execute(
                    f"UPDATE {table} SET branch = ? WHERE branch = ? AND branch_raw = ? AND CAST({day} AS DATE) IS NOT DISTINCT FROM ?",
                    [branch, UNMATCHED_BRANCH, raw, on],
                )


def _limits(connection: duckdb.DuckDBPyConnection, reference: Reference) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE terms (rank INTEGER, field VARCHAR, value VARCHAR, accept_days INTEGER, "
        "close_days INTEGER, close_from VARCHAR, extension_max INTEGER, given_limit VARCHAR)"
    )
    for rank, row in enumerate(reference.deadlines):
        connection.execute(
            "INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [rank, row["field"], row["value"], row["accept_days"], row["close_days"], row["close_from"],
             row["extension_max_days"], row["given_limit"]],
        )  # fmt: skip
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE term_of AS
        SELECT source, channel, arg_min(t, t.rank) AS term
        FROM (SELECT DISTINCT source, channel FROM cases) c
        JOIN terms t ON t.field = '*' OR (t.field = 'source' AND t.value = c.source)
                     OR (t.field = 'channel' AND t.value = c.channel)
        GROUP BY ALL
        """
    )
    connection.execute(
        """
        UPDATE cases SET accept_due_at = found.accept_due_at, due_at = found.due_at
        FROM (
            SELECT rowid AS place, received_at + to_days(term.accept_days) AS accept_due_at,
                   CASE WHEN limit_at IS NULL THEN due_given_at
                        WHEN due_given_at IS NULL THEN limit_at
                        WHEN term.given_limit = 'trust' THEN due_given_at
                        ELSE least(due_given_at, CASE WHEN date_trunc('day', due_given_at) = date_trunc('day', limit_at)
                                                      THEN due_given_at ELSE limit_at END) END AS due_at
            FROM (
                SELECT c.rowid, received_at, due_given_at, t.term,
                       CASE t.term.close_from WHEN 'accepted' THEN accepted_at ELSE coalesce(transferred_at, received_at) END
                       + to_days(t.term.close_days)
                       + to_days(CASE WHEN is_extension_approved THEN least(coalesce(extension_days, 0), t.term.extension_max) ELSE 0 END)
                       AS limit_at
                FROM cases c JOIN term_of t USING (source, channel)
            )
        ) found
        WHERE found.place = cases.rowid AND (found.accept_due_at IS DISTINCT FROM cases.accept_due_at
                                             OR found.due_at IS DISTINCT FROM cases.due_at)
        """
    )


def _repeats(connection: duckdb.DuckDBPyConnection) -> None:
    """Mark repeat petitions: by the organisation's own flag; without one, the same person about the same place again.

    Who has complained of a place once only is left out first, by a hash of both: that is nearly everybody.
    """
    told = """
        SELECT case_key, received_at, unnest(string_split(petitioner_key, ' ')) AS person,
               regexp_replace(site_name, '[\\s·（）()]', '', 'g') AS site
        FROM cases WHERE petitioner_key IS NOT NULL AND site_name IS NOT NULL AND status <> '作废'
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT hash(person, site) AS code FROM ({told}) GROUP BY 1 HAVING count(*) > 1"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE later AS
        SELECT DISTINCT case_key FROM (
            SELECT case_key, row_number() OVER (PARTITION BY person, site ORDER BY received_at, case_key) AS place
            FROM ({told}) WHERE hash(person, site) IN (SELECT code FROM again)
        ) WHERE place > 1
        """
    )
    is_later = "case_key IN (SELECT case_key FROM later)"
    connection.execute(
        f"""
        UPDATE cases SET is_repeat_inferred = is_repeat_local IS NULL AND {is_later},
                         is_repeat = coalesce(is_repeat_local, {is_later})
        WHERE is_repeat_inferred IS DISTINCT FROM (is_repeat_local IS NULL AND {is_later})
           OR is_repeat IS DISTINCT FROM coalesce(is_repeat_local, {is_later})
        """
    )


def _branch_list(connection: duckdb.DuckDBPyConnection, reference: Reference) -> None:
    """List the branches that figures are given for: those in force, names taken as they stand, 待归属 where needed.

    A store whose every branch name was taken as it stands (another city's data) does not show the list's own.
    """
    connection.execute("DELETE FROM branches")
    used = {
        row[0]
        for row in connection.execute(
            "SELECT branch FROM cases UNION SELECT branch FROM backlog UNION SELECT branch FROM key_cases"
        ).fetchall()
    }
    known = {branch.branch: branch for branch in reference.branches}
    foreign = sorted(used - set(known) - {UNMATCHED_BRANCH})
    rows: list[list[object]] = []
    if not foreign or used & set(known):
        rows = [
            [b.branch, b.kind, b.sort, b.enabled, True] for b in reference.branches if b.enabled or b.branch in used
        ]
    rows += [[name, "分局", 1000 + number, True, False] for number, name in enumerate(foreign)]
    if UNMATCHED_BRANCH in used:
        rows.append([UNMATCHED_BRANCH, UNMATCHED_BRANCH, 9999, True, False])
    if rows:
        connection.executemany("INSERT INTO branches VALUES (?, ?, ?, ?, ?)", rows)
