"""Recorded step changes: from a day on a KPI runs at another level, for a reason that somebody has written down.

A step change begins new limits in the control charts; the months before stay as they were judged. Nothing is ever
stepped by itself: where the months have lain on one side of the mean long enough, a step is proposed, and a person
says whether there was a cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.store import Reader
from metrics import catalog
from metrics.dimensions import Where
from metrics.periods import Period

FEWEST, BETTER = 7, 12  # complete months after a step: fewer are a trial, from 12 on the limits are firm
TRIAL = "试行"


@dataclass(frozen=True)
class Step:
    """A recorded step change of a KPI; branch: "" for the whole city."""

    on: date
    kpi: str
    branch: str
    author: str
    reason: str


def steps(reader: Reader, kpi: str, branch: str = "") -> list[Step]:
    """Return the step changes of a KPI for the whole city or one branch, oldest first."""
    sql = "SELECT starts_on, kpi, branch, author, reason FROM steps WHERE kpi = ? AND coalesce(branch, '') = ? ORDER BY starts_on"
    return [Step(*row) for row in reader.query(sql, [catalog.get(kpi).id, branch])]


def of_series(reader: Reader, kpi: str, group: dict[str, str], where: Where) -> list[Step]:
    """Return the step changes that a series of months shows: those of its one branch, or of the whole city.

    A series of several branches, or cut by anything else than the branch, has none: its level may be another.
    """
    others = {*group, *where.names} - {"branch"}
    branches = (group["branch"],) if "branch" in group else where.get("branch") or reader.scope.branches or ()
    if others or where.conditions or len(branches) > 1:
        return []
    return steps(reader, kpi, branches[0] if branches else "")


def standing(months: Sequence[Period], on: date) -> str:
    """Return how firm the limits after a step are, in words: a step that few months follow is a trial.

    months: those of its series; the one that holds `on` is the first that counts.
    """
    many = sum(month.complete and month.last >= on for month in months)
    if many < FEWEST:
        return f"{TRIAL}：此后只有{many}个完整的月，满{FEWEST}个月才算数"
    return f"此后{many}个完整的月" + ("" if many >= BETTER else f"，满{BETTER}个月更稳")
