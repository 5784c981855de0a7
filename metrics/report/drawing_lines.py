"""Paints a line over time: control band in light grey and stepped, mean dotted, target dashed, the year before paler.

Only signals are coloured. What a line is, is written at its right end; no legend. The period that is not over is hollow
and reached by a dashed line.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import (
    BAND,
    LABEL,
    LINE,
    MEAN,
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
    text_at,
    ticks,
    value_range,
    wrap,
)
from metrics.report.pen import Pen, width_of

HEIGHT = 172.0
_FOOT = 18.0  # under the axis, for its words
_ABOVE = 8.0  # over the highest tick
_APART = 11.0  # between the labels at the right end
_FINER = 8.0  # size of the names of limits
_LIMITS = {"centre": MEAN, "low": MEAN, "high": MEAN, "target": QUIET, "former": MEAN}


class _Plot(NamedTuple):
    """Where categories and values lie on the sheet, in points."""

    left: float
    right: float
    top: float
    bottom: float
    many: int
    low: float
    high: float

    @property
    def slot(self) -> float:
        return (self.right - self.left) / self.many

    def x(self, index: float) -> float:
        return self.left + (index + 0.5) * self.slot

    def y(self, value: float) -> float:
        within = min(max(value, self.low), self.high)
        return self.bottom - (within - self.low) / (self.high - self.low) * (self.bottom - self.top)


class _Label(NamedTuple):
    """Words at the right end of a line."""

    y: float
    words: str
    size: float
    colour: str
    bold: bool


def paint(pen: Pen, top: float, chart: Chart) -> None:
    """Paint a chart of kind line between `top` and `top` + HEIGHT."""
    is_share = chart.unit == "%"
    low, high = value_range([value for series in chart.series for value in known(series)], is_share)
    scale = ticks(low, high, is_share)
    left = max((width_of(words, LABEL) for _, words in scale), default=0) + 6
    names = _names(chart)
    right = pen.width - max((width_of(words, size, bold) for words, size, _, bold, _ in names), default=0) - 8
    plot = _Plot(left, right, top + _ABOVE, top + HEIGHT - _FOOT, len(chart.categories), low, high)
    _paint_axes(pen, plot, chart, scale)
    _paint_limits(pen, plot, chart)
    for series in sorted(of_role(chart, "main", "former"), key=lambda one: one.role == "main"):
        _paint_line(pen, plot, chart, series)
    labels = [_Label(plot.y(value), words, size, colour, bold) for words, size, colour, bold, value in names]
    for label in _spread(labels, plot.top, plot.bottom):
        pen.words(right + 5, label.y, label.words, label.size, label.colour, label.bold)


def _paint_axes(pen: Pen, plot: _Plot, chart: Chart, scale: Sequence[tuple[float, str]]) -> None:
    if band := _band(plot, chart):
        for corners in band:
            pen.area(corners, BAND)
    for value, words in scale:
        pen.line([(plot.left, plot.y(value)), (plot.right, plot.y(value))], RULE, 0.6)
        pen.words(plot.left - 4, plot.y(value), words, LABEL, QUIET, align="right")
    pen.line([(plot.left, plot.bottom), (plot.right, plot.bottom)], PALE, 0.8)
    ends = 0.0
    for index, words in _category_ticks(plot, chart):
        half = width_of(words, LABEL) / 2
        x = min(max(plot.x(index), half), pen.width - half)
        pen.line([(plot.x(index), plot.bottom), (plot.x(index), plot.bottom + 3)], PALE, 0.8)
        if x - half >= ends:
            pen.words(x, plot.bottom + 10.5, words, LABEL, QUIET, align="center")
            ends = x + half + 4


def _category_ticks(plot: _Plot, chart: Chart) -> list[tuple[int, str]]:
    if are_periods(chart.categories):
        return period_ticks(chart.categories)
    return [(i, wrap(name, LABEL, max(plot.slot - 4, 4 * LABEL), 1)[0]) for i, name in enumerate(chart.categories)]


def _band(plot: _Plot, chart: Chart) -> list[list[tuple[float, float]]]:
    """Return the corners of the control band, a polygon for each stretch that has both limits."""
    lows, highs = of_role(chart, "low"), of_role(chart, "high")
    if not lows or not highs:
        return []
    pairs = list(zip(lows[0].values, highs[0].values, strict=True))
    stretches = _stretches([None if None in pair else pair for pair in pairs])
    return [
        [
            *(point for i in stretch for point in _step(plot, i, pairs[i][1])),
            *(point for i in reversed(stretch) for point in reversed(_step(plot, i, pairs[i][0]))),
        ]
        for stretch in stretches
    ]


def _step(plot: _Plot, index: int, value: float) -> list[tuple[float, float]]:
    half = plot.slot / 2
    return [(plot.x(index) - half, plot.y(value)), (plot.x(index) + half, plot.y(value))]


def _stretches(values: Sequence[object]) -> Iterator[list[int]] | list[list[int]]:
    """Return the indexes of each unbroken stretch of values."""
    runs = groupby(range(len(values)), key=lambda i: values[i] is None)
    return [list(run) for is_gap, run in runs if not is_gap]


def _paint_limits(pen: Pen, plot: _Plot, chart: Chart) -> None:
    for series in of_role(chart, "centre", "target"):
        dash, colour = ("dot", MEAN) if series.role == "centre" else ("dash", QUIET)
        for stretch in _stretches(series.values):
            pen.line([point for i in stretch for point in _step(plot, i, series.values[i])], colour, 1.0, dash)


def _paint_line(pen: Pen, plot: _Plot, chart: Chart, series: Series) -> None:
    """Paint a line that breaks where there is no value, its last stretch dashed to an unfinished period."""
    is_main = series.role == "main"
    colour, width = (LINE, 1.5) if is_main else (PALE, 1.2)
    hollow = chart.unfinished if is_main else -1
    for stretch in _stretches(series.values):
        points = {i: (plot.x(i), plot.y(series.values[i])) for i in stretch}
        whole = [points[i] for i in stretch if i != hollow]
        if len(whole) > 1:
            pen.line(whole, colour, width)
        if hollow in points and hollow - 1 in points:
            pen.line([points[hollow - 1], points[hollow]], colour, width, "dash")
        for i, (x, y) in points.items() if is_main else ():
            _paint_point(pen, x, y, colour_at(chart, i, colour), i == hollow)
    if is_main:
        _paint_texts(pen, plot, chart, series)


def _paint_point(pen: Pen, x: float, y: float, colour: str, is_hollow: bool) -> None:
    if is_hollow:
        pen.dot(x, y, 3.2, "#FFFFFF", colour, 1.3)
    elif colour == LINE:
        pen.dot(x, y, 1.9, colour)
    else:
        pen.dot(x, y, 3.6, colour, "#FFFFFF", 0.8)


def _paint_texts(pen: Pen, plot: _Plot, chart: Chart, series: Series) -> None:
    """Write labels over their points; that of the last category stands at the right end."""
    for i, value in enumerate(series.values[:-1]):
        if value is not None and text_at(series, i):
            above = plot.y(value) - 9 if plot.y(value) - 14 > plot.top - _ABOVE else plot.y(value) + 10
            colour = colour_at(chart, i, TEXT)
            pen.words(plot.x(i), above, text_at(series, i), VALUE, colour, bold=True, align="center")


def _names(chart: Chart) -> list[tuple[str, float, str, bool, float]]:
    """Return what is written at the right end: words, size, colour, whether bold, and the value it stands beside."""
    found = []
    for series in chart.series:
        is_main, end = series.role == "main", series.values[-1] if series.values else None
        if is_main and end is not None and (words := text_at(series, len(series.values) - 1)):
            colour = colour_at(chart, len(series.values) - 1, TEXT)
            found.append((words, VALUE, colour, True, end))
        elif not is_main and (values := known(series)):
            found.append((wrap(series.name, _FINER, 70, 1)[0], _FINER, _LIMITS[series.role], False, values[-1]))
    return found


def _spread(labels: list[_Label], top: float, bottom: float) -> list[_Label]:
    """Return the labels far enough from each other to be read, the bold ones where they belong."""
    placed: list[_Label] = []
    for label in sorted(labels, key=lambda one: (not one.bold, one.y)):
        steps = (sign * far for far in range(0, int(bottom - top) * 2) for sign in (1, -1))
        free = (
            label.y + step
            for step in steps
            if top - 4 <= label.y + step <= bottom and all(abs(label.y + step - other.y) >= _APART for other in placed)
        )
        placed.append(label._replace(y=next(free, label.y)))
    return placed
