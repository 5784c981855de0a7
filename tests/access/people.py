"""A clock that is set by hand, and a store with people who have signed in once."""

import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data.access import audit
from data.access.accounts import Accounts
from data.store import Store

PASSWORD = "Qing-shan.4471"
ADDRESS = "10.9.8.7"
MINUTE, HOUR, DAY = 60, 3600, 86_400
STARTED = time.time()  # one moment for all clocks of a run: what is copied is as old as what is made


@dataclass
class Clock:
    """Says what it was set to; seconds since 1970."""

    moment: float = STARTED

    def __call__(self) -> float:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += seconds


def bureau(folder: Path, clock: Clock) -> Accounts:
    """Return the accounts of a new store: the administrator wang, and li of the petition office, both with PASSWORD."""
    shutil.copytree(_made().name, folder)
    return Accounts(Store(folder), clock)


@cache
def _made() -> tempfile.TemporaryDirectory:
    """Return the folder that every such store is a copy of: making it takes six hashes."""
    made = tempfile.TemporaryDirectory()
    accounts = Accounts(Store(Path(made.name)), Clock())
    for account, name, role in (("wang", "王五", "admin"), ("li", "李四", "office")):
        accounts.set_password(account, accounts.add(account, name, role), PASSWORD)
    return made


def told(accounts: Accounts, event: str) -> list:
    """Return the entries of the log about an event, oldest first."""
    return audit.entries(accounts.store, event=event)[::-1]


def everything(folder: Path) -> bytes:
    """Return the bytes of every file under a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
