"""What the measurements of served pages share: a store to serve that may be written to, servers of it, their memory."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data import readonly
from data.access import roster
from data.access.accounts import Accounts
from data.store import Store

ROOT = Path(__file__).parents[1]
ACCOUNT, PASSWORD = "viewer.one", "Tian-qi.2026"
_START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running server process; the address has no slash at its end."""

    address: str
    process: subprocess.Popen

    def memory(self) -> float:
        """Return its resident memory in MB; 0 where the system does not say."""
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
        return 0.0

    def processor(self) -> float:
        """Return the processor seconds that it has used; 0 where the system does not say."""
        with suppress(OSError, AttributeError):
            used = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")
        return 0.0


def copy_of(store_folder: Path, folder: Path) -> Store:
    """Return a store of the same version in `folder`, which an import goes on from, with an account to look at it.

    An import into a demonstration begins with nothing; so the copy is none.
    """
    source, made = Store(store_folder), Store(folder)
    version = source.current()
    made.versions_folder.mkdir(parents=True)
    shutil.copyfile(source.path_of(version), made.path_of(version))
    with duckdb.connect(str(made.path_of(version))) as connection:
        connection.execute("UPDATE meta SET value = 'false' WHERE key = 'is_demo'")
    made.use(version)
    accounts = Accounts(made)
    for account, role in (("admin.one", "admin"), (ACCOUNT, "office")):
        accounts.set_password(account, accounts.add(account, "测速", role), PASSWORD)
    roster.share(made)
    return made


@contextmanager
def serving(store: Store, place: Path, readers: int, with_login: bool = True) -> Iterator[list[Server]]:
    """Serve a store by some reading servers until the block ends; `place` is where they keep sessions, logs and output.

    with_login: else one person's server without accounts.
    """
    place.mkdir(parents=True, exist_ok=True)
    running: list[Server] = []
    try:
        for number in range(readers):
            own = {"KPI_STORE": str(store.folder), "KPI_ACCESS": str(place / f"access-{number}")}
            own |= {readonly.SWITCH: "1"} if with_login else {}
            running.append(_started(place / f"server-{number}.txt", own))
        for server in running:
            _wait(server)
        yield running
    finally:
        for server in running:
            server.process.terminate()
        for server in running:
            server.process.wait(30)


def _started(log: Path, own: Mapping[str, str]) -> Server:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "serve.py", *options],
            cwd=ROOT, env=os.environ | own, stdout=out, stderr=out,
        )  # fmt: skip
    return Server(f"http://127.0.0.1:{port}", process)


def _wait(server: Server) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise RuntimeError(f"{server.address} has ended with {server.process.returncode}")
        try:
            opener.open(server.address + "/_stcore/health", timeout=5).close()
            return
        except urllib.error.HTTPError:  # the gate answers
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(server.address)
