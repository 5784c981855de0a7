"""How cases came, were taken on and left: cumulative counts whose gap is what is in hand.

Every case has at most three moves (metrics/sql/case_moves.sql), so that the stock before, plus what came, less what
was closed and what left otherwise, is the stock after: the KPI open_cases, whatever the filter.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from data.store import Reader
from metrics import periods
from metrics.counting import count, window_of
from metrics.dimensions import Where
from metrics.kpi import Kpi
from metrics.periods import Period

_FIRST_DAY = date(1990, 1, 1)  # the importer takes no earlier one
_BASE = Kpi(
    id="move", name="登记、受理与离手", group="时效", question="", formula="", kind="count", unit="件", period_words="",
    numerator_words="", relation="case_moves", period_of="move_on",
)  # fmt: skip
MOVES = {
    move: replace(_BASE, id=f"move#{move}", population=f"move = '{move}'")
    for move in ("received", "handled", "closed", "gone")
}


@dataclass(frozen=True)
class Flow:
    """Cumulative counts at the end of one period, the opening stock included: received ≥ handled ≥ left.

    received − left is what is in hand, received − handled what waits for acceptance. came, taken, closed, gone: within
    the period alone; taken on, or gone without it; gone left without being closed (不予受理、退回、撤回、并案).
    """

    period: Period
    received: int
    handled: int
    left: int
    came: int
    taken: int
    closed: int
    gone: int

    @property
    def in_hand(self) -> int:
        """The cases open at the end of the period."""
        return self.received - self.left

    @property
    def before(self) -> tuple[int, int, int]:
        """What `received`, `handled` and `left` were when the period began."""
        return self.received - self.came, self.handled - self.taken, self.left - self.closed - self.gone


@dataclass(frozen=True)
class Course:
    """Flows of consecutive periods, the oldest first, and what they come to together."""

    flows: tuple[Flow, ...]

    @property
    def opening(self) -> int:
        """The cases in hand before the first period."""
        return self.flows[0].before[0]

    @property
    def in_hand(self) -> int:
        """The cases in hand at the end: opening + came − closed − gone."""
        return self.flows[-1].in_hand

    @property
    def came(self) -> int:
        """The cases received over all periods."""
        return sum(flow.came for flow in self.flows)

    @property
    def closed(self) -> int:
        """The cases closed over all periods."""
        return sum(flow.closed for flow in self.flows)

    @property
    def gone(self) -> int:
        """The cases that left otherwise over all periods."""
        return sum(flow.gone for flow in self.flows)

    @property
    def since(self) -> str:
        """When the first period begins, in words: 2025年初, 2024年11月初."""
        first = self.flows[0].period
        if periods.cumulative(first).first == first.first:
            return f"{first.year}年初"
        return f"{periods.month_holding(first.first, first.start_day).plain_words}初"


def course(reader: Reader, span: tuple[Period, ...], where: Where) -> Course:
    """Return the flows of consecutive periods with their sums."""
    return Course(tuple(flows(reader, span, where)))


def flows(reader: Reader, span: tuple[Period, ...], where: Where) -> list[Flow]:
    """Return how cases came and went over consecutive periods, cumulatively, what was in hand before them included.

    Whatever the filter, in_hand is what the KPI open_cases counts at the end of each period.
    """
    before = periods.span(_FIRST_DAY, span[0].first - timedelta(days=1), reader.as_of)
    counted = count(reader, list(MOVES.values()), [before, *span], (), where)

    def of(move: str, period: Period) -> int:
        found = counted.get((MOVES[move].id, window_of(MOVES[move], period), ()))
        return found.numerator if found else 0

    gone_before = of("closed", before) + of("gone", before)
    received, handled, left = of("received", before) - gone_before, of("handled", before) - gone_before, 0
    found = []
    for period in span:
        came, taken, closed, gone = (of(move, period) for move in MOVES)
        received, handled, left = received + came, handled + taken, left + closed + gone
        found.append(Flow(period, received, handled, left, came, taken, closed, gone))
    return found
