"""The app for a network, or for one person on this machine: `streamlit run serve.py`.

Without an account it is open, and answers this machine only; with accounts, or single sign-on, nobody gets anything
without having signed in. In front of Streamlit stand the gate (pages/server/gate.py) and what puts the framework's page
into Chinese; beside it the login's own routes and, at /report, the frozen reports.
"""

import sys

import streamlit as st
from starlette.middleware import Middleware

from data.errors import UserError
from data.store import Store
from pages.server import arriving, cookie, login, mode, oidc, reports
from pages.server.chinese import ChinesePage
from pages.server.gate import Gate

ADDRESS = st.get_option("server.address") or ""

arriving.take_over_from_uvicorn()
try:
    mode.decide(Store(), ADDRESS)
    trusted = arriving.proxies()
    if mode.gate() == "login":
        cookie.key(Store())
        oidc.provider(Store())
except UserError as error:
    print(error, file=sys.stderr)
    sys.exit(1)

app = st.App(
    "app.py",
    routes=[*login.routes(), *reports.routes()],
    middleware=[Middleware(Gate, trusted=trusted, address=ADDRESS), Middleware(ChinesePage)],
)
