"""Lists for the pages: what needs attention now, and the table of branches."""

from dataclasses import dataclass

import pandas as pd

from data.schema import BLANK
from data.store import Reader
from metrics.counting import bound, fill, source_of
from metrics.dimensions import NO_FILTER, Where
from metrics.engine import Figure, measure
from metrics.parameters import start_day
from metrics.periods import Period, month_holding
from metrics.relations import RELATIONS

_BRANCH_KPIS = ("cases_total", "ontime_close_rate", "satisfaction_rate", "overdue_open", "due_soon")


@dataclass(frozen=True)
class BranchRow:
    """One branch in the table of branches; `cases` carries the change against the same period last year."""

    branch: str
    cases: Figure
    ontime: Figure
    satisfaction: Figure
    overdue: Figure
    due_soon: Figure


def attention(reader: Reader, where: Where = NO_FILTER, days: int = 7) -> pd.DataFrame:
    """Return the cases open at as_of that are overdue or due within `days`, the longest overdue first.

    Columns: 编号, 点位, 责任分局, 期限 (超期6天, 今日到期, 余1天), level ("overdue" or "soon"), case_key.
    """
    relation = RELATIONS["case_states"]
    test, values = where.condition(relation)
    sql = fill(
        "rows",
        columns='case_no AS "编号", site AS "点位", branch AS "责任分局", days_left, is_overdue, case_key',
        source=source_of(relation.name, []),
        dated="TRUE",
        where=test,
        condition="is_valid AND (is_overdue OR days_left BETWEEN 0 AND $days)",
        order="due_at, case_key",
        limit="",
    )
    now = month_holding(reader.as_of, start_day(reader))
    found = reader.frame(sql, bound(reader, sql, [(now.first, now.cut)], True, values | {"days": days}))
    found["点位"] = found["点位"].fillna(BLANK)
    found["期限"] = [_words(left, late) for left, late in zip(found["days_left"], found["is_overdue"], strict=True)]
    found["level"] = found["is_overdue"].map({True: "overdue", False: "soon"}).astype(object)
    return found[["编号", "点位", "责任分局", "期限", "level", "case_key"]]


def _words(days_left: int, is_overdue: bool) -> str:
    if is_overdue:
        return f"超期{-days_left}天" if days_left else "今日已超期"
    return f"余{days_left}天" if days_left else "今日到期"


def branch_table(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[BranchRow]:
    """Return a row for each branch of the spine, 待归属 among them when it has cases, in the spine's order."""
    figures = measure(reader, _BRANCH_KPIS, [period], ("branch",), where, compare="yoy")
    rows: dict[str, dict[str, Figure]] = {}
    for figure in figures:
        if figure.group:
            rows.setdefault(figure.group["branch"], {})[figure.kpi.id] = figure
    return [BranchRow(branch, *(row[kpi] for kpi in _BRANCH_KPIS)) for branch, row in rows.items()]
