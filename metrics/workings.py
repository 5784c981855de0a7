"""The page of how the bureau works, read at once: the matrix of months, the branches, the leaders, the lists to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.schema import ACTIVITY_KINDS, ALL_BRANCHES, UNMATCHED_BRANCH
from data.store import Reader
from metrics.activities import (
    LETTER,
    MEETING,
    MISSED,
    TRAINING,
    VISIT,
    Activity,
    Overview,
    activities,
    count,
    kinds_of,
    month_of,
    months_later,
    training,
)
from metrics.dimensions import NO_FILTER, Where
from metrics.periods import Period
from metrics.relations import read_sql

SHOWN_MONTHS, AHEAD_MONTHS = 12, 2
NOBODY = "（未写明）"


@dataclass(frozen=True)
class Leader:
    """One leader: key cases in charge and how many are not solved; meetings, visits and letters of the period.

    planned: visits planned for the period; last_visit: the latest one up to its end.
    """

    name: str
    key_cases: int
    unsolved: int
    meetings: int
    planned: int
    visits: int
    letters: int
    last_visit: date | None


def overview(reader: Reader, period: Period, where: Where = NO_FILTER) -> Overview:
    """Return the page's reading of a period: the twelve months that end with it, its branches, its activities."""
    now, found = reader.as_of.date(), activities(reader, where)
    months = _months(found, period, now)
    kinds = kinds_of(found)
    by_month = {
        kind: tuple(count([one for one in found if one.kind == kind and month_of(one.day) == month], now) for month in months)
        for kind in kinds
    }  # fmt: skip
    own = [one for one in found if period.first <= one.day <= period.cut]
    names = _branches(reader, own, where)
    by_branch = {name: _row([one for one in own if name in one.branches], kinds, now) for name in names}
    listed = tuple(sorted((one for one in found if _lies_in(one, period)), key=lambda one: one.day, reverse=True))
    urgent = tuple(
        one for one in found if one.state(now) == MISSED and (one.kind == LETTER or month_of(one.day) in months)
    )
    shown = training(found, [month for month in months if month <= now], now)
    return Overview(now, months, by_month, by_branch, _row(own, kinds, now), shown, listed, urgent)


def _row(found: Sequence[Activity], kinds: Sequence[str], now: date) -> tuple:
    return tuple(count([one for one in found if one.kind == kind], now) for kind in kinds)


def _lies_in(one: Activity, period: Period) -> bool:
    return any(day and period.first <= day <= period.cut for day in (one.planned, one.held, one.issued))


def _months(found: Sequence[Activity], period: Period, now: date) -> tuple[date, ...]:
    """Return the twelve months up to the period's end, and the next ones for which there is a plan when that is now."""
    last = month_of(period.cut)
    months = [months_later(last, back) for back in range(1 - SHOWN_MONTHS, 1)]
    if last == month_of(now):
        ahead = [months_later(last, more) for more in range(1, AHEAD_MONTHS + 1)]
        months += [month for month in ahead if any(one.planned and month_of(one.planned) >= month for one in found)]
    return tuple(months)


def _branches(reader: Reader, own: Sequence[Activity], where: Where) -> list[str]:
    """Return the branches in their order: every 分局, other offices where they have an activity, then 全市, 待归属."""
    used = {name for one in own for name in one.branches}
    rows = reader.query("SELECT branch, kind FROM branches WHERE kind <> ? ORDER BY sort", [UNMATCHED_BRANCH])
    names = [name for name, kind in rows if kind == "分局" or name in used]
    names += sorted(used - set(names) - {ALL_BRANCHES, UNMATCHED_BRANCH})
    wanted = where.get("branch")
    kept = [name for name in names if not wanted or name in wanted]
    return kept + [
        name for name in (ALL_BRANCHES, UNMATCHED_BRANCH) if name in used and (not wanted or name == ALL_BRANCHES)
    ]


def leaders(reader: Reader, period: Period, where: Where = NO_FILTER) -> tuple[Leader, ...]:
    """Return every leader named in the ledgers, who has most in charge first; trainings have lecturers, not leaders."""
    own = [one for one in activities(reader, where) if one.kind != TRAINING]
    cases: dict[str, list[int]] = {}
    values = {"cut_on": period.cut, "branches": list(where.get("branch")), "all_branches": not where.get("branch")}
    for cell, many, unsolved in reader.query(read_sql("leader_cases"), values):
        for name in Activity("", "", "", (), cell, None, None, None, (), None, "").leaders or (NOBODY,):
            found = cases.setdefault(name, [0, 0])
            found[0], found[1] = found[0] + many, found[1] + unsolved
    in_period = [one for one in own if _lies_in(one, period)]
    names = dict.fromkeys([*cases, *(name for one in in_period for name in one.leaders)])
    rows = [_leader(name, cases.get(name, [0, 0]), own, period) for name in names]
    return tuple(
        sorted(rows, key=lambda row: (row.name == NOBODY, -row.unsolved, -row.key_cases, -row.visits, row.name))
    )


def _leader(name: str, cases: Sequence[int], own: Sequence[Activity], period: Period) -> Leader:
    def held(kind: str) -> int:
        return sum(one.kind == kind and _within(one.happened, period) for one in mine)

    mine = [one for one in own if name in one.leaders]
    visits = [one for one in mine if one.kind == VISIT]
    planned = sum(_within(one.planned, period) for one in visits)
    last = max((one.held for one in visits if one.held and one.held <= period.cut), default=None)
    return Leader(name, *cases, held(MEETING), planned, held(VISIT), held(LETTER), last)


def _within(day: date | None, period: Period) -> bool:
    return day is not None and period.first <= day <= period.cut


def headline(found: Overview) -> str:
    """Return the page's finding: how the trainings were kept, what has no answer."""
    letters = sum(one.kind == LETTER for one in found.urgent)
    others = len(found.urgent) - letters
    kept, missed = found.training.kept, found.training.missed
    parts = []
    if kept or missed:
        parts = [f"近{len(kept) + len(missed)}个月有{len(missed)}个月没有培训" if missed else "每月都有培训"]
    parts += [f"{letters}件督办逾期未反馈"] if letters else []
    parts += [f"{others}项过了计划日没有记录"] if others else []
    return "，".join(parts) or "没有逾期未办的事项"


def received_on(reader: Reader, numbers: tuple[str, ...]) -> dict[str, date]:
    """Return case number → day of receipt, for those of the numbers that are cases the viewer may see."""
    sql = (
        "SELECT case_no, min(received_at)::DATE FROM cases WHERE list_contains($numbers::VARCHAR[], case_no) GROUP BY 1"
    )
    return {number: on for number, on in reader.query(sql, {"numbers": list(numbers)}) if on}


def to_frame(found: Sequence[Activity], now: date) -> pd.DataFrame:
    """Return activities as they are taken away, one row each."""
    heads = [
        "类别",
        "编号",
        "主题",
        "分局",
        "领导",
        "发出日期",
        "计划日期",
        "完成日期",
        "状态",
        "涉及信访件编号",
        "参加人数",
        "情况",
    ]
    rows = [
        [
            one.kind, one.number, one.subject, "、".join(one.branches), one.leader, one.issued, one.planned, one.held,
            one.state_words(now), "、".join(one.cases), one.persons, one.outcome,
        ]
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=heads, dtype=object)


def leader_frame(found: Sequence[Leader]) -> pd.DataFrame:
    """Return the leaders as they are taken away, one row each."""
    heads = ["领导", "包保件", "未解决", "主持研判会", "计划下访", "带案下访", "签发督办", "最近下访"]
    rows = [[o.name, o.key_cases, o.unsolved, o.meetings, o.planned, o.visits, o.letters, o.last_visit] for o in found]
    return pd.DataFrame(rows, columns=heads, dtype=object)


assert ACTIVITY_KINDS == (MEETING, VISIT, LETTER, TRAINING), "the kinds have another order than their names"
