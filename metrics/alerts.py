"""Early warnings out of the store: which place, township, or branch × pollution type has more cases than explained.

The whole history of a version is gone through once; the page then takes what was in force at a period's cut. A day is
judged by what lies before it, so a warning has the same first day whichever period is looked at. The filter by branch
chooses among the warnings and not among the cases: the rest of the city is what a branch is compared with.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.schema import BLANK, UNKNOWN
from data.store import Reader
from metrics.counting import bound, fill
from metrics.dimensions import NO_FILTER, Where
from metrics.relations import RELATIONS
from metrics.surveillance import WINDOW, Signal, known_days, watch

LEAST = {"site": 4, "area": 5, "branch": 5}  # cases in a window that can make a warning
KIND_WORDS = {"site": "点位", "area": "街道乡镇", "branch": "分局与污染类型"}
LOOKED_BACK = 4 * 366  # days before as_of that are judged; the history lies before them
ONE_EPISODE = 28  # days without a signal after which the next one is a new warning
IN_FORCE = 7  # days without a signal after which a warning is over
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """What a warning said on one day: the cases of the 28 days up to it, and how many are explained."""

    on: date
    cases: int
    expected: float

    @property
    def first(self) -> date:
        """The first of the 28 days."""
        return self.on - timedelta(days=WINDOW - 1)


@dataclass(frozen=True)
class Alert:
    """One warning from its first to its last signal. key, label: what it is about, as the store knows it."""

    kind: str
    key: str
    label: str
    readings: tuple[Reading, ...]

    @property
    def first(self) -> Reading:
        return self.readings[0]

    @property
    def last(self) -> Reading:
        return self.readings[-1]

    @property
    def highest(self) -> Reading:
        return max(self.readings, key=lambda reading: (reading.cases, reading.on))

    def is_in_force(self, on: date) -> bool:
        """Say whether it had begun on a day and had a signal in the week before."""
        return any(on - timedelta(days=IN_FORCE) < reading.on <= on for reading in self.readings)

    def until(self, on: date) -> "Alert | None":
        """Return the warning as it was known on a day; None when it had not begun."""
        known = tuple(reading for reading in self.readings if reading.on <= on)
        return Alert(self.kind, self.key, self.label, known) if known else None


def alerts(reader: Reader, where: Where = NO_FILTER) -> list[Alert]:
    """Return every warning of the version, in the order in which they began; a filter by branch is not applied."""
    found = _watched(reader, Where(tuple(item for item in where.items if item[0] != "branch")))
    if found.empty:
        return []
    first = found["received_on"].min()
    days = (reader.as_of.date() - first).days + 1
    tables = {kind: _matrix(rows, first, days) for kind, rows in found.groupby("kind")}
    names = [(kind, *name) for kind in LEAST if kind in tables for name in tables[kind].index]
    names = [name for name in names if name[2] not in (UNKNOWN, BLANK)]
    if not names:
        return []
    counts = np.stack([tables[kind].loc[key, label].to_numpy() for kind, key, label in names])
    least = np.array([LEAST[name[0]] for name in names])
    can = _ever(counts, least)
    names = [name for name, possible in zip(names, can, strict=True) if possible]
    types = [key for key, _ in tables["type"].index] if "type" in tables else []
    totals = np.concatenate([tables["all"].to_numpy(), *([tables["type"].to_numpy()] if types else [])])
    group = np.array([1 + types.index(label) if kind == "branch" else 0 for kind, _, label in names], int)
    known = known_days(tables["source"].to_numpy())
    signals = watch(counts[can], totals, group, known, least[can], max(0, days - LOOKED_BACK))
    return sorted(
        _episodes(signals, names, first), key=lambda alert: (alert.first.on, alert.kind, alert.key, alert.label)
    )


def _watched(reader: Reader, where: Where) -> pd.DataFrame:
    test, values = where.condition(RELATIONS["case_facts"])
    sql = fill("watched_days", where=test)
    today = reader.as_of.date()
    extra = {"echo_days": WINDOW, "least_site": LEAST["site"]}
    found = reader.frame(sql, bound(reader, sql, [(today, today)], False, values | extra))
    found["received_on"] = pd.to_datetime(found["received_on"]).dt.date
    return found[found["received_on"] <= today]


def _matrix(rows: pd.DataFrame, first: date, days: int) -> pd.DataFrame:
    """Return the cases of each (name, label) on each day as a table of names × days."""
    numbered = rows.assign(day=[(on - first).days for on in rows["received_on"]])
    wide = numbered.pivot_table(index=["name", "label"], columns="day", values="cases", aggfunc="sum", fill_value=0)
    return wide.reindex(columns=range(days), fill_value=0).astype(np.int32)


def _ever(counts: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return which rows ever had so many cases in a window that they could make a signal."""
    running = np.pad(counts, ((0, 0), (WINDOW, 0))).cumsum(1)
    return (running[:, WINDOW:] - running[:, :-WINDOW]).max(1) >= least


def _episodes(signals: list[Signal], names: list[tuple[str, str, str]], first: date) -> list[Alert]:
    by_series: dict[int, list[list[Reading]]] = {}
    for signal in signals:
        reading = Reading(first + signal.day * _DAY, signal.cases, signal.expected)
        episodes = by_series.setdefault(signal.series, [])
        if episodes and (reading.on - episodes[-1][-1].on).days <= ONE_EPISODE:
            episodes[-1].append(reading)
        else:
            episodes.append([reading])
    return [Alert(*names[series], tuple(part)) for series, parts in by_series.items() for part in parts]
