"""The four rules by which a point of a control chart is a signal, on any centre and limits.

They are those of NHS "Making Data Count": A outside the limits, B a trend, C two of three near a limit, D a shift to
one side of the mean.

Implementations disagree on lengths and on rule C, so they are a Convention, printed under each chart. A missing value
breaks every run; a point exactly on the mean breaks a shift, two equal points break a trend.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SAME_SIDE, ANYWHERE = "same side", "anywhere"


@dataclass(frozen=True)
class Convention:
    """Which of the published conventions is used; the default is that of NHSRplotthedots.

    shift, trend: how many points in a row; two_of_three: whether the third point must lie on the same side of the mean;
    screening: whether moving ranges far above the average are left out when the limits are worked out.
    """

    shift: int = 7
    trend: int = 7
    two_of_three: str = SAME_SIDE
    screening: bool = True

    def __post_init__(self) -> None:
        """Refuse lengths with which the rules would find signals in everything."""
        if self.shift < 5 or self.trend < 5 or self.two_of_three not in (SAME_SIDE, ANYWHERE):
            raise ValueError(f"not a convention of control charts: {self}")


NHSR = Convention()


@dataclass(frozen=True)
class Limits:
    """Centre and limits of one point; low and high are None where no limits can be given.

    The near limits lie two thirds of the way from the centre to the limits.
    """

    centre: float
    low: float | None
    high: float | None
    near_low: float | None
    near_high: float | None

    @classmethod
    def around(cls, centre: float, half: float | None) -> "Limits":
        """Return limits `half` below and above the centre."""
        if half is None:
            return cls(centre, None, None, None, None)
        near = half * 2 / 3
        return cls(centre, centre - half, centre + half, centre - near, centre + near)


@dataclass(frozen=True)
class Judged:
    """What the rules say of one point. rule: A, B, C, D or ""; level: high, low or "" (for a trend: rising is high).

    outside and close are None where there are no limits, side and they where there is no value.
    """

    side: int | None
    outside: bool | None
    close: bool | None
    rule: str
    level: str


def judge(values: Sequence[float | None], limits: Sequence[Limits], convention: Convention = NHSR) -> list[Judged]:
    """Return what the four rules say of each point of one segment; earlier rules go before later ones."""
    pairs = list(zip(values, limits, strict=True))
    sides = [None if y is None else _sign(y - limit.centre) for y, limit in pairs]
    outside = [_beyond(y, limit.low, limit.high) for y, limit in pairs]
    close = [
        None if out is None else not out and _beyond(y, limit.near_low, limit.near_high)
        for (y, limit), out in zip(pairs, outside, strict=True)
    ]
    trends, in_shift = _trends(values, convention.trend), _shifts(sides, convention.shift)
    in_pair = _two_of_three(sides, close, convention.two_of_three)
    found = []
    for at, side in enumerate(sides):
        level = {1: "high", -1: "low"}.get(side, "")
        if outside[at]:
            rule = "A"
        elif trends[at]:
            rule, level = "B", "high" if trends[at] > 0 else "low"
        else:
            rule = "C" if in_pair[at] else "D" if in_shift[at] else ""
        found.append(Judged(side, outside[at], close[at], rule, level if rule else ""))
    return found


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _beyond(y: float | None, low: float | None, high: float | None) -> bool | None:
    return None if y is None or low is None or high is None else y < low or y > high


def _trends(values: Sequence[float | None], length: int) -> list[int]:
    """Return for each point whether it is part of a trend: 1 rising, -1 falling, 0 neither.

    Where one trend turns into the other, the point belongs to the one that leaves it.
    """
    steps = [
        0 if before is None or after is None else _sign(after - before) for before, after in itertools.pairwise(values)
    ]
    found = [0] * len(values)
    for first, last, sign in _runs(steps):
        if sign and last - first + 1 >= length - 1:
            found[first : last + 2] = [sign] * (last - first + 2)
    return found


def _shifts(sides: Sequence[int | None], length: int) -> list[bool]:
    found = [False] * len(sides)
    for first, last, side in _runs(sides):
        if side and last - first + 1 >= length:
            found[first : last + 1] = [True] * (last - first + 1)
    return found


def _runs(signs: Sequence[int | None]) -> Iterator[tuple[int, int, int | None]]:
    """Give first, last and sign of each run of equal signs."""
    first = 0
    for at in range(1, len(signs) + 1):
        if at == len(signs) or signs[at] != signs[first]:
            yield first, at - 1, signs[first]
            first = at


def _two_of_three(sides: Sequence[int | None], close: Sequence[bool | None], third: str) -> list[bool]:
    found = [False] * len(sides)
    for first in range(len(sides) - 2):
        window = range(first, first + 3)
        for side in (-1, 1):
            near = [at for at in window if close[at] and sides[at] == side]
            if len(near) >= 2 and (third == ANYWHERE or all(sides[at] == side for at in window)):
                for at in near:
                    found[at] = True
    return found
