"""Who is asking: the login that a request's cookie stands for. Looked up anew at every request, off the event loop."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from data.access import sessions
from data.access.sessions import Session
from data.access.viewer import Viewer
from data.store import Store
from pages.server import arriving, cookie

_KEY = "kpi.signed_in"


@dataclass(frozen=True)
class SignedIn:
    """A login that stands: its token, what is known of it, and the network address of this request."""

    token: str
    session: Session
    address: str

    def viewer(self) -> Viewer | None:
        """Return the person with all permissions; None while the password must be changed first."""
        return sessions.viewer(Store(), self.token, self.address)


async def find(scope: Scope) -> SignedIn | None:
    """Return the login of a request, None where there is none. Raises UserError for a damaged file."""
    return await run_in_threadpool(_find, scope)


def _find(scope: Scope) -> SignedIn | None:
    store = Store()
    token = cookie.token(store, scope)
    session = sessions.find(store, token) if token else None
    return SignedIn(token, session, arriving.address(scope)) if token and session else None


def noted(scope: Scope, found: SignedIn | None) -> Scope:
    """Return the request with its login noted, for the routes behind the gate."""
    return scope | {_KEY: found}


def of(request: Request) -> SignedIn | None:
    """Return the login that the gate noted."""
    return request.scope.get(_KEY)
