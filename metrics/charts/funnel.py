"""The funnel of the branches: share over number of cases, with the limits that chance allows, and every point named.

The limits are prediction limits around the share of all together: the fewer cases, the wider. Names stand beside their
points, and where they would lie on each other another side is chosen, so that no legend is needed.
"""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from metrics import format as fmt
from metrics.charts.base import LINE, PALE, QUIET, RULE, TEXT, layout
from metrics.funnel import FEW, CurvePoint, Funnel, FunnelPoint

BETTER, CONCERN = "#1F6FB2", "#B5590B"
COLOURED = 10  # below this many cases a point has no colour
_SIDES = ("top center", "bottom center", "middle right", "middle left", "top right", "bottom right", "top left",
          "bottom left")  # fmt: skip
_STEPS = 160  # points of a curve; more cannot be seen


def funnel_chart(found: Funnel, height: int = 290, width: int = 440, chosen: Sequence[str] = ()) -> go.Figure:
    """Return the funnel of a share of rated cases.

    width: about how wide it will be drawn, in pixels, to keep the names apart. chosen: the groups that stand out when
    the viewer has chosen some; the others are pale.
    """
    chart = go.Figure(layout=layout("", "", height) | {"margin": {"l": 42, "r": 14, "t": 8, "b": 36}})
    points = [point for point in found.points if point.denominator]
    right = max((point.denominator for point in points), default=1) * 1.12 + 1
    low = _lowest(points, found)
    for curve in ("low_998", "high_998", "low_95", "high_95"):
        chart.add_trace(_limit(found.curve, curve))
    if found.p0 is not None:
        chart.add_hline(found.p0, line={"color": LINE, "width": 1}, opacity=1)
    for point, side in zip(points, _sides(points, right, low, width, height), strict=True):
        chart.add_trace(_point(point, side, not chosen or point.name in chosen))
    chart.update_xaxes(range=[0, right], title={"text": "评价件数n", "standoff": 4, "font": {"size": 12, "color": QUIET}},
                       tickformat=",d", showgrid=False, zeroline=False, linecolor=PALE, fixedrange=True,
                       tickfont={"size": 11.5, "color": QUIET})  # fmt: skip
    chart.update_yaxes(range=[low, 1 + (1 - low) * 0.08], tickformat=".0%", nticks=6, gridcolor=RULE, zeroline=False,
                       fixedrange=True, tickfont={"size": 11.5, "color": QUIET})  # fmt: skip
    return chart


def _lowest(points: Sequence[FunnelPoint], found: Funnel) -> float:
    """Return where the axis begins: below every point and below the limits of a branch of ten cases."""
    shown = [point.value for point in points] + [curve.low_95 for curve in found.curve if curve.n >= COLOURED][:1]
    return max(0.0, min(shown, default=0.5) - 0.05)


def _limit(curve: Sequence[CurvePoint], name: str) -> go.Scatter:
    every = max(1, len(curve) // _STEPS)
    drawn = [*curve[:60], *curve[60::every]] if len(curve) > _STEPS else curve
    return go.Scatter(
        x=[point.n for point in drawn],
        y=[getattr(point, name) for point in drawn],
        mode="lines",
        line={"color": PALE, "width": 1.2, "dash": "dot" if name.endswith("_95") else "solid"},
        hoverinfo="skip",
        showlegend=False,
    )


def _point(point: FunnelPoint, side: str, stands_out: bool) -> go.Scatter:
    colour = _colour(point, stands_out)
    verdict = f"<br>{escape(point.words)}" if point.words else ""
    counted = f"{fmt.percent(point.value)}（{point.numerator}/{point.denominator}）"
    return go.Scatter(
        x=[point.denominator],
        y=[point.value],
        mode="markers+text",
        text=[escape(_label(point))],
        textposition=side,
        textfont={"size": 12, "color": TEXT if colour == LINE else colour if colour != PALE else QUIET},
        marker={"size": 8, "color": colour},
        customdata=[f"{escape(point.name)}：{counted}{verdict}"],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _label(point: FunnelPoint) -> str:
    return f"{point.name}·{point.words}" if point.words and point.denominator >= FEW else point.name


def _colour(point: FunnelPoint, stands_out: bool) -> str:
    if point.denominator < FEW or not stands_out:
        return PALE
    if "99.8" in point.verdict and point.denominator >= COLOURED:
        return CONCERN if point.verdict.startswith("low") else BETTER
    return LINE


def _sides(points: Sequence[FunnelPoint], right: float, low: float, width: int, height: int) -> list[str]:
    """Return for each point the side on which its name lies on nothing else, as far as there is one."""
    across, down = (width - 56) / right, (height - 44) / ((1 - low) * 1.08)
    at = [(point.denominator * across, -point.value * down) for point in points]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in at]
    sides = []
    for point, (x, y) in zip(points, at, strict=True):
        boxes = {side: _box(side, x, y, 12 * len(_label(point))) for side in _SIDES}
        best = min(_SIDES, key=lambda side: _cost(boxes[side], taken, across * right))
        taken.append(boxes[best])
        sides.append(best)
    return sides


def _box(side: str, x: float, y: float, long: float) -> tuple[float, float, float, float]:
    """Return the rectangle of a name that stands on a side of its point: left, top, right, bottom in pixels."""
    vertical, horizontal = side.split()
    top = {"top": y - 22, "middle": y - 8, "bottom": y + 6}[vertical]
    left = {"left": x - long - 8, "center": x - long / 2, "right": x + 8}[horizontal]
    return left, top, left + long, top + 16


def _cost(box: tuple[float, ...], taken: Sequence[tuple[float, ...]], edge: float) -> float:
    """Return the area that a name covers of others, and far more where it would leave the chart."""
    covered = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    return covered + 100 * (max(0.0, -box[0]) + max(0.0, box[2] - edge))
