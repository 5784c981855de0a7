"""The panels of the overview and of the branches: trends, tables, labelled bars, lists."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import streamlit as st

from metrics import charts, signals, spring, timeline
from metrics.charts import Mark
from metrics.engine import Figure, Where
from metrics.periods import Period
from pages.parts import board, markup, query, signs
from pages.parts.frame import Screen, moment
from pages.parts.markup import esc, show

FEW = charts.FEW  # below this many cases a share is grey and never ranked


def panel(name: str) -> AbstractContextManager:
    """Return a framed container that is as high as its row."""
    return st.container(key=f"panel_{name}", height="stretch")


def draw(chart: object, key: str, words: str) -> None:
    """Draw a chart in Chinese; `words` says the same to those who cannot see it."""
    st.plotly_chart(board.fitted(chart), key=key, config=charts.CONFIG, theme=None, alt=words)


def last_months(screen: Screen, many: int = signals.MONTHS) -> list[Period]:
    """Return the months that end with the chosen period, at most `many`, and none before the first case."""
    return query.months_before(screen.reader, screen.period, many)


def month_words(month: Period) -> str:
    """Return a month for a narrow column: its year only in January, its cut-off where it is not over."""
    words = month.plain_words if month.last.month == 1 else month.plain_words.partition("年")[2]
    return words if month.complete else f"{words}（{month.cut_words}）"


def trend(
    screen: Screen, kpi: str, height: int, where: Where | None = None, key: str = "", marks: Sequence[Mark] = ()
) -> Figure:
    """Draw a KPI over the last months in the open panel, signal told from noise; return the figure of the whole period."""
    chosen = screen.where if where is None else where
    whole = query.measure(screen.reader, [kpi], [screen.period], (), chosen, "yoy")[0]
    control = signs.of(screen, (kpi,), chosen)[kpi]
    words = signs.finding(finding(whole), whole, control)
    show(markup.title(words, trend_words(screen, whole, control.figures), screen.passport(whole)))
    known = query.ask(screen.reader, timeline.timeline, kpi, tuple(last_months(screen)), chosen)
    chart = charts.trend(control.figures, "", "", height, control, (*known.marks, *marks))
    draw(chart, f"trend_{key or kpi}", f"{whole.kpi.name}逐月走势，{control.words}")
    show(signs.foot(control), markup.remarks(known.notes))
    return whole


def finding(figure: Figure) -> str:
    """Return a chart's title: the finding where there is one, else the KPI's name."""
    compared = figure.comparison
    if compared is None or compared.change is None or compared.caution:
        return figure.kpi.name
    return f"{figure.kpi.name}{compared.against}{compared.text}"


def trend_words(screen: Screen, whole: Figure, monthly: Sequence[Figure]) -> str:
    """Return the grey line under a trend: unit, definition, n, cut-off."""
    counts = [figure.denominator for figure in monthly if figure.denominator is not None]
    many = f"，每月n={min(counts)}—{max(counts)}" if counts else ""
    each = f"{whole.kpi.unit}，期末" if whole.kpi.kind == "stock" else f"{whole.kpi.unit}/月"
    unit = each if whole.denominator is None else f"{whole.kpi.unit}，{whole.kpi.formula}"
    joined = spring.note(monthly)
    return f"{unit}{many}；{f'{joined}；' if joined else ''}数据截至{moment(screen.reader.as_of)}"


def bars(screen: Screen, figures: Sequence[Figure], field: str, limit: int = 7) -> str:
    """Return labelled bars, longest first; each leads to the cases it counts. Figures without cases are left out."""
    groups = sorted((f for f in figures if f.group and f.numerator), key=lambda f: -(f.numerator or 0))[:limit]
    longest = max((figure.numerator or 0 for figure in groups), default=0)
    if not groups:
        return markup.nothing("所选范围内没有信访件。")
    return f'<div class="bars">{"".join(_bar(screen, figure, field, longest) for figure in groups)}</div>'


def _bar(screen: Screen, figure: Figure, field: str, longest: int) -> str:
    name = figure.group[field]
    width = 62 * (figure.numerator or 0) / longest
    aside = " class='aside'" if name in ("未识别", "未注明", "待归属") else ""
    share = f"，{figure.text}" if figure.denominator is not None else ""
    inner = (
        f'<span class="label" title="{esc(name)}">{esc(name)}</span><span class="track">'
        f'<span class="bar" style="width:{width:.1f}%"></span>{figure.numerator}件{share}</span>'
    )
    part = "numerator" if figure.denominator is not None else "denominator"
    return f'<a href="{esc(screen.cases(figure, part))}"{aside}>{inner}</a>'
