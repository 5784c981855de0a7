"""One KPI over time as a line, alone or as small multiples.

A chart stands alone: it carries its finding, and under it the unit, the definition, the cut-off and n. The month that
is not over is hollow, its line dashed, and says up to which day it counts. With a control chart it shows the band of
ordinary variation, and colours the points that are signals; a line breaks where a new segment begins.

Traces and notes are plain dicts that become a figure, and are checked by Plotly, once: a figure that grows piece by
piece takes ten times as long, and 24 small charts are a hundred pieces.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import plotly.graph_objects as go

from metrics import spring
from metrics.charts import control as band
from metrics.charts.base import FEW, LINE, PALE, QUIET, TEXT, Mark, Pane, inert, layout, time_axis, value_axis
from metrics.engine import Figure
from metrics.signals import ControlChart, Point

_GAP = 0.08  # between small charts side by side, of the whole width
_ROW_GAP = 0.4  # between rows of them, of a row's share of the height


def trend(
    figures: Sequence[Figure],
    title: str,
    subtitle: str,
    height: int = 240,
    control: ControlChart | None = None,
    marks: Sequence[Mark] = (),
) -> go.Figure:
    """Return one KPI over time as a line, the last point labelled; `figures` are one per period, oldest first.

    control: the control chart of the same figures. marks: what happened, as vertical marks; other days are left out.
    """
    pane = Pane()
    shapes, notes = band.marks(figures, marks, pane)
    return go.Figure(
        data=_series(figures, control, pane),
        layout=layout(title, subtitle, height)
        | {
            "xaxis": time_axis(figures),
            "yaxis": value_axis(figures, band.levels(control) if control else ()),
            "shapes": shapes,
            "annotations": [_last(figures, pane), *notes],
        },
    )


def multiples(
    groups: Mapping[str, Sequence[Figure]],
    columns: int = 4,
    row_height: int = 140,
    controls: Mapping[str, ControlChart] | None = None,
    marks: Sequence[Mark] = (),
    scale: Sequence[Figure] = (),
) -> go.Figure:
    """Return one KPI over time for each group as small charts on one scale; `groups`: name → figures, oldest first.

    controls: the control charts of groups that have one, by name; of others too, which then only widen the scale.
    scale: further figures that the scale has to hold, where the groups are some of many.
    """
    rows, controls = -(-len(groups) // columns), controls or {}
    everything = [*scale, *(figure for figures in groups.values() for figure in figures)]
    values = value_axis(everything, [level for one in controls.values() for level in band.levels(one)])
    whole = layout("", "", rows * row_height + 30) | {"margin": {"l": 40, "r": 56, "t": 28, "b": 24}}
    traces, all_shapes, all_notes = [], [], []
    for number, (name, figures) in enumerate(groups.items()):
        pane = Pane(number + 1)
        across, down = _domains(number, columns, rows)
        whole[pane.of("xaxis")] = time_axis(figures, every=12) | {"domain": across, "anchor": pane.of("y")}
        own = {"domain": down, "anchor": pane.of("x"), "showticklabels": number % columns == 0}
        whole[pane.of("yaxis")] = values | own | ({"matches": "y"} if number else {})
        shapes, notes = band.marks(figures, marks, pane)
        traces += _series(figures, controls.get(name), pane)
        all_shapes += shapes
        all_notes += [_last(figures, pane, False), _name(name, pane), *notes]
    return go.Figure(data=traces, layout=whole | {"shapes": all_shapes, "annotations": all_notes})


def _domains(number: int, columns: int, rows: int) -> tuple[list[float], list[float]]:
    """Return from where to where a small chart reaches, across and upwards, of the whole picture; the first is top left."""
    wide, gap = (1 - _GAP * (columns - 1)) / columns, _ROW_GAP / rows
    high = (1 - gap * (rows - 1)) / rows
    left, bottom = number % columns * (wide + _GAP), (rows - 1 - number // columns) * (high + gap)
    return [left, min(1.0, left + wide)], [bottom, min(1.0, bottom + high)]


def _name(name: str, pane: Pane) -> dict:
    """Return a small chart's name, over its upper left corner."""
    font = {"size": 13, "color": TEXT}
    place = {"x": 0, "xref": pane.of("x", "domain"), "xanchor": "left"}
    place |= {"y": 1.06, "yref": pane.of("y", "domain"), "yanchor": "bottom"}
    return {"text": f"<b>{inert(name)}</b>", "showarrow": False, "font": font} | place


def _series(figures: Sequence[Figure], control: ControlChart | None, pane: Pane) -> list[dict]:
    """Return the complete periods as one line for each segment, and the one that is not over as a dashed end with a hollow point."""
    points = {point.figure.period.label: point for point in control.points} if control else {}

    def segment(figure: Figure) -> int:
        return points[figure.period.label].segment if points else 0

    whole = [figure for figure in figures if figure.period.complete]
    traces = band.traces(control, pane) if control else []
    runs = [list(run) for _, run in groupby(whole, key=segment)]
    traces += [_line(own, pane, marker=_markers(own, points)) for own in runs]
    if len(whole) < len(figures):
        before = [figure for figure in whole[-1:] if segment(figure) == segment(figures[-1])]
        stroke = {"color": LINE, "width": 1.4}
        marker = {"size": [0] * len(before) + [8], "color": "#FFFFFF", "line": stroke}
        traces.append(_line([*before, *figures[len(whole) :]], pane, line=stroke | {"dash": "dot"}, marker=marker))
    return traces


def _markers(figures: Sequence[Figure], points: Mapping[str, Point]) -> dict:
    """Return size and colour of each point: larger and coloured where it is a signal."""
    own = [points.get(figure.period.label) for figure in figures]
    return {
        "size": [8 if point and point.mark else 4 for point in own],
        "color": [band.colour(point, _shade(figure)) for point, figure in zip(own, figures, strict=True)],
        "opacity": 1,  # Plotly makes markers of several sizes transparent
        "line": {"width": [1 if point and point.mark else 0 for point in own], "color": "#FFFFFF"},
    }


def _shade(figure: Figure) -> str:
    """Return a point's colour: pale where a share rests on few cases."""
    return PALE if figure.kpi.kind == "share" and (figure.denominator or 0) < FEW else LINE


def _line(figures: Sequence[Figure], pane: Pane, **style: object) -> dict:
    drawn = {
        "type": "scatter",
        "x": [figure.period.label for figure in figures],
        "y": [None if figure.value is None else float(figure.value) for figure in figures],
        "mode": "lines+markers",
        "line": {"color": LINE, "width": 1.6},
        "customdata": [_hover(figure) for figure in figures],
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
        "connectgaps": False,
    }
    return pane.trace(drawn | style)


def _hover(figure: Figure) -> str:
    counted = f"（{figure.numerator}/{figure.denominator}）" if figure.denominator is not None else ""
    return inert(f"{figure.period.words}：{spring.words(figure)}{counted}")


def _last(figures: Sequence[Figure], pane: Pane, with_cut: bool = True) -> dict:
    """Return the value beside the last point, and below it the cut-off where its period is not over."""
    known = [figure for figure in figures if figure.value is not None]
    if not known:
        middle = {"x": 0.5, "xref": pane.of("x", "domain"), "y": 0.5, "yref": pane.of("y", "domain")}
        return {"text": "没有数据", "showarrow": False, "font": {"color": QUIET, "size": 13}} | middle
    last = known[-1]
    is_cut = with_cut and not last.period.complete
    cut = f"<br><span style='font-size:11px'>{inert(last.period.cut_words)}</span>" if is_cut else ""
    return {
        "x": last.period.label,
        "xref": pane.of("x"),
        "y": float(last.value),
        "yref": pane.of("y"),
        "text": f"{inert(spring.short_words(last))}{cut}",
        "showarrow": False,
        "xanchor": "left",
        "xshift": 7,
        "align": "left",
        "font": {"size": 12, "color": TEXT},
    }
