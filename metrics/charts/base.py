"""What every chart has in common: colours, font, Chinese words, axes, and `inert`, through which every text of data goes.

Months are a category axis with labels of our own, for Plotly puts English weeks on a date axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.engine import Figure

TEXT, QUIET, RULE = "#1B2430", "#5B6875", "#E6EAEF"
LINE, PALE = "#5B6875", "#C5CED8"
BAND, MEAN = "#EEF1F5", "#9AA5B1"
COLOURS = {"better": "#1F6FB2", "worse": "#B5590B", "neutral": TEXT}  # of signals
FEW = 5  # a share of fewer cases is drawn pale
FONT = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif"
_MONTHS = [f"{number}月" for number in range(1, 13)]
_DAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]
CONFIG = {
    "displayModeBar": False,
    "locale": "zh-CN",
    "locales": {
        "zh-CN": {
            "dictionary": {
                "Autoscale": "自动缩放",
                "Reset axes": "重置坐标轴",
                "Zoom": "缩放",
                "Pan": "平移",
                "Zoom in": "放大",
                "Zoom out": "缩小",
                "Download plot as a png": "下载图片",
                "Double-click to zoom back out": "双击还原",
            },
            "format": {
                "days": _DAYS,
                "shortDays": [day.replace("星期", "周") for day in _DAYS],
                "months": _MONTHS,
                "shortMonths": _MONTHS,
                "year": "%Y年",
                "month": "%Y年%b",
                "dayMonth": "%b%-d日",
                "dayMonthYear": "%Y年%b%-d日",
                "date": "%Y年%b%-d日",
            },
        }
    },
}


@dataclass(frozen=True)
class Mark:
    """A vertical mark on a time axis: something that happened on a day, in few words.

    kind: break (the figures before and after do not compare), step (a recorded step change) or activity.
    """

    on: date
    words: str
    kind: str


@dataclass(frozen=True)
class Pane:
    """One of several small charts of a picture, by its number from 1: the names of its axes in Plotly."""

    number: int = 1

    def of(self, axis: str, what: str = "") -> str:
        """Return the name of an axis of this pane: "x" or "y", "xaxis" or "yaxis"; what: "domain", its extent from 0 to 1."""
        name = axis if self.number == 1 else f"{axis}{self.number}"
        return f"{name} {what}" if what else name

    def trace(self, drawn: dict) -> dict:
        """Return a trace that is drawn in this pane."""
        return drawn | {"xaxis": self.of("x"), "yaxis": self.of("y")}


def inert(text: object) -> str:
    """Return a text that Plotly shows as it is: in titles, labels, names and hovers it reads tags, links among them.

    Quotation marks stay, for Plotly knows no name for them and would show the name.
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def time_axis(figures: Sequence[Figure], every: int = 6) -> dict:
    """Return a category axis that names years, and every sixth month between them, horizontally."""
    labels = [figure.period.label for figure in figures]
    ticks = [figure for figure in figures if _names_tick(figure, len(figures), every)]
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": labels,
        "range": [-0.5, len(labels) - 0.5],
        "tickmode": "array",
        "tickvals": [figure.period.label for figure in ticks],
        "ticktext": [_tick_words(figure) for figure in ticks],
        "tickangle": 0,
        "showgrid": False,
        "linecolor": "#C5CED8",
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": "#C5CED8",
        "tickfont": {"size": 11.5, "color": QUIET},
        "fixedrange": True,
    }


def _names_tick(figure: Figure, many: int, every: int) -> bool:
    if figure.period.grain != "month":
        return many <= 6 or figure.period.label.endswith("Q1") or "Q" not in figure.period.label
    return (figure.period.last.month - 1) % (every if many > 13 else 2) == 0


def _tick_words(figure: Figure) -> str:
    period = figure.period
    if period.grain == "month" and period.last.month > 1:
        return f"{period.last.month}月"
    return f"{period.year}年"


def value_axis(figures: Sequence[Figure], also: Sequence[float] = ()) -> dict:
    """Return the axis: counts from zero, shares on the part that is used, never beyond 100 %; it holds `also` too."""
    values = [*(float(figure.value) for figure in figures if figure.value is not None), *also] or [0.0, 1.0]
    is_share = bool(figures) and figures[0].kpi.kind == "share"
    high, low = max(values), min(values)
    room = max((high - low) * 0.12, 0.01 if is_share else 0.5)
    limits = [max(0.0, low - room), min(1.0, high) + room * 0.6] if is_share else [min(0.0, low), high + room]
    return {
        "range": limits,
        "tickformat": ".0%" if is_share and limits[1] - limits[0] > 0.04 else ".1%" if is_share else ",d",
        "nticks": 5,
        "gridcolor": RULE,
        "zeroline": False,
        "tickfont": {"size": 11.5, "color": QUIET},
        "fixedrange": True,
    }


def layout(title: str, subtitle: str, height: int) -> dict:
    return {
        "height": height,
        "margin": {"l": 40, "r": 58, "t": 48 if subtitle else 28 if title else 10, "b": 24},
        "title": {
            "text": f"<b>{inert(title)}</b>",
            "subtitle": {"text": inert(subtitle), "font": {"size": 12, "color": QUIET}},
            "font": {"size": 15, "color": TEXT},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 4},
        },
        "font": {"family": FONT, "color": TEXT},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "showlegend": False,
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": "#C5CED8", "font": {"family": FONT, "color": TEXT}},
        "dragmode": False,
    }
