"""Repeat petitions and repeat sites: how they are recognised, the places heard of most, writings that may be one place.

Two things that are often taken for one: the same person about the same matter again (a repeat petition), and different
people about the same place (a repeat site). Nothing is merged here: a likeness of two writings, or of two cases that came
by different channels, is a hint for a person to decide.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from data.store import Reader
from metrics.counting import bound, fill
from metrics.dimensions import NO_FILTER, Where
from metrics.parameters import number
from metrics.periods import Period
from metrics.relations import RELATIONS

TWIN_DAYS = 7
MOST_NAMES = 3000  # places compared with each other for likeness; the quieter ones are left out beyond that
_GENERIC = re.compile("有限责任公司|股份有限公司|有限公司|公司|集团|旁边那家|旁边|附近|对面|那家|^黄石市?|^某")
_TELLS_APART = re.compile(r"[0-9A-Z一二三四五六七八九十百甲乙丙丁东南西北新老大小上中下前后]")
_SHORTEST = 4  # characters of a name that may be found inside another
_TYPING_ERROR = 5  # characters of a name in which one may be wrong


@dataclass(frozen=True)
class Ways:
    """How repeat petitions were recognised: by the organisation's own flag, or inferred (same person, same place).

    flagged: cases that carry a flag; unjudged: cases without one that name no person or no place, so never inferred.
    """

    by_flag: int
    inferred: int
    flagged: int
    unjudged: int


@dataclass(frozen=True)
class Site:
    """One place with many cases. cases: those the filter wants; all_cases: those that put it on the list.

    people: how many different petitioners are known; nameless: cases whose petitioner is not known.
    """

    key: str
    name: str
    writings: tuple[str, ...]
    branches: tuple[str, ...]
    branch: str
    cases: int
    all_cases: int
    people: int
    nameless: int
    last_on: date
    types: tuple[str, ...]
    still_open: int
    dissatisfied: int

    @property
    def is_one_person(self) -> bool:
        """Whether every case is known to be of the same person: then it is a repeat petition and no repeat site."""
        return self.people == 1 and not self.nameless


@dataclass(frozen=True)
class Likeness:
    """Two writings that may mean one place, the one with more cases first."""

    name: str
    cases: int
    other: str
    other_cases: int
    why: str


@dataclass(frozen=True)
class Twins:
    """Two cases that may be one complaint: the same person and place within days, by two sources."""

    site: str
    branch: str
    first_no: str
    first_source: str
    first_on: date
    second_no: str
    second_source: str
    second_on: date


def ways(reader: Reader, period: Period, where: Where = NO_FILTER) -> Ways:
    """Return how the repeat petitions of a period were recognised."""
    return Ways(*_run(reader, "repeat_ways", period, where)[0])


def ranking(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[Site]:
    """Return the places with many cases in the days that end with the period, the most complained about first."""
    rows = _run(reader, "hot_sites", period, where)
    return [Site(*(tuple(cell) if isinstance(cell, list) else cell for cell in row)) for row in rows]


def names(reader: Reader) -> list[str]:
    """Return the names of the places with the most cases, for a search."""
    return [name for (name,) in reader.query("FROM {place_list}")]


def counted_days(reader: Reader, period: Period) -> tuple[date, date]:
    """Return the first and last of the days over which places are ranked."""
    return period.cut - timedelta(days=number(reader, "repeat_site_days") - 1), period.cut


def likenesses(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[Likeness]:
    """Return pairs of writings that may be one place and together have enough cases for the ranking, most cases first."""
    rows = sorted(_run(reader, "place_names", period, where), key=lambda row: (-row[2], row[0]))[:MOST_NAMES]
    enough = number(reader, "repeat_site_cases")
    pairs = [
        Likeness(one[1], one[2], other[1], other[2], why)
        for one, other in _near_each_other(rows)
        if one[2] + other[2] >= enough
        and (one[3] is None or other[3] is None or one[3] == other[3])
        and (why := alike(one[0], other[0]))
    ]
    return sorted(pairs, key=lambda pair: (-pair.cases - pair.other_cases, pair.name, pair.other))


def _near_each_other(rows: list[tuple]) -> list[tuple[tuple, tuple]]:
    """Return the pairs of places that share a pair of neighbouring characters, each once, in the order of `rows`."""
    by_pair: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        core = _core(row[0])
        for pair in {core[j : j + 2] for j in range(len(core) - 1)}:
            by_pair.setdefault(pair, []).append(i)
    found = {both for places in by_pair.values() if len(places) <= 200 for both in combinations(places, 2)}
    return [(rows[i], rows[j]) for i, j in sorted(found)]


def alike(one: str, other: str) -> str:
    """Return why two normalised writings may be one place, in words; empty when they are told apart.

    A digit, a numeral, a letter or a direction that only one of them has tells two places apart.
    """
    first, second = sorted((_core(one), _core(other)), key=len)
    if not first:
        return ""
    if first == second:
        return "去掉“公司”“旁边”等字后相同"
    if len(first) >= _SHORTEST and first in second:
        return "" if _TELLS_APART.search(second.replace(first, "", 1)) else "一个写法包含另一个"
    wrong = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    if len(first) == len(second) >= _TYPING_ERROR and len(wrong) == 1:
        return "" if _TELLS_APART.search("".join(wrong[0])) else "只差一个字"
    return ""


def _core(key: str) -> str:
    return _GENERIC.sub("", key)


def twins(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[Twins]:
    """Return the pairs of cases that may be one complaint, the later one received in the period."""
    return [Twins(*row) for row in _run(reader, "twins", period, where, twin_days=TWIN_DAYS)]


def _run(reader: Reader, template: str, period: Period, where: Where, **values: object) -> list[tuple]:
    test, wanted = where.condition(RELATIONS["case_facts"])
    sql = fill(template, where=test)
    return reader.query(sql, bound(reader, sql, [(period.first, period.cut)], False, wanted | values))
