"""The access settings on the administrator's page: all in one form, in force at once."""

from dataclasses import asdict
from functools import partial

import streamlit as st

from data.access import settings
from data.access.settings import KNOWN
from data.errors import UserError
from data.store import Store
from pages.parts import admin_log, markup
from pages.parts.markup import show


def draw(store: Store) -> None:
    """Draw the settings in force as a form."""
    show(markup.title("安全设置", "保存后立即生效，已登录的人也适用"))
    try:
        values = asdict(settings.read(store))
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    with st.form("access_settings", border=False):
        given = {name: _input(name, value) for name, value in values.items()}
        saves = st.form_submit_button("保存", type="primary")
    if saves:
        admin_log.do(partial(settings.save, store, **given), _words(values, given))


def _input(name: str, value: bool | int) -> bool | int:
    known, key = KNOWN[name], f"access_{name}_{admin_log.fresh()}"
    if known.is_switch:
        return st.toggle(known.words, value, key=key)
    bounds = f"{known.words}（{known.low}至{known.high}{known.unit}）"
    return st.number_input(bounds, known.low, known.high, value, 1, key=key, width=260)


def _words(before: dict, after: dict) -> str:
    """Return what a change does, in words."""
    changed = [
        f"{KNOWN[name].words}：{KNOWN[name].shown(before[name])} → {KNOWN[name].shown(value)}"
        for name, value in after.items()
        if value != before[name]
    ]
    return f"已生效。{'；'.join(changed)}。" if changed else "没有改动。"
