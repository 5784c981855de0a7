"""The form in which the weights of the assessment are set: KPIs, points, rule, by whom and why. Saved as a new version."""

from datetime import date

import streamlit as st

from data.dates import now
from data.errors import UserError
from data.reference import editing
from data.refreshing import change
from data.store import Store
from metrics import scheme
from metrics.kpi import Kpi
from metrics.scheme import RULES, Item
from pages.parts import access, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import show

WHAT = "分局评估方案"
_MOST = 190  # characters of the log


def draw(screen: Screen) -> None:
    """Draw the form with the weights in force, and save what was entered when asked to."""
    if done := st.session_state.pop("scheme_saved", ""):
        show(markup.done(done))
    try:
        items = {one.kpi.id: one for one in query.ask(screen.reader, scheme.scheme)}
    except UserError:
        items = {}  # the card says what is wrong; saving anew mends it
    sub = "选指标、定分值；率×分值：得分＝率×分值；按目标表：红线得0分、绿线（或目标）得满分；自定：两条线自己填。改动记入口径变化记录"
    show(markup.title("评分方案", sub))
    known = {kpi.name: kpi for kpi in scheme.eligible()}
    chosen = st.multiselect(
        "指标（只列分局可比、有好坏方向的比率）", list(known), [one.kpi.name for one in items.values()], key="scheme_kpis",
        placeholder="请选择指标",
    )  # fmt: skip
    rows = [_row(known[name], items.get(known[name].id)) for name in chosen if name in known]
    total = sum(row["weight"] or 0 for row in rows)
    if rows:
        show(
            f'<p class="sub">分值合计{total:g}分{"" if total == 100 else "；习惯上合计100分，不足或超出也可保存"}。</p>'
        )
    by, why, save = st.columns([16, 40, 44], vertical_alignment="bottom")
    with by:
        author = access.author("设定人", key="scheme_author", max_chars=20)
    reason = why.text_input("依据（文件名、会议等）", key="scheme_reason", max_chars=100)
    if save.button("保存方案", type="primary", key="scheme_save", disabled=not rows and not items):
        _save(screen, rows, items, author.strip(), reason.strip())


def _row(kpi: Kpi, present: Item | None) -> dict[str, object]:
    """Draw one KPI's weight and rule; return what was entered."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        weight = st.number_input(
            f"{kpi.name}：分值", 0.0, 1000.0, float(present.weight) if present else None, 5.0, format="%g", key=f"weight_{kpi.id}",
            width=240,
        )  # fmt: skip
        rules = list(RULES)
        rule = st.selectbox(
            "计分办法", rules, rules.index(present.rule) if present else 0, RULES.get, key=f"rule_{kpi.id}", width=160
        )
        row: dict[str, object] = {"kpi": kpi.id, "weight": weight, "rule": rule}
        if rule == "own":
            own = present if present and present.rule == "own" else None
            for name, label in (("zero_at", "得0分的率（%）"), ("full_at", "得满分的率（%）")):
                value = float(getattr(own, name)) * 100 if own else None
                row[name] = st.number_input(
                    label, 0.0, 100.0, value, 1.0, format="%g", key=f"{name}_{kpi.id}", width=150
                )
    return row


def _save(screen: Screen, rows: list[dict], items: dict[str, Item], author: str, reason: str) -> None:
    """Check what was entered and publish it; a sentence where it cannot be."""
    try:
        made = [_item(screen, row, author, now().date()) for row in rows]
        texts = [_texts(row, author) for row in rows]
        version = change(
            Store(),
            lambda folder: editing.set_rows("scorecard", texts),
            WHAT,
            _words(items.values()),
            _words(made),
            author,
            reason,
        )
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    st.session_state["scheme_saved"] = f"已保存，新版本{version}。" if made else f"已取消评估方案，新版本{version}。"
    st.rerun()


def _item(screen: Screen, row: dict, author: str, today: date) -> Item:
    ends = {name: None if row.get(name) is None else row[name] / 100 for name in ("zero_at", "full_at")}
    return scheme.item(screen.reader, row["kpi"], row["weight"], row["rule"], **ends, author=author, set_on=today)


def _texts(row: dict, author: str) -> dict[str, str]:
    ends = {name: "" if row.get(name) is None else f"{row[name]:g}%" for name in ("zero_at", "full_at")}
    return {
        "kpi": row["kpi"],
        "weight": f"{row['weight']:g}",
        "rule": row["rule"],
        "author": author,
        "set_on": f"{now():%Y-%m-%d}",
    } | ends


def _words(items: object) -> str:
    """Return a scheme in the words of the log."""
    text = "、".join(f"{one.kpi.name}{one.weight.normalize():f}分" for one in items) or editing.NOTHING
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
