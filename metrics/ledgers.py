"""The bureau's two lists, batch by batch, leader by leader and line by line.

A batch is a fixed list: what is resolved stays in its denominator. A line is late when its target date has passed
without it being resolved; a flag without a date resolves nothing (see the KPIs backlog_resolve_rate, key_case_solve_rate).
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.schema import BLANK
from data.store import Reader
from metrics import catalog
from metrics.counting import bound, fill, source_of
from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.periods import Period
from metrics.relations import RELATIONS

# KPI of a ledger → its relation's flag, day of success, and word for it
_LEDGERS = {
    "backlog_resolve_rate": ("was_resolved", "resolved_at", "已化解"),
    "key_case_solve_rate": ("was_solved", "solved_at", "已解决"),
}


@dataclass(frozen=True)
class ListPart:
    """One batch, or the cases of one leader: the share of it that is done, how many are past their target and not done.

    next_target, leaders: the first target date, and who answers, of what is not done; None and () where all is done.
    """

    name: str
    figure: Figure
    late: int
    next_target: date | None
    leaders: tuple[str, ...]


def parts(reader: Reader, kpi_id: str, by: str, period: Period, where: Where) -> list[ListPart]:
    """Return the parts of a ledger by a field (backlog_batch, leader), the total last.

    kpi_id: backlog_resolve_rate or key_case_solve_rate. where: fields that the ledger has.
    """
    lines = listing(reader, kpi_id, period, where)
    column = "积案批次" if by == "backlog_batch" else "领导"
    found = []
    for figure in measure(reader, [kpi_id], [period], (by,), where):
        name = figure.group.get(by, "")
        own = lines[lines[column] == name] if name else lines
        undone = own[own["level"] != "done"]
        targets = undone["目标日期"].dropna()
        late, leaders = int((undone["level"] == "late").sum()), tuple(dict.fromkeys(undone["领导"]))
        found.append(ListPart(name, figure, late, targets.min() if len(targets) else None, leaders))
    return found


def listing(reader: Reader, kpi_id: str, period: Period, where: Where) -> pd.DataFrame:
    """Return the lines of a ledger by the period's end, those past their target first, those done last.

    Columns: 编号, 事项, 责任分局, 领导, 列入日期, 目标日期, 状态 (已化解 2025年6月3日, 超目标12天, 余30天, 未定目标),
    level ("late", "open", "done"), and 积案批次 of the backlog.
    """
    flag, day, word = _LEDGERS[kpi_id]
    relation = RELATIONS[catalog.get(kpi_id).relation]
    batch = "coalesce(nullif(trim(batch), ''), '" + BLANK + "')" if relation.table == "backlog" else "NULL"
    columns = (
        'case_no AS "编号", subject AS "事项", branch AS "责任分局", '
        f"coalesce(nullif(trim(leader), ''), '{BLANK}') AS \"领导\", listed_at::DATE AS \"列入日期\", "
        f'target_at::DATE AS "目标日期", {batch} AS "积案批次", {flag} AS is_done, {day}::DATE AS done_on, '
        "target_at::DATE - cut_on AS days_left"
    )
    test, values = where.condition(relation)
    sql = fill(
        "rows", columns=columns, source=source_of(relation.name, []), dated="TRUE", where=test, condition="TRUE",
        order=f"{flag}, target_at NULLS LAST, listed_at, case_no", limit="",
    )  # fmt: skip
    found = reader.frame(sql, bound(reader, sql, [(period.first, period.cut)], True, values)).astype(object)
    found = found.where(found.notna(), None)
    found["状态"] = [_state(line, word) for line in found.to_dict("records")]
    found["level"] = [_level(line) for line in found.to_dict("records")]
    return found.drop(columns=["is_done", "done_on", "days_left"])


def _state(line: dict, word: str) -> str:
    if line["is_done"]:
        done = line["done_on"]
        return f"{word} {done.year}年{done.month}月{done.day}日"
    left = line["days_left"]
    if left is None:
        return "未定目标"
    return f"超目标{-left}天" if left < 0 else "今日到目标" if left == 0 else f"余{left}天"


def _level(line: dict) -> str:
    if line["is_done"]:
        return "done"
    return "late" if line["days_left"] is not None and line["days_left"] < 0 else "open"
