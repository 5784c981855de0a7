"""Signal or noise: the control chart of a KPI's months, and what it says of the last complete one in plain Chinese.

Some point of a long steady series is nearly always flagged, the last one seldom (1–3 %), so the words speak of the last
complete month only; earlier signals are coloured. A recorded step change begins a new segment with its own limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, takewhile
from math import inf

from data.errors import UserError
from data.store import Reader
from metrics import rare, spring, steps
from metrics.chart_choice import TRIAL, Choice, Series, can_be_judged, choose, limits_of
from metrics.dimensions import NO_FILTER, Where
from metrics.engine import Figure, measure
from metrics.kpi import Kpi
from metrics.parameters import is_on, number, setting
from metrics.periods import Period
from metrics.rules import SAME_SIDE, Convention, Judged, Limits, judge
from metrics.spc import assurance

MONTHS = 36  # that a control chart is made of, on the screen as in the report: other months, other limits
STEADY = "属正常波动"
_GOOD = {"higher": "increase", "lower": "decrease", "neutral": "neutral"}
_ASSURANCE = {
    "consistent_pass": "按现在的水平，每月都会达标",
    "consistent_fail": "按现在的水平达不到目标，须改变做法",
    "inconsistent": "按现在的水平，时而达标时而不达标",
}
_SIDES = {
    ("higher", "high"): "better",
    ("higher", "low"): "worse",
    ("lower", "high"): "worse",
    ("lower", "low"): "better",
}


@dataclass(frozen=True)
class Point:
    """One month: its limits (None without a value or limits), what the rules say, and whether that is good.

    segment: from 0. mark: better, worse or neutral where the point is a signal.
    """

    figure: Figure
    segment: int
    limits: Limits | None = None
    judged: Judged | None = None
    mark: str | None = None


@dataclass(frozen=True)
class ControlChart:
    """The months of a KPI with what the rules say of them.

    words: the state of the last complete month (属正常波动, 低于控制下限, 点数不足，不设限 …); mark: better, worse or
    neutral where that is a signal; month: which month that is. has_limits: whether its segment is judged at all.
    convention: which chart and convention was used, for the foot; reason: why this chart.
    """

    kpi: Kpi
    points: tuple[Point, ...]
    words: str
    mark: str | None
    has_limits: bool
    month: Period | None
    convention: str
    reason: str

    @property
    def figures(self) -> list[Figure]:
        """The figures, one for each point."""
        return [point.figure for point in self.points]

    @property
    def centre(self) -> list[float | None]:
        """The centre of each point."""
        return [point.limits.centre if point.limits else None for point in self.points]

    @property
    def low(self) -> list[float | None]:
        """The lower limit of each point as computed: a count's may be below 0."""
        return [point.limits.low if point.limits else None for point in self.points]

    @property
    def high(self) -> list[float | None]:
        """The upper limit of each point as computed: a share's may be above 1."""
        return [point.limits.high if point.limits else None for point in self.points]

    @property
    def marks(self) -> list[str | None]:
        """The mark of each point."""
        return [point.mark for point in self.points]

    @property
    def drawn(self) -> list[tuple[float | None, float | None]]:
        """The limits cut at what can be: 0 to 1 for a share, from 0 for everything else."""
        most = 1.0 if self.kpi.kind == "share" and not self.kpi.numerator else inf
        pairs = zip(self.low, self.high, strict=True)
        return [
            (low if low is None else max(low, 0.0), high if high is None else min(high, most)) for low, high in pairs
        ]


def convention_of(reader: Reader) -> Convention:
    """Return the convention that the version's settings ask for. Raises UserError for one that cannot be."""
    try:
        return Convention(
            number(reader, "spc_shift_points"),
            number(reader, "spc_trend_points"),
            setting(reader, "spc_two_of_three"),
            is_on(reader, "spc_screening"),
        )
    except ValueError as error:
        raise UserError(
            "控制图的设置有误：连续点数（spc_shift_points、spc_trend_points）不得小于5，"
            "spc_two_of_three 应为 same side 或 anywhere，请在设置中改正。"
        ) from error


def charts(
    reader: Reader, kpis: Sequence[str], months: Sequence[Period], where: Where = NO_FILTER
) -> dict[str, ControlChart]:
    """Return the control chart of each KPI over `months` under a filter, by KPI id."""
    figures = [spring.per_month(figure) for figure in measure(reader, kpis, months, (), where)]
    per_kpi = {kpi: [figure for figure in figures if figure.kpi.id == kpi and not figure.group] for kpi in kpis}
    return {kpi: control_chart(reader, own, where, _step_days(reader, own, where)) for kpi, own in per_kpi.items()}


def group_charts(
    reader: Reader, kpi: str, months: Sequence[Period], by: tuple[str, ...], where: Where = NO_FILTER
) -> dict[tuple[str, ...], ControlChart]:
    """Return the control chart of each group of a KPI, by its values in the order of `by`; () is the total."""
    per_group: dict[tuple[str, ...], list[Figure]] = {}
    for figure in measure(reader, [kpi], months, by, where):
        per_group.setdefault(tuple(figure.group.values()), []).append(spring.per_month(figure))
    return {
        group: control_chart(reader, own, where, _step_days(reader, own, where)) for group, own in per_group.items()
    }


def _step_days(reader: Reader, figures: Sequence[Figure], where: Where) -> list[date]:
    """Return the days of the recorded step changes of a series of months."""
    return [step.on for step in steps.of_series(reader, figures[0].kpi.id, figures[0].group, where)]


def control_chart(
    reader: Reader, figures: Sequence[Figure], where: Where = NO_FILTER, rebase_at: Sequence[date] = ()
) -> ControlChart:
    """Return the control chart of one KPI's months, oldest first; only complete ones are judged.

    where: the filter under which they were measured. rebase_at: days of recorded step changes; the month that holds one
    begins a new segment. Raises ValueError without figures, UserError for settings that cannot be.
    """
    kpi, convention = figures[0].kpi, convention_of(reader)
    is_part = bool(where) or any(name != kpi.split_by for name in figures[0].group)
    points: list[Point] = []
    for own in _segments(figures, rebase_at):
        series = Series(kpi, own, is_part, convention)
        choice = choose(series)
        segment = points[-1].segment + 1 if points else 0
        points += _points(own, segment, limits_of(choice, series), choice, convention)
    last = next((at for at in reversed(range(len(points))) if points[at].figure.period.complete), None)
    words, mark = choice.reason, None
    if choice.chart != "none" and last is not None:
        words, mark = _state(reader, choice, series, points[: last + 1], where)
    month = None if last is None else points[last].figure.period
    foot = convention_words(choice, convention)
    return ControlChart(kpi, tuple(points), words, mark, choice.chart != "none", month, foot, choice.reason)


def _segments(figures: Sequence[Figure], rebase_at: Sequence[date]) -> list[list[Figure]]:
    """Return the figures cut before each month that holds a day of `rebase_at`."""
    found = [[figures[0]]]
    for figure in figures[1:]:
        if any(figure.period.first <= day <= figure.period.last for day in rebase_at):
            found.append([])
        found[-1].append(figure)
    return found


def _points(
    figures: Sequence[Figure], segment: int, limits: list[Limits], choice: Choice, convention: Convention
) -> list[Point]:
    """Return the points of a segment; `limits` are those of the months that can be judged."""
    known = iter(limits)
    own = [next(known) if can_be_judged(figure) else None for figure in figures]
    values = [None if limit is None else float(figure.value) for figure, limit in zip(figures, own, strict=True)]
    judged = judge(values, [limit or Limits.around(0.0, None) for limit in own], convention)
    found = []
    for figure, limit, one in zip(figures, own, judged, strict=True):
        if limit is None or choice.chart == "none":
            found.append(Point(figure, segment, limit))
            continue
        if choice.chart == "rare" and one.rule != "A":  # a month of zero is ordinary, many of them too
            one = replace(one, rule="", level="")
        found.append(Point(figure, segment, limit, one, _mark(figure.kpi, one.level)))
    return found


def _mark(kpi: Kpi, level: str) -> str | None:
    return _SIDES.get((kpi.direction, level), "neutral") if level else None


def _state(
    reader: Reader, choice: Choice, series: Series, points: Sequence[Point], where: Where
) -> tuple[str, str | None]:
    """Return the words and the mark of the last of the complete points."""
    last = points[-1]
    if last.judged is None:
        return "末月无数据，不作判断" if last.figure.value is None else "不是整月，不作判断", None
    trial = "（试行限）" if len(series.values) < TRIAL else ""
    if choice.chart == "rare" and not last.judged.rule:
        words, level = _gap_words(reader, series, where, last.figure.period)
        return words + (trial if level else ""), _mark(series.kpi, level)
    is_exact = choice.chart in ("c_exact", "p_exact")
    return rule_words(last.judged, _run(points), is_exact) + trial, last.mark


def assurance_words(chart: ControlChart, target: float | None) -> str:
    """Return whether the process as it is meets a target, by the limits of the last complete month; empty without any."""
    limits = next((point.limits for point in reversed(chart.points) if point.judged), None)
    if limits is None or not chart.has_limits:
        return ""
    return _ASSURANCE.get(assurance(limits, _GOOD[chart.kpi.direction], target), "")


def rule_words(judged: Judged, run: int, exact: bool) -> str:
    """Return the state of a point in words; run: for how many months the same has held."""
    high, middle = judged.level == "high", "中位数" if exact else "均值"
    return {
        "": STEADY,
        "A": "高于控制上限" if high else "低于控制下限",
        "B": f"连续{run}个月{'上升' if high else '下降'}",
        "C": f"3个月中有2个月接近控制{'上' if high else '下'}限",
        "D": f"连续{run}个月{'高于' if high else '低于'}{middle}",
    }[judged.rule]


def _run(points: Sequence[Point]) -> int:
    """Return for how many months up to the last the trend, or else the side of the mean, has held in its segment."""
    last = points[-1]
    own = [point for point in points if point.segment == last.segment][::-1]
    if last.judged.rule == "B":
        rises = last.judged.level == "high"
        pairs = pairwise([point.figure.value for point in own])
        held = takewhile(lambda pair: None not in pair and (pair[0] > pair[1] if rises else pair[0] < pair[1]), pairs)
        return 1 + len(list(held))
    return len(list(takewhile(lambda point: point.judged and point.judged.side == last.judged.side, own)))


def _gap_words(reader: Reader, series: Series, where: Where, month: Period) -> tuple[str, str]:
    """Return the state of rare events in words, and its level for a count: high is more of them."""
    group = {name: value for name, value in series.figures[0].group.items() if name != series.kpi.split_by}
    first = series.figures[0].period.first
    days = rare.event_days(reader, series.kpi, first, month.last, where.narrowed(group))
    found = rare.gaps(days, month.last, month.first, series.convention)
    if not found.chart:
        return "件数过少，不作判断", ""
    if not found.rule:
        return STEADY, ""
    longer = found.level == "high"
    words = {
        "A": f"已{found.open_days}天未发生，间隔高于控制上限" if longer else "间隔低于控制下限",
        "B": f"间隔连续{'变长' if longer else '变短'}",
        "C": f"近3次间隔有2次接近控制{'上' if longer else '下'}限",
        "D": f"间隔连续{'长于' if longer else '短于'}均值",
    }[found.rule]
    return words, "low" if longer else "high"


def convention_words(choice: Choice, convention: Convention) -> str:
    """Return which chart and which convention was used, for the foot of a chart."""
    if choice.chart == "none":
        return ""
    screened = "，剔除异常极差" if convention.screening and choice.chart in ("xmr", "p_prime", "rare") else ""
    third = "三点同侧" if convention.two_of_three == SAME_SIDE else "第三点不限"
    return (
        f"{choice.name}{screened}；信号：超限、连续{convention.shift}点同侧、{convention.trend}点升降、"
        f"3点中2点近限（{third}）"
    )
