"""The leading figures: name, figure, change in words, target, and what it was divided by; the card is a link."""

from collections.abc import Iterable

from metrics import targets
from metrics.catalog import CATALOG
from metrics.compare import change_periods
from metrics.engine import Figure, fits
from metrics.format import EMPTY
from pages.parts import markup, query, signs
from pages.parts.frame import Screen
from pages.parts.markup import esc, link, show

BROKEN = "※"  # beside a change across a known break; the footnote says which
_STATES = {"green": "better", "yellow": "concern", "red": "overdue", "grey": "quiet"}
_ALARMS = ("overdue_open", "accept_overdue_open")  # red as soon as there is one
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
    fields = screen.where.names
    fitting = [kpi for kpi in (*LEADING, "due_soon") if fits(CATALOG[kpi].relation, fields)]
    found = query.measure(screen.reader, fitting, [screen.period], (), screen.where, "yoy")
    by_id = {figure.kpi.id: figure for figure in found}
    before = {"cases_total": _three_years(screen), "overdue_open": f"7日内到期{esc(by_id['due_soon'].text)}件"}
    judged = signs.of(screen, tuple(kpi for kpi in LEADING if kpi in by_id and signs.is_judged(kpi)))
    after = {kpi: signs.line(control) for kpi, control in judged.items()}
    drawn = [
        card(screen, by_id[kpi], before.get(kpi, ""), after.get(kpi, "")) if kpi in by_id else unfit(screen, kpi)
        for kpi in LEADING
    ]
    show(f'<div class="cards">{"".join(drawn)}</div>', broken([*found, *_base_year(screen)]))


def _three_years(screen: Screen) -> str:
    """Return the change of the volume against the base year, as HTML."""
    return "".join(change(figure) for figure in _base_year(screen))


def _base_year(screen: Screen) -> list[Figure]:
    """Return the volume compared with the base year; nothing where that is not an earlier one."""
    _, base = change_periods(screen.reader, CATALOG["decline_3y"], screen.period)
    if base is None:
        return []
    return query.measure(screen.reader, ["cases_total"], [screen.period], (), screen.where, str(base.year))


def unfit(screen: Screen, kpi: str) -> str:
    """Return the card of a figure that a ledger cannot give under the filters chosen."""
    inner = (
        f'<span class="name">{esc(CATALOG[kpi].name)}</span><span class="big">{EMPTY}</span>'
        '<p class="quiet">台账没有渠道、污染类型</p><p class="quiet">清除这些筛选后显示</p>'
    )
    return f'<div class="card">{inner}</div>'


def card(screen: Screen, figure: Figure, before: str = "", after: str = "") -> str:
    """Return one card; `before` and `after` are lines of HTML that stand above the change and below everything."""
    kpi = figure.kpi
    number, unit = number_and_unit(figure)
    lines = [before, change(figure), target(screen, figure)]
    body = "".join(f"<p>{line}</p>" for line in [*[line for line in lines if line][:2], after] if line)
    alarm = " overdue" if kpi.id in _ALARMS and figure.numerator else ""
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
    if found.caution:
        return f'<span class="quiet" title="{esc(found.caution)}">{esc(words)}{BROKEN}</span>'
    return f'<span class="quiet">{esc(words)}</span>' if found.change is None else esc(words)


def broken(figures: Iterable[Figure]) -> str:
    """Return the footnote for changes across a known break, as HTML; empty where there are none."""
    found = dict.fromkeys(one.comparison.caution for one in figures if one.comparison and one.comparison.caution)
    return markup.remarks(f"{BROKEN} {words}。" for words in found)


def target(screen: Screen, figure: Figure) -> str:
    """Return the target and the state the figure is in by it, as HTML; empty without a target."""
    known = query.ask(screen.reader, targets.target_of, figure.kpi.id)
    if known is None:
        return ""
    verdict = targets.state_words(figure, known)
    css = _STATES.get(targets.state(figure, known), "")
    return esc(known.goal) + (f'，<span class="{css}">{esc(verdict)}</span>' if verdict else "")


def foot(figure: Figure) -> str:
    """Return what the figure was divided by, or on which day it counts."""
    if figure.kpi.kind == "stock":
        return figure.period.cut_words
    if figure.denominator is None:
        return figure.kpi.period_words
    return f"{figure.numerator} / {figure.denominator} {figure.kpi.unit if figure.kpi.unit != '%' else ''}".strip()
