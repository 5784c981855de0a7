"""Events too rare for a monthly count to say anything: judged by the days between them (t-chart; g-chart with ties).

A month without an event is ordinary then. What tells is a gap: a much longer one, the one still open included, or many
short ones in a row. A month with a great many is found by its own exact Poisson probability (metrics/signals.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from data.store import Reader
from metrics.aggregates import numerator_of
from metrics.control import g_chart, t_chart
from metrics.counting import bound, fill, source_of
from metrics.dimensions import Where
from metrics.kpi import Kpi
from metrics.relations import RELATIONS
from metrics.rules import Convention, judge

FEWEST = 6  # gaps without which nothing is said


@dataclass(frozen=True)
class Gaps:
    """The state of the days between events at the end of a time: chart t, g or "" (too few); level high is longer.

    open_days: since the last event; rule and level as metrics.rules.Judged has them for the last gap.
    """

    chart: str
    many: int
    open_days: int
    rule: str
    level: str


def event_days(reader: Reader, kpi: Kpi, first: date, last: date, where: Where) -> list[date]:
    """Return the day of each row that a count counts, in order, a day as often as it has rows."""
    test, wanted = where.condition(RELATIONS[kpi.relation])
    sql = fill(
        "event_days",
        period_of=kpi.period_of or "",
        source=source_of(kpi.relation, []),
        where=test,
        condition=numerator_of(kpi),
    )
    found = reader.query(sql, bound(reader, sql, [(first, last)], False, wanted))
    return [day for day, many in found for _ in range(many)]


def gaps(days: Sequence[date], last: date, since: date, convention: Convention) -> Gaps:
    """Return the state on the day `last`; a gap that ended before `since` is no news.

    The open gap counts only where it is already longer than the upper limit.
    """
    found = [(after - before).days for before, after in pairwise(days)]
    open_days = (last - days[-1]).days if days else 0
    if len(found) < FEWEST:
        return Gaps("", len(found), open_days, "", "")
    chart = "t" if min(found) > 0 else "g"
    limits = t_chart(found, convention.screening) if chart == "t" else g_chart(found)
    high = limits[-1].high
    if high is not None and open_days > high:
        return Gaps(chart, len(found), open_days, "A", "high")
    judged = judge(found, limits, convention)[-1]
    is_news = days[-1] >= since
    return Gaps(chart, len(found), open_days, judged.rule if is_news else "", judged.level if is_news else "")
