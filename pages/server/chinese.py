"""Streamlit's index.html in Chinese: the framework's English leftovers that none of its options can change.

A middleware rewrites the page on its way out: the language, the title, and scripts of ours. The first one is for older
browsers (older.js): it gives Chromium 106 what the framework calls and it lacks, and tells who is older still. The second
translates the words that are left (pages/parts/translate.js). With login a third knows when it ends (session.js).
"""

import re
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server import headers, mode, where

TITLE = "环境信访看板"
_HERE = Path(__file__).parent
TRANSLATE = _HERE.parent / "parts" / "translate.js"
SESSION = _HERE / "session.js"
OLDER = _HERE / "older.js"
_HTML = b"text/html"
_NOT_FORWARDED = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
_REPLACED = {b"content-length", b"etag", b"last-modified"}
_OUR_PAGES = (where.REPORT, *where.OWN)


def chinese_page(html: str) -> str:
    """Return Streamlit's index.html as a Chinese page that carries the scripts of ours."""
    html = html.replace('<html lang="en">', '<html lang="zh-CN">', 1)
    html = re.sub(r"<title>.*?</title>", f"<title>{TITLE}</title>", html, count=1)
    html = html.replace("You need to enable JavaScript to run this app.", "请在浏览器中启用 JavaScript 后再打开本页。")
    scripts = [OLDER, TRANSLATE, SESSION] if mode.gate() == "login" else [OLDER, TRANSLATE]
    written = "".join(f"<script>{script.read_text('utf-8')}</script>" for script in scripts)
    return html.replace("</head>", f"{written}</head>", 1)


class ChinesePage:
    """Middleware that rewrites every HTML page of Streamlit's and lets everything else through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; only GETs of the app's pages (no dot in the last part of the path) are looked at."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_page(where.path(scope) or "/"):
            await self.app(scope, receive, send)
            return
        kept = [pair for pair in scope["headers"] if pair[0] not in _NOT_FORWARDED]
        await self.app(scope | {"headers": kept}, receive, _Rewriter(scope, send))


def _is_page(path: str) -> bool:
    return "." not in path.rstrip("/").rsplit("/", 1)[-1] and path not in _OUR_PAGES


class _Rewriter:
    """Holds back an HTML response until it is whole, then sends it rewritten."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
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
        page = chinese_page(self.body.decode("utf-8"))
        body = page.encode("utf-8")
        kept = [pair for pair in start["headers"] if pair[0] not in _REPLACED]
        length = (b"content-length", str(len(body)).encode("ascii"))
        policy = (headers.POLICY.encode("ascii"), headers.policy(self.scope, page).encode("ascii"))
        await self.send(start | {"headers": [*kept, length, policy]})
        await self.send({"type": "http.response.body", "body": body})
