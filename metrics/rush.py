"""Closings in the last three days of a month: a diagnostic of how work is recorded, for no ranking.

If cases were closed evenly, these days would have their part of the days and no more; many more closings than that are
a hint that they are entered for the sake of the month's figures.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from data.store import Reader
from metrics import periods
from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.format import text
from metrics.parameters import start_day
from metrics.periods import Period

KPI = "month_end_close_share"
_LAST = 3  # days, as the KPI counts them


@dataclass(frozen=True)
class Rush:
    """The share of closings in the last days of months, and the share that these days have of all days counted."""

    figure: Figure
    even: Fraction

    @property
    def even_text(self) -> str:
        """The share of the days as it is printed: 9.9%."""
        return text(self.figure.kpi, self.even)


def rush(reader: Reader, span: tuple[Period, ...], where: Where) -> list[Rush]:
    """Return the share of late closings of each period, beside what an even pace would give."""
    return [
        Rush(figure, even_share(figure.period, start_day(reader))) for figure in measure(reader, [KPI], span, (), where)
    ]


def even_share(period: Period, month_start: int) -> Fraction:
    """Return the share of the counted days of a period that are among the last three of a statistical month."""
    late = 0
    for month in periods.months(period.first, period.cut, period.cut, month_start):
        end = periods.month_holding(month.first, month_start).last
        first_late = max(month.first, end - timedelta(days=_LAST - 1))
        late += max(0, (month.cut - first_late).days + 1)
    return Fraction(late, (period.cut - period.first).days + 1)
