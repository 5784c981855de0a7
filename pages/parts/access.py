"""Who is looking at the page, and what follows from it: whose rows are read, what may be done, the watermark's words.

The one place in pages/ that makes a reader of the store. On a server with login the gate has let nobody in without a
session; it is looked up again in every run, so that what the administrator takes away is gone at the next click.
"""

from typing import NoReturn

import streamlit as st

from data.access import roles, sessions, settings
from data.access.viewer import Viewer, act_as, local, named
from data.dates import now
from data.errors import UserError
from data.store import Reader, Store
from pages.parts import markup
from pages.server import identity, mode

_SEEN_BY = "seen_by"


def viewer() -> Viewer:
    """Return who is looking; stop the page with a sentence where nobody may."""
    return named() or _look_up()


def _look_up() -> Viewer:
    if mode.gate() != "login":
        if refused := mode.refusal(st.get_option("server.address") or "", st.context.headers):
            _refuse(refused)
        found = local(st.context.ip_address or "127.0.0.1")
    else:
        found = signed_in(st.context.headers.get(identity.HEADER))
        if found is None:
            _refuse("登录已结束，请刷新页面重新登录。")
    act_as(found)
    return found


def signed_in(header: str | None) -> Viewer | None:
    """Return whose session the gate's header names, None where it has ended."""
    named = identity.verified(header)
    return sessions.viewer(Store(), *named) if named else None


def need(permission: str) -> Viewer:
    """Return who is looking, who may do what the page is for; stop the page with a sentence for everybody else."""
    found = _look_up()
    if permission and not found.may(permission):
        _refuse(f"您的角色（{roles.role_of(found.role).name}）没有“{roles.PERMISSIONS[permission]}”的权限；需要时请找管理员。")
    _forget_the_former(found)
    return found


def may(permission: str) -> bool:
    """Say whether who is looking may do something."""
    return viewer().may(permission)


def reader() -> Reader | None:
    """Return a reader of the version in force that sees what the viewer may see; None for an empty store."""
    return Store().reader(viewer().scope)


def mark(reader: Reader | None = None) -> str:
    """Return the words of the watermark: unit, name, account, moment; empty when the administrator switched it off."""
    if not settings.read(Store()).watermark:
        return ""
    unit = reader.settings.get("unit_name", "") if reader else ""
    return viewer().mark(unit, now())


def _forget_the_former(found: Viewer) -> None:
    """Empty what a session keeps when another person goes on with it, as after a signing out in the same tab."""
    key = (found.account, found.session)
    if st.session_state.get(_SEEN_BY, key) != key:
        st.session_state.clear()
    st.session_state[_SEEN_BY] = key


def _refuse(words: str) -> NoReturn:
    markup.show(markup.wrong(words))
    st.stop()


def stopped(error: UserError) -> NoReturn:
    """Draw why the page cannot go on, such as an audit log that cannot be written, and stop it."""
    _refuse(str(error))
