"""Ratings by branch: the share with its interval, the last twelve months beside it, and what one case does to it.

Branches are compared with the share of the whole city, whatever branch is chosen, for a branch compared with itself
says nothing. What one case does to a rate is told because the person who asks looks for that case.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, prod

from data.schema import UNMATCHED_BRANCH
from data.store import Reader
from metrics import catalog, format, periods, sentences
from metrics.chance import Binomial
from metrics.compare import reaches
from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.funnel import FEW, Funnel, FunnelPoint, funnel
from metrics.intervals import wilson
from metrics.parameters import start_day
from metrics.periods import Period

MAIN = "satisfaction_rate"
SMALL = 10  # below this many cases nothing is coloured as bad or good
_TAIL_95, _TAIL_998 = 0.025, 0.001
_FIRST = "coalesce(first_rating, rating) IN ('满意', '基本满意')"
_FINAL = "rating IN ('满意', '基本满意')"


@dataclass(frozen=True)
class OneCase:
    """A rate as it would be with one dissatisfied case fewer or more; text "—" where nothing is left to divide by."""

    numerator: int
    denominator: int
    text: str

    @property
    def words(self) -> str:
        """The rate with its counts: 96.4%（54/56）."""
        return f"{self.text}（{self.numerator}/{self.denominator}）" if self.denominator else self.text


@dataclass(frozen=True)
class BranchRating:
    """One branch: its share in the period and in the twelve months that end with it; `point` has interval and verdict."""

    branch: str
    figure: Figure
    rolling: Figure
    point: FunnelPoint
    fewer: OneCase
    more: OneCase

    @property
    def dissatisfied(self) -> int:
        """How many of the rated cases were not satisfied."""
        return self.figure.denominator - self.figure.numerator

    @property
    def is_few(self) -> bool:
        """Whether there are too few cases to rank the branch."""
        return self.figure.denominator < FEW

    @property
    def colour(self) -> str:
        """concern or better for a branch that stands out at 99.8 % with at least ten cases, few, or empty."""
        if self.is_few:
            return "few"
        if self.figure.denominator < SMALL or "99.8" not in self.point.verdict:
            return ""
        return "concern" if self.point.verdict.startswith("low") else "better"


@dataclass(frozen=True)
class Branches:
    """The branches with a rated case, best first, those of few cases last; `total` is the share of all together.

    rows: the branches chosen by the filter; funnel: all that the viewer may see. missing: branches without a rating.
    area: what all together are called.
    """

    total: Figure
    rolling: Figure
    rows: tuple[BranchRating, ...]
    missing: tuple[str, ...]
    funnel: Funnel
    area: str


def interval(figure: Figure) -> tuple[float, float] | None:
    """Return the 95 % Wilson interval of a share; None without cases."""
    return wilson(figure.numerator, figure.denominator) if figure.denominator else None


def interval_words(figure: Figure) -> str:
    """Return the interval in words: 95%区间 91.2%—97.0%; empty without cases."""
    found = interval(figure)
    return "" if found is None else f"95%区间 {format.percent(found[0])}—{format.percent(found[1])}"


def last_twelve(reader: Reader, period: Period) -> Period:
    """Return the twelve statistical months that end with `period`, cut where it is cut."""
    month = periods.month_holding(period.cut, start_day(reader))
    first = periods.months_later(month.first, -11)
    return periods.span(first, min(month.last, period.last), reader.as_of, start_day(reader))


def rolling_series(reader: Reader, kpi: str, months: tuple[Period, ...], where: Where) -> list[Figure]:
    """Return a share of twelve months at a time, each under the name of its last month; none before there are twelve.

    months: whole statistical months, oldest first. The counts of single months are added up, never their shares.
    """
    relation = catalog.get(kpi).relation
    full = [month for month in months if reaches(reader, relation, last_twelve(reader, month))]
    if not full:
        return []
    first = last_twelve(reader, full[0]).first
    singles = periods.months(first, full[-1].last, reader.as_of, start_day(reader))
    monthly = measure(reader, [kpi], singles, (), where)
    return [_together(monthly[i - 11 : i + 1], month) for i, month in enumerate(full, len(monthly) - len(full))]


def _together(monthly: list[Figure], month: Period) -> Figure:
    """Return the share of several months together."""
    numerator, denominator = (sum(getattr(figure, part) for figure in monthly) for part in ("numerator", "denominator"))
    exact = Fraction(numerator, denominator) if denominator else None
    return replace(
        monthly[-1],
        period=month,
        numerator=numerator,
        denominator=denominator,
        value=None if exact is None else float(exact),
        text=format.text(monthly[-1].kpi, exact),
        left_out=sum(figure.left_out for figure in monthly),
    )


def branches(reader: Reader, period: Period, where: Where, kpi: str = MAIN) -> Branches:
    """Return the branches' shares; the filter's branches choose the rows, the comparison is with all branches."""
    whole = where.without("branch")
    year = last_twelve(reader, period)
    found = measure(reader, [kpi], list(dict.fromkeys((period, year))), ("branch",), whole)
    now, rolled = ([figure for figure in found if figure.period == each] for each in (period, year))
    drawn = funnel(now)
    points = {point.name: point for point in drawn.points}
    wanted = where.get("branch")
    rows = [
        BranchRating(name, figure, beside, points[name], without_one(figure), with_one(figure))
        for figure, beside in zip(now, rolled, strict=True)
        if (name := figure.group.get("branch")) and (not wanted or name in wanted)
    ]
    rated = sorted((row for row in rows if row.figure.denominator), key=_order)
    missing = tuple(row.branch for row in rows if not row.figure.denominator)
    compared = replace(drawn, points=tuple(point for point in drawn.points if point.name != UNMATCHED_BRANCH))
    area = "所选范围" if whole else sentences.whole(reader)
    return Branches(now[-1], rolled[-1], tuple(rated), missing, compared, area)


def _order(row: BranchRating) -> tuple[bool, bool, float]:
    return row.branch == UNMATCHED_BRANCH, row.is_few, -row.figure.value


def without_one(figure: Figure) -> OneCase:
    """Return the share without one of its dissatisfied cases; unchanged where there is none."""
    dissatisfied = figure.denominator - figure.numerator
    return _one_case(figure.numerator, figure.denominator - min(1, dissatisfied))


def with_one(figure: Figure) -> OneCase:
    """Return the share with one more dissatisfied case."""
    return _one_case(figure.numerator, figure.denominator + 1)


def _one_case(numerator: int, denominator: int) -> OneCase:
    return OneCase(numerator, denominator, format.percent(Fraction(numerator, denominator) if denominator else None))


def finding(found: Funnel) -> str:
    """Return what the funnel says: which branches 99.8 % names, else that the differences are those of chance."""
    if not found.denominator:
        return "没有评价件，不作比较"
    judged = [point for point in found.points if point.denominator >= FEW]
    if len(judged) < 2:
        return "可比的分局不足2个，不作比较"
    found_out = []
    for side, words in (("low", "明显偏低"), ("high", "明显偏高")):
        named = [point.name for point in judged if point.verdict == f"{side} 99.8"]
        found_out += [f"{'、'.join(named)}{words}"] if named else []
    if found_out:
        return f"{'，'.join(found_out)}（99.8%）"
    return "各分局差异属正常波动"


def watched(found: Funnel) -> list[str]:
    """Return the branches outside 95 % but not 99.8 %, with the side: 下陆区分局（偏低）."""
    sides = {"low 95": "偏低", "high 95": "偏高"}
    return [f"{point.name}（{sides[point.verdict]}）" for point in found.points if point.verdict in sides]


def chance(found: Funnel) -> tuple[float, float]:
    """Return how likely it is that chance alone puts some branch outside 95 %, and outside 99.8 %.

    Exact: the binomial probability of a verdict for branches of these sizes, were the share of each that of all together.
    """
    sizes = [point.denominator for point in found.points if point.denominator >= FEW]
    if found.p0 is None or not sizes:
        return 0.0, 0.0
    return tuple(1 - prod(1 - _outside(n, found.p0, tail) for n in sizes) for tail in (_TAIL_95, _TAIL_998))


def _outside(n: int, p0: float, tail: float) -> float:
    """Return the probability that a count of n cases falls into either tail."""
    counted = Binomial(n, p0)
    return counted.at_most(counted.lowest(tail) - 1) + counted.at_least(counted.highest(tail) + 1)


def by_basis(reader: Reader, period: Period, where: Where) -> tuple[Figure, Figure]:
    """Return the share by the first rating of each case and by its last one: what the changes of ratings made of it."""
    main = catalog.get(MAIN)
    kpis = [replace(main, id=f"{MAIN}#{name}", condition=sql) for name, sql in (("first", _FIRST), ("final", _FINAL))]
    first, final = measure(reader, kpis, [period], (), where)
    return first, final


def chance_words(found: Funnel, period: Period) -> str:
    """Return in one sentence how often chance alone puts some branch outside the limits; empty with fewer than two."""
    many = sum(point.denominator >= FEW for point in found.points)
    if many < 2:
        return ""
    at_95, at_998 = (format.percent(share, digits) for share, digits in zip(chance(found), (0, 1), strict=True))
    what = {"month": "月份", "quarter": "季度", "year": "年份"}.get(period.grain, "统计期")
    return (
        f"{many}个分局即使水平完全相同，也有{at_95}的{what}会有分局偶然越出95%界限，"
        f"越出99.8%界限的只有{at_998}；所以95%只作“留意”，99.8%才点名。"
    )


def axis_begin(found: Branches) -> float:
    """Return where a drawn interval axis begins: the full 5 % below every interval that is not of a few cases."""
    lows = [row.point.low for row in found.rows if not row.is_few] or [row.point.low for row in found.rows]
    return floor(min([*lows, found.total.value or 0.0]) * 20) / 20
