"""Figures of a city and of the lake, side by side."""

from data.schema import BUREAU_MARK
from metrics.engine import Figure


def counted(figures: list[Figure], name: str = "") -> dict[tuple, Figure]:
    """Return the figures by KPI, month and group; name: the bureau to take out of the groups, others left out."""
    found = {}
    for figure in figures:
        group = dict(figure.group)
        if name and group.pop("bureau", name) != name:
            continue
        if name and "branch" in group:
            bureau, _, group["branch"] = group["branch"].partition(BUREAU_MARK)
            if bureau != name:
                continue
        found[figure.kpi.id, figure.period.label, tuple(sorted(group.items()))] = figure
    return found


def numbers(figure: Figure) -> tuple:
    return figure.numerator, figure.denominator, figure.value, figure.left_out


def check_equal(own: dict[tuple, Figure], theirs: dict[tuple, Figure]) -> None:
    """Every figure of a city is in the lake, the same; what the lake has besides (another city's industry) counts nothing."""
    assert {key: numbers(own[key]) for key in own} == {key: numbers(theirs[key]) for key in own}
    assert [key for key in set(theirs) - set(own) if theirs[key].numerator] == []
