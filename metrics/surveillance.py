"""Does a place receive clearly more than its own history explains? The method, on plain counts; see decision 006.

Looked at every day: the cases of the last 28 days, against the 28-day windows of up to two years before. A warning needs
a number that none of three explanations accounts for: the place's own usual level, that level moved with the rest of the
city (season, Spring Festival, a general rise), and the place's own same season in earlier years. Each explanation
gives a negative binomial for the number to expect, wide enough for three uncertainties: how little the history tells,
how restless it was beyond chance, how uncertain the movement of the rest is. Windows in which a source is missing, and
windows that were under a warning themselves, are no history.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import betainc

from metrics.watched import FEWEST, MOST, WINDOW

THRESHOLD = 0.002  # how improbable the number must be under every explanation
CLEARLY = 1.5  # and how many times what the best of them expects
SAME_SEASON = (12, 13, 14, 25, 26, 27)  # windows back: a year and two years, a month either way
LEAST_REST = 60  # cases in the rest of the city below which its movement says nothing
MISSING_DAYS = 3  # days without a source that a window may have
OUTBREAK_DAYS = 182  # a warning that lasts longer has become the usual level
_PRIOR = 0.5  # half a case: what is known of a place that never had one
_RESTLESS, _RESTLESS_WEIGHT, _MOST_RESTLESS = 1.15, 20, 2.5  # over-dispersion where the history is short; its bounds
_MATTERS = 0.1  # the share of all cases from which on a source's silence matters
_SURE_OF_A_GAP = 12.0  # cases that a source would have sent in a silence: by chance once in 160 000


@dataclass(frozen=True)
class Detection:
    """How a cluster of `cases` over 28 days fares in simulation: the share noticed, the median day on which it is."""

    at_one_site: bool
    cases: int
    share: float
    day: int


# What the page says of the method. tests/metrics/test_surveillance.py measures it again on simulated cities.
FALSE_ALARMS_A_QUARTER = 0.5  # of a whole city in which nothing happens, at most
DETECTIONS = (
    Detection(True, 4, 0.85, 25),
    Detection(True, 6, 1.0, 18),
    Detection(True, 8, 1.0, 13),
    Detection(False, 12, 0.75, 23),
    Detection(False, 20, 1.0, 16),
)


@dataclass(frozen=True)
class Signal:
    """One series on one day on which its number is not explained: `cases` in the window, `expected` at most."""

    series: int
    day: int
    cases: int
    expected: float
    p: float


def watch(
    counts: np.ndarray, totals: np.ndarray, group: np.ndarray, known: np.ndarray, least: np.ndarray, start: int = 0
) -> list[Signal]:
    """Return every signal from day `start` on, by day and series; a day is judged by what lies before it alone.

    counts: series × days; totals: groups × days, of all cases that a series of the group is compared with, its own
    among them; group: the group of each series; known: days on which no source is missing; least: the fewest cases
    in a window that can make a signal of each series.
    """
    many, days = counts.shape
    back = WINDOW * (MOST + 1)
    own = _running(counts)
    rest = _running(totals)
    seen = np.concatenate([np.zeros(back, bool), known])
    outbreak = np.zeros((many, back + days), bool)
    touched = np.zeros(many, bool)  # series that were ever under a warning
    lasting = np.zeros(many, int)
    found: list[Signal] = []
    for day in range(start, days):
        ends = np.maximum(day + 1 - WINDOW * np.arange(MOST + 2), 0)
        recent = own[:, ends[0]] - own[:, ends[1]]
        active = np.flatnonzero(recent >= least)
        alarmed = np.zeros(many, bool)
        if active.size:
            windows = -np.diff(own[active[:, None], ends], axis=1)
            others = -np.diff(rest[group[active][:, None], ends], axis=1) - windows
            block = slice(day + 1, day + 1 + back)  # the same days where they lie behind the added ones
            whole = (~seen[block]).reshape(-1, WINDOW).sum(1)[::-1] <= MISSING_DAYS
            usable = np.tile(whole, (active.size, 1))
            for row in np.flatnonzero(touched[active]):
                usable[row] &= ~outbreak[active[row], block].reshape(-1, WINDOW).any(1)[::-1]
            p, expected = _judge(windows, others, usable[:, 1:])
            hit = (p < THRESHOLD) & (windows[:, 0] >= CLEARLY * expected)
            for row in np.flatnonzero(hit):
                found.append(Signal(int(active[row]), day, int(windows[row, 0]), float(expected[row]), float(p[row])))
            alarmed[active[hit]] = True
        touched |= alarmed
        lasting = np.where(alarmed, lasting + 1, 0)
        for series in np.flatnonzero(alarmed & (lasting <= OUTBREAK_DAYS)):
            outbreak[series, back + day + 1 - WINDOW : back + day + 1] = True
    return found


def _judge(windows: np.ndarray, others: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the largest probability under the three explanations, and what that one expects.

    windows, others: rows × (1 + MOST) counts, the window in question first; usable: rows × MOST. A row with too
    little history gets probability 1.
    """
    now, before = windows[:, 0], windows[:, 1:]
    many = usable.sum(1)
    n = np.maximum(many, 1)
    held = (before * usable).sum(1) + _PRIOR
    level = held / n
    deviations = (usable * (before - level[:, None]) ** 2 / level[:, None]).sum(1)
    restless = (_RESTLESS * _RESTLESS_WEIGHT + deviations) / (_RESTLESS_WEIGHT + n - 1)
    restless = np.clip(restless, _RESTLESS, _MOST_RESTLESS)

    rest_now, rest_before = others[:, 0], (others[:, 1:] * usable).sum(1)
    moved = np.where(rest_before >= LEAST_REST, level * n * rest_now / np.maximum(rest_before, 1), 0)

    season = usable[:, [k - 1 for k in SAME_SEASON]]
    seasons = season.sum(1)
    held_then = (before[:, [k - 1 for k in SAME_SEASON]] * season).sum(1) + _PRIOR
    then = np.where(seasons >= 2, held_then / np.maximum(seasons, 1), 0)

    means = np.stack([level, moved, then])
    doubts = np.stack([1 / held, 1 / held + 1 / (rest_now + 1), 1 / held_then])
    p = _tail(now, means, doubts + (restless - 1) / np.maximum(means, 1e-9))
    worst = p.argmax(0)
    rows = np.arange(len(now))
    return np.where(many >= FEWEST, p[worst, rows], 1.0), means[worst, rows]


def _tail(now: np.ndarray, means: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """Return the probability of `now` (1 or more) or more under negative binomials of these means.

    doubt: the variance beyond Poisson's, relative to the squared mean. The tail is the incomplete beta function's.
    """
    size = 1 / doubt
    return np.where(means > 0, betainc(now, size, means / (size + means)), 0.0)


def _running(counts: np.ndarray) -> np.ndarray:
    """Return the running sums of each row with a zero in front."""
    return np.concatenate([np.zeros((len(counts), 1), np.int64), counts.cumsum(1, dtype=np.int64)], axis=1)


def known_days(by_source: np.ndarray) -> np.ndarray:
    """Return the days on which no source is missing; by_source: sources × days.

    A source is missing where it is silent for so long that at its usual rate a dozen cases would have come: an export
    that was not imported, or the time before the source existed. Sources that give a tenth of the cases count.
    """
    known = np.ones(by_source.shape[1], bool)
    rates = [_usual_rate(source) for source in by_source]
    for source, rate in zip(by_source, rates, strict=True):
        if rate < _MATTERS * sum(rates):
            continue
        marks = np.concatenate([[-1], np.flatnonzero(source), [len(source)]])
        for left, right in pairwise(marks):
            if (right - left - 1) * rate >= _SURE_OF_A_GAP:
                known[left + 1 : right] = False
    return known


def _usual_rate(source: np.ndarray) -> float:
    """Return the cases a day of the median window between a source's first and last case; 0 for less than a year."""
    there = np.flatnonzero(source)
    if not there.size or there[-1] - there[0] < WINDOW * FEWEST:
        return 0.0
    whole = source[there[0] : there[-1] + 1]
    whole = whole[: len(whole) // WINDOW * WINDOW]
    return float(np.median(whole.reshape(-1, WINDOW).sum(1))) / WINDOW
