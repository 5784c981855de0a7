"""Cities that nothing happens in, to count false alarms, and clusters put into them, to see when they are noticed.

A city is like the one the product is for: some 900 cases a year at 360 known sites of six branches, a few of them
complained about much more than the others, and as many sites again that are heard of once; a summer that is louder and
smellier than the winter, a Spring Festival that halves the cases, each year a tenth fewer than the one before, one case
in twelve followed by more from the same quarrel, and a month in which one source was not imported.
"""

from dataclasses import dataclass

import numpy as np

from metrics.surveillance import WINDOW

YEAR = 365
BRANCHES, TYPES, AREAS_EACH, SITES_EACH = 6, 5, 4, 60
BRANCH_SHARES = np.array([26, 18, 16, 13, 13, 14]) / 100
TYPE_SHARES = np.array([0.40, 0.32, 0.14, 0.09, 0.05])
SUMMER = np.array([0.30, 0.15, 0.0, 0.2, 0.0])  # how far each type swings with the season
SPRING_FESTIVAL = (22, 41, 29, 18)  # day of the year that it begins, year after year
LEAST = {"site": 4, "area": 5, "branch": 5}


@dataclass
class Series:
    """What the method is given: counts, totals, group, known days, least; and what each row is: the kind, the number in it."""

    counts: np.ndarray
    totals: np.ndarray
    group: np.ndarray
    known: np.ndarray
    least: np.ndarray
    kind: np.ndarray
    row: np.ndarray

    def arguments(self) -> tuple:
        return self.counts, self.totals, self.group, self.known, self.least


def city(dice: np.random.Generator, years: int = 4, yearly: float = 900, gap: bool = True) -> dict:
    """Draw one quiet city: the daily cases of each site, and where each site lies and what it is."""
    days = years * YEAR
    many = BRANCHES * SITES_EACH
    branch = np.repeat(np.arange(BRANCHES), SITES_EACH)
    weight = np.tile(1 / (np.arange(SITES_EACH) + 2), BRANCHES)
    weight *= BRANCH_SHARES[branch] / (1 / (np.arange(SITES_EACH) + 2)).sum()
    kind = dice.choice(TYPES, many, p=TYPE_SHARES)
    area = branch * AREAS_EACH + dice.integers(0, AREAS_EACH, many)
    day = np.arange(days)
    season = 1 + np.outer(SUMMER, -np.cos(2 * np.pi * (day - 15) / YEAR)) + 0.1 * -np.cos(2 * np.pi * (day - 15) / YEAR)
    course = 0.9 ** (day / YEAR)
    for year in range(years):
        first = year * YEAR + SPRING_FESTIVAL[year % 4]
        course[first : first + 12] *= 0.45
    rates = yearly / YEAR * weight[:, None] * season[kind] * course
    # Two thirds of the cases come from the known sites, one third from sites heard of once.
    sites = dice.poisson(rates * 0.62)
    single = dice.poisson(rates * 0.30)
    for site, when in zip(*np.nonzero(dice.random(sites.shape) < sites / 12), strict=True):
        for later in when + dice.integers(0, 15, dice.integers(1, 3)):
            if later < days:
                sites[site, later] += 1
    known = np.ones(days, bool)
    if gap:  # a month without the source that gives two fifths
        first = int(dice.integers(YEAR, days - 200))
        missing = slice(first, first + 30)
        sites[:, missing] = dice.binomial(sites[:, missing], 0.6)
        single[:, missing] = dice.binomial(single[:, missing], 0.6)
        known[missing] = False
    return {"sites": sites, "single": single, "branch": branch, "area": area, "kind": kind, "known": known}


def series_of(cities: list[dict]) -> Series:
    """Return the series of several cities under each other, each compared with its own city alone."""
    parts = [_series(drawn) for drawn in cities]
    shift = np.cumsum([0] + [len(part.totals) for part in parts[:-1]])
    return Series(
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.totals for part in parts]),
        np.concatenate([part.group + by for part, by in zip(parts, shift, strict=True)]),
        parts[0].known,
        np.concatenate([part.least for part in parts]),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.row for part in parts]),
    )


def _series(drawn: dict) -> Series:
    everywhere = drawn["sites"] + drawn["single"]
    areas = _summed(everywhere, drawn["area"], BRANCHES * AREAS_EACH)
    branches = _summed(everywhere, drawn["branch"] * TYPES + drawn["kind"], BRANCHES * TYPES)
    totals = np.concatenate([everywhere.sum(0, keepdims=True), branches.reshape(BRANCHES, TYPES, -1).sum(0)])
    kinds = np.repeat(["site", "area", "branch"], [len(drawn["sites"]), len(areas), len(branches)])
    counts = np.concatenate([drawn["sites"], areas, branches])
    group = np.where(kinds == "branch", 1 + (np.arange(len(kinds)) - len(kinds) + len(branches)) % TYPES, 0)
    rolling = np.cumsum(np.pad(counts, ((0, 0), (WINDOW, 0))), axis=1)
    least = np.array([LEAST[kind] for kind in kinds])
    can = (rolling[:, WINDOW:] - rolling[:, :-WINDOW]).max(1) >= least  # a site that never had so many cannot signal
    rows = np.concatenate([np.arange(many) for many in (len(drawn["sites"]), len(areas), len(branches))])
    return Series(counts[can], totals, group[can], drawn["known"], least[can], kinds[can], rows[can])


def _summed(counts: np.ndarray, where: np.ndarray, many: int) -> np.ndarray:
    summed = np.zeros((many, counts.shape[1]), counts.dtype)
    np.add.at(summed, where, counts)
    return summed


def with_clusters(dice: np.random.Generator, drawn: dict, size: int, many: int, at_one_site: bool) -> list[tuple]:
    """Add clusters of `size` cases over 28 days and return (kind, row of its site or branch × type, first day) of each.

    At one site: one of those that are heard of once or twice a year. Else at as many sites as cases, of one branch
    and type.
    """
    days = drawn["sites"].shape[1]
    placed = []
    starts = np.linspace(2 * YEAR + 10, days - WINDOW - 40, many).astype(int)
    for number, start in enumerate(starts):
        branch = number % BRANCHES
        if at_one_site:
            site = branch * SITES_EACH + 30 + (7 * number) % 30
            key, target = ("site", site), drawn["sites"]
        else:
            kind = (number // BRANCHES) % 2  # of the two commonest types
            site = int(np.flatnonzero((drawn["branch"] == branch) & (drawn["kind"] == kind))[0])
            key, target = ("branch", branch * TYPES + kind), drawn["single"]
        for later in start + dice.integers(0, WINDOW, size):
            target[site, later] += 1
        placed.append((*key, int(start)))
    return placed
