"""Counts of many KPIs × periods × groups in one SQL query per relation and date column.

SQL gives counts (and quantiles of days), never rates. The two templates in metrics/sql/ put rows into periods: by a
date column, through a table of days, or as a state at the end of each period.
"""

import re
from collections.abc import Sequence
from functools import partial

from data.store import Reader
from metrics import daily, remembered
from metrics.aggregates import aggregates
from metrics.counts import Counts, Table, Window
from metrics.dimensions import NO_FILTER, Dimension, Where, dimension
from metrics.kpi import Kpi
from metrics.parameters import parameters
from metrics.periods import Period
from metrics.relations import RELATIONS, read_sql, rows_sql

_STORED = {"received_on": "received_at", "accepted_on": "accepted_at", "closed_on": "closed_at", "due_on": "due_at"}


def window_of(kpi: Kpi, period: Period) -> Window:
    """Return the days of `period` that a KPI counts: up to the cut, or the whole period for a KPI that looks ahead."""
    return period.first, period.last if kpi.whole_period else period.cut


def count(
    reader: Reader, kpis: Sequence[Kpi], periods: Sequence[Period], by: tuple[str, ...] = (), where: Where = NO_FILTER
) -> Table:
    """Count KPIs of any relations over all periods, for the groups of `by` and for all rows together."""
    jobs: dict[tuple[str, str | None, bool], list[Kpi]] = {}
    for kpi in dict.fromkeys(kpis):
        jobs.setdefault((kpi.relation, kpi.period_of, kpi.whole_period), []).append(kpi)
    table: Table = {}
    for same in jobs.values():
        windows = list(dict.fromkeys(window_of(same[0], period) for period in periods))
        query = partial(_count_together, reader, by=by, where=where)
        table |= remembered.counts(reader, same, windows, by, where, query)
    return table


def _count_together(
    reader: Reader, kpis: Sequence[Kpi], windows: Sequence[Window], by: tuple[str, ...], where: Where
) -> Table:
    relation = RELATIONS[kpis[0].relation]
    parts = [dimension(relation.table, name) for name in by]
    # Where a row can fall into several groups, the total is counted apart from them.
    several = any(part.is_list for part in parts)
    table = _run(reader, kpis, windows, parts, where, not several)
    return table | _run(reader, kpis, windows, [], where, True) if several else table


def _run(
    reader: Reader,
    kpis: Sequence[Kpi],
    windows: Sequence[Window],
    parts: list[Dimension],
    where: Where,
    with_total: bool,
) -> Table:
    condition, values = where.condition(RELATIONS[kpis[0].relation])
    names = [f"group_{i}" for i in range(len(parts))]
    full = f"(period_no{''.join(', ' + name for name in names)})"
    kept = daily.source(reader, kpis, parts, where)
    rows, counts = kept or (rows_sql(kpis[0].relation), ", ".join(sql for kpi in kpis for sql in aggregates(kpi)))
    sql = fill(
        "count_by_date" if kpis[0].period_of else "count_states",
        source=with_groups(rows, parts),
        period_of=kpis[0].period_of or "",
        where=condition if kept else f"{near(kpis[0].period_of)} AND {condition}",
        groups=", ".join(names) or "NULL",
        is_total=f"GROUPING({names[0]})" if names else "1",
        counts=counts,
        sets=f"{full}, (period_no)" if names and with_total else full,
    )
    table: Table = {}
    for period_no, is_total, *cells in run(reader, sql, windows, kpis[0].period_of is None, values):
        group = () if is_total else tuple(cells[: len(parts)])
        counts = cells[max(len(parts), 1) :]
        for i, kpi in enumerate(kpis):
            numerator, denominator, left_out, value = counts[4 * i : 4 * i + 4]
            found = Counts(int(numerator or 0), denominator, left_out, None if value is None else float(value))
            table[kpi.id, windows[period_no], group] = found
    return table


def source_of(relation: str, parts: Sequence[Dimension]) -> str:
    """Return the SQL of a relation with a column group_0, group_1 … for each dimension; lists repeat the row."""
    return with_groups(rows_sql(relation), parts)


def with_groups(sql: str, parts: Sequence[Dimension]) -> str:
    """Return the SQL of rows with a column group_0, group_1 … for each dimension; lists repeat the row."""
    for i, part in enumerate(parts):
        each = f"unnest({part.sql})" if part.is_list else part.sql
        sql = f"(SELECT *, {each} AS group_{i} FROM {sql})"
    return sql


def near(period_of: str | None) -> str:
    """Return the SQL that keeps the rows of the windows by the stored time itself, where a date is the day of one.

    It says again what the date says, but the database can pass over blocks of rows by it, and work out nothing on them.
    """
    at = _STORED.get(period_of or "")
    return f"({at} >= $from_on::DATE AND {at} < $to_on::DATE + 1)" if at else "TRUE"


def fill(template: str, **marks: str) -> str:
    """Return the text of metrics/sql/TEMPLATE.sql with each [mark] replaced."""
    return re.sub(r"\[(\w+)\]", lambda found: marks.get(found[1], found[0]), read_sql(template))


def run(
    reader: Reader, sql: str, windows: Sequence[Window], is_state: bool, values: dict[str, list[str]]
) -> list[tuple]:
    """Run a query over windows with every parameter that it names."""
    return reader.query(sql, bound(reader, sql, windows, is_state, values))


def bound(reader: Reader, sql: str, windows: Sequence[Window], is_state: bool, values: dict[str, object]) -> dict:
    """Return the parameters that `sql` names; DuckDB refuses a parameter that a query does not use."""
    firsts, cuts = [first for first, _ in windows], [cut for _, cut in windows]
    known = parameters(reader) | values
    known |= {"first_ons": firsts, "cut_ons": cuts, "from_on": min(cuts if is_state else firsts), "to_on": max(cuts)}
    return {name: known[name] for name in set(re.findall(r"\$([a-z_][a-z_0-9]*)", sql))}
