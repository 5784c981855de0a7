"""Who is looking at the page, and what follows from it: whose rows are read, what may be done, the watermark's words.

The one place in pages/ that makes a reader of the store. On a server with login the gate has let nobody in without a
session; it is looked up again in every run, so that what the administrator takes away is gone at the next click.
"""

from contextvars import ContextVar
from typing import Any, NoReturn

import streamlit as st

from data import readonly
from data.access import audit, roles, sessions, settings
from data.access.viewer import Viewer, act_as, local, named
from data.dates import now
from data.errors import UserError
from data.store import Reader, Store
from pages.parts import markup, prepared
from pages.server import cookie, identity, mode

ACCOUNT = "account"  # where the gate shows an account: its password, signing out
_unit: ContextVar[str] = ContextVar("unit", default="")  # whose data the page shows, for the watermark
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


def needs(permission: str) -> bool:
    """Look up anew who is looking, at the beginning of a run, and say whether the page's permission is theirs."""
    found = _look_up()
    _forget_the_former(found)
    return found.may(permission)


def refuse(permission: str, title: str) -> NoReturn:
    """Stop the page with the sentence for who may not do what it is for; that it was tried is in the log."""
    try:
        audit.record(Store(), "refused", {audit.PAGE: title}, ok=False)
    except UserError as error:
        stop(error)
    if readonly.is_on() and permission in readonly.WITHHELD & viewer().permissions:
        _refuse(readonly.WORDS)
    role = roles.role_of(viewer().role).name
    _refuse(f"您的角色（{role}）没有“{roles.PERMISSIONS[permission]}”的权限；需要时请找管理员。")


def may(permission: str) -> bool:
    """Say whether who is looking may do something."""
    return viewer().may(permission)


def author(label: str, **options: Any) -> str:
    """Draw who signs a change and return it: who has signed in, or, at the machine itself, what is typed in."""
    who = viewer()
    if who.is_local:
        return st.text_input(label, **options)
    name = f"{who.name}（{who.account}）"
    markup.show(f'<p class="sub">{markup.esc(label)}：{markup.esc(name)}</p>')
    return name


def reader() -> Reader | None:
    """Return a reader of the version in force that sees what the viewer may see; None for an empty store."""
    found = Store().reader(viewer().scope)
    if found:
        prepared.ensure(found)
    _unit.set(found.settings.get("unit_name", "") if found else "")
    return found


def is_reading_server() -> bool:
    """Say whether this server changes nothing, so that nothing is drawn that would."""
    return readonly.is_on()


def mark() -> str:
    """Return the words of the watermark: unit, name, account, moment; empty when the administrator switched it off."""
    return viewer().mark(_unit.get(), now()) if settings.read(Store()).watermark else ""


def cookies() -> dict[str, str]:
    """Return the cookie of the viewer's login, for the camera, which looks at the viewer's page in their place."""
    value = st.context.cookies.get(cookie.NAME)
    return {cookie.NAME: value} if value else {}


def _forget_the_former(found: Viewer) -> None:
    """Empty what a session keeps when another person goes on with it, as after a signing out in the same tab."""
    key = (found.account, found.session)
    if st.session_state.get(_SEEN_BY, key) != key:
        st.session_state.clear()
    st.session_state[_SEEN_BY] = key


def stop(error: UserError) -> NoReturn:
    """Draw why the page cannot go on, such as an audit log that cannot be written, and stop it."""
    _refuse(str(error))


def _refuse(words: str) -> NoReturn:
    markup.show(markup.wrong(words))
    st.stop()
