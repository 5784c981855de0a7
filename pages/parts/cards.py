"""The leading figures: name, figure, change in words, target, and what it was divided by; the card is a link."""

from metrics.engine import Figure
from pages.parts import query
from pages.parts.frame import Screen
from pages.parts.markup import esc, link, show

LEADING = (
    "cases_total",
    "accept_timely_rate",
    "ontime_close_rate",
    "satisfaction_rate",
    "backlog_resolve_rate",
    "overdue_open",
)


def leading(screen: Screen) -> None:
    """Draw the six leading figures of the period."""
    base = str(screen.period.year - 3)
    this = query.measure(screen.reader, [*LEADING, "due_soon"], [screen.period], (), screen.where, "yoy")
    by_id = {figure.kpi.id: figure for figure in this}
    three_years = query.measure(screen.reader, ["cases_total"], [screen.period], (), screen.where, base)[0]
    extra = {"cases_total": [change(three_years)], "overdue_open": [f"7日内到期{esc(by_id['due_soon'].text)}件"]}
    cards = "".join(card(screen, by_id[kpi], extra.get(kpi, [])) for kpi in LEADING)
    show(f'<div class="cards">{cards}</div>')


def card(screen: Screen, figure: Figure, before: list[str]) -> str:
    """Return one card; `before` are lines of HTML that stand above the change."""
    kpi = figure.kpi
    number, unit = number_and_unit(figure)
    lines = [*before, change(figure), target(figure)]
    body = "".join(f"<p>{line}</p>" for line in [line for line in lines if line][:2])
    alarm = " overdue" if kpi.id == "overdue_open" and figure.numerator else ""
    inner = (
        f'<span class="name">{esc(kpi.name)}<i aria-hidden="true">ⓘ</i></span>'
        f'<span class="big{alarm}">{esc(number)}<small>{esc(unit)}</small></span>'
        f'{body}<span class="foot">{esc(foot(figure))}</span>'
    )
    return link(screen.passport(figure), inner, f"{kpi.name}：口径与案件", "card")


def number_and_unit(figure: Figure) -> tuple[str, str]:
    """Return the printed figure and its unit apart: 95.0 and %."""
    text = figure.text
    if text.endswith("%"):
        return text[:-1], "%"
    return text, "" if figure.value is None else figure.kpi.unit


def change(figure: Figure) -> str:
    """Return the change in words as HTML: 较上年同期下降9.4%."""
    found = figure.comparison
    if found is None:
        return ""
    if figure.kpi.kind == "stock" and found.change is None:
        return ""
    words = found.text if found.value is None or found.change is None else f"{found.against}{found.text}"
    return f'<span class="quiet">{esc(words)}</span>' if found.change is None else esc(words)


def target(figure: Figure) -> str:
    """Return the target and whether it is reached, as HTML; empty without a target."""
    kpi = figure.kpi
    if kpi.target is None or figure.value is None:
        return esc(kpi.target_words)
    reached = figure.value >= kpi.target if kpi.direction == "higher" else figure.value <= kpi.target
    verdict = '<span class="better">达标</span>' if reached else '<span class="concern">未达标</span>'
    return f"{esc(kpi.target_words)}，{verdict}"


def foot(figure: Figure) -> str:
    """Return what the figure was divided by, or on which day it counts."""
    if figure.kpi.kind == "stock":
        return figure.period.cut_words
    if figure.denominator is None:
        return figure.kpi.period_words
    return f"{figure.numerator} / {figure.denominator} {figure.kpi.unit if figure.kpi.unit != '%' else ''}".strip()
