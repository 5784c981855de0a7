"""Ratings case by case: who was not satisfied and why, who has not rated yet, which ratings were changed.

A list holds exactly the cases that the KPI beside it counts, for it is chosen by the KPI's own conditions. Reasons come
masked from the import; equal and nearly equal ones are counted together, for people word the same thing differently.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.schema import BLANK
from data.store import Reader
from metrics import catalog, periods
from metrics.counting import bound, fill, source_of
from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.periods import Period
from metrics.relations import RELATIONS

_ALIKE = 0.75  # of the ratio of difflib: one character of four may differ
_COMPARED = 100  # as many groups as a new wording is compared with; more would be slow and no longer read
_DENIALS = "不没未无"
_COMMON = 'case_key, case_no AS "编号", site AS "点位", branch AS "责任分局", '
_RATING = (
    'rating_on AS "评价日期", rated_at IS NOT NULL AS is_dated, '
    'nullif(trim(dissatisfied_reason), \'\') AS "不满意原因", $as_of_on - rating_on AS "距今天数", '
    "rating_changes, first_rating, rating"
)
_WAITING = 'closed_on AS "办结日期", rating_due_at::DATE AS "评价截止", rating_due_at::DATE - $as_of_on AS days_left'


@dataclass(frozen=True)
class Reason:
    """A group of alike reasons: how its most frequent wording reads, how many cases, and every wording of it."""

    words: str
    cases: int
    wordings: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """How many ratings went from one value to another."""

    before: str
    after: str
    times: int


def dissatisfied(reader: Reader, period: Period, where: Where) -> pd.DataFrame:
    """Return the cases rated 不满意 in the period, the latest first.

    Columns: 编号, 点位, 责任分局, 评价日期, 不满意原因, 距今天数, 改评, case_key, is_dated (whether 评价日期 is really the
    day of rating and not, for want of it, that of the revisit or the closing).
    """
    kpi = catalog.get("satisfaction_rate")
    rows = f"({kpi.population}) AND ({kpi.condition}) IS NOT TRUE"
    found = _select(
        reader, "case_facts", "rating_on", rows, _COMMON + _RATING, "rating_on DESC, case_key", period, where
    )
    found["不满意原因"] = found["不满意原因"].fillna(BLANK)
    found["改评"] = [
        _changed(times, first, last)
        for times, first, last in zip(found["rating_changes"], found["first_rating"], found["rating"], strict=True)
    ]
    return found[["编号", "点位", "责任分局", "评价日期", "不满意原因", "距今天数", "改评", "case_key", "is_dated"]]


def _changed(times: float, first: str | None, last: str | None) -> str:
    if not times or pd.isna(times):
        return ""
    return f"{first}→{last}" if first != last and pd.notna(first) and pd.notna(last) else f"改评{int(times)}次"


def pending(reader: Reader, period: Period, where: Where) -> pd.DataFrame:
    """Return the cases that wait for a rating, those first whose term ends first, those without a term last.

    Columns: 编号, 点位, 责任分局, 办结日期, 评价截止, 剩余 (余3天, 今日截止, 未注明), case_key, days_left (None: unknown).
    """
    kpi = catalog.get("rating_pending")
    order = "rating_due_at NULLS LAST, closed_on DESC, case_key"
    found = _select(reader, "case_facts", kpi.period_of, kpi.population, _COMMON + _WAITING, order, period, where)
    found["剩余"] = [_left(days) for days in found["days_left"]]
    return found[["编号", "点位", "责任分局", "办结日期", "评价截止", "剩余", "case_key", "days_left"]]


def pending_before(reader: Reader, period: Period, where: Where, first: date) -> Figure | None:
    """Return how many cases from `first` up to the period still wait for a rating; None where it begins before."""
    last = period.first - timedelta(days=1)
    if last < first:
        return None
    return measure(reader, ["rating_pending"], [periods.span(first, last, reader.as_of, period.start_day)], (), where)[
        0
    ]


def _left(days: float) -> str:
    if pd.isna(days):
        return BLANK
    return f"余{int(days)}天" if days else "今日截止"


def changes(reader: Reader, period: Period, where: Where) -> pd.DataFrame:
    """Return the ratings that an export of the period gave differently from the one before, the latest first.

    Columns: 编号, 点位, 责任分局, 原评价, 现评价, 发现日期, case_key. A case that was changed twice has two rows.
    """
    columns = _COMMON + 'before AS "原评价", after AS "现评价", seen_on AS "发现日期"'
    order = "seen_on DESC, case_key"
    found = _select(reader, "rating_events", "seen_on", "is_first AND is_valid", columns, order, period, where)
    return found[["编号", "点位", "责任分局", "原评价", "现评价", "发现日期", "case_key"]]


def ways(found: pd.DataFrame) -> list[Change]:
    """Return how many of the changes went from what to what, the most frequent first."""
    counted = found.groupby(["原评价", "现评价"]).size()
    return [
        Change(before, after, int(times)) for (before, after), times in counted.sort_values(ascending=False).items()
    ]


def _select(
    reader: Reader, source: str, dated: str, condition: str, columns: str, order: str, period: Period, where: Where
) -> pd.DataFrame:
    test, values = where.condition(RELATIONS["case_facts"])
    sql = fill(
        "rows",
        columns=columns,
        source=source_of(source, []),
        dated=f"r.{dated} BETWEEN $from_on AND $to_on",
        where=test,
        condition=condition,
        order=order,
        limit="",
    )
    found = reader.frame(sql, bound(reader, sql, [(period.first, period.cut)], False, values))
    found["点位"] = found["点位"].fillna(BLANK)
    return found


def reasons(found: pd.DataFrame) -> list[Reason]:
    """Return the reasons of `dissatisfied` in groups of alike ones, the most frequent first, those not given last."""
    counted = found["不满意原因"].value_counts(sort=False)
    groups: dict[str, list[tuple[str, int]]] = {}
    names: dict[str, str] = {}
    for words, many in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
        plain = _plain(words)
        name = names.get(plain) or _alike(plain, groups) or plain
        names[plain] = name
        groups.setdefault(name, []).append((words, int(many)))
    made = [
        Reason(group[0][0], sum(many for _, many in group), tuple(words for words, _ in group))
        for group in groups.values()
    ]
    return sorted(made, key=lambda reason: (reason.words == BLANK, -reason.cases))


def _alike(plain: str, groups: dict[str, list]) -> str | None:
    """Return the group whose first wording is nearest; a wording that denies something is not like one that does not."""
    denies = _denies(plain)
    known = [name for name in list(groups)[:_COMPARED] if name != BLANK and _denies(name) == denies]
    return next(iter(difflib.get_close_matches(plain, known, 1, _ALIKE)), None)


def _denies(text: str) -> bool:
    return any(sign in text for sign in _DENIALS)


def _plain(text: str) -> str:
    """Return a reason without spaces, punctuation and variants of width, by which equal ones are told."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower() or text
