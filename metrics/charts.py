"""Plotly figures from measured figures, for the screen and for anything else that can draw them; no Streamlit here.

A chart stands alone: it carries its finding, and under it the unit, the definition, the cut-off and n. Months are a
category axis with labels of our own, for Plotly puts English weeks on a date axis. The month that is not over is
hollow, its line dashed, and says up to which day it counts. Texts are escaped: Plotly reads tags in labels.
"""

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from metrics import format as fmt
from metrics.engine import Figure

TEXT, QUIET, RULE = "#1B2430", "#5B6875", "#E6EAEF"
LINE, PALE = "#5B6875", "#C5CED8"
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


def trend(figures: Sequence[Figure], title: str, subtitle: str, height: int = 240) -> go.Figure:
    """Return one KPI over time as a line, the last point labelled; `figures` are one per period, oldest first."""
    chart = go.Figure(layout=_layout(title, subtitle, height))
    _add_series(chart, figures)
    _label_last(chart, figures)
    chart.update_xaxes(**_time_axis(figures))
    chart.update_yaxes(**_value_axis(figures))
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
        chart.update_xaxes(**_time_axis(figures, every=12), **at)
    chart.update_yaxes(**_value_axis([figure for figures in groups.values() for figure in figures]))
    chart.update_layout(_layout("", "", rows * row_height + 30) | {"margin": {"l": 40, "r": 56, "t": 28, "b": 24}})
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


def _time_axis(figures: Sequence[Figure], every: int = 6) -> dict:
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


def _value_axis(figures: Sequence[Figure]) -> dict:
    """Return the axis: counts from zero, shares on the part that is used, never beyond 100 %."""
    values = [float(figure.value) for figure in figures if figure.value is not None] or [0.0, 1.0]
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


def _layout(title: str, subtitle: str, height: int) -> dict:
    return {
        "height": height,
        "margin": {"l": 40, "r": 58, "t": 48 if subtitle else 28 if title else 10, "b": 24},
        "title": {
            "text": f"<b>{escape(title)}</b>",
            "subtitle": {"text": escape(subtitle), "font": {"size": 12, "color": QUIET}},
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
