"""What is marked on the time axis of a KPI: known breaks and recorded step changes, with what is said under the chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.store import Reader
from metrics import breaks, steps
from metrics.charts.base import Mark
from metrics.dimensions import NO_FILTER, Where
from metrics.periods import Period


@dataclass(frozen=True)
class Timeline:
    """The marks of a series, and one sentence for each that explains it in full."""

    marks: tuple[Mark, ...]
    notes: tuple[str, ...]


def timeline(reader: Reader, kpi: str, months: Sequence[Period], where: Where = NO_FILTER) -> Timeline:
    """Return what is marked on the axis of the months of one KPI under a filter, oldest first."""
    if not months:
        return Timeline((), ())
    first, last = months[0].first, months[-1].cut
    marks, notes = [], []
    for one in breaks.breaks(reader, kpi, first, last, where):
        marks.append(Mark(one.on, f"断点：{one.words}", "break"))
        notes.append(f"断点：{breaks.day_words(one.on)}{one.words}，前后不宜直接比较。")
    for step in steps.of_series(reader, kpi, {}, where):
        if first < step.on <= last:
            marks.append(Mark(step.on, f"阶跃：{step.reason}", "step"))
            notes.append(
                f"{breaks.day_words(step.on)}另设均值和控制限：{step.reason}（{step.author}；{steps.standing(months, step.on)}）。"
            )
    return Timeline(tuple(marks), tuple(notes))
