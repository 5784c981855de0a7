"""What the parts of the page of settings share: the choice of part, signing and saving, and the list of changes."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from data.errors import UserError
from data.reference import editing
from data.reference.editing import Change, Files
from data.refreshing import change
from data.store import Store
from pages.parts import access, markup
from pages.parts.markup import esc, show

_SHOWN = 40
_DONE, _ROUND = "settings_done", "settings_round"


def folder() -> Path:
    """Return the folder of the store's own reference files."""
    return Store().reference_folder


def choose(parts: list[str]) -> str:
    """Draw the choice of what to set, kept in the address, and return it."""
    chosen = st.segmented_control(
        "设置内容",
        parts,
        default=parts[0],
        key="part",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    return chosen if chosen in parts else parts[0]


def said() -> None:
    """Draw once what the last change did, or why it did nothing."""
    if found := st.session_state.pop(_DONE, None):
        show(found)


def fresh() -> int:
    """Return how many changes this visitor has made: part of a key, so that an input is new after each."""
    return st.session_state.get(_ROUND, 0)


def signed() -> tuple[str, str]:
    """Draw who changes it and why, in the open form; both must be given."""
    with st.container(horizontal=True):
        author = access.author("修改人", key="author", width=150, max_chars=20)
        reason = st.text_input("原因", key=f"reason_{fresh()}", max_chars=200)
    return author, reason


def save(edit: Callable[[Path], Files], what: str, before: str, after: str, author: str, reason: str) -> None:
    """Make a change as a new version, and draw the page anew with a sentence about it."""
    try:
        with st.spinner("正在按新的口径整理数据…"):
            version = change(Store(), edit, what, before or editing.NOTHING, after or editing.NOTHING, author, reason)
    except UserError as error:
        refuse(str(error))
        return
    effect = f"已生效，版本{version[:6]}" if version else "已保存，导入数据后生效"
    st.session_state[_DONE] = markup.done(
        f"{what}：{before or editing.NOTHING} → {after or editing.NOTHING}。{effect}。"
    )
    st.session_state[_ROUND] = fresh() + 1
    st.rerun()


def refuse(words: str) -> None:
    """Draw the page anew with a sentence about what is wrong; what was typed stays."""
    st.session_state[_DONE] = markup.wrong(words)
    st.rerun()


def changes() -> None:
    """Draw what was changed, when, from what to what, by whom and why; the newest first."""
    try:
        found = editing.changes(folder())
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    show(markup.title("口径变化", "改动立即生效，旧版本的数据仍按当时的口径；可在“数据导入”页换用旧版本"))
    if not found:
        show(markup.nothing("还没有改动，全部是默认值。"))
        return
    heads = (("时间", ""), ("改动", ""), ("修改人", ""))
    show(markup.grid(heads, [_line(one) for one in reversed(found[-_SHOWN:])], "loose"))


def _line(one: Change) -> str:
    return (
        f"<tr><td>{one.at:%Y-%m-%d}<div class='sub'>{one.at:%H:%M}</div></td>"
        f"<td>{esc(one.what)}<div class='sub'>{esc(one.before)} → {esc(one.after)}</div>"
        f"<div class='sub'>原因：{esc(one.reason)}</div></td><td>{esc(one.author)}</td></tr>"
    )
