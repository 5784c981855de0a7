"""January and February as one point of a monthly series (setting join_spring_months).

The Spring Festival falls now into the one and now into the other, so that neither compares with itself a year before.
A joined point has the cases of two months. A share or a duration of them stands beside the other months as it is; a
number of cases is drawn and judged as the average of the two months, else every spring would be a signal. The average
varies less than a single month does, so that limits are rather too wide for it than too narrow.
"""

from collections.abc import Iterable
from dataclasses import replace

from metrics import format
from metrics.engine import Figure
from metrics.periods import is_spring

NOTE = "1—2月合并为一点，按两个月的月均画"


def per_month(figure: Figure) -> Figure:
    """Return a count over January and February as their monthly average, and any other figure as it is."""
    if not is_averaged(figure):
        return figure
    return replace(figure, value=figure.numerator / 2)


def is_averaged(figure: Figure) -> bool:
    """Say whether a figure of a monthly series counts two months, which an average stands for."""
    return figure.kpi.kind == "count" and figure.numerator is not None and is_spring(figure.period)


def words(figure: Figure) -> str:
    """Return what a point of a monthly series says: 43件; 月均70.5件（两个月共141件） of a joined one."""
    if not is_averaged(figure):
        return format.with_unit(figure.kpi, figure.value)
    return f"月均{_half(figure)}{figure.kpi.unit}（两个月共{figure.numerator}{figure.kpi.unit}）"


def short_words(figure: Figure) -> str:
    """Return the same for a label beside the point: 43件, 月均70.5件."""
    return (
        f"月均{_half(figure)}{figure.kpi.unit}" if is_averaged(figure) else format.with_unit(figure.kpi, figure.value)
    )


def note(figures: Iterable[Figure]) -> str:
    """Return what must be said under a series that has a joined count; empty where it has none."""
    return NOTE if any(is_averaged(figure) for figure in figures) else ""


def _half(figure: Figure) -> str:
    return str(figure.numerator // 2) if figure.numerator % 2 == 0 else f"{figure.numerator // 2}.5"
