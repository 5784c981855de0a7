"""The same app for `streamlit run serve.py`, with the framework's English leftovers put into Chinese.

What the options of Streamlit cannot change stands in its index.html and in its compiled scripts. A middleware
rewrites the page on its way out: the language, the title, and one small script of ours that translates the words
that are left (pages/parts/translate.js). `streamlit run app.py` works as well, with those few English words.

At /report it serves the latest frozen report, or with ?key=2025-09 that of a month, as the plain page that was kept: for
terminals whose browser is too old for the dashboard.
"""

import re
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.store import Store
from metrics.report import served

TITLE = "环境信访看板"
REPORT = "/report"
SCRIPT = Path(__file__).parent / "pages" / "parts" / "translate.js"
_HTML = b"text/html"
_NOT_FORWARDED = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
_REPLACED = {b"content-length", b"etag", b"last-modified", b"cache-control"}


def chinese_page(html: str) -> str:
    """Return Streamlit's index.html as a Chinese page that carries the translating script."""
    html = html.replace('<html lang="en">', '<html lang="zh-CN">', 1)
    html = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", html, count=1)
    html = html.replace("You need to enable JavaScript to run this app.", "请在浏览器中启用 JavaScript 后再打开本页。")
    return html.replace("</head>", f"<script>{SCRIPT.read_text('utf-8')}</script></head>", 1)


class ChinesePage:
    """Middleware that rewrites every HTML page and lets everything else through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; only GETs of the app's pages (no dot in the last part of the path) are looked at."""
        last = scope["path"].rstrip("/").rsplit("/", 1)[-1] if scope["type"] == "http" else ""
        if scope["type"] != "http" or scope["method"] != "GET" or "." in last or f"/{last}" == REPORT:
            await self.app(scope, receive, send)
            return
        headers = [pair for pair in scope["headers"] if pair[0] not in _NOT_FORWARDED]
        await self.app(scope | {"headers": headers}, receive, _Rewriter(send))


class _Rewriter:
    """Holds back an HTML response until it is whole, then sends it rewritten."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and dict(message["headers"]).get(b"content-type", b"").startswith(
            _HTML
        ):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = chinese_page(self.body.decode("utf-8")).encode("utf-8")
        kept = [pair for pair in start["headers"] if pair[0] not in _REPLACED]
        length = (b"content-length", str(len(body)).encode("ascii"))
        await self.send(start | {"headers": [*kept, length, (b"cache-control", b"no-cache")]})
        await self.send({"type": "http.response.body", "body": body})


def report(request: Request) -> HTMLResponse:
    """Answer with a frozen report as it was kept; no cases are read for it."""
    status, page = served.page(Store(), request.query_params.get("key", ""))
    return HTMLResponse(page, status, {"cache-control": "no-cache"})


app = st.App("app.py", routes=[Route(REPORT, report)], middleware=[Middleware(ChinesePage)])
