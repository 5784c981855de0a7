"""The cookie of a login: the session's token under a signature whose key lies beside the accounts.

The token alone would do, being random; the signature keeps guesses away from the database.
"""

import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from data.errors import UserError
from data.store import Store
from pages.server import where
from pages.server.arriving import is_encrypted

NAME = "kpi_session"
_BYTES = 32


def key(store: Store) -> bytes:
    """Return the key of the signature, made at first use and readable by its owner only. Raises UserError."""
    path = store.access_folder / "cookie.key"
    try:
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"登录所用的密钥“{path.name}”读写不了（{error.strerror}），请检查数据仓 access 文件夹的权限。"
        ) from error
    if len(found) < _BYTES:
        raise UserError(f"登录所用的密钥“{path.name}”已损坏，请删去它，再让大家重新登录。")
    return found


def seal(store: Store, token: str) -> str:
    """Return the cookie's value for the session `token`."""
    return _signer(store).dumps(token)


def token(store: Store, scope: Scope) -> str | None:
    """Return the token of a request's cookie; None where there is none or its signature is not ours."""
    for name, value in scope["headers"]:
        if name == b"cookie" and (sealed := cookie_parser(value.decode("latin-1")).get(NAME)):
            try:
                found = _signer(store).loads(sealed)
            except (BadSignature, ValueError, TypeError):
                return None
            return found if isinstance(found, str) else None
    return None


def put(response: Response, store: Store, scope: Scope, token: str) -> None:
    """Give the browser the cookie; it forgets it when it is closed."""
    response.set_cookie(
        NAME, seal(store, token), path=_path(), secure=is_encrypted(scope), httponly=True, samesite="lax"
    )


def drop(response: Response, scope: Scope) -> None:
    """Take the cookie away from the browser."""
    response.delete_cookie(NAME, path=_path(), secure=is_encrypted(scope), httponly=True, samesite="lax")


def _signer(store: Store) -> URLSafeSerializer:
    return URLSafeSerializer(key(store), salt=NAME)


def _path() -> str:
    return where.base() or "/"


def _make(path: Path) -> None:
    """Write a new key; of two processes that do so at once, both find the first one's afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(secrets.token_bytes(_BYTES))
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
