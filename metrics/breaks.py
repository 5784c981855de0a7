"""Known breaks: days on which the figures began to be made differently, so that before and after do not compare.

12369 merged into 12345, a changed definition, a month without one source: rows of data/reference/breaks.csv, kept in
the version. A break of one channel concerns every figure that such cases may be in, so also the total; not one that is
filtered to other channels. A comparison across a break keeps its number, in grey and with the reason.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from data.reference import Reference
from data.scope import SHARED
from data.store import Reader
from metrics import catalog
from metrics.dimensions import NO_FILTER, Where, fits
from metrics.kpi import Kpi
from metrics.periods import Period


@dataclass(frozen=True)
class Break:
    """A day from which figures do not compare with those before; field and value: of which cases; kpi: of which KPI."""

    on: date
    words: str
    field: str = ""
    value: str = ""
    kpi: str = ""

    def concerns(self, kpi: Kpi, where: Where) -> bool:
        """Say whether figures of a KPI under a filter may hold cases that the break is about."""
        if self.kpi and self.kpi != kpi.id:
            return False
        if not self.field:
            return True
        wanted = where.get(self.field)
        return fits(kpi.relation, [self.field]) and (not self.value or not wanted or self.value in wanted)


def breaks(reader: Reader, kpi: Kpi | str, first: date, last: date, where: Where = NO_FILTER) -> list[Break]:
    """Return the breaks after `first` and up to `last` that concern a KPI under a filter, oldest first, each text once."""
    kpi = catalog.get(kpi)
    known = _all(Reader(reader.path, reader.version, SHARED))
    found = [one for one in known if first < one.on <= last and one.concerns(kpi, where)]
    return list({(one.on, one.words): one for one in found}.values())


def crossing(reader: Reader, kpi: Kpi | str, period: Period, base: Period, where: Where = NO_FILTER) -> str:
    """Return which breaks lie between a period and its base, in words; empty where the two compare.

    A state at the end of a period is compared day with day; anything else with all days of both.
    """
    kpi = catalog.get(kpi)
    first = base.cut if kpi.kind == "stock" and kpi.period_of is None else base.first
    found = breaks(reader, kpi, min(first, period.first), max(period.cut, base.cut), where)
    return "；".join(f"{day_words(one.on)}{one.words}" for one in found)


def day_words(day: date) -> str:
    """Return since when a break holds: 2021年起, 2025年3月起, 2025年3月15日起."""
    if day.day != 1:
        return f"{day.year}年{day.month}月{day.day}日起"
    return f"{day.year}年起" if day.month == 1 else f"{day.year}年{day.month}月起"


@lru_cache(maxsize=16)
def _all(reader: Reader) -> tuple[Break, ...]:
    """Return the version's breaks; the product's own for one from before they were kept (it has no targets either)."""
    rows = reader.query("SELECT starts_on, words, field, value, kpi FROM breaks ORDER BY starts_on, words")
    if not rows and reader.query("SELECT count(*) FROM targets") == [(0,)]:
        columns = ("starts_on", "words", "field", "value", "kpi")
        rows = sorted(tuple(row[column] for column in columns) for row in Reference().kept("breaks"))
    return tuple(Break(on, *(text or "" for text in texts)) for on, *texts in rows)
