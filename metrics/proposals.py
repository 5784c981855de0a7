"""Where a step change might be recorded, and what speaks for one that is: proposals only, never applied by themselves.

A lasting shift is proposed: as many complete months on one side of the mean as the convention asks, up to the last one.
Whether there was a cause is a person's judgement, and goes into the record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from data.store import Reader
from metrics import catalog, spring, steps
from metrics.dimensions import NO_FILTER, Where, fits
from metrics.engine import measure
from metrics.periods import Period
from metrics.signals import ControlChart, Point, control_chart, convention_of


@dataclass(frozen=True)
class Proposal:
    """A month from which a KPI has run at another level, and that in words."""

    on: date
    month: Period
    words: str


def where_of(branch: str) -> Where:
    """Return the filter of the series of one branch; no filter for the whole city ("")."""
    return Where.of({"branch": [branch]}) if branch else NO_FILTER


def proposals(reader: Reader, kpi: str, branch: str, months: Sequence[Period]) -> list[Proposal]:
    """Return where a step change may be recorded in the months of a KPI, for the whole city ("") or one branch."""
    chart = _chart(reader, kpi, branch, months, [step.on for step in steps.steps(reader, kpi, branch)])
    run = _lasting_run(chart) if chart else []
    if len(run) < convention_of(reader).shift or run[0] == _of_segment(chart)[0]:
        return []
    first = run[0].figure.period
    side = "高于" if run[0].judged.side > 0 else "低于"
    return [Proposal(first.first, first, f"自{first.plain_words}起连续{len(run)}个月{side}均值")]


def standing(reader: Reader, step: steps.Step, months: Sequence[Period]) -> str:
    """Return how firm a recorded step change is, in words: months that follow, and whether a shift speaks for it."""
    words = steps.standing(months, step.on)
    earlier = [one.on for one in steps.steps(reader, step.kpi, step.branch) if one.on < step.on]
    chart = _chart(reader, step.kpi, step.branch, months, earlier)
    after = [point for point in chart.points if point.figure.period.last >= step.on] if chart else []
    sides = [point.judged.side if point.judged else None for point in after]
    longest = max((len(list(run)) for side, run in groupby(sides) if side), default=0)
    if longest >= convention_of(reader).shift:
        return words
    return f"{words}；此后没有连续同侧的信号，仅凭所记原因"


def _chart(
    reader: Reader, kpi: str, branch: str, months: Sequence[Period], rebase_at: Sequence[date]
) -> ControlChart | None:
    if not months or (branch and not fits(catalog.get(kpi).relation, ["branch"])):
        return None
    where = where_of(branch)
    figures = [spring.per_month(one) for one in measure(reader, [kpi], months, (), where) if not one.group]
    return control_chart(reader, figures, where, rebase_at)


def _lasting_run(chart: ControlChart) -> list[Point]:
    """Return the last complete months that lie on one side of the mean of their segment, oldest first."""
    run: list[Point] = []
    for point in reversed(_of_segment(chart)):
        if not point.judged or not point.judged.side or (run and point.judged.side != run[-1].judged.side):
            break
        run.append(point)
    return run[::-1]


def _of_segment(chart: ControlChart) -> list[Point]:
    last = chart.points[-1].segment
    return [point for point in chart.points if point.segment == last and point.figure.period.complete]
