"""Comparing branches without blaming a small one for chance: a funnel to look at, an exact test to judge by.

Drawn are the limits of the UK health department (p0 ± z·√(p0(1−p0)/n), an inverted Wilson interval); the verdict is the
exact binomial probability of so low or so high a count, given the share of all together. Nine branches at 95 % give a
false "low" in every fifth month, so only 99.8 % names a branch; 95 % says 留意. Fewer than five cases say nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, pi, sin, sqrt
from statistics import NormalDist

from metrics.chance import ROUNDING, Binomial
from metrics.engine import Figure
from metrics.intervals import wilson

FEW = 5  # a share of fewer cases is neither judged nor ranked
Z_95, Z_998 = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.999)
_TAILS = ((0.001, "99.8"), (0.025, "95"))
_WORDS = {"low 99.8": "明显偏低", "high 99.8": "明显偏高", "low 95": "留意", "high 95": "留意"}
_WINSORISED = 0.1


@dataclass(frozen=True)
class FunnelPoint:
    """One group. low, high: its own 95 % Wilson interval; value None where it has no cases.

    verdict: that of `verdict`, "" for fewer than five cases. words: 明显偏低, 明显偏高, 留意, 样本不足 or "".
    """

    name: str
    numerator: int
    denominator: int
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    words: str


@dataclass(frozen=True)
class CurvePoint:
    """The limits around the share of all together, for a group of n cases."""

    n: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True)
class Funnel:
    """Groups around the share p0 of all together (None without cases); the curve runs from n = 1 to the largest group.

    dispersion: by how much the groups vary more than chance alone explains (about 1 when it is chance); it is told,
    and never widens the limits, for with nine branches it is itself a matter of chance.
    """

    p0: float | None
    numerator: int
    denominator: int
    points: tuple[FunnelPoint, ...]
    curve: tuple[CurvePoint, ...]
    dispersion: float | None = None


def verdict(x: int, n: int, p0: float) -> str:
    """Return "low 99.8", "low 95", "high 95", "high 99.8" or "": how unlikely x of n is where the share is p0.

    Raises ValueError for x < 0, n ≤ 0, x > n and a p0 outside 0..1.
    """
    if not n > 0 or not 0 <= x <= n or not 0 <= p0 <= 1:
        raise ValueError(f"a verdict needs 0 ≤ x ≤ n, n > 0 and a share p0, not x = {x}, n = {n}, p0 = {p0}")
    counted = Binomial(n, p0)
    as_low, as_high = counted.at_most(x), counted.at_least(x)
    for tail, name in _TAILS:
        if as_low < tail * ROUNDING:
            return f"low {name}"
        if as_high < tail * ROUNDING:
            return f"high {name}"
    return ""


def limits(p0: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """Return the funnel's limits at n cases around the share p0, within 0..1."""
    half = z * sqrt(p0 * (1 - p0) / n)
    return max(0.0, p0 - half), min(1.0, p0 + half)


def arcsine_limits(p0: float, sizes: Sequence[float], z: float = Z_95) -> list[tuple[float, float]]:
    """Return the limits on the arcsine scale, on which also the dispersion is measured, for groups of these sizes.

    sizes: ascending. Below the size at which a limit turns back from 0 or 1, it stays there.
    """
    middle, lows, highs = asin(sqrt(p0)), [], []
    turned_low = turned_high = False
    for n in reversed(sizes):
        half = z * arcsine_error(n)
        low, high = sin(middle - half) ** 2, sin(middle + half) ** 2
        turned_low = turned_low or (low > lows[-1] if lows else half > middle)
        turned_high = turned_high or (high < highs[-1] if highs else half > pi / 2 - middle)
        lows.append(0.0 if turned_low else low)
        highs.append(1.0 if turned_high else high)
    return list(zip(lows[::-1], highs[::-1], strict=True))


def arcsine_error(n: float) -> float:
    """Return the standard error of a share of n cases on the arcsine scale."""
    return 1 / (2 * sqrt(n))


def funnel(figures: Sequence[Figure], method: str = "dhsc") -> Funnel:
    """Return the funnel of a share: `figures` are those of the groups and, where there is one, the total (group {}).

    method: how the curve is drawn, dhsc or arcsine; the verdicts are the same. Raises ValueError for a figure that is
    not a share.
    """
    if any(figure.kpi.kind != "share" or figure.numerator is None for figure in figures):
        raise ValueError("a funnel is made of shares with their numerators")
    groups = [figure for figure in figures if figure.group]
    counted = [figure for figure in figures if not figure.group][:1] or groups
    numerator, denominator = (sum(getattr(f, part) or 0 for f in counted) for part in ("numerator", "denominator"))
    p0 = numerator / denominator if denominator else None
    points = tuple(_point(figure, p0) for figure in groups)
    largest = max((point.denominator for point in points), default=0)
    curve = () if p0 is None else tuple(_curve(p0, range(1, largest + 1), method))
    return Funnel(p0, numerator, denominator, points, curve, _dispersion(points, p0))


def _point(figure: Figure, p0: float | None) -> FunnelPoint:
    name = "·".join(figure.group.values())
    x, n = figure.numerator, figure.denominator or 0
    if n == 0 or p0 is None:
        return FunnelPoint(name, x, n, None, None, None, "", "样本不足")
    found = "" if n < FEW else verdict(x, n, p0)
    words = "样本不足" if n < FEW else _WORDS.get(found, "")
    return FunnelPoint(name, x, n, x / n, *wilson(x, n), found, words)


def _curve(p0: float, sizes: Sequence[int], method: str) -> Iterator[CurvePoint]:
    if method == "arcsine":
        inner, outer = arcsine_limits(p0, sizes, Z_95), arcsine_limits(p0, sizes, Z_998)
    else:
        inner, outer = ([limits(p0, n, z) for n in sizes] for z in (Z_95, Z_998))
    for n, at_95, at_998 in zip(sizes, inner, outer, strict=True):
        yield CurvePoint(n, *at_95, *at_998)


def _dispersion(points: Sequence[FunnelPoint], p0: float | None) -> float | None:
    """Return the mean squared deviation in standard errors, its extreme tenths drawn in (Winsorised)."""
    judged = [point for point in points if point.denominator]
    if p0 is None or len(judged) < 2:
        return None
    scores = sorted((asin(sqrt(p.value)) - asin(sqrt(p0))) / arcsine_error(p.denominator) for p in judged)
    cut = int(len(scores) * _WINSORISED)
    kept = scores[cut : len(scores) - cut]
    return sum(min(max(score, kept[0]), kept[-1]) ** 2 for score in scores) / len(scores)
