"""A real server process behind its gate, and clients of it: a browser's cookie jar, and a page's WebSocket."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from data.access.accounts import Accounts
from data.store import Store
from tests.access.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
OTHER_PASSWORD = "Yun-dan.2026"
BRANCH = "下陆区分局"
HTML = {"accept": "text/html,application/xhtml+xml"}


def staffed(folder: Path) -> Store:
    """Build a store without data, with an account of each role; `new` has yet to set a password."""
    store = Store(folder)
    accounts = Accounts(store)
    for role in ("admin", "office", "leader", "auditor", "branch"):
        first = accounts.add(f"{role}.one", f"{role}一", role, [BRANCH] if role == "branch" else [])
        accounts.set_password(f"{role}.one", first, PASSWORD)
    return store


def command(port: int, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "streamlit", "run", "serve.py", "--server.port", str(port), "--server.headless", "true", *options,
    ]  # fmt: skip


def environment(store: Store, **more: str) -> dict[str, str]:
    return os.environ | {"KPI_STORE": str(store.folder)} | more


@contextmanager
def serving(store: Store, *options: str, base: str = "", tls: bool = False, **env: str) -> Iterator[str]:
    """Serve a store until the block ends; gives the address, without a slash at its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if base:
        options = (*options, "--server.baseUrlPath", base.strip("/"))
    log = store.folder.parent / f"server{port}.txt"
    with log.open("w") as out:
        server = subprocess.Popen(
            command(port, *options), cwd=ROOT, env=environment(store, **env), stdout=out, stderr=out
        )
        try:
            address = f"{'https' if tls else 'http'}://127.0.0.1:{port}{base}"
            _wait(address, server, log)
            yield address
        finally:
            server.terminate()
            server.wait(20)
    assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")


def _wait(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text("utf-8")
        try:
            httpx2.get(address + "/_stcore/health", verify=False, trust_env=False, timeout=5)
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")


class Browser:
    """What a browser does as far as the gate is concerned: cookies, own pages' headers, no redirect followed."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.http = httpx2.Client(verify=False, trust_env=False, timeout=30)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page."""
        return self.http.get(self.address + path, headers=HTML | headers)

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
        """Ask for something as a script of an own page does."""
        return self.http.request(method, self.address + path, headers={"origin": self.origin} | headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> httpx2.Response:
        """Send a form of an own page."""
        return self.http.post(self.address + path, data=fields or {}, headers=HTML | {"origin": self.origin} | headers)

    def sign_in(self, account: str, password: str = PASSWORD, **headers: str) -> "Browser":
        """Sign in; the test fails where that does not work."""
        answer = self.post("/login", {"account": account, "password": password}, **headers)
        assert answer.status_code == 303, answer.text
        return self

    @property
    def cookie(self) -> str:
        return self.http.cookies.get("kpi_session", "")

    def page(self, *offered: str, path: str = "/_stcore/stream", **headers: str) -> ClientConnection:
        """Open a page's WebSocket; raises InvalidStatus where the handshake is refused."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        more = {"origin": self.origin} | ({"cookie": cookies} if cookies else {}) | headers
        return connect(
            re.sub("^http", "ws", self.address) + path, additional_headers=more, proxy=None, max_size=None,
            subprotocols=["streamlit", *offered], open_timeout=20,
        )  # fmt: skip


def run(page: ClientConnection) -> list[ForwardMsg]:
    """Run a page's script and return what it tells the browser, up to its end."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    page.send(message.SerializeToString())
    told = []
    while not told or told[-1].WhichOneof("type") != "script_finished":
        told.append(ForwardMsg.FromString(page.recv(timeout=60)))
    return told


def texts(told: list[ForwardMsg]) -> str:
    """Return all HTML that a page draws."""
    return "".join(one.delta.new_element.html.body for one in told if one.WhichOneof("type") == "delta")


def closes_with(page: ClientConnection, seconds: float) -> int | None:
    """Return the code with which the server closes a WebSocket within some seconds, None where it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            page.recv(timeout=0.5)
        except TimeoutError:
            continue
        except Exception:
            return page.close_code
    return None
