"""Single sign-on by OpenID Connect, where the access folder has an oidc.toml. It says who somebody is and nothing more:
what they may do is the account's, which the administrator has made and marked for single sign-on.

    issuer = "https://sso.example.gov.cn"      # or metadata = "…/.well-known/openid-configuration"
    client_id = "kpi"
    client_secret = "…"
    claim = "preferred_username"               # its value is the name of the account
    label = "用统一身份认证登录"
    address = "https://kpi.example.gov.cn/kpi" # of this server as browsers see it; needed behind a proxy
    ca = "intranet-ca.pem"                     # certificates, beside this file, that the provider's comes from

Code flow with PKCE, state and nonce, which authlib makes and checks; they lie for ten minutes in a cookie of their own.
"""

import secrets
import ssl
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from authlib.integrations.starlette_client.apps import StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from data.access import audit
from data.access.accounts import Account, Accounts, SignInError
from data.access.roles import NOBODY
from data.access.viewer import Viewer
from data.errors import UserError
from data.store import Store
from pages.server import arriving, forms, mode, where

Begin = Callable[[Request, Account, str], Awaitable[Response]]
_COOKIE, _SECONDS = "kpi_sso", 600
_WANTED = "wanted"
_TIMEOUT = 10.0  # seconds for each answer of the provider
_FAILURES = (AuthlibBaseError, JoseError, httpx2.HTTPError, KeyError, ValueError, RuntimeError, TypeError)


@dataclass(frozen=True)
class Provider:
    """What oidc.toml says."""

    metadata: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    label: str = "单点登录"
    scope: str = "openid profile"
    address: str = ""
    ca: str = ""


def provider(store: Store) -> Provider | None:
    """Return what oidc.toml says, None where there is none. Raises UserError for what cannot be read or is missing."""
    path = store.access_folder / mode.SINGLE_SIGN_ON
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"单点登录的设置“{path.name}”读不出来（{error}），请改正后重试。") from error


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Provider:
    given = tomllib.loads(path.read_text("utf-8"))
    if "issuer" in given:
        given.setdefault("metadata", given.pop("issuer").rstrip("/") + "/.well-known/openid-configuration")
    known = set(Provider.__dataclass_fields__)
    missing = [name for name in ("metadata", "client_id", "client_secret") if not given.get(name)]
    if missing or set(given) - known or not all(isinstance(value, str) for value in given.values()):
        raise UserError(
            f"单点登录的设置“{path.name}”要写明 issuer（或 metadata）、client_id、client_secret，"
            f"另可写 {'、'.join(sorted(known - {'metadata', 'client_id', 'client_secret'}))}，值都加引号。"
        )
    return Provider(**given)


def button(store: Store) -> str | None:
    """Return the words of the button on the login form, None where there is no single sign-on or it is set up wrongly."""
    try:
        found = provider(store)
    except UserError:
        return None
    return found.label if found else None


def routes(base: str, begin: Begin) -> list[Route]:
    """Return the routes of single sign-on. begin: begins the login of an account and leads on."""

    async def back(request: Request) -> Response:
        return await _come_back(request, begin)

    own = [
        Middleware(_OfItsOwn),
        Middleware(
            SessionMiddleware, secret_key=secrets.token_hex(32), session_cookie=_COOKIE, max_age=_SECONDS,
            path=(base or "") + where.SINGLE, same_site="lax",
        ),
    ]  # fmt: skip
    return [
        Route(base + where.SINGLE, _start, methods=["GET"], middleware=own),
        Route(base + where.SINGLE_BACK, back, methods=["GET"], middleware=own),
    ]


class _OfItsOwn:
    """Middleware that keeps this session from being written into Streamlit's cookie as well."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(dict(scope), receive, send)


async def _start(request: Request) -> Response:
    found = await run_in_threadpool(provider, Store())
    if found is None:
        return _sorry("没有设置单点登录，请用账号和密码登录。", 404)
    request.session.clear()
    request.session[_WANTED] = where.back(request.query_params.get("next", ""))
    try:
        return await _client(found, _ca(found)).authorize_redirect(request, _callback(request, found))
    except _FAILURES as error:
        return await _failed(request, "", error)


async def _come_back(request: Request, begin: Begin) -> Response:
    store = Store()
    found = await run_in_threadpool(provider, store)
    if found is None:
        return _sorry("没有设置单点登录，请用账号和密码登录。", 404)
    wanted = request.session.get(_WANTED, where.base() + "/")
    try:
        claims = (await _client(found, _ca(found)).authorize_access_token(request))["userinfo"]
        name = str(claims[found.claim]).strip().lower()
    except _FAILURES as error:
        return await _failed(request, "", error)
    finally:
        request.session.clear()
    account = await run_in_threadpool(Accounts(store).by_sso, name)
    if account is None:
        return await _failed(request, name)
    try:
        return await begin(request, account, wanted)
    except SignInError:
        return await _failed(request, name)


async def _failed(request: Request, name: str, error: Exception | None = None) -> Response:
    """Write into the log that somebody did not get in, and say why in one sentence."""
    reason = f"单点登录没有成功（{type(error).__name__}）" if error else "没有可单点登录的账号"
    nobody = Viewer("", NOBODY.name, NOBODY.key, NOBODY.permissions, address=arriving.address(request.scope))
    await run_in_threadpool(
        audit.record, Store(), "sign_in_failed", {"reason": reason, "account": name}, ok=False, by=nobody
    )
    if error:
        return _sorry(
            "单点登录没有成功，请再试一次；仍不成功时请找管理员。", 502 if isinstance(error, httpx2.HTTPError) else 401
        )
    return _sorry(f"统一身份“{name[:40]}”在看板里没有可登录的账号，请找管理员开通。", 403)


def _sorry(words: str, status: int) -> Response:
    return forms.answer(forms.sentence(words, (where.base() + where.LOGIN, "返回登录")), status)


def _callback(request: Request, found: Provider) -> str:
    own = found.address.rstrip("/") or f"{request.url.scheme}://{request.headers.get('host', '')}{where.base()}"
    return own + where.SINGLE_BACK


def _ca(found: Provider) -> str:
    return str(Store().access_folder / found.ca) if found.ca else ""


@lru_cache(maxsize=4)
def _client(found: Provider, ca: str) -> StarletteOAuth2App:
    """Return authlib's client; it keeps the provider's metadata and keys. No proxy: the provider is on the intranet."""
    oauth = OAuth()
    oauth.register(
        "provider",
        client_id=found.client_id,
        client_secret=found.client_secret,
        server_metadata_url=found.metadata,
        client_kwargs={
            "scope": found.scope,
            "code_challenge_method": "S256",
            "timeout": _TIMEOUT,
            "trust_env": False,
            "verify": ssl.create_default_context(cafile=ca) if ca else True,
        },
    )
    return oauth.create_client("provider")
