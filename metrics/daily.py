"""Counts for each day and branch, kept beside a large version: a window of any length adds up its days, not its cases.

Only what adds up is kept so: KPIs with a date that count rows or sum a column, of all cases or of branches. Any other
question – a filter by a field, a median, the state at a day's end – is counted over the cases themselves, and so is
everything where cases are few. Both ways give the same (tests/metrics/test_kept_facts.py).
"""

from collections.abc import Iterable, Sequence

from data.derived import Derived, offer
from data.store import Reader
from metrics.aggregates import aggregates
from metrics.dimensions import Dimension, Where
from metrics.facts import written_out
from metrics.kpi import Kpi
from metrics.relations import rows_sql

_RELATIONS = ("case_facts", "case_flows", "case_moves")  # a row of them does not depend on what is asked
_OF_BRANCH = {"branch", "bureau"}  # what follows from the branch alone
_columns: dict[tuple[str, str], dict[Kpi, int]] = {}


def keep(kpis: Iterable[Kpi]) -> None:
    """Have the daily counts of these KPIs kept, as far as they add up."""
    for kpi in kpis:
        if (
            kpi.relation in _RELATIONS
            and kpi.period_of
            and not (kpi.distinct or kpi.quantile or kpi.base or kpi.split_by)
        ):
            same = _columns.setdefault((kpi.relation, kpi.period_of), {})
            same.setdefault(kpi, len(same))
    for key in _columns:
        offer(Derived(_name(*key), lambda reader, key=key: _made(reader, *key), is_of_large=True))


def source(reader: Reader, kpis: Sequence[Kpi], parts: Sequence[Dimension], where: Where) -> tuple[str, str] | None:
    """Return the kept rows, as they stand after FROM, and the SQL of four sums for each KPI; None where that is not kept.

    The four are those of `aggregates`: numerator, denominator, left out, value (none here).
    """
    known = _columns.get((kpis[0].relation, kpis[0].period_of or ""), {})
    asked = {part.name for part in parts} | set(where.names)
    if not asked <= _OF_BRANCH or where.conditions or any(kpi not in known for kpi in kpis):
        return None
    name = _name(kpis[0].relation, kpis[0].period_of)
    if not reader.keeps(name):
        return None
    sums = ", ".join(f"sum(n{i}), sum(d{i})::BIGINT, sum(x{i})::BIGINT, NULL" for i in (known[kpi] for kpi in kpis))
    return "{" + name + "}", sums


def _name(relation: str, period_of: str) -> str:
    return f"daily_{relation}_{period_of}"


def _made(reader: Reader, relation: str, period_of: str) -> str:
    counts = []
    for kpi, i in _columns[relation, period_of].items():
        numerator, denominator, left_out, _ = aggregates(kpi)
        counts.append(f"{numerator} AS n{i}, {denominator} AS d{i}, {left_out} AS x{i}")
    sql = f"SELECT branch, {period_of}, {', '.join(counts)} FROM {rows_sql(relation)} GROUP BY ALL ORDER BY {period_of}"
    return written_out(sql, reader)
