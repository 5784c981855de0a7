"""Signing in and out, one's own account, and what a page asks to know when its login ends. The gate has checked before
that a form comes from our own page.

Nothing here decides who may sign in: that is data/access. A sentence of it is shown on the form; where the audit log or the
accounts cannot be written, the answer is 503 and nobody has signed in.
"""

from collections.abc import Callable
from urllib.parse import parse_qs, quote

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from data import readonly
from data.access import passwords, roles, roster, sessions
from data.access.accounts import Account, Accounts, SignInError
from data.errors import UserError
from data.store import Store
from pages.server import arriving, cookie, forms, mode, oidc, sockets, where, who

_LONGEST_FORM = 8192  # bytes
# Of their own: who waits for a password to be hashed must not keep others from being served.
_slow = CapacityLimiter(2 * passwords.AT_ONCE)


def routes() -> list[Route]:
    """Return the routes of the login, below the prefix of the server."""
    base = where.base()
    return [
        Route(base + where.LOGIN, sign_in, methods=["GET", "POST"]),
        Route(base + where.LOGOUT, sign_out, methods=["POST"]),
        Route(base + where.ACCOUNT, own_account, methods=["GET", "POST"]),
        Route(base + where.STATE, state, methods=["GET"]),
        Route(base + where.STAY, stay, methods=["POST"]),
        *oidc.routes(base, begin),
    ]


async def sign_in(request: Request) -> Response:
    """Show the form; on POST, try account and password."""
    wanted = where.back(request.query_params.get("next", ""))
    if request.method != "POST":
        if who.of(request):
            return RedirectResponse(wanted, 303)
        said = {"out": "已退出登录。", "ended": "登录已结束，请重新登录。"}.get(
            request.query_params.get("said", ""), ""
        )
        return _form(request, said=said)
    given = await _fields(request)
    name, store = given.get("account", "").strip().lower(), Store()
    try:
        found = await _slowly(Accounts(store).check, name, given.get("password", ""), arriving.address(request.scope))
        return await begin(request, found, wanted)
    except SignInError as error:
        return _form(request, name, str(error), status=401)


async def begin(request: Request, account: Account, wanted: str) -> Response:
    """Begin a login of somebody who has shown who they are, always with a new token, and lead on."""
    store = Store()
    token = await run_in_threadpool(sessions.begin, store, account.account, arriving.address(request.scope))
    if former := who.of(request):
        await run_in_threadpool(sessions.end, store, former.token)
        sockets.look_again()
    if account.must_change:
        wanted = f"{where.base()}{where.ACCOUNT}?next={quote(wanted.removeprefix(where.base()), safe='')}"
    response = RedirectResponse(wanted, 303)
    cookie.put(response, store, request.scope, token)
    return response


async def sign_out(request: Request) -> Response:
    """End the login, and with it the pages that are open."""
    await run_in_threadpool(sessions.end, Store(), _own(request).token)
    sockets.look_again()
    response = RedirectResponse(where.base() + where.LOGIN + "?said=out", 303)
    cookie.drop(response, request.scope)
    return response


async def own_account(request: Request) -> Response:
    """Show one's account; on POST, change the password, which signs out everywhere else."""
    signed_in, store = _own(request), Store()
    found = await run_in_threadpool(Accounts(store).get, signed_in.session.account)
    if request.method != "POST":
        return _account_page(request, found)
    given = await _fields(request)
    old, new = given.get("old", ""), given.get("new", "")
    if new != given.get("again", ""):
        return _account_page(request, found, "两次输入的新密码不一样，请重新输入。", 400)
    try:
        await _slowly(Accounts(store).set_password, found.account, old, new, signed_in.address)
    except SignInError as error:
        return _account_page(request, found, str(error).replace("账号或密码", "现在的密码"), 401)
    except UserError as error:
        return _account_page(request, found, str(error), 400)
    sockets.look_again()
    changed = await run_in_threadpool(Accounts(store).get, found.account)
    return await begin(request, changed, where.back(request.query_params.get("next", "")))


async def state(request: Request) -> Response:
    """Say how many seconds are left, without prolonging them."""
    return JSONResponse({"seconds_left": _own(request).session.seconds_left})


async def stay(request: Request) -> Response:
    """Go on with the login at somebody's wish, and say how many seconds are left."""
    store, token = Store(), _own(request).token
    await run_in_threadpool(sessions.touch, store, token)
    found = await run_in_threadpool(sessions.find, store, token)
    return JSONResponse({"seconds_left": found.seconds_left if found else 0})


def _form(request: Request, name: str = "", wrong: str = "", said: str = "", status: int = 200) -> Response:
    next_ = request.query_params.get("next", "")
    onward = f"?next={quote(next_, safe='')}" if next_ else ""
    single = oidc.button(Store())
    link = (where.base() + where.SINGLE + onward, single) if single else None
    return forms.answer(forms.login(where.base() + where.LOGIN + onward, name, wrong, said, link), status)


def _account_page(request: Request, found: Account, wrong: str = "", status: int = 200) -> Response:
    base, signed_in = where.base(), _own(request)
    query = f"?{request.url.query}" if request.url.query else ""
    page = forms.account(
        found.name, roles.role_of(found.role).name, base + where.ACCOUNT + query, base + where.LOGOUT, base + "/",
        wrong, signed_in.session.must_change, not found.sso, roster.HERE if readonly.is_on() else "",
    )  # fmt: skip
    return forms.answer(page, status)


def _own(request: Request) -> who.SignedIn:
    """Return the login of a request that the gate lets through to nobody else."""
    found = who.of(request)
    if found is None:
        raise RuntimeError(f"{request.url.path} was reached without the gate in mode {mode.gate()}")
    return found


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; of one that is too long or no form, none."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            return {}
    try:
        pairs = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in pairs.items()}


async def _slowly(run: Callable, *values: str) -> Account | None:
    return await to_thread.run_sync(lambda: run(*values), limiter=_slow)
