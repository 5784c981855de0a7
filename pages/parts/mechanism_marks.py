"""Any KPI over time with the days of meetings, visits, letters and trainings marked on it: beside each other, no cause."""

from collections.abc import Sequence

import streamlit as st

from data.schema import ACTIVITY_KINDS
from metrics import activities
from metrics.catalog import CATALOG
from metrics.charts import Mark
from metrics.engine import fits
from pages.parts import markup, panels, query
from pages.parts.frame import Screen
from pages.parts.markup import show

DEFAULT = "cases_total"
NO_CAUSE = "只并列时间，不说明因果"
_MOST = 7


def draw(screen: Screen) -> None:
    """Draw the choices, the trend with its marks, and what the marks are."""
    kpi, kinds, word = _choices(screen)
    marks = query.ask(screen.reader, activities.marks, kinds, word, screen.where)
    months = panels.last_months(screen)
    shown = [mark for mark in marks if months and months[0].first <= mark.on <= months[-1].last]
    panels.trend(screen, kpi, 270, key="marked", marks=shown)
    show(markup.notes(_notes(shown, kinds, word)))


def _choices(screen: Screen) -> tuple[str, tuple[str, ...], str]:
    """Return the KPI, the kinds of activity and the word in their subject that the address or the viewer names."""
    fields = screen.where.names
    names = {
        kpi.name: kpi.id for kpi in CATALOG.values() if not kpi.split_by and not kpi.base and fits(kpi.relation, fields)
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.selectbox(
            "指标", list(names), list(names.values()).index(DEFAULT), key="kpi_name", bind="query-params",
            label_visibility="collapsed", width=190,
        )  # fmt: skip
        chosen = st.pills(
            "活动", ACTIVITY_KINDS, selection_mode="multi", default=ACTIVITY_KINDS[:2], key="kinds", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        word = st.text_input(
            "主题含", key="word", bind="query-params", placeholder="主题或编号，如 团城山", max_chars=40,
            label_visibility="collapsed", width=170,
        )  # fmt: skip
    kinds = tuple(kind for kind in chosen or () if kind in ACTIVITY_KINDS)
    return names.get(name, DEFAULT), kinds, (word or "").strip()


def _notes(shown: Sequence[Mark], kinds: Sequence[str], word: str) -> list[str]:
    """Return what the marks are, the latest ones by name."""
    about = f"主题含“{word}”的" if word else ""
    first = f"▾ 为{about}{'、'.join(kinds) or '（未选活动）'}，期内{len(shown)}次，指着它看日期和主题。{NO_CAUSE}。"
    last = sorted(shown, key=lambda mark: mark.on, reverse=True)[:_MOST]
    few = f"（最近{_MOST}次）" if len(shown) > _MOST else ""
    return [
        first,
        *(
            f"{mark.on.year}年{mark.on.month}月{mark.on.day}日　{mark.words}{few if not n else ''}"
            for n, mark in enumerate(last)
        ),
    ]
