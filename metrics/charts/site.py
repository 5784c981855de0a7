"""A place over time: its cases as bars, and below, on the same days, what a monitor beside it has read.

Two panels that share the axis of time, each with a scale of its own: never two scales in one panel.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from metrics import format as fmt
from metrics.charts.base import LINE, PALE, QUIET, RULE, TEXT, inert, layout
from metrics.site import BeforeAfter, Monitor

_BAR, _EMPTY = "#1F5FA8", "#FFFFFF"
_DAY = timedelta(days=1)


def site(
    bars: Sequence[tuple[date, int]],
    is_weekly: bool,
    cut: date,
    compared: BeforeAfter | None = None,
    monitors: Sequence[Monitor] = (),
    height: int = 230,
) -> go.Figure:
    """Return the cases of each week or month, and a panel for each item of the monitor; `bars`: (first day, cases)."""
    rows = 1 + len(monitors)
    whole = height + 150 * len(monitors)
    heights = [height - 40, *([140] * len(monitors))]
    chart = make_subplots(
        rows, 1, shared_xaxes=True, vertical_spacing=0.0 if rows == 1 else 34 / whole, row_heights=heights
    )
    _add_bars(chart, bars, is_weekly, cut)
    for number, monitor in enumerate(monitors, 2):
        _add_monitor(chart, monitor, is_weekly, row=number, col=1)
    first, last = bars[0][0], _last_day(bars[-1][0], is_weekly)
    chart.update_xaxes(**_days_axis(first, last))
    chart.update_yaxes(
        rangemode="tozero", nticks=4, gridcolor=RULE, zeroline=False, fixedrange=True, automargin=True,
        tickfont={"size": 11.5, "color": QUIET},
    )  # fmt: skip
    chart.update_yaxes(tickformat=",d", range=[0, max(3, *(n for _, n in bars)) * 1.18], row=1, col=1)
    if compared and first <= compared.on <= last:
        _mark(chart, compared, rows)
    return chart.update_layout(layout("", "", whole) | {"margin": {"l": 40, "r": 20, "t": 22, "b": 24}, "bargap": 0})


def _last_day(first: date, is_weekly: bool) -> date:
    return first + 6 * _DAY if is_weekly else first.replace(day=monthrange(first.year, first.month)[1])


def _add_bars(chart: go.Figure, bars: Sequence[tuple[date, int]], is_weekly: bool, cut: date) -> None:
    ends = [_last_day(first, is_weekly) for first, _ in bars]
    lengths = [(end - first).days + 1 for (first, _), end in zip(bars, ends, strict=True)]
    is_open = [end > cut for end in ends]
    middles = [str(first + timedelta(days=length // 2)) for (first, _), length in zip(bars, lengths, strict=True)]
    chart.add_bar(
        x=middles,
        y=[cases for _, cases in bars],
        width=[length * 0.78 * 86_400_000 for length in lengths],
        marker={
            "color": [_EMPTY if unfinished else _BAR for unfinished in is_open],
            "line": {
                "color": _BAR,
                "width": [
                    1.2 if unfinished and cases else 0 for unfinished, (_, cases) in zip(is_open, bars, strict=True)
                ],
            },
        },
        customdata=[
            f"{_words(first)}—{_words(end)}{f'（截至{_words(cut)}）' if unfinished else ''}：{cases}件"
            for (first, cases), end, unfinished in zip(bars, ends, is_open, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=1,
    )
    _name(chart, f"信访件，件/{'周' if is_weekly else '月'}", 1)


def _add_monitor(chart: go.Figure, monitor: Monitor, is_daily: bool, **at: int) -> None:
    unit = f" {monitor.unit}" if monitor.unit else ""
    days = [str(reading.starts_on if is_daily else reading.starts_on + 14 * _DAY) for reading in monitor.readings]
    told = [
        inert(
            f"{_words(r.starts_on) if is_daily else f'{r.starts_on.year}年{r.starts_on.month}月'}：中位数{_number(r.middle)}{unit}，"
            f"最大{_number(r.highest)}{unit}（{r.readings}次）"
        )
        for r in monitor.readings
    ]
    shared = {"x": days, "customdata": told, "hovertemplate": "%{customdata}<extra></extra>"}
    chart.add_scatter(
        y=[r.highest for r in monitor.readings], mode="markers", marker={"size": 4, "color": PALE}, **shared, **at
    )
    chart.add_scatter(
        y=[r.middle for r in monitor.readings], mode="lines+markers", line={"color": LINE, "width": 1.6},
        marker={"size": 3.5, "color": LINE}, connectgaps=False, **shared, **at,
    )  # fmt: skip
    _name(
        chart,
        f"{monitor.item or '监测值'}，{monitor.unit or '未注明单位'}：线为{'日' if is_daily else '月'}中位数，浅点为最大值",
        at["row"],
    )


def _number(value: float) -> str:
    return f"{fmt.round_half_up(value, 3).normalize():f}"


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _name(chart: go.Figure, words: str, row: int) -> None:
    """Write what a panel shows over its upper left corner."""
    chart.add_annotation(
        text=inert(words), showarrow=False, font={"size": 12, "color": QUIET}, x=0, xref="x domain", xanchor="left",
        y=1.02, yref="y domain", yanchor="bottom", row=row, col=1,
    )  # fmt: skip


def _mark(chart: go.Figure, compared: BeforeAfter, rows: int) -> None:
    """Mark the day through all panels, and the two windows that are compared in the panel of cases."""
    border = str(compared.on + _DAY)
    for row in range(1, rows + 1):
        chart.add_vline(x=border, line={"color": "#B5590B", "width": 1.4, "dash": "dash"}, row=row, col=1)
    length = timedelta(days=compared.days)
    for start, end, words in (
        (compared.on + _DAY - length, compared.on + _DAY, f"前{compared.days}天 {compared.before}件"),
        (compared.on + _DAY, compared.on + _DAY + length, f"后{compared.days}天 {compared.after}件"),
    ):
        chart.add_vrect(
            x0=str(start), x1=str(end), fillcolor="#EEF2F6", opacity=0.8, line_width=0, layer="below", row=1, col=1
        )
        chart.add_annotation(
            x=str(start + (end - start) / 2), y=1, yref="y domain", yanchor="top", text=inert(words), showarrow=False,
            font={"size": 12, "color": TEXT}, row=1, col=1,
        )  # fmt: skip


def _days_axis(first: date, last: date) -> dict:
    """Return an axis of days named in Chinese: each year, and the months between as many as there is room for."""
    months = [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]
    every = 1 if len(months) <= 13 else 2 if len(months) <= 20 else 6
    ticks = [month for month in months if month >= first and (month.month - 1) % every == 0]
    return {
        "type": "date",
        "range": [str(first), str(last + _DAY)],
        "tickmode": "array",
        "tickvals": [str(month) for month in ticks],
        "ticktext": [f"{month.year}年" if month.month == 1 else f"{month.month}月" for month in ticks],
        "tickangle": 0,
        "showgrid": False,
        "linecolor": "#C5CED8",
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": "#C5CED8",
        "tickfont": {"size": 11.5, "color": QUIET},
        "fixedrange": True,
    }
