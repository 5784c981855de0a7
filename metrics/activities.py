"""How the bureau works: meetings, visits, supervision letters, trainings; what was planned, what was done, what is late.

Everything goes by natural months and by the day of as_of, never by the clock. An activity belongs to the month it was
planned for; one without a plan to the month it was held in, beside the plan. A supervision letter is planned for the
day its answer is due. Done, but in a later month than planned (a letter: after its day), is late and still done; not
done when its day is over is missed. Nothing here claims that an activity changed a figure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from data.schema import ACTIVITY_KINDS, ALL_BRANCHES
from data.store import Reader
from metrics.charts.base import Mark
from metrics.dimensions import NO_FILTER, Where
from metrics.relations import read_sql

MEETING, VISIT, LETTER, TRAINING = ACTIVITY_KINDS
DONE, LATE, MISSED, AHEAD = "done", "late", "missed", "ahead"
_SEVERAL = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True)
class Activity:
    """One line of a ledger. branches: the leading one first, 全市 for the bureau as a whole; cases: numbers as written."""

    kind: str
    number: str
    subject: str
    branches: tuple[str, ...]
    leader: str
    issued: date | None
    planned: date | None
    held: date | None
    cases: tuple[str, ...]
    persons: int | None
    outcome: str

    @property
    def day(self) -> date:
        """The day it belongs to: that of the plan, else the day it was held."""
        return self.planned or self.held

    @property
    def happened(self) -> date | None:
        """The day on which something happened: a letter sent, anything else held; None when nothing has."""
        return (self.issued or self.held) if self.kind == LETTER else self.held

    @property
    def leaders(self) -> tuple[str, ...]:
        """The leaders named in one cell."""
        return tuple(name for name in _SEVERAL.split(self.leader) if name)

    @cached_property
    def days_late(self) -> int:
        """By how many days a done activity came after its plan; 0 when it did not."""
        return max(0, (self.held - self.planned).days) if self.held and self.planned else 0

    def state(self, now: date) -> str:
        """Return done, late, missed or ahead on a day."""
        if self.held:
            later_month = self.days_late and (self.held.year, self.held.month) != (
                self.planned.year,
                self.planned.month,
            )
            return LATE if (self.days_late if self.kind == LETTER else later_month) else DONE
        return MISSED if self.planned < now else AHEAD

    def state_words(self, now: date) -> str:
        """Return the state in words: 已反馈，迟4天; 逾期21天未反馈; 计划未做; 未到期."""
        is_letter = self.kind == LETTER
        if self.held:
            words = "已反馈" if is_letter else "已完成"
            return f"{words}，迟{self.days_late}天" if self.state(now) == LATE else words
        if self.state(now) == AHEAD:
            return "未到期"
        return f"逾期{(now - self.planned).days}天未反馈" if is_letter else f"过{(now - self.planned).days}天没有记录"


@dataclass(frozen=True)
class Cell:
    """The activities of one kind in one month, or of one branch and kind: how many were planned, done, late, missed.

    unplanned: held without a plan; they are beside the plan, not in it.
    """

    planned: int = 0
    done: int = 0
    late: int = 0
    missed: int = 0
    ahead: int = 0
    unplanned: int = 0

    @property
    def text(self) -> str:
        """Done of planned, then what was beside the plan: 2/3, 1/1 +1, +1; empty when there was nothing."""
        beside = f"+{self.unplanned}" if self.unplanned else ""
        return " ".join(part for part in (f"{self.done}/{self.planned}" if self.planned else "", beside) if part)

    @property
    def state(self) -> str:
        """The worst that is in it: missed, late, ahead, done; "" when there is nothing."""
        worst = ((MISSED, self.missed), (LATE, self.late), (AHEAD, self.ahead), (DONE, self.planned + self.unplanned))
        return next((name for name, many in worst if many), "")


@dataclass(frozen=True)
class Training:
    """每月一培训 over the months shown: in which one was held, in which none; pending: a month that is not over."""

    kept: tuple[date, ...]
    missed: tuple[date, ...]
    pending: tuple[date, ...]


@dataclass(frozen=True)
class Overview:
    """What the page shows of a period, as of `now`. months: first days; kinds and branches: name → cells.

    listed: the activities of the period, the latest first. urgent: what is missed, oldest first: letters whenever they
    were due, other things within the months shown.
    """

    now: date
    months: tuple[date, ...]
    kinds: dict[str, tuple[Cell, ...]]
    branches: dict[str, tuple[Cell, ...]]
    total: tuple[Cell, ...]
    training: Training
    listed: tuple[Activity, ...]
    urgent: tuple[Activity, ...]


def is_empty(reader: Reader) -> bool:
    """Say whether the viewer has no activity at all."""
    return reader.query("SELECT count(*) FROM activities") == [(0,)]


def activities(reader: Reader, where: Where = NO_FILTER) -> tuple[Activity, ...]:
    """Return every activity, by day; with branches chosen, those that one of them takes part in and those of all."""
    wanted = {*where.get("branch"), ALL_BRANCHES}
    found = (_activity(row) for row in reader.query(read_sql("activity_rows")))
    return tuple(one for one in found if not where.get("branch") or wanted & set(one.branches))


def _activity(row: tuple) -> Activity:
    kind, number, subject, branch, others, leader, issued, planned, held, cases, persons, outcome = row
    branches = tuple(dict.fromkeys([branch, *others]))
    numbers = tuple(dict.fromkeys(part for part in _SEVERAL.split(cases) if part))
    return Activity(kind, number, subject, branches, leader, issued, planned, held, numbers, persons, outcome)


def kinds_of(found: Iterable[Activity]) -> tuple[str, ...]:
    """Return the kinds to show: the four, and any other that a ledger names."""
    return tuple(dict.fromkeys([*ACTIVITY_KINDS, *sorted({one.kind for one in found})]))


def count(found: Iterable[Activity], now: date) -> Cell:
    """Return how many of the activities were planned, done, late, missed, lie ahead, or had no plan."""
    found = list(found)
    planned = [one for one in found if one.planned]
    states = [one.state(now) for one in planned]
    return Cell(
        len(planned),
        sum(state in (DONE, LATE) for state in states),
        *(states.count(state) for state in (LATE, MISSED, AHEAD)),
        len(found) - len(planned),
    )


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_later(month: date, many: int) -> date:
    """Return the first day of the month `many` months after."""
    number = month.year * 12 + month.month - 1 + many
    return date(number // 12, number % 12 + 1, 1)


def training(found: Iterable[Activity], months: Iterable[date], now: date) -> Training:
    """Return in which months a training was held; months before the first record and after `now` say nothing."""
    own = [one for one in found if one.kind == TRAINING]
    first = min((month_of(one.day) for one in own), default=None)
    held = {month_of(one.held) for one in own if one.held}
    told = [month for month in months if first and first <= month <= now]
    open_month = {month for month in told if months_later(month, 1) > now and month not in held}
    return Training(
        tuple(month for month in told if month in held),
        tuple(month for month in told if month not in held | open_month),
        tuple(sorted(open_month)),
    )


def marks(reader: Reader, kinds: tuple[str, ...], word: str, where: Where = NO_FILTER) -> tuple[Mark, ...]:
    """Return what has happened as marks for a trend: of these kinds, with `word` in the subject or a case's number."""
    found = [one for one in activities(reader, where) if one.kind in kinds and one.happened]
    told = [one for one in found if not word or word in one.subject or word in one.cases]
    return tuple(Mark(one.happened, f"{one.kind}：{one.subject}", "activity") for one in told)
