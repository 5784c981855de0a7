"""One KPI over time as a line, alone or as small multiples.

A chart stands alone: it carries its finding, and under it the unit, the definition, the cut-off and n. The month that
is not over is hollow, its line dashed, and says up to which day it counts.
"""

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from metrics import format as fmt
from metrics.charts.base import FEW, LINE, PALE, QUIET, TEXT, layout, time_axis, value_axis
from metrics.engine import Figure


def trend(figures: Sequence[Figure], title: str, subtitle: str, height: int = 240) -> go.Figure:
    """Return one KPI over time as a line, the last point labelled; `figures` are one per period, oldest first."""
    chart = go.Figure(layout=layout(title, subtitle, height))
    _add_series(chart, figures)
    _label_last(chart, figures)
    chart.update_xaxes(**time_axis(figures))
    chart.update_yaxes(**value_axis(figures))
    return chart


def multiples(groups: Mapping[str, Sequence[Figure]], columns: int = 4, row_height: int = 140) -> go.Figure:
    """Return one KPI over time for each group as small charts on one scale; `groups`: name → figures, oldest first."""
    rows = -(-len(groups) // columns)
    chart = make_subplots(rows, columns, shared_yaxes="all", vertical_spacing=0.4 / rows, horizontal_spacing=0.08)
    for number, (name, figures) in enumerate(groups.items()):
        at = {"row": number // columns + 1, "col": number % columns + 1}
        _add_series(chart, figures, **at)
        _label_last(chart, figures, False, **at)
        _name_chart(chart, name, **at)
        chart.update_xaxes(**time_axis(figures, every=12), **at)
    chart.update_yaxes(**value_axis([figure for figures in groups.values() for figure in figures]))
    chart.update_layout(layout("", "", rows * row_height + 30) | {"margin": {"l": 40, "r": 56, "t": 28, "b": 24}})
    return chart


def _name_chart(chart: go.Figure, name: str, **at: int) -> None:
    """Write a small chart's name over its upper left corner."""
    font = {"size": 13, "color": TEXT}
    place = {"x": 0, "xref": "x domain", "xanchor": "left", "y": 1.06, "yref": "y domain", "yanchor": "bottom"}
    chart.add_annotation(text=f"<b>{escape(name)}</b>", showarrow=False, font=font, **place, **at)


def _add_series(chart: go.Figure, figures: Sequence[Figure], **at: int) -> None:
    """Add the complete periods as one line and the one that is not over as a dashed end with a hollow point."""
    whole = [figure for figure in figures if figure.period.complete]
    chart.add_trace(
        _line(whole, mode="lines+markers", marker={"size": 4, "color": [_shade(figure) for figure in whole]}), **at
    )
    if len(whole) < len(figures):
        chart.add_trace(
            _line(
                [*whole[-1:], *figures[len(whole) :]],
                mode="lines+markers",
                line={"color": LINE, "width": 1.4, "dash": "dot"},
                marker={
                    "size": [4] * len(whole[-1:]) + [8],
                    "color": [_shade(figure) for figure in whole[-1:]] + ["#FFFFFF"],
                    "line": {"color": LINE, "width": 1.4},
                },
            ),
            **at,
        )


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
    return escape(f"{figure.period.words}：{fmt.with_unit(figure.kpi, figure.value)}{counted}")


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
        else f"<br><span style='font-size:11px'>{escape(last.period.cut_words)}</span>"
    )
    chart.add_annotation(
        x=last.period.label,
        y=float(last.value),
        text=f"{escape(fmt.with_unit(last.kpi, last.value))}{cut}",
        showarrow=False,
        xanchor="left",
        xshift=7,
        align="left",
        font={"size": 12, "color": TEXT},
        **at,
    )
