"""A store in which there is something of everything, and what to compare of it before and after."""

import hashlib
from datetime import datetime
from pathlib import Path

from data import kept, views
from data.access import sessions
from data.access.accounts import Accounts
from data.kept import Manifest
from data.reference.editing import set_setting
from data.refreshing import change
from data.store import Store
from metrics.report import texts
from pages.server import cookie
from tests.data.files import case, ledger, take

ADMIN, PASSWORD = "chen.admin", "Tian-qi.2026"
REPORT = b"PK\x03\x04 the report as it was signed"


def filled(folder: Path) -> tuple[Store, str]:
    """Make a store with all that a store may have; returns it and the token of a session that is open."""
    store = Store(folder / "store")
    for month, day in ((7, 31), (8, 31)):
        name = folder / f"台账_2025{month:02d}{day}.csv"
        take(store.folder, ledger(name, *(case(f"A-{month}{n}", 受理时间=f"2025-{month:02d}-0{n}") for n in (1, 2, 3))))
    change(
        store, lambda own: set_setting(own, "decline_base_year", 2020), "降幅的基年", "2022", "2020", "李华", "按新办法"
    )
    texts.save(store, "2025-08", "", texts.Texts(addressee="局领导", requirements="按期办结。"), "李华")
    freeze(store, 1)
    views.save(store, "下陆本年", "branch=下陆区分局")
    store.profiles_folder.mkdir(exist_ok=True)
    profile = 'name = "我的台账"\n[columns]\ncase_no = ["我的编号"]\nreceived_at = ["我的日期"]\n'
    (store.profiles_folder / "我的台账.toml").write_text(profile, "utf-8")
    accounts = Accounts(store)
    accounts.set_password(ADMIN, accounts.add(ADMIN, "陈某", "admin"), PASSWORD)
    cookie.key(store)
    (secret := store.access_folder / "oidc.toml").write_text('client_secret = "only here"\n', "utf-8")
    secret.chmod(0o600)
    return store, sessions.begin(store, ADMIN, "10.1.2.3")


def freeze(store: Store, number: int) -> None:
    """Freeze an edition that rests on the version in force."""
    moment = datetime(2025, 9, 5, 9, 30)
    manifest = Manifest(
        number=number, key="2025-08", branch="", version=store.current(), definitions="0" * 64, as_of=moment,
        frozen_at=moment, author="李华", reason="" if number == 1 else "更正", files=(),
    )  # fmt: skip
    with kept.only_freeze(store):
        kept.keep(store, manifest, {"月报.docx": REPORT, kept.DOCUMENT: b"{}"})


def prints(folder: Path) -> dict[str, tuple[str, int]]:
    """Return hash and permissions of every file that does not come and go, by its path."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        passes = name.endswith(("lock", "-wal", "-shm")) or name.startswith("work/")
        if path.is_file() and not passes:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode & 0o777
    return found
