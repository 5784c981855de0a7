"""Cumulative flow: what came, what was taken on, what left; the gap between the outer lines is what is in hand."""

from collections.abc import Sequence

import plotly.graph_objects as go

from metrics.charts.base import QUIET, RULE, TEXT, inert, layout
from metrics.flows import Flow

_FILLS = {"received": "#E9D3BF", "handled": "#D5E3F0"}  # waiting for acceptance; in work
_LINES = (("received", "期初＋登记", "#38434F"), ("handled", "受理等", "#B5590B"), ("left", "办结等", "#1F6FB2"))
_OPENING = "期初"


def cumulative_flow(flows: Sequence[Flow], height: int = 240) -> go.Figure:
    """Return the picture of consecutive periods, oldest first, each line named at its end.

    It begins with what was in hand before the first of them, so that one month is a line too.
    """
    labels = [_OPENING, *(flow.period.label for flow in flows)]
    words = [f"期初在办{flows[0].before[0]}件", *map(_hover, flows)]
    traces = []
    for place, (name, _, line) in reversed(list(enumerate(_LINES))):  # from the bottom: each fills the gap below it
        traces.append(
            {
                "type": "scatter",
                "x": labels,
                "y": [flows[0].before[place], *(getattr(flow, name) for flow in flows)],
                "mode": "lines",
                "line": {"color": line, "width": 1.6},
                "customdata": words,
                "hovertemplate": "%{customdata}<extra></extra>",
                "cliponaxis": False,
            }
            | ({"fill": "tonexty", "fillcolor": _FILLS[name]} if name in _FILLS else {})
        )
    every = max(1, -(-len(flows) // 12))
    quiet, base = {"size": 11.5, "color": QUIET}, layout("", "", height)
    return go.Figure(
        data=traces,
        layout=base
        | {
            "margin": base["margin"] | {"r": 118},
            "annotations": _names(flows, height),
            "xaxis": {
                "type": "category", "range": [0, len(flows)], "tickmode": "array",
                "tickvals": [_OPENING, *labels[1:][every - 1 :: every]],
                "ticktext": [_OPENING, *(_tick(flow, flows[0]) for flow in flows[every - 1 :: every])], "tickangle": 0,
                "showgrid": False, "linecolor": "#C5CED8", "tickfont": quiet, "fixedrange": True,
            },
            "yaxis": {
                "rangemode": "tozero", "tickformat": ",d", "nticks": 5, "gridcolor": RULE, "zeroline": False,
                "tickfont": quiet, "fixedrange": True,
            },
        },
    )  # fmt: skip


def _hover(flow: Flow) -> str:
    return inert(
        f"{flow.period.words}：登记{flow.came}件，受理等{flow.taken}件，办结{flow.closed}件，其他离手{flow.gone}件，"
        f"期末在办{flow.in_hand}件"
    )


def _tick(flow: Flow, first: Flow) -> str:
    month = flow.period.last.month
    return f"{flow.period.year}年{month}月" if month == 1 and flow.period.year != first.period.year else f"{month}月"


def _names(flows: Sequence[Flow], height: int) -> list[dict]:
    """Return the name of each line at its end; names that would lie over each other move apart."""
    last = flows[-1]
    top = max(last.received, 1)
    room = 15 / max(height - 40, 60) * top  # a line of text, in units of the axis
    at, notes = None, []
    for name, words, colour in reversed(_LINES):  # from the lowest
        value = getattr(last, name)
        at = value if at is None else max(value, at + room)
        notes.append(
            {
                "x": last.period.label, "y": at, "text": inert(f"{words} {value}"), "showarrow": False,
                "xanchor": "left", "xshift": 7, "font": {"size": 12, "color": colour if name != "received" else TEXT},
            }
        )  # fmt: skip
    return notes
