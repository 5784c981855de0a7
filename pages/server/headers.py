"""The headers that every answer carries, refusals too, so that a browser does no more with it than a page needs.

Scripts come from this server or are the ones that stand in the page itself, known by their hash; styles may stand in the
page, for Streamlit and Plotly write them while they run. Nothing is kept by the browser but the framework's own files,
whose names change with their content.
"""

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from pages.server import where
from pages.server.arriving import is_encrypted

POLICY = "content-security-policy"
FORM = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
}
_HSTS = "max-age=31536000"
_KEPT = "private, immutable, max-age=31536000"
_HASHED = re.compile(r"/static/.+\.[\w-]{8}\.\w+$")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[\w.:\[\]-]+")
_STARTS = ("http.response.start", "websocket.http.response.start")


def policy(scope: Scope, html: str = "") -> str:
    """Return the content security policy of a page; its own inline scripts are allowed by their hashes."""
    hashes = [hashlib.sha256(script.encode("utf-8")).digest() for script in _INLINE.findall(html)]
    scripts = "".join(f" 'sha256-{base64.b64encode(one).decode('ascii')}'" for one in hashes)
    host = Headers(raw=scope["headers"]).get("host", "")
    # Older browsers do not take 'self' for a WebSocket of the same host.
    socket = f" {'wss' if is_encrypted(scope) else 'ws'}://{host}" if _HOST.fullmatch(host) else ""
    return (
        f"default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob: data:; connect-src 'self'{socket}; "
        "worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self' about:; form-action 'self'; "
        "frame-ancestors 'self'"
    )


def secured(scope: Scope, send: Send) -> Send:
    """Return a `send` that puts the headers on every answer."""

    async def with_headers(message: Message) -> None:
        if message["type"] in _STARTS:
            message = message | {"headers": _completed(scope, message)}
        await send(message)

    return with_headers


def _completed(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    kept = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(b"access-control-")]
    headers = MutableHeaders(raw=kept)
    for name, value in _FIXED.items():
        headers[name] = value
    headers.setdefault(POLICY, policy(scope))
    hashed = message["status"] in (200, 206, 304) and _HASHED.fullmatch(where.path(scope) or "")
    headers["cache-control"] = _KEPT if hashed else "no-store"
    if is_encrypted(scope):
        headers["strict-transport-security"] = _HSTS
        return [_over_tls_only(pair) for pair in headers.raw]
    return headers.raw


def _over_tls_only(pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return a header, a cookie's with Secure; Streamlit does not know of a proxy's TLS."""
    name, value = pair
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return pair
    return name, value + b"; Secure"
