"""What the parts of the administrator's page share: doing something and saying, once, what happened."""

from collections.abc import Callable

import streamlit as st

from data.errors import UserError
from pages.parts import markup
from pages.parts.markup import esc, show

_DONE, _ROUND = "admin_done", "admin_round"


def said() -> None:
    """Draw once what the last change did, or why it did nothing; a first password is never seen again."""
    if found := st.session_state.pop(_DONE, None):
        show(found)


def fresh() -> int:
    """Return how many changes this visitor has made: part of a key, so that an input is new after each."""
    return st.session_state.get(_ROUND, 0)


def do(change: Callable[[], object], words: str) -> None:
    """Make a change and draw the page anew with `words`, and with the first password that the change returned."""
    try:
        made = change()
    except UserError as error:
        refuse(str(error))
        return
    first = made if isinstance(made, str) else ""
    st.session_state[_DONE] = _with_password(words, first) if first else markup.done(words)
    st.session_state[_ROUND] = fresh() + 1
    st.rerun()


def refuse(words: str) -> None:
    """Draw the page anew with a sentence about what is wrong; what was typed stays."""
    st.session_state[_DONE] = markup.wrong(words)
    st.rerun()


def _with_password(words: str, first: str) -> str:
    return (
        f'<p class="done" role="status">{esc(words)}<br>一次性密码：<code class="first_password">{esc(first)}</code>'
        "<br>请当面交给本人；只显示这一次，首次登录必须改密码。</p>"
    )
