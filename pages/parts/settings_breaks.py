"""Known breaks on the page of settings: days from which figures do not compare with those before."""

from datetime import date
from functools import partial

import streamlit as st

from data.errors import UserError
from data.reference import Reference, editing, lists
from data.schema import field_of
from data.store import Reader
from metrics.catalog import CATALOG
from pages.parts import access, markup, query, settings_log
from pages.parts.markup import show

ALL_KPIS, ALL_CASES = "全部指标", "全部信访件"
_FIELDS = ("channel", "source", "branch", "pollution")
_HEADS = (("自", ""), ("范围", ""), ("指标", ""), ("说明", ""), ("来源", ""))


def draw(reader: Reader | None) -> None:
    """Draw the breaks in force, the form that adds one, and the one that takes one away."""
    show(markup.title("已知断点", "标在时间轴上；跨断点的同比灰显，注明不宜直接比较"))
    try:
        rows = Reference(settings_log.folder()).kept("breaks")
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    shown = [markup.row([(text, "") for text in (*_cells(row), _origin(row))]) for row in rows]
    show(markup.grid(_HEADS, shown, "loose") if shown else markup.nothing("没有已知断点。"))
    adding, removing = st.tabs(["增加断点", "删除断点"])
    with adding:
        _add(reader)
    with removing:
        _remove(rows)


def _cells(row: dict) -> tuple[str, str, str, str]:
    field = field_of("cases", row["field"]) if row["field"] else None
    scope = f"{field.label}：{row['value'] or '全部'}" if field else ALL_CASES
    kpi = CATALOG[row["kpi"]].name if row["kpi"] in CATALOG else row["kpi"] or ALL_KPIS
    return row["starts_on"].isoformat(), scope, kpi, row["words"]


def _origin(row: dict) -> str:
    return "默认" if lists.is_default("breaks", _texts(row)) else "本局设定"


def _texts(row: dict) -> dict[str, str]:
    """Return a row as it is written in the file."""
    return {name: str(value) for name, value in row.items()}


def _add(reader: Reader | None) -> None:
    labels = {field_of("cases", name).label: name for name in _FIELDS}
    with st.container(horizontal=True):
        label = st.selectbox("范围", [ALL_CASES, *labels], key="break_field", width=160)
        field = labels.get(label, "")
        values = _values(reader, field)
        value = st.selectbox("取值", values, key="break_value", width=200, disabled=not field) if field else ""
        names = {kpi.name: kpi.id for kpi in CATALOG.values()}
        kpi = st.selectbox("指标", [ALL_KPIS, *names], key="break_kpi", width=240)
    with st.form("add_break", border=False):
        with st.container(horizontal=True):
            day = st.date_input(
                "自哪天起",
                None,
                date(2000, 1, 1),
                key=f"break_day_{settings_log.fresh()}",
                format="YYYY-MM-DD",
                width=150,
            )
            words = st.text_input(
                "说明（写在图上）",
                key=f"break_words_{settings_log.fresh()}",
                placeholder="例如：缺12345来源",
                max_chars=60,
            )
        author, reason = settings_log.signed()
        saves = st.form_submit_button("增加", type="primary")
    if not saves:
        return
    if day is None or not words.strip():
        settings_log.refuse("请写明断点自哪天起，以及说明。")
    row = {"starts_on": day, "field": field, "value": value or "", "kpi": names.get(kpi, ""), "words": words.strip()}
    edit = partial(editing.set_row, name="breaks", row=_texts(row))
    settings_log.save(edit, "增加断点", "", "，".join(_cells(row)), author, reason)


def _values(reader: Reader | None, field: str) -> list[str]:
    if not field:
        return []
    known = query.dimension_values(reader, field) if reader else []
    return list(dict.fromkeys([*known, *field_of("cases", field).values]))


def _remove(rows: list[dict]) -> None:
    if not rows:
        show(markup.nothing("没有可删除的断点。"))
        return
    options = {"，".join(_cells(row)): row for row in rows}
    with st.form("remove_break", border=False):
        label = st.selectbox("断点", list(options), key="break_gone")
        with st.container(horizontal=True):
            author = access.author("修改人", key="break_gone_author", width=150, max_chars=20)
            reason = st.text_input("原因", key=f"break_gone_reason_{settings_log.fresh()}", max_chars=200)
        removes = st.form_submit_button("删除")
    if removes:
        edit = partial(editing.remove_row, name="breaks", key=_texts(options[label]))
        settings_log.save(edit, "删除断点", label, "", author, reason)
