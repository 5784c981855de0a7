"""What counting gives: numbers of rows of one KPI in one window and group."""

from dataclasses import dataclass
from datetime import date

Group = tuple[str, ...]  # values in the order of `by`; () is the total
Window = tuple[date, date]  # first day, last counted day


@dataclass(frozen=True)
class Counts:
    """What was counted for one KPI, window and group; `value` only where SQL itself gives it (quantiles)."""

    numerator: int = 0
    denominator: int = 0
    left_out: int = 0
    value: float | None = None


NOTHING = Counts()
Table = dict[tuple[str, Window, Group], Counts]  # by KPI id; a missing key is NOTHING
