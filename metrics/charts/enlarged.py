"""A chart with larger type for a board: everything that is measured in pixels grows, the data stay as they are.

A browser could enlarge the page instead, but Plotly measures its box before it draws and browsers do not agree on what
they tell it then: the chart would be cut off in some of them.
"""

import re
from typing import Any

import plotly.graph_objects as go

_PIXELS = {"size", "xshift", "yshift", "standoff", "ticklen", "thickness", "ax", "ay", "borderpad"}
_STROKES = ("line", "error_x", "error_y")  # whose "width" is in pixels; the width of a bar is not
_MARGINS = {"l", "r", "t", "b", "pad"}


def enlarged(chart: go.Figure, factor: float) -> go.Figure:
    """Return a copy of a chart in which type, strokes, marks and margins are `factor` times as large.

    The height stays: it is the page's, and grows with the box that the chart stands in.
    """
    grown = _grown(chart.to_plotly_json(), "", factor)
    layout = grown["layout"]
    layout.pop("template", None)
    layout.setdefault("font", {}).setdefault("size", 12 * factor)
    larger = go.Figure(grown)
    larger.update_layout(template=chart.layout.template)
    return larger


def _grown(value: Any, inside: str, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _sized(key, child, inside, factor) for key, child in value.items()}
    if isinstance(value, list | tuple) and any(isinstance(child, dict) for child in value):
        return [_grown(child, inside, factor) for child in value]
    if isinstance(value, str) and "font-size:" in value:
        return re.sub(r"(?<=font-size:)[\d.]+", lambda size: f"{float(size[0]) * factor:g}", value)
    return value


def _sized(key: str, value: Any, inside: str, factor: float) -> Any:
    in_pixels = key in _PIXELS or (key == "width" and inside in _STROKES) or (inside == "margin" and key in _MARGINS)
    if not in_pixels:
        return _grown(value, key, factor)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value * factor
    return [size * factor for size in value] if isinstance(value, list | tuple) else value
