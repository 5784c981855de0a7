"""Who is looking or acting. Made by the login for each request, or the person at the machine itself."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from data import readonly
from data.access.roles import LOCAL, NOBODY, role_of
from data.scope import ALL, Scope


@dataclass(frozen=True)
class Viewer:
    """One person with one role. permissions: keys of roles.PERMISSIONS, the role's and those that a setting adds.

    branches: the own branches of a role whose reach is `branch`. address: the network address of the request, empty on
    the command line. session: a short name of the login that tells two of the same account apart, never its secret.
    """

    account: str
    name: str
    role: str
    permissions: frozenset[str]
    branches: tuple[str, ...] = ()
    address: str = ""
    session: str = ""

    @property
    def scope(self) -> Scope:
        """Whose rows this person may see; nobody's where the role has no case data."""
        reach = role_of(self.role).reach
        return ALL if reach == "all" else Scope(self.branches if reach == "branch" else ())

    @property
    def is_local(self) -> bool:
        """Whether this is the person at the machine itself, without login."""
        return self.role == LOCAL.key

    def may(self, permission: str) -> bool:
        """Say whether this person may do something here; `permission` is a key of roles.PERMISSIONS."""
        return permission in self.permissions and not (permission in readonly.WITHHELD and readonly.is_on())

    def mark(self, unit: str, at: datetime) -> str:
        """Return the words of the watermark: unit, name, account, moment."""
        who = self.name if self.name == self.account else f"{self.name}（{self.account}）"
        return " ".join(filter(None, (unit, who, f"{at:%Y-%m-%d %H:%M}")))


def local(address: str = "") -> Viewer:
    """Return the person at the machine itself, under the name that the operating system knows."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = "local"
    return Viewer(account, "本机", LOCAL.key, LOCAL.permissions, address=address)


_acting: ContextVar[Viewer | None] = ContextVar("acting", default=None)
_with_login = False


def require_login() -> None:
    """Make nobody of whoever has not been named, for the rest of this process; what serves a network calls it."""
    global _with_login
    _with_login = True


def named() -> Viewer | None:
    """Return whom `act_as` or `acting` named in this thread."""
    return _acting.get()


def actor() -> Viewer:
    """Return who acts in this thread: who was named, else the person at the machine itself, or nobody after `require_login`."""
    return _acting.get() or (Viewer("", NOBODY.name, NOBODY.key, NOBODY.permissions) if _with_login else local())


def act_as(viewer: Viewer) -> None:
    """Name who acts in this thread from here on; a page does it once per run."""
    _acting.set(viewer)


@contextmanager
def acting(viewer: Viewer) -> Iterator[None]:
    """Name who acts while the block runs; for work in a thread of its own, such as a file made when it is fetched."""
    token = _acting.set(viewer)
    try:
        yield
    finally:
        _acting.reset(token)
