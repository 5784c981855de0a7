"""The cases behind a figure: the rows that SQL counted, chosen by the same conditions, so that their number agrees.

Only fields that may be shown leave here, under Chinese headings; what names a petitioner is not among them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from data.errors import UserError
from data.schema import KEYS, TABLES, Field
from data.store import Reader
from metrics import catalog
from metrics.aggregates import numerator_of
from metrics.compare import change_periods, reaches
from metrics.counting import bound, fill, near, source_of, window_of
from metrics.dimensions import NO_FILTER, Dimension, Where, dimension
from metrics.kpi import Kpi
from metrics.parameters import parent_of
from metrics.periods import Period
from metrics.relations import RELATIONS

Part = Literal["denominator", "numerator", "rest", "left_out"]
_ORDER = {"cases": "received_at DESC, case_key", "backlog": "batch, case_no", "key_cases": "case_no"}


def cases_behind(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    group: dict[str, str] | None = None,
    where: Where = NO_FILTER,
    part: Part = "denominator",
    limit: int | None = None,
) -> pd.DataFrame:
    """Return the rows that a figure counts, shown fields only, headings in Chinese, newest first, at most `limit`.

    part: the whole (for a count, what it counts), those in the numerator, the rest of the whole, or those left out.
    Of a change, the whole is the base period and the numerator this period. Raises UserError for a product of rates.
    """
    asked = _asked(reader, kpi, period, group, where, part)
    columns = ", ".join(f'{sql} AS "{heading}"' for heading, sql in _columns(asked.kpi).items())
    sql, values = _query(reader, asked, columns, _ORDER[RELATIONS[asked.kpi.relation].table], limit)
    return reader.frame(sql, values)


def count_behind(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    group: dict[str, str] | None = None,
    where: Where = NO_FILTER,
    part: Part = "denominator",
) -> int:
    """Return how many rows `cases_behind` has without a limit."""
    sql, values = _query(reader, _asked(reader, kpi, period, group, where, part), "count(*)", "1", None)
    return reader.query(sql, values)[0][0]


def case_numbers(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    group: dict[str, str] | None = None,
    where: Where = NO_FILTER,
    part: Part = "denominator",
    limit: int | None = None,
) -> tuple[str, ...]:
    """Return the numbers (信访件编号) of the rows of `cases_behind`, at most `limit`; a row without one is 无编号."""
    asked = _asked(reader, kpi, period, group, where, part)
    order = _ORDER[RELATIONS[asked.kpi.relation].table]
    rows = reader.query(*_query(reader, asked, "coalesce(case_no, '无编号')", order, limit))
    return tuple(number for (number,) in rows)


def case_numbers_by(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    by: tuple[str, ...],
    where: Where = NO_FILTER,
    part: Part = "denominator",
    limit: int = 1,
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return what `case_numbers` returns for every group of the fields of `by` that has rows, in one query."""
    asked = _asked(reader, kpi, period, None, where, part)
    table = RELATIONS[asked.kpi.relation].table
    parts = [dimension(table, name) for name in by]
    groups = ", ".join(f"group_{i}" for i in range(len(parts)))
    place = f"row_number() OVER (PARTITION BY {groups} ORDER BY {_ORDER[table]}) AS place"
    sql, values = _query(reader, asked, f"{groups}, coalesce(case_no, '无编号'), {place}", "1", None, parts)
    found: dict[tuple[str, ...], list[str]] = {}
    for *group, number, _ in reader.query(f"FROM ({sql}) WHERE place <= {int(limit)} ORDER BY place", values):
        found.setdefault(tuple(group), []).append(number)
    return {group: tuple(numbers) for group, numbers in found.items()}


def keys_behind(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    by: tuple[str, ...] = (),
    where: Where = NO_FILTER,
    part: Part = "denominator",
    limit: int | None = None,
) -> list[tuple]:
    """Return key, number and the values of the fields of `by` for each row behind a figure, in no order.

    The key is one row's in every version of the store. A row that is in several groups is there for each of them.
    """
    asked = _asked(reader, kpi, period, None, where, part)
    table = RELATIONS[asked.kpi.relation].table
    parts = [dimension(table, name) for name in by]
    columns = [key_sql(table), "coalesce(case_no, '无编号')", *(f"group_{i}" for i in range(len(parts)))]
    return reader.query(*_query(reader, asked, ", ".join(columns), "1", limit, parts))


def counted_group(kpi: Kpi, group: dict[str, str], part: Part) -> dict[str, str]:
    """Return the group whose rows a part of a figure counts: a mix is a share of all cases, or of its label's parent."""
    label = group.get(kpi.split_by or "")
    if label is None or part == "numerator":
        return dict(group)
    parent = {kpi.split_parent: parent_of(label)} if kpi.split_parent and label else {}
    return {name: value for name, value in group.items() if name != kpi.split_by} | parent


def key_sql(table: str) -> str:
    """Return the SQL of the text that tells a row of a canonical table from every other."""
    return f"concat_ws('|', {', '.join(KEYS[table])})"


def every_case_behind(
    reader: Reader,
    kpi: Kpi | str,
    period: Period,
    group: dict[str, str] | None = None,
    where: Where = NO_FILTER,
    part: Part = "denominator",
) -> tuple[list[str], Iterator[tuple]]:
    """Return the headings and, one after the other, all rows of `cases_behind`, for files of any length."""
    asked = _asked(reader, kpi, period, group, where, part)
    columns = _columns(asked.kpi)
    order = _ORDER[RELATIONS[asked.kpi.relation].table]
    return list(columns), reader.rows(*_query(reader, asked, ", ".join(columns.values()), order, None))


@dataclass(frozen=True)
class _Asked:
    """What was asked, brought down to one KPI that counts rows: SQL of its rows with the parameters of the group."""

    kpi: Kpi
    period: Period
    where: Where
    condition: str
    values: dict[str, object]


def _asked(
    reader: Reader, kpi: Kpi | str, period: Period, group: dict[str, str] | None, where: Where, part: Part
) -> _Asked:
    kpi, group = catalog.get(kpi), dict(group or {})
    if kpi.factors:
        raise UserError(f"“{kpi.name}”是两个比率的乘积，没有单独的明细，请看{_names(kpi.factors)}的明细。")
    if kpi.base:
        this, base = change_periods(reader, kpi, period)
        kpi = catalog.get("cases_total")
        has_base = base is not None and reaches(reader, kpi.relation, base)
        period, part = (base, "denominator") if part == "denominator" and has_base else (this, part)
    tests, values = _group_tests(kpi, counted_group(kpi, group, part))
    return _Asked(kpi, period, where, " AND ".join([f"({_rows_of(kpi, part)})", *tests]), values)


def _columns(kpi: Kpi) -> dict[str, str]:
    """Return heading → SQL of what is shown of a row."""
    table = RELATIONS[kpi.relation].table
    columns = {field.label: _shown(field) for field in TABLES[table] if field.shown}
    if table == "cases":
        columns |= {"办结期限": "due_at", "初重件": "CASE WHEN is_repeat THEN '重件' ELSE '初件' END"}
    return columns


def _query(
    reader: Reader, asked: _Asked, columns: str, order: str, limit: int | None, parts: Sequence[Dimension] = ()
) -> tuple[str, dict]:
    kpi = asked.kpi
    test, wanted = asked.where.condition(RELATIONS[kpi.relation])
    sql = fill(
        "rows",
        columns=columns,
        source=source_of(kpi.relation, parts),
        dated=f"r.{kpi.period_of} BETWEEN $from_on AND $to_on AND {near(kpi.period_of)}" if kpi.period_of else "TRUE",
        where=test,
        condition=asked.condition,
        order=order,
        limit=f"LIMIT {int(limit)}" if limit is not None else "",
    )
    window = window_of(kpi, asked.period)
    return sql, bound(reader, sql, [window], kpi.period_of is None, wanted | asked.values)


def _rows_of(kpi: Kpi, part: Part) -> str:
    if part == "numerator":
        return numerator_of(kpi)
    if part == "rest":
        return f"({kpi.population}) AND ({kpi.condition or 'TRUE'}) IS NOT TRUE"
    return kpi.left_out_condition if part == "left_out" else kpi.population


def _group_tests(kpi: Kpi, group: dict[str, str]) -> tuple[list[str], dict[str, object]]:
    tests, values = [], {}
    for i, (name, value) in enumerate(group.items()):
        each = dimension(RELATIONS[kpi.relation].table, name)
        tests.append(f"list_contains({each.sql}, $member_{i})" if each.is_list else f"({each.sql}) = $member_{i}")
        values[f"member_{i}"] = value
    return tests, values


def _shown(field: Field) -> str:
    if field.kind in ("labels", "branches"):
        return f"array_to_string({field.name}, '、')"
    if field.kind == "flag":
        return f"CASE {field.name} WHEN TRUE THEN '是' WHEN FALSE THEN '否' END"
    return field.name


def _names(ids: tuple[str, ...]) -> str:
    return "、".join(f"“{catalog.get(name).name}”" for name in ids)
