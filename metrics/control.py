"""Control charts of shares and counts: p, p′ (Laney), c, u, g, t, and the run rules of Anhøj; equal to qicharts2.

Each gives centre and limits for every point. Where numbers are small the exact probabilities go in their place: limits
beyond which a binomial or Poisson count falls as rarely as beyond three standard deviations of a normal one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2, sqrt
from statistics import NormalDist, fmean, median

from metrics.chance import Binomial, Poisson
from metrics.rules import Limits
from metrics.spc import moving_range_limits

D2 = 1.128  # the average moving range of a normal series, in standard deviations
EXACT_FACTOR = 3 / D2  # unrounded, as qicharts2 has it; the NHS rounds to 2.66
TAIL, NEAR_TAIL = NormalDist().cdf(-3), NormalDist().cdf(-2)
_POWER = 3.6  # makes the days between rare events nearly normal


@dataclass(frozen=True)
class Runs:
    """The two run rules of Anhøj: points not on the centre, longest run and crossings, each with its bound."""

    useful: int
    longest: int
    longest_max: int
    crossings: int
    crossings_min: int

    @property
    def is_signal(self) -> bool:
        """Whether a run is too long, or the centre is crossed too seldom."""
        return self.longest > self.longest_max or self.crossings < self.crossings_min


def p_chart(hits: Sequence[int], sizes: Sequence[int]) -> list[Limits]:
    """Return limits of shares hits / sizes, within 0..1: p̄ ± 3·√(p̄(1−p̄)/n). Raises ValueError for a size of 0."""
    return [_clipped(one, 0, 1) for one in _p_limits(hits, sizes)]


def p_prime_chart(hits: Sequence[int], sizes: Sequence[int], screening: bool = True) -> list[Limits]:
    """Return Laney's limits of shares that vary more (or less) than chance: those of the p-chart times `sigma_z`."""
    factor = sigma_z(hits, sizes, screening)
    found = _p_limits(hits, sizes)
    return [_clipped(Limits.around(one.centre, factor * (one.high - one.centre)), 0, 1) for one in found]


def sigma_z(hits: Sequence[int], sizes: Sequence[int], screening: bool = True) -> float:
    """Return how much shares vary from point to point, where 1 is what chance alone makes."""
    scores = [
        (x / n - one.centre) / ((one.high - one.centre) / 3) if one.high > one.centre else 0.0
        for x, n, one in zip(hits, sizes, _p_limits(hits, sizes), strict=True)
    ]
    found = moving_range_limits(scores, screening, 1 / D2)
    return 0.0 if found.high is None else found.high - found.centre


def exact_p_chart(hits: Sequence[int], sizes: Sequence[int]) -> list[Limits]:
    """Return limits of small shares from the binomial distribution: a point beyond them is as rare as beyond 3 σ.

    The centre is the median, for a small share lies on one side of its mean far more often than on the other.
    """
    p = _pooled(hits, sizes)
    by_size = {n: _exact(Binomial(n, p), n) for n in sorted(set(sizes))}
    return [by_size[n] for n in sizes]


def c_chart(counts: Sequence[int]) -> list[Limits]:
    """Return limits of counts: c̄ ± 3·√c̄, not below 0."""
    mean = fmean(counts)
    return [_clipped(Limits.around(mean, 3 * sqrt(mean)), 0, None)] * len(counts)


def exact_c_chart(counts: Sequence[int]) -> list[Limits]:
    """Return limits of small counts from the Poisson distribution, around its median."""
    return [_exact(Poisson(fmean(counts)), 1)] * len(counts)


def u_chart(counts: Sequence[int], sizes: Sequence[float]) -> list[Limits]:
    """Return limits of counts per size (such as 10 000 inhabitants): ū ± 3·√(ū/n), not below 0."""
    mean = sum(counts) / sum(sizes)
    return [_clipped(Limits.around(mean, 3 * sqrt(mean / n)), 0, None) for n in sizes]


def g_chart(gaps: Sequence[int]) -> list[Limits]:
    """Return limits of the cases (or days) between rare events: centre median, limits m ± 3·√(m(m+1)) of the mean m."""
    mean = fmean(gaps)
    around = _clipped(Limits.around(mean, 3 * sqrt(mean * (mean + 1))), 0, None)
    return [replace(around, centre=median(gaps))] * len(gaps)


def t_chart(days: Sequence[float], screening: bool = True) -> list[Limits]:
    """Return limits of the days between rare events, worked out on their 3.6th root.

    Raises ValueError for a gap of 0: two events on one day have no time between them (use `g_chart`).
    """
    if any(day <= 0 for day in days):
        raise ValueError("a t-chart needs gaps above 0")
    found = moving_range_limits([day ** (1 / _POWER) for day in days], screening, EXACT_FACTOR)
    parts = (found.centre, found.low, found.high, found.near_low, found.near_high)
    return [Limits(*(None if part is None else max(part, 0.0) ** _POWER for part in parts))] * len(days)


def i_chart(values: Sequence[float], screening: bool = True) -> list[Limits]:
    """Return limits of individual values as qicharts2 has them: factor 3 / 1.128, where the NHS rounds to 2.66."""
    return [moving_range_limits(values, screening, EXACT_FACTOR)] * len(values)


def runs(values: Sequence[float], centre: float) -> Runs:
    """Return the run rules of Anhøj for values around a centre (usually the median); values on it do not count."""
    above = [value > centre for value in values if value != centre]
    lengths = [0]
    for before, side in zip([None, *above], above, strict=False):
        lengths = [*lengths, 1] if side != before else [*lengths[:-1], lengths[-1] + 1]
    crossings = max(len(lengths) - 2, 0)
    return Runs(len(above), max(lengths), *_bounds(len(above), crossings))


def run_bounds(useful: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings that chance leaves to so many points not on the centre."""
    if useful < 1:
        return 0, 0
    return round(log2(useful)) + 3, Binomial(useful - 1, 0.5).lowest(0.05)


def _bounds(useful: int, crossings: int) -> tuple[int, int, int]:
    longest_max, crossings_min = run_bounds(useful)
    return longest_max, crossings, crossings_min


def _pooled(hits: Sequence[int], sizes: Sequence[int]) -> float:
    if not sizes or min(sizes) <= 0:
        raise ValueError("a share needs a size above 0")
    return sum(hits) / sum(sizes)


def _p_limits(hits: Sequence[int], sizes: Sequence[int]) -> list[Limits]:
    p = _pooled(hits, sizes)
    return [Limits.around(p, 3 * sqrt(p * (1 - p) / n)) for n in sizes]


def _exact(counted: Binomial | Poisson, size: int) -> Limits:
    """Return median and limits at the 3 σ and 2 σ tails of a distribution of counts, over a size."""
    low, near_low = (counted.lowest(tail) / size for tail in (TAIL, NEAR_TAIL))
    high, near_high = (counted.highest(tail) / size for tail in (TAIL, NEAR_TAIL))
    return Limits(counted.lowest(0.5) / size, low, high, near_low, near_high)


def _clipped(limits: Limits, least: float, most: float | None) -> Limits:
    """Return limits cut at what the measure can reach."""

    def cut(value: float) -> float:
        return max(value, least) if most is None else min(max(value, least), most)

    return Limits(limits.centre, *(cut(part) for part in (limits.low, limits.high, limits.near_low, limits.near_high)))
