"""The only place that rounds: half up, with Decimal, from exact fractions.

Python's round and numpy round half to even and would differ from every published bulletin by 0.1 now and then.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

from metrics.kpi import Kpi

EMPTY = "—"


def round_half_up(x: float | Decimal | Fraction, digits: int = 0) -> Decimal:
    """Return `x` rounded half away from zero to `digits` decimals; a float counts as the decimal that it is shown as."""
    return _exact(x).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # + 0 turns -0.0 into 0.0


def percent(x: float | Fraction | None, decimals: int = 1) -> str:
    """Return a share (0.95) as "95.0%"; None as "—"."""
    return EMPTY if x is None else f"{round_half_up(_exact(x) * 100, decimals)}%"


def text(kpi: Kpi, value: float | Fraction | None) -> str:
    """Return a KPI's value as it is printed: 95.0%, 43, 20.3; a change as 下降30.8%; None as "—".

    The unit of a count or a duration is not part of it; see `with_unit`.
    """
    if value is None:
        return EMPTY
    if kpi.kind == "change":
        return relative_change(-value if kpi.is_decline else value)
    if kpi.kind == "share":
        return percent(value, kpi.decimals)
    return str(round_half_up(value, kpi.decimals))


def with_unit(kpi: Kpi, value: float | Fraction | None) -> str:
    """Return a KPI's value with its unit: 95.0%, 43件, 20.3天."""
    plain = text(kpi, value)
    return plain if plain == EMPTY or kpi.kind in ("share", "change") else plain + kpi.unit


def relative_change(change: float | Fraction, decimals: int = 1) -> str:
    """Return a relative change (-0.308) in words: 下降30.8%, 上升5.0%, 持平."""
    return _direction(change, round_half_up(_exact(change) * 100, decimals), "%")


def point_change(change: float | Fraction, decimals: int = 1) -> str:
    """Return a difference of shares (0.019) in words: 上升1.9个百分点."""
    return _direction(change, round_half_up(_exact(change) * 100, decimals), "个百分点")


def unit_change(change: float | Fraction, unit: str, decimals: int = 0) -> str:
    """Return a difference in the KPI's own unit in words: 减少12件, 增加1.5天."""
    rounded = round_half_up(change, decimals)
    if not rounded:
        return "持平" if change == 0 else "基本持平"
    return f"{'增加' if rounded > 0 else '减少'}{abs(rounded)}{unit}"


def largest_remainder(counts: Sequence[int], decimals: int = 1) -> list[Decimal]:
    """Return the percentages of `counts` rounded so that they add up to exactly 100; all zero when the sum is 0.

    Every share is rounded down, and the missing last digits go to the largest remainders (ties to the earlier).
    """
    total = sum(counts)
    if not total:
        return [Decimal(0)] * len(counts)
    step = Decimal(1).scaleb(-decimals)
    exact = [Fraction(100 * count, total) for count in counts]
    floors = [_exact(share).quantize(step, ROUND_FLOOR) for share in exact]
    missing = int((100 - sum(floors)) / step)
    by_remainder = sorted(range(len(counts)), key=lambda i: (Fraction(floors[i]) - exact[i], i))
    return [floor + step if i in by_remainder[:missing] else floor for i, floor in enumerate(floors)]


def _direction(change: float | Fraction, rounded: Decimal, unit: str) -> str:
    if not rounded:
        return "持平" if change == 0 else "基本持平"
    return f"{'上升' if rounded > 0 else '下降'}{abs(rounded)}{unit}"


def _exact(x: float | Decimal | Fraction) -> Decimal:
    if isinstance(x, Decimal):
        return x
    return Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, Fraction) else Decimal(str(x))
