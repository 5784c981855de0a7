"""What a request says of itself, and what of it is believed: client, scheme, own host. See docs on the reverse proxy.

A proxy's word counts only when it comes from an address in KPI_PROXIES (by default this machine), and of a chain only
the last link, which that proxy wrote itself. uvicorn has a middleware of its own that believes more, and afterwards the
true peer is not to be known any more; so it is put out of action.
"""

import ipaddress
import os
from collections.abc import Sequence
from urllib.parse import urlsplit

import uvicorn.config
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope

from data.errors import UserError
from pages.server import identity

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PROXIES = "KPI_PROXIES"
_THIS_MACHINE = "127.0.0.1,::1"
_OURS = "x-kpi-"
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def _unwrapped(app: ASGIApp, trusted_hosts: object = None) -> ASGIApp:
    return app


def take_over_from_uvicorn() -> None:
    """Keep uvicorn from rewriting client and scheme; called while it imports the app, before it would wrap it."""
    uvicorn.config.ProxyHeadersMiddleware = _unwrapped


def proxies() -> tuple[Network, ...]:
    """Return the networks whose proxies are believed. Raises UserError for what is no address."""
    given = os.environ.get(PROXIES) or _THIS_MACHINE
    try:
        return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in given.split(",") if one.strip())
    except ValueError as error:
        raise UserError(
            f"环境变量 {PROXIES}“{given}”里有不是地址或网段的内容，请写成 127.0.0.1,10.1.0.0/16 这样。"
        ) from error


def believed(scope: Scope, trusted: Sequence[Network]) -> Scope:
    """Return the request with the client and scheme that count, without what only we may say of it."""
    headers = [pair for pair in scope["headers"] if not _is_ours(pair[0])]
    found = Headers(raw=headers)
    client, scheme = scope.get("client"), scope["scheme"]
    peer = _address(client[0]) if client else None
    if peer is not None:
        client = (str(peer), client[1])
        if any(peer in network for network in trusted):
            if (named := _address(_last(found, "x-forwarded-for"))) is not None:
                client = (str(named), 0)
            if (said := _last(found, "x-forwarded-proto").lower()) in ("http", "https"):
                scheme = said if scope["type"] == "http" else said.replace("http", "ws")
    return scope | {"headers": headers, "client": client, "scheme": scheme}


def with_identity(scope: Scope, token: str) -> Scope:
    """Return the request with the header from which a page script knows who is asking."""
    header = (identity.HEADER.encode("ascii"), identity.sign(token, address(scope)).encode("ascii"))
    return scope | {"headers": [*scope["headers"], header]}


def address(scope: Scope) -> str:
    """Return the network address of who is asking."""
    return scope["client"][0] if scope.get("client") else ""


def is_encrypted(scope: Scope) -> bool:
    """Say whether the browser came by TLS, to us or to a proxy that is believed."""
    return scope["scheme"] in ("https", "wss")


def is_from_own_page(scope: Scope, required: bool = True) -> bool:
    """Say whether a request comes from a page of this host. required: whether one that does not say so fails."""
    headers = Headers(raw=scope["headers"])
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    if origin is None:
        return not required or site == "same-origin"
    return _host(origin) is not None and _host(origin) == _host(f"{scope['scheme']}://{headers.get('host', '')}")


def _host(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None


def _is_ours(name: bytes) -> bool:
    return name.decode("latin-1").lower().replace("_", "-").startswith(_OURS)


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address from a text that may carry a port; an IPv4 address in the form of IPv6 as itself."""
    text = text[1:].partition("]")[0] if text.startswith("[") else text
    text = text.partition(":")[0] if text.count(":") == 1 else text
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
