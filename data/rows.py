"""A row on its way into the store: its values, what is doubtful about it, its cells once masked."""

from dataclasses import dataclass, field
from datetime import date, datetime

from data.rules import Problem


@dataclass
class MappedRow:
    """A row in our own terms. `values` has every stored column that the row can know; `cells` are its texts, masked."""

    row_no: int
    values: dict[str, object]
    problems: list[Problem] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    quarantine_id: str = ""

    @property
    def is_rejected(self) -> bool:
        return any(problem.rejects for problem in self.problems)


def day_of(moment: object) -> date | None:
    """Return the calendar day of a moment, None for none."""
    return moment.date() if isinstance(moment, datetime) else None
