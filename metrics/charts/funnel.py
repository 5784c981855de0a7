"""The funnel of the branches: share over number of cases, with the limits that chance allows, and every point named.

The limits are prediction limits around the share of all together: the fewer cases, the wider. Names stand beside their
points, and where they would lie on each other another side is chosen, so that no legend is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from metrics import format as fmt
from metrics.charts.base import LINE, PALE, QUIET, RULE, TEXT, inert, layout
from metrics.funnel import FEW, CurvePoint, Funnel, FunnelPoint

BETTER, CONCERN = "#1F6FB2", "#B5590B"
COLOURED = 10  # below this many cases a point has no colour
_MOST_NAMED = 24  # of more points than that only those that stand out; the others say their name when pointed at
_MARGIN = {"l": 42, "r": 14, "t": 8, "b": 36}
_STEPS = 160  # points of a curve; more cannot be seen
_CHARACTER, _LINE_HEIGHT, _ABREAST = 12, 16, 2  # pixels of a name's character and line; names in a line
# Where a name may stand: pixels to the right and down of its point, and which of its sides is there. Far ones cost.
_NEAR = (
    (0, -8, "center", "bottom"), (0, 8, "center", "top"), (9, 0, "left", "middle"), (-9, 0, "right", "middle"),
    (6, -6, "left", "bottom"), (6, 6, "left", "top"), (-6, -6, "right", "bottom"), (-6, 6, "right", "top"),
)  # fmt: skip
_FAR = tuple(
    (right, down, "center", "top" if down > 0 else "bottom") for down in (-26, 26, 46) for right in (0, 40, -40)
)
_FAR_COST = 60


@dataclass(frozen=True)
class _Spot:
    """The groups that lie on one point of the chart, and how they are written beside it."""

    points: tuple[FunnelPoint, ...]

    @property
    def first(self) -> FunnelPoint:
        return self.points[0]

    @property
    def lines(self) -> list[str]:
        names = [point.name for point in self.points]
        lines = ["、".join(names[i : i + _ABREAST]) for i in range(0, len(names), _ABREAST)]
        if self.first.words and self.first.denominator >= FEW:
            lines[-1] += f"·{self.first.words}"
        return lines


def funnel_chart(found: Funnel, height: int = 290, width: int = 400, chosen: Sequence[str] = ()) -> go.Figure:
    """Return the funnel of a share of rated cases.

    width: about how wide it will be drawn, in pixels, to keep the names apart. chosen: the groups that stand out when
    the viewer has chosen some; the others are pale.
    """
    spots = _spots([point for point in found.points if point.denominator])
    right = max((spot.first.denominator for spot in spots), default=1) * 1.12 + 0.5
    low = _lowest(spots, found)
    high = 1 + (1 - low) * 0.14
    scale = ((width - _MARGIN["l"] - _MARGIN["r"]) / right, (height - _MARGIN["t"] - _MARGIN["b"]) / (high - low))
    colours = [_colour(spot, not chosen or any(point.name in chosen for point in spot.points)) for spot in spots]
    named = _named(spots, colours, chosen)
    places = _places([spot for spot, _ in named], scale, right, high)
    limits = [_limit(found.curve, curve) for curve in ("low_998", "high_998", "low_95", "high_95")]
    together = {"type": "line", "x0": 0, "x1": 1, "xref": "x domain", "line": {"color": LINE, "width": 1}}
    quiet = {"size": 11.5, "color": QUIET}
    return go.Figure(
        data=[*limits, _markers(spots, colours)],
        layout=layout("", "", height)
        | {
            "margin": _MARGIN,
            "shapes": [] if found.p0 is None else [together | {"y0": found.p0, "y1": found.p0, "yref": "y"}],
            "annotations": [_name(spot, place, ink) for (spot, ink), place in zip(named, places, strict=True)],
            "xaxis": {
                "range": [0, right], "title": {"text": "评价件数n", "standoff": 4, "font": quiet}, "tickformat": ",d",
                "showgrid": False, "zeroline": False, "linecolor": PALE, "fixedrange": True, "tickfont": quiet, "nticks": 6,
            },
            "yaxis": {
                "range": [low, high], "tickformat": ".0%", "gridcolor": RULE, "zeroline": False, "fixedrange": True,
                "tickfont": quiet,
                "tickvals": [share / 100 for share in range(0, 101, 5 if low > 0.6 else 10) if share / 100 >= low],
            },
        },
    )  # fmt: skip


def _spots(points: Sequence[FunnelPoint]) -> list[_Spot]:
    """Return the points, those that lie on each other as one."""
    at: dict[tuple[int, int], list[FunnelPoint]] = {}
    for point in points:
        at.setdefault((point.denominator, point.numerator), []).append(point)
    return [_Spot(tuple(group)) for _, group in sorted(at.items())]


def _named(spots: Sequence[_Spot], colours: Sequence[str], chosen: Sequence[str]) -> list[tuple[_Spot, str]]:
    """Return the points that get their names, with their colours: all, or of very many those that stand out, most cases first."""
    every = list(zip(spots, colours, strict=True))
    if len(every) <= _MOST_NAMED:
        return every
    outside = [pair for pair in every if pair[1] not in (PALE, LINE) or any(p.name in chosen for p in pair[0].points)]
    return sorted(outside, key=lambda pair: -pair[0].first.denominator)[:_MOST_NAMED]


def _lowest(spots: Sequence[_Spot], found: Funnel) -> float:
    """Return where the axis begins: below every point and below the limits of a branch of ten cases."""
    shown = [spot.first.value for spot in spots] + [curve.low_95 for curve in found.curve if curve.n >= COLOURED][:1]
    return max(0.0, min(shown, default=0.5) - 0.05)


def _limit(curve: Sequence[CurvePoint], name: str) -> dict:
    drawn = [*curve[:60], *curve[60 :: max(1, len(curve) // _STEPS)], *curve[-1:]]
    return {
        "type": "scatter",
        "x": [point.n for point in drawn],
        "y": [getattr(point, name) for point in drawn],
        "mode": "lines",
        "line": {"color": "#8A96A3", "width": 1.1, "dash": "dot" if name.endswith("_95") else "solid"},
        "hoverinfo": "skip",
    }


def _markers(spots: Sequence[_Spot], colours: Sequence[str]) -> dict:
    return {
        "type": "scatter",
        "x": [spot.first.denominator for spot in spots],
        "y": [spot.first.value for spot in spots],
        "mode": "markers",
        "marker": {"size": 8, "color": list(colours)},
        "customdata": [_hover(spot) for spot in spots],
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
    }


def _hover(spot: _Spot) -> str:
    point = spot.first
    counted = f"{fmt.percent(point.value)}（{point.numerator}/{point.denominator}）"
    verdict = f"<br>{inert(point.words)}" if point.words else ""
    return f"{inert('、'.join(each.name for each in spot.points))}：{counted}{verdict}"


def _name(spot: _Spot, place: tuple[int, int, str, str], colour: str) -> dict:
    """Return the name beside its point, with a thin line to it where it stands off."""
    right, down, xanchor, yanchor = place
    note = {
        "x": spot.first.denominator,
        "y": spot.first.value,
        "text": "<br>".join(map(inert, spot.lines)),
        "font": {"size": 12, "color": {LINE: TEXT, PALE: QUIET}.get(colour, colour)},
        "xanchor": xanchor,
        "yanchor": yanchor,
        "bgcolor": "rgba(255,255,255,0.75)",  # a limit that passes behind the name does not strike it out
    }
    if place in _NEAR:
        return note | {"showarrow": False, "xshift": right, "yshift": -down, "borderpad": 0}
    return note | {"ax": right, "ay": down, "arrowhead": 0, "arrowwidth": 0.8, "arrowcolor": PALE, "standoff": 4}


def _colour(spot: _Spot, stands_out: bool) -> str:
    if spot.first.denominator < FEW or not stands_out:
        return PALE
    if "99.8" in spot.first.verdict and spot.first.denominator >= COLOURED:
        return CONCERN if spot.first.verdict.startswith("low") else BETTER
    return LINE


def _places(spots: Sequence[_Spot], scale: tuple[float, float], right: float, high: float) -> list[tuple]:
    """Return for each point the place where its name lies on nothing else, as far as there is one."""
    at = [(spot.first.denominator * scale[0], (high - spot.first.value) * scale[1]) for spot in spots]
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in at]
    found = []
    for spot, (x, y) in zip(spots, at, strict=True):
        boxes = {place: _box(place, x, y, spot.lines) for place in (*_NEAR, *_FAR)}
        best = min(boxes, key=lambda place: _cost(boxes[place], taken, right * scale[0]) + _FAR_COST * (place in _FAR))
        taken.append(boxes[best])
        found.append(best)
    return found


def _box(place: tuple[int, int, str, str], x: float, y: float, lines: list[str]) -> tuple[float, float, float, float]:
    """Return the rectangle of a name: left, top, right, bottom in pixels."""
    right, down, xanchor, yanchor = place
    wide, tall = _CHARACTER * max(map(len, lines)), _LINE_HEIGHT * len(lines)
    left = x + right - {"left": 0, "center": wide / 2, "right": wide}[xanchor]
    top = y + down - {"top": 0, "middle": tall / 2, "bottom": tall}[yanchor]
    return left, top, left + wide, top + tall


def _cost(box: tuple[float, ...], taken: Sequence[tuple[float, ...]], edge: float) -> float:
    """Return the area that a name covers of others, and far more where it would leave the chart."""
    covered = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    return covered + 100 * (max(0.0, -box[0]) + max(0.0, box[2] - edge) + max(0.0, -box[1]))
