"""Paths of this server: the prefix that a reverse proxy may give it, and which addresses a login may lead back to."""

import re
from urllib.parse import quote, urlsplit

import streamlit as st
from starlette.types import Scope

LOGIN, LOGOUT, ACCOUNT = "/login", "/logout", "/account"
STATE, STAY = "/access/state", "/access/stay"
SINGLE, SINGLE_BACK = "/access/oidc", "/access/oidc/callback"
REPORT = "/report"
OWN = (LOGIN, LOGOUT, ACCOUNT, STATE, STAY, SINGLE, SINGLE_BACK)  # of the login itself: nothing to come back to
_LONGEST = 2000
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\uffff\\]")


def base() -> str:
    """Return the prefix of all paths: empty, or like /kpi; from server.baseUrlPath."""
    prefix = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def path(scope: Scope) -> str | None:
    """Return the path of a request below the prefix, as the routes see it; None outside the prefix."""
    whole, root = scope["path"], scope.get("root_path", "")
    if root and (whole == root or whole.startswith(root + "/")):
        whole = whole[len(root) :]
    prefix = base()
    if prefix and whole != prefix and not whole.startswith(prefix + "/"):
        return None
    return whole[len(prefix) :] or "/"


def to_login(scope: Scope) -> str:
    """Return the address of the login form that leads back to what was asked for."""
    wanted = quote(path(scope) or "/")
    query = scope.get("query_string", b"").decode("latin-1")
    wanted += f"?{query}" if query else ""
    return base() + LOGIN + ("" if wanted == "/" else "?next=" + quote(wanted, safe=""))


def back(wanted: str) -> str:
    """Return the own address that `next` of a login names; the first page for anything else, such as another host."""
    parts = urlsplit(wanted) if len(wanted) <= _LONGEST and not _UNSAFE.search(wanted) else None
    if parts is None or parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return base() + "/"
    if "//" in parts.path or ".." in parts.path or parts.path.rstrip("/") in OWN:
        return base() + "/"
    return base() + parts.path + (f"?{parts.query}" if parts.query else "")
