"""Confidence intervals of a share and of a count: Wilson and Byar, as the UK health department computes them.

Both are good at the small numbers of a branch, where the usual p ± 1.96·s leaves the range of 0 to 100 %.
"""

from math import sqrt
from statistics import NormalDist


def wilson(x: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Wilson interval of the share x / n, within 0..1.

    confidence: 0.9 up to 1, or 90 up to 100. Raises ValueError for x < 0, n ≤ 0, x > n and another confidence.
    """
    z = _z(confidence)
    if not n > 0 or not 0 <= x <= n:
        raise ValueError(f"a share needs 0 ≤ x ≤ n and n > 0, not x = {x}, n = {n}")
    centre, half = x + z * z / 2, z * sqrt(x * (n - x) / n + z * z / 4)
    low, high = (centre - half) / (n + z * z), (centre + half) / (n + z * z)
    return 0.0 if x == 0 else low, 1.0 if x == n else high


def byar(x: float, confidence: float = 0.95) -> tuple[float | None, float]:
    """Return Byar's interval of a Poisson count; the lower limit is None where the approximation gives none (x near 0).

    Raises ValueError for x < 0 and for a confidence that `wilson` refuses.
    """
    z = _z(confidence)
    if not x >= 0:
        raise ValueError(f"a count is not negative: x = {x}")
    low = _cubed(x, -z) if x else -1.0
    return low if low >= 0 else None, _cubed(x + 1, z)


def _cubed(x: float, z: float) -> float:
    return x * (1 - 1 / (9 * x) + z / (3 * sqrt(x))) ** 3


def _z(confidence: float) -> float:
    """Return the normal deviate of a two-sided confidence."""
    share = confidence / 100 if 90 <= confidence < 100 else confidence
    if not 0.9 <= share < 1:
        raise ValueError(f"a confidence lies within 0.9–1 or 90–100: {confidence}")
    return NormalDist().inv_cdf(0.5 + share / 2)
