"""Early warnings out of the store: which place, township, or branch × pollution type has more cases than explained.

The whole history of a version is gone through once; the page then takes what was in force at a period's cut. A day is
judged by what lies before it, so a warning has the same first day whichever period is looked at. The filter by branch
chooses among the warnings and not among the cases: the rest of the city is what a branch is compared with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from data.schema import BLANK, UNKNOWN
from data.store import Reader
from metrics.counting import bound, fill
from metrics.dimensions import NO_FILTER, Where
from metrics.periods import Period
from metrics.relations import RELATIONS
from metrics.surveillance import Signal, known_days, watch
from metrics.watched import FEWEST, LEAST, LOOKED_BACK, WINDOW, watched_days

KIND_WORDS = {"site": "点位", "area": "街道乡镇", "branch": "分局与污染类型"}
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


@dataclass(frozen=True)
class Told:
    """A warning as a page tells it on a day. reading: the last if it is in force, else the highest.

    cases: all cases in the window of `reading`, a person's repeated ones too; name, branch, types: what they are about;
    top_site, top_cases: the place most of them are about.
    """

    alert: Alert
    is_in_force: bool
    reading: Reading
    cases: int
    name: str
    branch: str
    types: tuple[str, ...]
    top_site: str
    top_cases: int


def told(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[Told]:
    """Return the warnings known at the period's cut that began in the year before it, or are in force: these first.

    In force: places before townships before branches, the least explained first; then the others, the newest first.
    """
    on = period.cut
    known = [alert for alert in (one.until(on) for one in alerts(reader, where)) if alert]
    known = [alert for alert in known if alert.is_in_force(on) or alert.first.on > on - timedelta(days=365)]
    shown = [
        _told(alert, alert.is_in_force(on), row)
        for alert, row in zip(known, _cases(reader, known, on, where), strict=True)
    ]
    wanted = where.get("branch")
    shown = [one for one in shown if not wanted or one.branch in wanted]
    order = list(LEAST)
    return sorted(
        shown,
        key=lambda one: (
            (0, order.index(one.alert.kind), -one.reading.cases / one.reading.expected)
            if one.is_in_force
            else (1, -one.alert.first.on.toordinal(), 0)
        ),
    )


def _reading(alert: Alert, on: date) -> Reading:
    return alert.last if alert.is_in_force(on) else alert.highest


def _told(alert: Alert, is_in_force: bool, row: tuple) -> Told:
    reading, cases, branch, types, top_site, top_cases = row
    name = {"site": top_site or alert.key, "area": alert.key, "branch": f"{alert.key} · {alert.label}"}[alert.kind]
    branch = alert.key if alert.kind == "branch" else branch
    return Told(alert, is_in_force, reading, cases, name, branch, tuple(types), top_site or "", top_cases)


def _cases(reader: Reader, known: list[Alert], on: date, where: Where) -> list[tuple]:
    """Return reading, cases, branch, types, top site and its cases for each alert."""
    if not known:
        return []
    readings = [_reading(alert, on) for alert in known]
    test, values = where_without_branch(where).condition(RELATIONS["case_facts"])
    sql = fill("alert_cases", where=test)
    values |= {
        "kinds": [alert.kind for alert in known],
        "keys": [alert.key for alert in known],
        "labels": [alert.label for alert in known],
        "firsts": [reading.first for reading in readings],
        "lasts": [reading.on for reading in readings],
    }
    rows = {row[0]: row[1:] for row in reader.query(sql, bound(reader, sql, [(on, on)], False, values))}
    return [(reading, *rows[i]) for i, reading in enumerate(readings)]


def has_history(reader: Reader, on: date) -> bool:
    """Say whether there is as much data before a day as a warning needs."""
    first = reader.query("SELECT min(received_at)::DATE FROM cases")[0][0]
    return first is not None and (on - first).days >= WINDOW * (FEWEST + 1)


def where_without_branch(where: Where) -> Where:
    """Return the filter without its branches: the cases that the warnings are worked out of."""
    return where.without("branch")


def alerts(reader: Reader, where: Where = NO_FILTER) -> tuple[Alert, ...]:
    """Return every warning of the version, in the order in which they began; a filter by branch is not applied."""
    return _alerts(reader, where_without_branch(where))


@lru_cache(maxsize=32)
def _alerts(reader: Reader, where: Where) -> tuple[Alert, ...]:
    if not where and reader.keeps("alert_readings"):
        return _of_rows(reader.query("FROM {alert_readings} ORDER BY alert_no, day"))
    return worked_out(watched_days(reader, where), reader.as_of.date())


def readings(found: Iterable[Alert]) -> pd.DataFrame:
    """Return one row per warning and reading, as they are kept beside a version (metrics/kept.py)."""
    rows = [
        (number, one.kind, one.key, one.label, reading.on, reading.cases, reading.expected)
        for number, one in enumerate(found)
        for reading in one.readings
    ]
    types = {
        "alert_no": int,
        "kind": str,
        "key": str,
        "label": str,
        "day": "datetime64[s]",
        "cases": int,
        "expected": float,
    }
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _of_rows(rows: list[tuple]) -> tuple[Alert, ...]:
    """Return the warnings that rows like those of `readings` tell of."""
    found: dict[int, tuple[tuple[str, str, str], list[Reading]]] = {}
    for number, kind, key, label, day, cases, expected in rows:
        found.setdefault(number, ((kind, key, label), []))[1].append(Reading(day.date(), cases, expected))
    return tuple(Alert(*name, tuple(parts)) for name, parts in found.values())


def worked_out(found: pd.DataFrame, today: date) -> tuple[Alert, ...]:
    """Return the warnings that watched days (metrics/watched.py) give, in the order in which they began."""
    if found.empty:
        return ()
    first = found["received_on"].min()
    days = (today - first).days + 1
    tables = {kind: _matrix(rows, first, days) for kind, rows in found.groupby("kind")}
    names = [(kind, *name) for kind in LEAST if kind in tables for name in tables[kind].index]
    names = [name for name in names if name[2] not in (UNKNOWN, BLANK)]
    if not names:
        return ()
    counts = np.stack([tables[kind].loc[key, label].to_numpy() for kind, key, label in names])
    least = np.array([LEAST[name[0]] for name in names])
    can = _ever(counts, least)
    names = [name for name, possible in zip(names, can, strict=True) if possible]
    types = [key for key, _ in tables["type"].index] if "type" in tables else []
    totals = np.concatenate([tables["all"].to_numpy(), *([tables["type"].to_numpy()] if types else [])])
    group = np.array([1 + types.index(label) if kind == "branch" else 0 for kind, _, label in names], int)
    known = known_days(tables["source"].to_numpy())
    signals = watch(counts[can], totals, group, known, least[can], max(0, days - LOOKED_BACK))
    episodes = _episodes(signals, names, first)
    return tuple(sorted(episodes, key=lambda alert: (alert.first.on, alert.kind, alert.key, alert.label)))


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
