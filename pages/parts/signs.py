"""What a control chart says, on the screen: 9月属正常波动, 9月低于控制下限; the convention for the foot of a chart."""

from collections.abc import Mapping

from metrics import signals
from metrics.catalog import CATALOG
from metrics.engine import Figure, Where
from metrics.periods import Period
from metrics.relations import RELATIONS
from metrics.signals import ControlChart
from pages.parts import query
from pages.parts.frame import Screen
from pages.parts.markup import esc

MONTHS = signals.MONTHS
_CSS = {"better": "better", "worse": "concern", "neutral": ""}


def of(screen: Screen, kpis: tuple[str, ...], where: Where | None = None) -> dict[str, ControlChart]:
    """Return the control charts of KPIs over the months that end with the chosen period, by KPI id."""
    months = tuple(query.months_before(screen.reader, screen.period, MONTHS))
    return query.ask(screen.reader, signals.charts, kpis, months, screen.where if where is None else where)


def is_judged(kpi: str) -> bool:
    """Whether a KPI's card says whether it is signal or noise: shares and counts of cases, no ledgers."""
    known = CATALOG[kpi]
    return known.kind in ("share", "count") and RELATIONS[known.relation].table == "cases"


def line(control: ControlChart) -> str:
    """Return the signal of the last complete month as HTML."""
    if control.month is None or not control.has_limits:
        return f'<span class="quiet">{esc(control.words)}</span>'
    return f'<span class="{_CSS.get(control.mark, "quiet")}">{esc(month(control.month))}{esc(control.words)}</span>'


def finding(words: str, whole: Figure, control: ControlChart) -> str:
    """Return a finding with the signal added: …上升3.1个百分点，属正常波动; ；9月… where the month is not the whole period."""
    if control.month is None or not control.has_limits:
        return words
    if control.month == whole.period:
        return f"{words}，{control.words}"
    return f"{words}；{month(control.month)}{control.words}"


def foot(control: ControlChart, with_reason: bool = False) -> str:
    """Return which convention the chart follows (and why this chart), or why it has no limits, as HTML."""
    words = control.convention or control.words
    if with_reason and control.convention:
        words += f"。选图：{control.reason}"
    return f'<p class="sub">控制图：{esc(words)}。</p>' if words else ""


def table(controls: Mapping[str, ControlChart]) -> str:
    """Return, below small charts, which of them are signals, which have no limits, and the conventions, as HTML."""
    said: dict[str, list[str]] = {}
    for name, control in controls.items():
        said.setdefault(control.words, []).append(name)
    states = "；".join(f"{words}：{'、'.join(names)}" for words, names in said.items())
    months = {month(control.month) for control in controls.values() if control.month}
    which = f"（{months.pop()}）" if len(months) == 1 else ""
    used = dict.fromkeys(control.convention for control in controls.values() if control.convention)
    return "".join(f'<p class="sub">{esc(words)}。</p>' for words in (f"各分局{which}{states}", *used))


def month(period: Period) -> str:
    """Return the name of a month without its year: 9月."""
    return period.plain_words.rpartition("年")[2]
