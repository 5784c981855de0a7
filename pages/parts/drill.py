"""From an address to one figure: which KPI, which period, which group, which part of it.

An address comes from outside, so everything in it is checked; what does not fit is said in a sentence.
"""

from dataclasses import dataclass

import streamlit as st

from data.errors import UserError
from metrics import catalog, parameters, periods
from metrics.engine import Figure
from metrics.kpi import Kpi
from metrics.periods import Period
from pages.parts import markup, query
from pages.parts.frame import Screen

DEFAULT_KPI = "cases_total"
PARTS = {
    "numerator": "分子",
    "denominator": "分母",
    "rest": "在分母而不在分子",
    "left_out": "未纳入判断",
}


@dataclass(frozen=True)
class Target:
    """One figure as an address names it."""

    kpi: Kpi
    period: Period
    group: dict[str, str]
    part: str

    @property
    def group_words(self) -> str:
        """The group in words: 下陆区分局; empty for all cases together."""
        return "、".join(self.group.values())

    @property
    def title(self) -> str:
        """KPI and group, for a heading."""
        return f"{self.kpi.name}（{self.group_words}）" if self.group else self.kpi.name


def target(screen: Screen) -> Target:
    """Return the figure that the address names; stop the page with a sentence when it names none."""
    given = st.query_params
    try:
        kpi = catalog.get(given.get("kpi", DEFAULT_KPI))
        period = _period(screen, given.get("span", ""))
        return Target(kpi, period, _group(given.get("group", "")), _part(kpi, given.get("part", "")))
    except UserError as error:
        markup.show(markup.wrong(str(error)))
        st.stop()


def figure_of(screen: Screen, wanted: Target, compare: str | None = None) -> Figure | None:
    """Return the figure itself; None when the group does not occur in the data."""
    by = tuple(wanted.group)
    try:
        found = query.measure(screen.reader, [wanted.kpi.id], [wanted.period], by, screen.where, compare)
    except UserError as error:
        markup.show(markup.wrong(str(error)))
        st.stop()
    return next((figure for figure in found if figure.group == wanted.group), None)


def _period(screen: Screen, label: str) -> Period:
    if not label:
        return screen.period
    start_day = parameters.start_day(screen.reader)
    first, _, last = label.partition("/")
    begin, end = periods.parse(first, start_day)[0], periods.parse(last or first, start_day)[1]
    return periods.span(begin, end, screen.reader.as_of, start_day)


def _group(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.split(",") if part)
    return {field: value.replace("%2C", ",").replace("%25", "%") for field, _, value in pairs}


def _part(kpi: Kpi, given: str) -> str:
    if given and given not in PARTS:
        raise UserError(f"链接里的“{given}”不是指标的组成部分，请从指标页重新进入案件列表。")
    return given or "denominator"
