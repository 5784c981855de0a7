"""/report: a frozen report as the plain page that was kept, for terminals whose browser is too old for the dashboard.

Who may see all of the reports sees the city's, a branch its own notice and no other, everybody else none.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from data.access import audit
from data.access.roles import role_of
from data.access.viewer import Viewer, local
from data.errors import UserError
from data.store import Store
from metrics.report import served
from pages.server import arriving, mode, where, who

_NOT_YOURS = "您的角色不能看这份报告；需要时请找管理员。"


def routes() -> list[Route]:
    """Return the route, below the prefix of the server."""
    return [Route(where.base() + where.REPORT, report, methods=["GET"])]


async def report(request: Request) -> Response:
    """Answer with the latest frozen report, with ?key=2025-09 that of a month, with ?list all there are; no cases are read."""
    return await run_in_threadpool(_report, request)


def _report(request: Request) -> Response:
    store, key, listed = Store(), request.query_params.get("key", ""), "list" in request.query_params
    viewer = _viewer(request)
    branch = _branch(viewer, request.query_params.get("branch", "")) if viewer else None
    told = {"page": "定稿报告", "key": "各期" if listed else key or "最近一期", "branch": branch or ""}
    if branch is None:
        audit.record(store, "refused", told, ok=False, by=viewer)
        return PlainTextResponse(_NOT_YOURS, 403)
    audit.record(store, "page", told, by=viewer)
    try:
        status, page = served.listing(store, branch) if listed else served.page(store, key, branch)
    except UserError as error:
        return PlainTextResponse(str(error), 503)
    return HTMLResponse(page, status)


def _viewer(request: Request) -> Viewer | None:
    if mode.gate() != "login":
        return local(arriving.address(request.scope))
    signed_in = who.of(request)
    return signed_in.viewer() if signed_in else None


def _branch(viewer: Viewer, wanted: str) -> str | None:
    """Return whose report it is to be: "" for the city's, the name of a branch; None where it is not for this viewer."""
    if viewer.may("report"):
        return wanted
    if role_of(viewer.role).reach != "branch" or not viewer.branches:
        return None
    wanted = wanted or viewer.branches[0]
    return wanted if wanted in viewer.branches else None
