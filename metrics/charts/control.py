"""What a control chart adds to a line over time: band of ordinary variation, mean, coloured signals, vertical marks.

The band is stepped, for limits change with the number of cases and at a recorded step change, where line and band break.
Only points that are signals have a colour: blue better, orange worse, dark where the KPI is neither.
"""

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from metrics.charts.base import BAND, COLOURS, LINE, MEAN, QUIET, Mark, inert
from metrics.engine import Figure
from metrics.signals import ControlChart, Point

_LONGEST = 9  # characters of a mark's words that are written; the rest is in its hover


def colour(point: Point | None, usual: str) -> str:
    """Return the colour of a point: that of its signal, else the usual one."""
    return COLOURS[point.mark] if point and point.mark else usual


def add_band(chart: go.Figure, control: ControlChart, **at: int) -> None:
    """Add each segment's limits as a light band and its mean as a dotted line; call before the line is drawn."""
    drawn = list(zip(control.points, control.drawn, strict=True))
    for _, group in groupby(drawn, key=lambda pair: pair[0].segment):
        known = [(point, low, high) for point, (low, high) in group if point.limits and low is not None]
        if not known:
            continue
        labels = [point.figure.period.label for point, _, _ in known]
        edge = {"mode": "lines", "line": {"width": 0, "shape": "hvh"}, "hoverinfo": "skip"}
        chart.add_trace(go.Scatter(x=labels, y=[low for _, low, _ in known], **edge), **at)
        chart.add_trace(
            go.Scatter(x=labels, y=[high for _, _, high in known], fill="tonexty", fillcolor=BAND, **edge), **at
        )
        mean = {"width": 1.2, "color": MEAN, "dash": "dot", "shape": "hvh"}
        centres = [point.limits.centre for point, _, _ in known]
        chart.add_trace(go.Scatter(x=labels, y=centres, mode="lines", line=mean, hoverinfo="skip"), **at)


def levels(control: ControlChart) -> list[float]:
    """Return every limit that is drawn, so that the axis can hold them."""
    return [level for pair in control.drawn for level in pair if level is not None]


def add_marks(chart: go.Figure, figures: Sequence[Figure], marks: Sequence[Mark], **at: int) -> None:
    """Add a vertical line and words for each break and step, and a small sign with its words on hover for activities."""
    placed = [(place, mark) for mark in marks if (place := _place(figures, mark)) is not None]
    lines = sorted((pair for pair in placed if pair[1].kind != "activity"), key=lambda pair: pair[0])
    for number, (place, mark) in enumerate(lines):
        line = {"color": LINE, "width": 1, "dash": "solid" if mark.kind == "step" else "dash"}
        chart.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, yref="y domain", line=line, layer="below", **at)
        words = mark.words if len(mark.words) <= _LONGEST else f"{mark.words[: _LONGEST - 1]}…"
        _write(chart, place, words, mark.words, is_right=place > len(figures) * 0.7, lower=number % 2, **at)
    activities = sorted((pair for pair in placed if pair[1].kind == "activity"), key=lambda pair: pair[0])
    for place, group in groupby(activities, key=lambda pair: round(pair[0])):
        said = "<br>".join(inert(f"{mark.on.month}月{mark.on.day}日 {mark.words}") for _, mark in group)
        _write(chart, place, "▾", said, is_sign=True, **at)


def _place(figures: Sequence[Figure], mark: Mark) -> float | None:
    """Return where a day lies on the axis of periods; None outside it."""
    for number, figure in enumerate(figures):
        period = figure.period
        if period.first <= mark.on <= period.last:
            return number - 0.5 + (mark.on - period.first).days / ((period.last - period.first).days + 1)
    return None


def _write(
    chart: go.Figure,
    place: float,
    words: str,
    said: str,
    is_right: bool = False,
    lower: int = 0,
    is_sign: bool = False,
    **at: int,
) -> None:
    chart.add_annotation(
        x=place,
        y=1,
        yref="y domain",
        text=words if is_sign else inert(words),
        hovertext=said if is_sign else inert(said),
        showarrow=False,
        xanchor="center" if is_sign else "right" if is_right else "left",
        yanchor="bottom" if is_sign else "top",
        yshift=-14 * lower,
        font={"size": 11, "color": LINE if is_sign else QUIET},
        **at,
    )
