"""The answer of an ad-hoc query as a picture that can be clicked: bars of groups, or lines over time.

Every point carries what it stands for (label of its period, then the values of its group), so that a click can be
turned into a filter. Few cases are drawn pale; what is left out for want of room is in the table.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from metrics import format as fmt
from metrics.charts.base import LINE, PALE, QUIET, RULE, TEXT, inert, layout, time_axis, value_axis
from metrics.engine import Figure
from metrics.explore import Answer, group_of, is_few

MOST_BARS, MOST_PAIRED, MOST_LINES, MOST_COLOURS = 18, 7, 6, 4
_FAINT = 0.3  # of a bar that rests on few cases
_COLOURS = ("#1F5FA8", "#B5590B", "#3A8A84", "#7A5BA6", "#8A96A3", "#A88A1F")
_BAR, _ROOM = 24, 46  # pixels of a bar, and around all of them
_LEGEND = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"size": 12, "color": TEXT}, "title": ""}


def picture(answer: Answer) -> go.Figure:
    """Return the answer as lines where it runs over time, else as bars."""
    if answer.is_over_time:
        return _lines(answer)
    return _grouped_bars(answer) if len(answer.question.by) == 2 else _bars(answer)


def shown_words(answer: Answer) -> str:
    """Return what the picture leaves out; empty where it shows everything."""
    if answer.is_over_time:
        return f"图中为最大的{MOST_LINES}组" if len(answer.groups) > MOST_LINES else ""
    if len(answer.question.by) == 2:
        first, second = ({group[i] for group in answer.groups} for i in (0, 1))
        cut = len(first) > MOST_PAIRED or len(second) > MOST_COLOURS
        return "图中为最大的几组" if cut else ""
    return f"图中为前{MOST_BARS}组" if len(answer.groups) > MOST_BARS else ""


def _bars(answer: Answer) -> go.Figure:
    figures = list(answer.figures[:MOST_BARS])
    chart = go.Figure(layout=_layout(len(figures) * _BAR + _ROOM))
    names = [_short(figure) for figure in figures]
    chart.add_trace(_bar_trace(figures, names))
    _bar_axes(chart, figures, names)
    return chart


def _grouped_bars(answer: Answer) -> go.Figure:
    """Return a bar for each pair of values: the first field along the axis, the second by colour."""
    first = list(dict.fromkeys(group[0] for group in answer.groups))[:MOST_PAIRED]
    second = list(dict.fromkeys(group[1] for group in answer.groups))[:MOST_COLOURS]
    found = {group_of(figure): figure for figure in answer.figures}
    chart = go.Figure(layout=_layout(max(180, len(first) * len(second) * 15 + 70), legend=True))
    for colour, value in zip(_COLOURS, second, strict=False):
        names = [name for name in first if (name, value) in found]
        figures = [found[name, value] for name in names]
        chart.add_trace(_bar_trace(figures, names, value, colour, width=None))
        square = {"color": colour, "symbol": "square", "size": 10}
        chart.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=inert(value), marker=square))  # its legend
    _bar_axes(chart, list(answer.figures), first)
    chart.update_layout(barmode="group", bargap=0.25)
    return chart


def _bar_trace(
    figures: Sequence[Figure],
    names: Sequence[str],
    name: str = "",
    colour: str = _COLOURS[0],
    width: float | None = 0.66,
) -> go.Bar:
    return go.Bar(
        x=[figure.value for figure in figures],
        y=list(names),
        orientation="h",
        name=inert(name),
        width=width,
        # By colour, not by opacity: with opacities of its own a trace tells Streamlit of no click.
        marker={"color": [_pale(colour) if is_few(figure) else colour for figure in figures]},
        showlegend=False,
        constraintext="none",
        text=[fmt.with_unit(figure.kpi, figure.value) for figure in figures],
        textposition="outside",
        textfont={"size": 12 if width else 11, "color": TEXT},
        cliponaxis=False,
        customdata=[_identity(figure) for figure in figures],
        hovertext=[_hover(figure) for figure in figures],
        hoverinfo="text",
    )


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_FAINT})"


def _bar_axes(chart: go.Figure, figures: Sequence[Figure], names: Sequence[str]) -> None:
    is_share = bool(figures) and figures[0].kpi.kind == "share"
    longest = max((figure.value or 0 for figure in figures), default=0) or 1
    quiet = {"size": 11.5, "color": QUIET}
    chart.update_xaxes(
        range=[0, longest * 1.16], tickformat=".0%" if is_share else ",d", gridcolor=RULE, zeroline=False, nticks=5,
        fixedrange=True, tickfont=quiet,
    )  # fmt: skip
    chart.update_yaxes(
        type="category", categoryorder="array", categoryarray=list(reversed(names)), fixedrange=True, automargin=True,
        ticks="", tickfont={"size": 12.5, "color": TEXT}, ticklabelstandoff=6,
        tickmode="array", tickvals=list(names), ticktext=[inert(name) for name in names],
    )  # fmt: skip


def _lines(answer: Answer) -> go.Figure:
    groups = answer.groups[:MOST_LINES]
    chart = go.Figure(layout=_layout(300, legend=len(groups) > 1) | {"margin": {"l": 46, "r": 24, "t": 34, "b": 26}})
    every = [figure for group in groups for figure in answer.of_group(group)]
    for colour, group in zip(_COLOURS, groups, strict=False):
        figures = answer.of_group(group)
        ink = LINE if not group else colour
        chart.add_trace(
            go.Scatter(
                x=[figure.period.label for figure in figures],
                y=[figure.value for figure in figures],
                mode="lines+markers",
                name=inert(" · ".join(group) or answer.whole.kpi.name),
                line={"color": ink, "width": 1.6},
                marker={
                    "size": 7,
                    "color": [_fill(figure, ink) for figure in figures],
                    "line": {"color": ink, "width": [0 if figure.period.complete else 1.4 for figure in figures]},
                },
                customdata=[_identity(figure) for figure in figures],
                hovertext=[_hover(figure) for figure in figures],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    if every:
        chart.update_xaxes(**time_axis(answer.of_group(groups[0])))
        chart.update_yaxes(**value_axis(every))
    return chart


def _fill(figure: Figure, ink: str) -> str:
    """Return a point's colour: hollow for a period that is not over, pale where a share rests on few cases."""
    if not figure.period.complete:
        return "#FFFFFF"
    return PALE if is_few(figure) else ink


def _identity(figure: Figure) -> list[str]:
    return [figure.period.label, *group_of(figure)]


def _hover(figure: Figure) -> str:
    counted = (
        f"（{figure.numerator}/{figure.denominator}）" if figure.denominator and figure.numerator is not None else ""
    )
    name = " · ".join(figure.group.values())
    return inert(f"{name} {figure.period.words}：{figure.with_unit}{counted}　点击只看这一项".strip())


def _short(figure: Figure) -> str:
    """Return the name of a bar; what names look alike stay apart, for the axis is by name."""
    return " · ".join(figure.group.values()) or "合计"


def _layout(height: int, legend: bool = False) -> dict:
    margin = {"l": 8, "r": 40, "t": 30 if legend else 6, "b": 24}
    return layout("", "", height) | {"margin": margin, "showlegend": legend, "legend": _LEGEND}
