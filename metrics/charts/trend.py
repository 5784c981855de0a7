"""One KPI over time as a line, alone or as small multiples.

A chart stands alone: it carries its finding, and under it the unit, the definition, the cut-off and n. The month that
is not over is hollow, its line dashed, and says up to which day it counts. With a control chart it shows the band of
ordinary variation, and colours the points that are signals; a line breaks where a new segment begins.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from metrics import spring
from metrics.charts import control as band
from metrics.charts.base import FEW, LINE, PALE, QUIET, TEXT, Mark, inert, layout, time_axis, value_axis
from metrics.engine import Figure
from metrics.signals import ControlChart, Point


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
    chart = go.Figure(layout=layout(title, subtitle, height))
    _add_series(chart, figures, control)
    _label_last(chart, figures)
    band.add_marks(chart, figures, marks)
    chart.update_xaxes(**time_axis(figures))
    chart.update_yaxes(**value_axis(figures, band.levels(control) if control else ()))
    return chart


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
    chart = make_subplots(rows, columns, shared_yaxes="all", vertical_spacing=0.4 / rows, horizontal_spacing=0.08)
    for number, (name, figures) in enumerate(groups.items()):
        at = {"row": number // columns + 1, "col": number % columns + 1}
        _add_series(chart, figures, controls.get(name), **at)
        _label_last(chart, figures, False, **at)
        _name_chart(chart, name, **at)
        band.add_marks(chart, figures, marks, **at)
        chart.update_xaxes(**time_axis(figures, every=12), **at)
    everything = [*scale, *(figure for figures in groups.values() for figure in figures)]
    chart.update_yaxes(**value_axis(everything, [level for one in controls.values() for level in band.levels(one)]))
    chart.update_layout(layout("", "", rows * row_height + 30) | {"margin": {"l": 40, "r": 56, "t": 28, "b": 24}})
    return chart


def _name_chart(chart: go.Figure, name: str, **at: int) -> None:
    """Write a small chart's name over its upper left corner."""
    font = {"size": 13, "color": TEXT}
    place = {"x": 0, "xref": "x domain", "xanchor": "left", "y": 1.06, "yref": "y domain", "yanchor": "bottom"}
    chart.add_annotation(text=f"<b>{inert(name)}</b>", showarrow=False, font=font, **place, **at)


def _add_series(chart: go.Figure, figures: Sequence[Figure], control: ControlChart | None = None, **at: int) -> None:
    """Add the complete periods as one line for each segment, and the one that is not over as a dashed end with a hollow point."""
    points = {point.figure.period.label: point for point in control.points} if control else {}
    if control:
        band.add_band(chart, control, **at)

    def segment(figure: Figure) -> int:
        return points[figure.period.label].segment if points else 0

    whole = [figure for figure in figures if figure.period.complete]
    for _, group in groupby(whole, key=segment):
        own = list(group)
        marker = _markers(own, points)
        chart.add_trace(_line(own, mode="lines+markers", marker=marker), **at)
    if len(whole) < len(figures):
        before = [figure for figure in whole[-1:] if segment(figure) == segment(figures[-1])]
        chart.add_trace(
            _line(
                [*before, *figures[len(whole) :]],
                mode="lines+markers",
                line={"color": LINE, "width": 1.4, "dash": "dot"},
                marker={
                    "size": [0] * len(before) + [8],
                    "color": "#FFFFFF",
                    "line": {"color": LINE, "width": 1.4},
                },
            ),
            **at,
        )


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


def _line(figures: Sequence[Figure], **style: object) -> go.Scatter:
    drawn = {"line": {"color": LINE, "width": 1.6}} | style
    return go.Scatter(
        x=[figure.period.label for figure in figures],
        y=[None if figure.value is None else float(figure.value) for figure in figures],
        customdata=[_hover(figure) for figure in figures],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
        connectgaps=False,
        **drawn,
    )


def _hover(figure: Figure) -> str:
    counted = f"（{figure.numerator}/{figure.denominator}）" if figure.denominator is not None else ""
    return inert(f"{figure.period.words}：{spring.words(figure)}{counted}")


def _label_last(chart: go.Figure, figures: Sequence[Figure], with_cut: bool = True, **at: int) -> None:
    """Write the value beside the last point, and below it the cut-off where its period is not over."""
    known = [figure for figure in figures if figure.value is not None]
    if not known:
        chart.add_annotation(
            text="没有数据",
            showarrow=False,
            font={"color": QUIET, "size": 13},
            x=0.5,
            xref="x domain",
            y=0.5,
            yref="y domain",
            **at,
        )
        return
    last = known[-1]
    cut = (
        ""
        if last.period.complete or not with_cut
        else f"<br><span style='font-size:11px'>{inert(last.period.cut_words)}</span>"
    )
    chart.add_annotation(
        x=last.period.label,
        y=float(last.value),
        text=f"{inert(spring.short_words(last))}{cut}",
        showarrow=False,
        xanchor="left",
        xshift=7,
        align="left",
        font={"size": 12, "color": TEXT},
        **at,
    )
