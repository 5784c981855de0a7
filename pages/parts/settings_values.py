"""The settings of the computation on the page of settings: each in Chinese, with its default, one at a time to change."""

from functools import partial

import streamlit as st

from data.errors import UserError
from data.reference import Reference, editing, settings
from data.reference.settings import SETTINGS, Value
from data.store import Reader
from pages.parts import markup, settings_log
from pages.parts.markup import esc, show

_HEADS = (("设置", ""), ("现值", ""), ("默认", ""))


def draw(_: Reader | None) -> None:
    """Draw all settings with their values, and the form for one of them."""
    show(markup.title("计算设置", "图表、报告和下载都按现值计算，并在口径页印出所用的值"))
    try:
        values = Reference(settings_log.folder()).settings
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    defaults = settings.defaults()
    _form(values, defaults)
    show(markup.grid(_HEADS, [_row(name, values[name], defaults[name]) for name in defaults if name in SETTINGS]))


def _row(name: str, value: Value, default: Value) -> str:
    known = SETTINGS[name]
    css = "" if value == default else " class='concern'"
    return (
        f"<tr><td>{esc(known.words)}</td><td><span{css}>{esc(known.shown(value))}</span></td>"
        f"<td class='quiet'>{esc(known.shown(default))}</td></tr>"
    )


def _form(values: dict[str, Value], defaults: dict[str, Value]) -> None:
    words = {SETTINGS[name].words: name for name in defaults if name in SETTINGS}
    name = words[st.selectbox("要修改的设置", list(words), key="setting", width=420)]
    known = SETTINGS[name]
    with st.form(f"setting_{name}", border=False):
        value = _input(name, values[name])
        author, reason = settings_log.signed()
        with st.container(horizontal=True):
            saves = st.form_submit_button("保存", type="primary")
            restores = st.form_submit_button("恢复默认", disabled=values[name] == defaults[name])
    if saves or restores:
        chosen = defaults[name] if restores else value
        edit = partial(editing.set_setting, name=name, value=chosen)
        shown = known.shown(chosen) + ("（默认值）" if chosen == defaults[name] else "")
        settings_log.save(edit, f"设置：{known.words}", known.shown(values[name]), shown, author, reason)


def _input(name: str, value: Value) -> Value:
    """Draw the input that fits the kind of a setting, and return what is in it."""
    known, key = SETTINGS[name], f"value_{name}_{settings_log.fresh()}"
    if known.is_switch:
        return st.toggle("是", value, key=key)
    if known.low is not None:
        return st.number_input(f"{known.low}至{known.high}", known.low, known.high, value, 1, key=key, width=200)
    if known.choices:
        names = dict(known.choices)
        return st.selectbox("取值", list(names), list(names).index(value), names.get, key=key, width=320)
    return st.text_input("文字", value, key=key, max_chars=40, width=320)
