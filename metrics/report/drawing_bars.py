"""Paints columns and bars: labelled with their values and without an axis, the year before paler beside them.

Columns whose names or labels would not fit side by side become bars, one under the other: a name is never turned, and
shortened only when three lines do not hold it.
"""

from typing import NamedTuple

from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import (
    LABEL,
    LINE,
    PALE,
    QUIET,
    RULE,
    TEXT,
    VALUE,
    are_periods,
    colour_at,
    known,
    of_role,
    period_ticks,
    period_words,
    text_at,
    ticks,
    value_range,
    wrap,
)
from metrics.report.pen import Pen, width_of

HEIGHT = 172.0
_LINE = 11.5  # between the lines of a name
_MOST = 3  # lines of a name
_TEXT_ROOM = 14.0  # over a column, for its label
_WIDEST = 34.0  # of a column
_MAIN, _FORMER, _BETWEEN = 10.0, 8.0, 7.0  # heights of bars, and the room between rows


class Rows(NamedTuple):
    """How bars lie: the lines of each name, the width of the names and of the labels, the height of each row."""

    names: list[list[str]]
    left: float
    right: float
    heights: list[float]

    @property
    def height(self) -> float:
        """Height of all rows together, in points."""
        return sum(self.heights) + 2


def _shown(chart: Chart) -> list[Series]:
    return of_role(chart, "main", "former")


def _is_labelled(chart: Chart) -> bool:
    """Say whether every value has its words beside it, so that no axis is needed."""
    return all(value is None or text_at(series, i) for series in _shown(chart) for i, value in enumerate(series.values))


def _names_of(chart: Chart) -> list[str]:
    return [period_words(name) for name in chart.categories]


def fit_columns(chart: Chart, width: float) -> bool:
    """Say whether names and labels fit when the columns stand side by side on `width` points."""
    slot = width / len(chart.categories)
    if are_periods(chart.categories):
        return True
    fits = all(len(wrap(name, LABEL, slot - 6, _MOST + 1)) <= _MOST for name in _names_of(chart))
    return fits and slot >= 4.5 * LABEL and _labels_fit(chart, slot)


def _labels_fit(chart: Chart, slot: float) -> bool:
    shown = _shown(chart)
    each = min(_WIDEST, slot * 0.8 / len(shown)) if len(shown) > 1 else slot
    return all(width_of(words, VALUE, bold=True) <= each + 2 for series in shown for words in series.texts)


def paint_columns(pen: Pen, top: float, chart: Chart) -> None:
    """Paint a chart of kind column between `top` and `top` + HEIGHT."""
    labelled = _is_labelled(chart) and _labels_fit(chart, pen.width / len(chart.categories))
    values = [value for series in _shown(chart) for value in known(series)]
    low, high = value_range([0.0, *values], False, 0.0) if labelled else value_range([0.0, *values], False)
    high = max(values) if labelled and max(values) > 0 else high
    lines = 1 if are_periods(chart.categories) else _MOST
    slot_all = pen.width / len(chart.categories)
    if lines > 1:
        lines = max(len(wrap(name, LABEL, slot_all - 6, _MOST)) for name in _names_of(chart))
    bottom = top + HEIGHT - lines * _LINE - 5
    ceiling = top + _TEXT_ROOM
    left = 0.0 if labelled else _paint_scale(pen, ceiling, bottom, low, high, chart.unit == "%")
    slot = (pen.width - left) / len(chart.categories)
    across = min(_WIDEST, slot * (0.8 if len(_shown(chart)) > 1 else 0.62) / len(_shown(chart)))

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - ceiling)

    for i in range(len(chart.categories)):
        middle = left + (i + 0.5) * slot
        for at, series in enumerate(_shown(chart)):
            value = series.values[i]
            x = middle + (at - len(_shown(chart)) / 2) * across
            if value is not None:
                _paint_column(pen, chart, series, i, (x, across, y(0.0), y(float(value))), labelled)
    pen.line([(left, y(0.0)), (pen.width, y(0.0))], PALE, 0.8)
    _write_names(pen, chart, left, slot, bottom)


def _paint_scale(pen: Pen, top: float, bottom: float, low: float, high: float, is_share: bool) -> float:
    """Paint a scale for columns that have no labels of their own; return where the columns may begin."""
    scale = ticks(low, high, is_share)
    left = max(width_of(words, LABEL) for _, words in scale) + 6
    for value, words in scale:
        y = bottom - (value - low) / (high - low) * (bottom - top)
        pen.line([(left, y), (pen.width, y)], RULE, 0.6)
        pen.words(left - 4, y, words, LABEL, QUIET, align="right")
    return left


def _paint_column(
    pen: Pen, chart: Chart, series: Series, index: int, place: tuple[float, float, float, float], labelled: bool
) -> None:
    x, across, zero, end = place
    colour = colour_at(chart, index, LINE) if series.role == "main" else PALE
    gap = min(1.0, across * 0.1)
    upper, tall = min(zero, end), abs(zero - end)
    if series.role == "main" and index == chart.unfinished:
        pen.box(x + gap, upper, across - 2 * gap, tall, "#FFFFFF", edge=colour, width=1.0, dash="dash")
    else:
        pen.box(x + gap, upper, across - 2 * gap, tall, colour)
    if labelled:
        is_main = series.role == "main"
        words, shade = text_at(series, index), (TEXT if colour == LINE else colour) if is_main else QUIET
        pen.words(x + across / 2, upper - 7, words, VALUE if is_main else LABEL, shade, is_main, "center")


def _write_names(pen: Pen, chart: Chart, left: float, slot: float, bottom: float) -> None:
    if are_periods(chart.categories):
        named = [(i, [words]) for i, words in period_ticks(chart.categories)]
    else:
        named = [(i, wrap(name, LABEL, slot - 6, _MOST)) for i, name in enumerate(chart.categories)]
    ends = -1.0
    for i, lines in named:
        half = max(width_of(line, LABEL) for line in lines) / 2
        x = min(max(left + (i + 0.5) * slot, half), pen.width - half)
        if x - half < ends:
            continue
        ends = x + half + 2
        for number, line in enumerate(lines):
            pen.words(x, bottom + 9 + number * _LINE, line, LABEL, QUIET, align="center")


def rows(chart: Chart, width: float) -> Rows:
    """Return how the bars of a chart lie on `width` points."""
    widest = max((width_of(name, LABEL) for name in _names_of(chart)), default=0.0)
    left = min(widest, width * 0.36) + 6
    names = [wrap(name, LABEL, left - 5, _MOST) for name in _names_of(chart)]
    texts = [words for series in _shown(chart) for words in series.texts]
    right = max((width_of(words, VALUE, bold=True) for words in texts), default=0.0) + 6
    bars = sum(_MAIN if series.role == "main" else _FORMER for series in _shown(chart))
    between = _BETWEEN if len(names) <= 25 else _BETWEEN / 2
    return Rows(names, left, right, [max(bars, len(lines) * _LINE) + between for lines in names])


def paint_bars(pen: Pen, top: float, chart: Chart, lie: Rows) -> None:
    """Paint horizontal bars from `top` downwards, in the order of the chart."""
    values = [value for series in _shown(chart) for value in known(series)]
    low, high = min(0.0, *values, 0.0), max(0.0, *values)
    per = (pen.width - lie.left - lie.right) / ((high - low) or 1.0)
    zero, at = lie.left - low * per, top
    for i, (lines, height) in enumerate(zip(lie.names, lie.heights, strict=True)):
        middle = at + height / 2
        for number, line in enumerate(lines):
            pen.words(0, middle + (number - (len(lines) - 1) / 2) * _LINE, line, LABEL, TEXT)
        _paint_bar(pen, chart, i, middle, zero, per)
        at += height
    pen.line([(zero, top), (zero, at)], PALE, 0.8)


def _paint_bar(pen: Pen, chart: Chart, index: int, middle: float, zero: float, per: float) -> None:
    shown = _shown(chart)
    y = middle - sum(_MAIN if series.role == "main" else _FORMER for series in shown) / 2
    for series in shown:
        is_main = series.role == "main"
        tall, value = (_MAIN if is_main else _FORMER), series.values[index]
        if value is not None:
            colour = colour_at(chart, index, LINE) if is_main else PALE
            look = {"edge": colour, "width": 1.0, "dash": "dash"} if is_main and index == chart.unfinished else {}
            long = float(value) * per
            pen.box(min(zero, zero + long), y, abs(long), tall - 1, "#FFFFFF" if look else colour, **look)
            shade = (TEXT if colour == LINE else colour) if is_main else QUIET
            size = VALUE if is_main else LABEL - 1
            pen.words(max(zero, zero + long) + 4, y + tall / 2 - 0.5, text_at(series, index), size, shade, is_main)
        y += tall
