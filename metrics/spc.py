"""XmR charts by the rules of NHS "Making Data Count", equal to NHSRplotthedots to the last digit.

The method has a trap: where hardly anything varies, screening takes away the moving ranges that there are, the limits
shrink to the mean, and every ordinary point is a signal. The numbers here are the package's all the same; who draws a
chart asks `fault` first.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from metrics.rules import NHSR, Convention, Judged, Limits, judge

FACTOR = 2.66  # Shewhart's 3 / d2, rounded as the NHS does
SCREEN = 3.267  # D4: a moving range not below this times the average one is an outlier
MIN_FIXED = 12
DIRECTIONS = ("increase", "decrease", "neutral")


@dataclass(frozen=True)
class XmrPoint:
    """One point of an XmR chart: the value (None where missing), its limits, its segment from 0, what the rules say."""

    y: float | None
    limits: Limits
    segment: int
    judged: Judged


def xmr(
    values: Sequence[float | None],
    rebase_at: Sequence[int] = (),
    fix_after: int | None = None,
    convention: Convention = NHSR,
) -> list[XmrPoint]:
    """Return the XmR chart of values in order of time; a missing value is None.

    rebase_at: indexes at which a new segment begins. fix_after: work the limits out from the first so many points of a
    segment (at least 12). Raises ValueError for an index outside the series and a fix_after below 12.
    """
    if fix_after is not None and fix_after < MIN_FIXED:
        raise ValueError(f"limits may be fixed after {MIN_FIXED} points, not {fix_after}")
    points = []
    for segment, (first, last) in enumerate(segments(len(values), rebase_at)):
        part = values[first:last]
        limits = [moving_range_limits(part[:fix_after], convention.screening)] * len(part)
        judged = judge(part, limits, convention)
        points += [XmrPoint(y, limit, segment, of) for y, limit, of in zip(part, limits, judged, strict=True)]
    return points


def segments(length: int, rebase_at: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the first index and the one after the last of each segment."""
    if any(not 0 <= at < length for at in rebase_at):
        raise ValueError(f"a segment begins within the series of {length} points: {list(rebase_at)}")
    borders = sorted({0, *rebase_at, length})
    yield from itertools.pairwise(borders)


def moving_range_limits(values: Sequence[float | None], screening: bool = True, factor: float = FACTOR) -> Limits:
    """Return mean ± factor × average moving range of the values; no limits where no moving range is left.

    Raises ValueError when no value is known.
    """
    known = [y for y in values if y is not None]
    if not known:
        raise ValueError("a mean needs a value")
    kept = kept_ranges(ranges(values), screening)
    return Limits.around(fmean(known), factor * fmean(kept) if kept else None)


def ranges(values: Sequence[float | None]) -> list[float]:
    """Return the moving ranges: the difference of each known value from a known one before it."""
    pairs = itertools.pairwise(values)
    return [abs(after - before) for before, after in pairs if before is not None and after is not None]


def kept_ranges(found: Sequence[float], screening: bool) -> list[float]:
    """Return the moving ranges that go into the average: with screening those below SCREEN times the average."""
    return [one for one in found if one < SCREEN * fmean(found)] if screening else list(found)


def fault(values: Sequence[float | None], screening: bool = True) -> str:
    """Return why XmR limits of these values would mislead: "constant", "sparse" (mostly the same value) or ""."""
    found = ranges(values)
    if not any(found):
        return "constant"
    return "" if any(kept_ranges(found, screening)) else "sparse"


def cause(point: XmrPoint, convention: Convention = NHSR) -> str:
    """Return why a point is a signal, in the words of the NHS package: Above UCL, 7 Points Below CL."""
    high = point.judged.level == "high"
    return {
        "": "Common Cause",
        "A": "Above UCL" if high else "Below LCL",
        "B": f"{convention.trend} Point Trend ({'Increasing' if high else 'Decreasing'})",
        "C": f"2 in 3 {'Above' if high else 'Below'} CL",
        "D": f"{convention.shift} Points {'Above' if high else 'Below'} CL",
    }[point.judged.rule]


def kind(judged: Judged, direction: str) -> str:
    """Return common_cause, special_cause_improvement, _concern, _neutral_high or _neutral_low.

    direction: increase (is good), decrease or neutral.
    """
    if not judged.rule:
        return "common_cause"
    if direction == "neutral":
        return f"special_cause_neutral_{judged.level}"
    better = (judged.level == "high") == (direction == "increase")
    return f"special_cause_{'improvement' if better else 'concern'}"


def assurance(limits: Limits, direction: str, target: float | None) -> str | None:
    """Return consistent_pass, consistent_fail or inconsistent: whether the process as it is meets a target.

    None without a target or limits, and where neither direction is good.
    """
    if target is None or direction == "neutral" or limits.low is None:
        return None
    if limits.low <= target <= limits.high:
        return "inconsistent"
    return "consistent_pass" if (target < limits.low) == (direction == "increase") else "consistent_fail"
