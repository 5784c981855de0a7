"""What is in hand, case by case and branch by branch: the two limits, how old it is, what may be a backlog.

Acceptance and closing have limits of their own, so they have lists of their own. Every list is chosen by the conditions
of the KPI that counts it, so that they agree. A suspected backlog case is a hint and is counted nowhere.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import pandas as pd

from data.schema import BLANK
from data.store import Reader
from metrics.counting import bound, count, fill, source_of, window_of
from metrics.dimensions import Where
from metrics.engine import measure
from metrics.kpi import Kpi
from metrics.parameters import number, start_day
from metrics.periods import Period, month_holding
from metrics.relations import RELATIONS

Limit = Literal["accept", "close"]
_LIMITS: dict[str, tuple[str, str, str, str]] = {  # waiting, late, days left, the limit itself
    "accept": ("awaits_acceptance", "is_accept_overdue", "accept_days_left", "accept_due_on"),
    "close": ("due_on IS NOT NULL", "is_overdue", "days_left", "due_on"),
}
AGES = ((0, 15), (16, 30), (31, 60), (61, 90), (91, 180), (181, None))
_OLD = "(is_open AND days_in_hand > $least_days)"
_BACK = "(is_latest AND came_back AND times >= $least_times AND days_in_hand <= 365)"
_BASE = Kpi(
    id="age", name="在办件账龄", group="时效", question="", formula="", kind="stock", unit="件", period_words="",
    numerator_words="", relation="case_states", period_of=None,
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """How many open cases of a branch ("" for all) are late, near their limit, and have time left."""

    branch: str
    red: int
    yellow: int
    green: int


@dataclass(frozen=True)
class Aging:
    """How long the open cases of a branch ("" for all) have been in hand, counted for each of AGES; the oldest in days."""

    branch: str
    counts: tuple[int, ...]
    oldest: int | None

    @property
    def total(self) -> int:
        """All open cases of the branch."""
        return sum(self.counts)


def listing(reader: Reader, limit: Limit, where: Where) -> pd.DataFrame:
    """Return the open cases that are late or within the days of the setting 临期天数 of a limit, the latest first.

    Columns: 编号, 点位, 责任分局, 期限 (the day), 剩余 (超期6天, 今日到期, 余1天), 督办级别, 包保领导, level ("overdue" or
    "soon"), case_key.
    """
    waiting, late, left, day = _LIMITS[limit]
    days = number(reader, "due_soon_days")
    columns = (
        'case_no AS "编号", site AS "点位", branch AS "责任分局", '
        f'{day} AS "期限", {left} AS days_left, {late} AS is_late, '
        "supervise_level AS \"督办级别\", coalesce(nullif(trim(leader), ''), (SELECT any_value(k.leader) FROM key_cases AS k "
        'WHERE k.case_no = r.case_no AND NOT coalesce(k.is_solved, FALSE))) AS "包保领导", case_key'
    )
    condition = f"is_valid AND {waiting} AND ({late} OR {left} BETWEEN 0 AND $days)"
    found = _rows(reader, _now(reader), where, columns, condition, f"{day}, case_key", {"days": days})
    for name in ("点位", "督办级别", "包保领导"):
        found[name] = found[name].fillna(BLANK if name == "点位" else "").astype(object)
    found["剩余"] = [_words(n, is_late) for n, is_late in zip(found["days_left"], found["is_late"], strict=True)]
    found["level"] = found["is_late"].map({True: "overdue", False: "soon"}).astype(object)
    return found.drop(columns=["days_left", "is_late"])


def at_end(reader: Reader, period: Period, where: Where) -> pd.DataFrame:
    """Return the cases that were open at a period's end and then late, or within the days of the setting 临期天数.

    Columns: 编号, 点位, 责任分局, 期限 (the day), 剩余 (超期6天, 今日到期, 余1天; as of that end), 现状 (the status at
    as_of), level ("overdue" or "soon"), case_key; the longest late first.
    """
    columns = (
        'case_no AS "编号", site AS "点位", branch AS "责任分局", due_on AS "期限", days_left, is_overdue, '
        'status AS "现状", case_key'
    )
    days = number(reader, "due_soon_days")
    condition = "is_valid AND (is_overdue OR days_left BETWEEN 0 AND $days)"
    found = _rows(reader, period, where, columns, condition, "due_on, case_key", {"days": days}).astype(object)
    found = found.where(found.notna(), None)
    left = [_words(n, is_late) for n, is_late in zip(found["days_left"], found["is_overdue"], strict=True)]
    found.insert(4, "剩余", left)
    found["点位"] = [site or BLANK for site in found["点位"]]
    found["level"] = ["overdue" if is_late else "soon" for is_late in found["is_overdue"]]
    return found[["编号", "点位", "责任分局", "期限", "剩余", "现状", "level", "case_key"]]


def _words(days_left: int, is_late: bool) -> str:
    if is_late:
        return f"超期{-days_left}天" if days_left else "今日已超期"
    return f"余{days_left}天" if days_left else "今日到期"


def levels(reader: Reader, limit: Limit, where: Where) -> list[Level]:
    """Return for each branch of the spine, and then for all, how many open cases are red, yellow and green."""
    waiting, late, left, _ = _LIMITS[limit]
    days = number(reader, "due_soon_days")
    parts = {
        "red": f"is_valid AND {waiting} AND {late}",
        "yellow": f"is_valid AND {waiting} AND NOT {late} AND {left} <= {days}",
        "green": f"is_valid AND {waiting} AND NOT {late} AND {left} > {days}",
    }
    found = _by_branch(reader, parts, _now(reader), where)
    return [Level(branch, *(counts[name] for name in parts)) for branch, counts in found.items()]


def ageing(reader: Reader, period: Period, where: Where) -> list[Aging]:
    """Return for each branch of the spine, and then for all, the ages of what was open at the end of the period."""
    parts = {str(i): f"is_valid AND {_within(*age)}" for i, age in enumerate(AGES)}
    found = _by_branch(reader, parts, period, where)
    longest = replace(_BASE, id="oldest", population="is_valid", measured="days_in_hand", quantile=1.0)
    counted = count(reader, [longest], [period], ("branch",), where)
    oldest = {group[0] if group else "": counts.value for (_, _, group), counts in counted.items()}
    return [Aging(name, tuple(counts.values()), _whole(oldest.get(name))) for name, counts in found.items()]


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def conditions_of_age(period: Period, low: int, high: int | None) -> tuple[str, ...]:
    """Return the conditions, as an address has them, under which the open cases of a period's end are of a class of age."""
    youngest = f"received_at<={period.cut - timedelta(days=low)}"
    return (youngest,) if high is None else (f"received_at>={period.cut - timedelta(days=high)}", youngest)


def conditions_of_green(reader: Reader, limit: Limit) -> tuple[str, ...]:
    """Return the conditions, as an address has them, under which an open case has more than the days of the setting left."""
    first = reader.as_of.date() + timedelta(days=number(reader, "due_soon_days") + 1)
    return (f"due_at>={first}",) if limit == "close" else ("accept_state=未到期", f"accept_due_at>={first}")


def age_words(low: int, high: int | None) -> str:
    """Return a class of age in words: 0—15天, 180天以上."""
    return f"{low - 1}天以上" if high is None else f"{low}—{high}天"


def _within(low: int, high: int | None) -> str:
    return f"days_in_hand >= {low}" if high is None else f"days_in_hand BETWEEN {low} AND {high}"


def _by_branch(reader: Reader, parts: dict[str, str], period: Period, where: Where) -> dict[str, dict[str, int]]:
    """Return branch → part → count, "" for all together, in the order of the spine."""
    kpis = [replace(_BASE, id=f"part#{name}", population=condition) for name, condition in parts.items()]
    counted = count(reader, kpis, [period], ("branch",), where)
    spine = [f.group.get("branch", "") for f in measure(reader, ["open_cases"], [period], ("branch",), where)]

    def of(kpi: Kpi, branch: str) -> int:
        found = counted.get((kpi.id, window_of(kpi, period), (branch,) if branch else ()))
        return found.numerator if found else 0

    return {branch: {name: of(kpi, branch) for name, kpi in zip(parts, kpis, strict=True)} for branch in spine}


def suspected(reader: Reader, where: Where) -> pd.DataFrame:
    """Return the cases that may be a backlog though no ledger names them: a hint to look, counted in no figure.

    In hand for more than the days of the setting; or the last of so many visits of the same person about the same
    place, within the year before as_of, after an earlier one was closed. Columns: 编号, 点位, 责任分局, 登记日期,
    办理状态, 理由, case_key; the oldest first.
    """
    days, times = number(reader, "suspected_days"), number(reader, "suspected_times")
    columns = (
        'case_no AS "编号", site AS "点位", branch AS "责任分局", received_on AS "登记日期", status AS "办理状态", '
        f"{_OLD} AS is_old, {_BACK} AS is_back, days_in_hand, times, case_key"
    )
    condition = (
        "is_valid AND coalesce(case_no NOT IN (SELECT b.case_no FROM backlog AS b WHERE b.case_no IS NOT NULL), TRUE) "
        f"AND (is_open OR received_at >= $as_of_on - 365) AND ({_OLD} OR {_BACK})"
    )
    values = {"least_days": days, "least_times": times}
    found = _rows(reader, _now(reader), where, columns, condition, "received_on, case_key", values, "suspected")
    found["点位"] = found["点位"].fillna(BLANK)
    found["理由"] = [_reason(case) for case in found.to_dict("records")]
    return found[["编号", "点位", "责任分局", "登记日期", "办理状态", "理由", "case_key"]]


def _reason(case: dict) -> str:
    old = f"办理已{case['days_in_hand']}天" if case["is_old"] else ""
    back = f"同人同点位第{case['times']}次，此前曾办结" if case["is_back"] else ""
    return "；".join(filter(None, [old, back]))


def _now(reader: Reader) -> Period:
    return month_holding(reader.as_of, start_day(reader))


def _rows(
    reader: Reader,
    period: Period,
    where: Where,
    columns: str,
    condition: str,
    order: str,
    values: dict[str, object] | None = None,
    relation: str = "case_states",
) -> pd.DataFrame:
    test, wanted = where.condition(RELATIONS[relation])
    sql = fill(
        "rows", columns=columns, source=source_of(relation, []), dated="TRUE", where=test,
        condition=condition, order=order, limit="",
    )  # fmt: skip
    return reader.frame(sql, bound(reader, sql, [(period.first, period.cut)], True, wanted | (values or {})))
