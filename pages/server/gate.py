"""The gate: the outermost middleware, past which nothing gets without a right to it, before any page script runs.

With login, every request but those for the login form itself needs a session, and so does the WebSocket's handshake;
without login, only this machine is answered. Whatever fails on the way, such as an audit log that cannot be written, is a
refusal. What a person may see is the business of the pages; here it is who they are.
"""

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from data.access import audit, sessions
from data.errors import UserError
from data.store import Store
from pages.server import arriving, headers, media, mode, sockets, where, who

_OPEN = {where.LOGIN: ("GET", "HEAD", "POST"), where.SINGLE: ("GET",), where.SINGLE_BACK: ("GET",)}
_BEFORE_A_PASSWORD = (where.ACCOUNT, where.LOGOUT, where.STATE, where.STAY)
_STREAMLITS_OWN_LOGIN = ("/auth/login", "/auth/logout", "/oauth2callback")
_METRICS = "/_stcore/metrics"
_READING = ("GET", "HEAD", "OPTIONS")
_SIGN_IN, _CHANGE = "请先登录。", "请先更改密码。"
_ELSEWHERE, _NOT_YOURS = "请求不是从本看板的页面发出的，已拒绝。", "没有权限，已拒绝；需要时请找管理员。"


class Gate:
    """Middleware for all of HTTP and WebSocket. trusted: networks whose proxies are believed; address: where we listen."""

    def __init__(self, app: ASGIApp, trusted: Sequence[arriving.Network], address: str) -> None:
        self.app, self.trusted, self.address = app, trusted, address
        self.sent = media.Sent()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = arriving.believed(scope, self.trusted)
        send = headers.secured(scope, send)
        try:
            if await run_in_threadpool(mode.with_login, Store()):
                await self._with_login(scope, receive, send)
            else:
                await self._without_login(scope, receive, send)
        except UserError as error:
            await _refuse(scope, receive, send, PlainTextResponse(str(error), 503))

    async def _without_login(self, scope: Scope, receive: Receive, send: Send) -> None:
        words = mode.refusal(self.address, Headers(raw=scope["headers"]))
        path = where.path(scope)
        if words or not mode.is_this_machine(arriving.address(scope)) or scope.get("http_version") == "1.0":
            await _refuse(scope, receive, send, PlainTextResponse(words or mode.ELSEWHERE, 403))
        elif not arriving.is_from_own_page(scope, required=False) and not _is_reading(scope):
            await _refuse(scope, receive, send, PlainTextResponse(_ELSEWHERE, 403))
        elif path in where.OWN:
            await _refuse(scope, receive, send, RedirectResponse(where.base() + "/", 303))
        elif scope["type"] == "websocket":
            await sockets.Watched(self._still_without_login).serve(self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _still_without_login(self) -> bool:
        return not await run_in_threadpool(mode.with_login, Store())

    async def _with_login(self, scope: Scope, receive: Receive, send: Send) -> None:
        signed_in = await who.find(scope)
        scope = who.noted(scope, signed_in)
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, signed_in)
            return
        refusal = await self._refusal(scope, signed_in)
        if refusal is not None:
            await _refuse(scope, receive, send, refusal)
            return
        if signed_in:
            scope = arriving.with_identity(scope, signed_in.token)
            if _is_act(scope):
                await run_in_threadpool(sessions.touch, Store(), signed_in.token)
        await self.app(scope, receive, send)

    async def _refusal(self, scope: Scope, signed_in: who.SignedIn | None) -> Response | None:
        """Return the answer to who may not have what they ask for, None for who may."""
        path, method = where.path(scope), scope["method"]
        if not _is_reading(scope) and not arriving.is_from_own_page(scope):
            return PlainTextResponse(_ELSEWHERE, 403)
        if path is not None and method in _OPEN.get(path, ()):
            return None
        if signed_in is None:
            return _to(where.to_login(scope), scope, PlainTextResponse(_SIGN_IN, 401))
        if signed_in.session.must_change and path not in _BEFORE_A_PASSWORD:
            return _to(where.base() + where.ACCOUNT, scope, PlainTextResponse(_CHANGE, 403))
        needed = self._needs(path or "/", signed_in)
        if needed is None:
            return None
        viewer = await run_in_threadpool(signed_in.viewer)
        if viewer and needed and viewer.may(needed):
            return None
        await run_in_threadpool(audit.record, Store(), "refused", {"address": path}, False, viewer)
        return PlainTextResponse(_NOT_YOURS, 403)

    def _needs(self, path: str, signed_in: who.SignedIn) -> str | None:
        """Return the permission that a path asks for: None for no more than a login, "" for what nobody has."""
        if path in _STREAMLITS_OWN_LOGIN:
            return ""
        if media.is_file(path):
            address = media.address_of(path)
            if address is None or not self.sent.knows(signed_in.token, address):
                return ""
            return "import" if path.startswith(media.UPLOAD) else None
        return "accounts" if path == _METRICS else None

    async def _socket(self, scope: Scope, receive: Receive, send: Send, signed_in: who.SignedIn | None) -> None:
        if signed_in is None or signed_in.session.must_change:
            await _refuse(scope, receive, send, PlainTextResponse(_CHANGE if signed_in else _SIGN_IN, 403))
        elif not arriving.is_from_own_page(scope):
            await _refuse(scope, receive, send, PlainTextResponse(_ELSEWHERE, 403))
        else:
            scope = arriving.with_identity(self._of_own_session(scope, signed_in), signed_in.token)
            await self._watched(signed_in).serve(self.app, scope, receive, send)

    def _watched(self, signed_in: who.SignedIn) -> sockets.Watched:
        store, token = Store(), signed_in.token
        is_known = False

        async def stands() -> bool:
            found = await run_in_threadpool(sessions.find, store, token)
            if found is None:
                self.sent.forget(token)
            return found is not None and not found.must_change

        async def acted() -> None:
            await run_in_threadpool(sessions.touch, store, token)

        def told(message: bytes) -> None:
            nonlocal is_known
            if found := media.addresses(message):
                self.sent.note(token, found)
            if not is_known and (session := media.streamlit_session(message)):
                is_known = True
                self.sent.note(token, [session])

        return sockets.Watched(stands, acted, told)

    def _of_own_session(self, scope: Scope, signed_in: who.SignedIn) -> Scope:
        """Return the handshake without the Streamlit session that it wants to go on with, unless that is this login's."""
        offered = scope.get("subprotocols", [])
        if len(offered) < 3 or self.sent.knows(signed_in.token, offered[2]):
            return scope
        name, value = b"sec-websocket-protocol", ", ".join(offered[:2]).encode("latin-1")
        kept = [pair for pair in scope["headers"] if pair[0] != name]
        return scope | {"subprotocols": offered[:2], "headers": [*kept, (name, value)]}


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    """Answer instead of the app; a WebSocket's handshake with a plain refusal."""
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    socket = WebSocket(scope, receive, send)
    if "websocket.http.response" in scope.get("extensions", {}):
        await socket.send_denial_response(response)
    else:
        await socket.close()


def _to(address: str, scope: Scope, otherwise: Response) -> Response:
    """Return the way to a form for who opens a page, a short refusal for everything else."""
    is_page = scope["method"] == "GET" and "text/html" in Headers(raw=scope["headers"]).get("accept", "")
    return RedirectResponse(address, 303) if is_page else otherwise


def _is_reading(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in _READING


def _is_act(scope: Scope) -> bool:
    """Say whether a request is something that a person did: opening a page, sending a file."""
    accepts = Headers(raw=scope["headers"]).get("accept", "")
    return not _is_reading(scope) or (scope["method"] == "GET" and "text/html" in accepts)
