"""What a control chart adds to a line over time: band of ordinary variation, mean, coloured signals, vertical marks.

The band is stepped, for limits change with the number of cases and at a recorded step change, where line and band break.
Only points that are signals have a colour: blue better, orange worse, dark where the KPI is neither.
"""

from collections.abc import Sequence
from itertools import groupby

from metrics.charts.base import BAND, COLOURS, LINE, MEAN, QUIET, Mark, Pane, inert
from metrics.engine import Figure
from metrics.signals import ControlChart, Point

_LONGEST = 9  # characters of a mark's words that are written; the rest is in its hover


def colour(point: Point | None, usual: str) -> str:
    """Return the colour of a point: that of its signal, else the usual one."""
    return COLOURS[point.mark] if point and point.mark else usual


def traces(control: ControlChart, pane: Pane) -> list[dict]:
    """Return each segment's limits as a light band and its mean as a dotted line, to be drawn below the line."""
    found = []
    drawn = list(zip(control.points, control.drawn, strict=True))
    for _, group in groupby(drawn, key=lambda pair: pair[0].segment):
        known = [(point, low, high) for point, (low, high) in group if point.limits and low is not None]
        if not known:
            continue
        shared = {
            "type": "scatter",
            "mode": "lines",
            "hoverinfo": "skip",
            "x": [p.figure.period.label for p, _, _ in known],
        }
        edge = shared | {"line": {"width": 0, "shape": "hvh"}}
        mean = {"width": 1.2, "color": MEAN, "dash": "dot", "shape": "hvh"}
        found += [
            edge | {"y": [low for _, low, _ in known]},
            edge | {"y": [high for _, _, high in known], "fill": "tonexty", "fillcolor": BAND},
            shared | {"y": [point.limits.centre for point, _, _ in known], "line": mean},
        ]
    return [pane.trace(trace) for trace in found]


def levels(control: ControlChart) -> list[float]:
    """Return every limit that is drawn, so that the axis can hold them."""
    return [level for pair in control.drawn for level in pair if level is not None]


def marks(figures: Sequence[Figure], happened: Sequence[Mark], pane: Pane) -> tuple[list[dict], list[dict]]:
    """Return shapes and notes: a vertical line and words for each break and step, and a small sign with its words on hover for activities."""
    placed = [(place, mark) for mark in happened if (place := _place(figures, mark)) is not None]
    lines = sorted((pair for pair in placed if pair[1].kind != "activity"), key=lambda pair: pair[0])
    shapes, notes = [], []
    for number, (place, mark) in enumerate(lines):
        line = {"color": LINE, "width": 1, "dash": "solid" if mark.kind == "step" else "dash"}
        shape = {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "line": line, "layer": "below"}
        shapes.append(shape | {"xref": pane.of("x"), "yref": pane.of("y", "domain")})
        words = mark.words if len(mark.words) <= _LONGEST else f"{mark.words[: _LONGEST - 1]}…"
        side = "right" if place > len(figures) * 0.7 else "left"
        style = {"xanchor": side, "yanchor": "top", "yshift": -14 * (number % 2), "font": {"size": 11, "color": QUIET}}
        notes.append(_note(pane, place, inert(words), inert(mark.words)) | style)
    activities = sorted((pair for pair in placed if pair[1].kind == "activity"), key=lambda pair: pair[0])
    for place, group in groupby(activities, key=lambda pair: round(pair[0])):
        said = "<br>".join(inert(f"{mark.on.month}月{mark.on.day}日 {mark.words}") for _, mark in group)
        style = {"xanchor": "center", "yanchor": "bottom", "font": {"size": 11, "color": LINE}}
        notes.append(_note(pane, place, "▾", said) | style)
    return shapes, notes


def _place(figures: Sequence[Figure], mark: Mark) -> float | None:
    """Return where a day lies on the axis of periods; None outside it."""
    for number, figure in enumerate(figures):
        period = figure.period
        if period.first <= mark.on <= period.last:
            return number - 0.5 + (mark.on - period.first).days / ((period.last - period.first).days + 1)
    return None


def _note(pane: Pane, place: float, text: str, said: str) -> dict:
    """Return words at the top of a pane; said: what is read when they are pointed at."""
    at = {"x": place, "xref": pane.of("x"), "y": 1, "yref": pane.of("y", "domain")}
    return at | {"text": text, "hovertext": said, "showarrow": False}
