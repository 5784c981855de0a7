"""Backup and restore: everything, on another machine, or nothing at all, whatever happens on the way."""

import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data import archive, kept
from data import store as store_module
from data.__main__ import main
from data.access import audit, sessions
from data.access.accounts import Accounts
from data.backup import backup
from data.errors import UserError
from data.importing import only_import
from data.restoring import restore
from data.store import Store
from tests.access import backups
from tests.data.files import case, ledger, take

ROOT = Path(__file__).parents[2]
FIGURES = ("metrics", "show", "satisfaction_rate", "--from", "2025-07", "--to", "2025-08", "--by", "branch", "--json")


class Stopped(BaseException):
    """What stands for the process ending at a certain step."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    """Return a store with something of everything, which no test changes, and the token of an open session."""
    return backups.filled(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="module")
def saved(machine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a backup of that store."""
    path = tmp_path_factory.mktemp("saved") / "kpi.zip"
    backup(machine[0], path)
    return path


@pytest.fixture
def own(machine, tmp_path: Path) -> Store:
    """Return a copy of that store which a test may change."""
    shutil.copytree(machine[0].folder, tmp_path / "own")
    return Store(tmp_path / "own")


def run(*arguments: object, store: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"KPI_STORE": str(store), "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_another_machine_has_everything_by_one_command_each_way(machine, tmp_path):
    store, token = machine
    file, other = tmp_path / "moved.zip", tmp_path / "new" / "store"
    made = run("data", "backup", file, "--json", store=store.folder)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["version"] == store.current() and made.stderr == ""
    assert file.stat().st_mode & 0o777 == 0o600 and [path.name for path in tmp_path.iterdir()] == ["moved.zip"]
    done = run("data", "restore", file, "--json", store=other)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["audit_ok"] is True and done.stderr == ""

    there, here = backups.prints(other), backups.prints(store.folder)
    moved_on = {"access/accounts.sqlite", "access/audit/HEAD", *(n for n in here if n.startswith("access/audit/audit"))}
    assert {n: v for n, v in there.items() if n not in moved_on} == {n: v for n, v in here.items() if n not in moved_on}
    assert there.keys() == here.keys() and {there[n][1] for n in moved_on} == {0o600}
    assert {(other / name).stat().st_mode & 0o777 for name in ("access", "access/audit")} == {0o700}
    assert not list(other.parent.glob(".*")), "nothing of the work is left"

    figures = [json.loads(run(*FIGURES, store=folder).stdout) for folder in (store.folder, other)]
    assert figures[0] == figures[1] and figures[0]
    moved = Store(other)
    (edition,) = kept.editions(moved, "2025-08")
    assert kept.read(edition, "月报.docx") == backups.REPORT

    assert Accounts(moved).check(backups.ADMIN, backups.PASSWORD, "10.9.9.9").role == "admin"
    assert sessions.find(store, token) is not None and sessions.find(moved, token) is None
    verdict = run("data", "audit", "verify", store=other)
    assert verdict.returncode == 0, verdict.stdout
    log = audit.entries(moved)
    assert [one.what.get("file") for one in log if (one.event, one.state) == ("restore", "ok")] == ["moved.zip"]
    assert [one.state for one in audit.entries(store, event="backup", limit=2)] == ["ok", "begun"]


def test_a_moved_store_goes_on_like_any_other(saved, tmp_path):
    store = Store(tmp_path / "store")
    restore(store, saved)
    before = store.current()
    assert take(store.folder, ledger(tmp_path / "台账_20250930.csv", case("B-1"))).is_published
    assert store.current() != before
    Accounts(store).add("li.office", "李某", "office")
    with sessions.book.reading(store) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    backups.freeze(store, 2)
    assert audit.verify(store).ok


def test_a_backup_has_all_that_a_store_has(saved):
    """What data/store.py names is there, so that a new folder of a store is not forgotten here."""
    names = [line.split()[0] for line in store_module.__doc__.splitlines() if line.startswith("      ")]
    tops = {name.split("/")[0] for name in names}
    assert len(tops) > 5
    assert tops <= {*archive.FILES, *archive.FOLDERS}
    with zipfile.ZipFile(saved) as packed:
        inside = {name.split("/")[0] for name in packed.namelist()}
    assert inside == {*archive.FILES, *archive.FOLDERS, archive.MANIFEST}


def test_no_session_and_nothing_half_done_goes_in(machine, saved, tmp_path):
    store, token = machine
    with zipfile.ZipFile(saved) as packed:
        names, accounts = packed.namelist(), packed.read("access/accounts.sqlite")
    assert sessions._kept(token).encode() in b"".join(
        path.read_bytes() for path in store.access_folder.glob("accounts.sqlite*")
    )
    assert sessions._kept(token).encode() not in accounts
    assert [name for name in names if name.endswith(("lock", "wal", "shm", ".new")) or "work" in name] == []


def test_accounts_and_log_may_have_a_folder_of_their_own(machine, tmp_path):
    store, file = tmp_path / "a" / "store", tmp_path / "kpi.zip"
    shutil.copytree(machine[0].folder, store)
    (store / "access").rename(tmp_path / "a" / "access")
    made = run("data", "backup", file, store=store, KPI_ACCESS=str(tmp_path / "a" / "access"))
    assert made.returncode == 0, made.stderr
    other, apart = tmp_path / "b" / "store", tmp_path / "c" / "access"
    done = run("data", "restore", file, store=other, KPI_ACCESS=str(apart))
    assert done.returncode == 0, done.stderr
    assert not (other / "access").exists() and apart.stat().st_mode & 0o777 == 0o700
    assert run("data", "audit", "verify", store=other, KPI_ACCESS=str(apart)).returncode == 0
    listed = run("data", "users", "list", store=other, KPI_ACCESS=str(apart))
    assert backups.ADMIN in listed.stdout
    shutil.rmtree(other)
    again = run("data", "restore", file, store=other, KPI_ACCESS=str(apart))
    assert again.returncode == 1 and str(apart) in again.stderr and not other.exists()


# ---- killed, full, refused


def stopping_at(step: int) -> Callable[[str, int, int], None]:
    steps = iter(range(step))

    def progress(what: str, done: int, of: int) -> None:
        if next(steps, None) is None:
            raise Stopped

    return progress


def steps_of(saved: Path) -> range:
    """Return some of the steps of a backup or restore: each block of each file is one."""
    with zipfile.ZipFile(saved) as packed:
        sizes = [info.file_size for info in packed.infolist() if info.filename != archive.MANIFEST]
    return range(0, sum(-(-size // archive.BLOCK) for size in sizes), 3)


def test_a_backup_that_is_stopped_anywhere_leaves_no_file(own, saved, tmp_path):
    (tmp_path / "out").mkdir()
    for step in steps_of(saved):
        with pytest.raises(Stopped):
            backup(own, tmp_path / "out" / "kpi.zip", stopping_at(step))
        assert list((tmp_path / "out").iterdir()) == []
    assert [one.state for one in audit.entries(own, event="backup", limit=1)] == ["failed"]


def test_a_restore_that_is_stopped_anywhere_leaves_nothing(saved, tmp_path):
    for step in steps_of(saved):
        with pytest.raises(Stopped):
            restore(Store(tmp_path / "store"), saved, stopping_at(step))
        assert list(tmp_path.iterdir()) == []


def test_killed_at_any_moment_there_is_a_whole_one_or_none(own, tmp_path):
    """SIGKILL, which no program can answer, spread over a whole run of each command; afterwards it works as ever."""
    out, moments = tmp_path / "out", random.Random(2026)
    out.mkdir()

    def killed_after(share: float, lasts: float, *arguments: object) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "data", *map(str, arguments)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )  # fmt: skip
        time.sleep(share * lasts)
        process.kill()
        process.wait()

    began = time.monotonic()
    assert run("data", "backup", tmp_path / "rehearsal.zip", store=own.folder).returncode == 0
    lasts = time.monotonic() - began
    for n in range(6):
        file = out / f"{n}.zip"
        killed_after((n + moments.random()) / 6, lasts, "backup", file, "--store", own.folder)
        if file.exists():
            restore(Store(tmp_path / f"of{n}"), file)
    assert audit.verify(own).ok
    backup(own, out / "0.zip", replace=True)
    assert not (out / ".0.zip.part").exists()
    for n in range(6):
        store = tmp_path / "to" / "store"
        killed_after((n + moments.random()) / 6, lasts, "restore", out / "0.zip", "--store", store)
        if store.exists():
            assert store.joinpath("CURRENT").exists() and audit.verify(Store(store)).ok
            shutil.rmtree(store)
    restore(Store(store), out / "0.zip")
    assert [path.name for path in store.parent.iterdir()] == ["store"]


def on_a_small_disk(action: str, folder: str, file: str) -> None:
    """Run a command where no file may have more than 50 000 bytes; called in a process of its own."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    raise SystemExit(main(["--store", folder, action, file]))


@pytest.mark.parametrize("action", ["backup", "restore"])
def test_a_full_disk_is_said_and_leaves_nothing(action, own, saved, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    store, file = (own.folder, out / "kpi.zip") if action == "backup" else (out / "store", saved)
    code = (
        f"from tests.access.test_backup import on_a_small_disk as run; run({action!r}, {str(store)!r}, {str(file)!r})"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert ended.returncode == 1 and "磁盘空间" in ended.stderr and len(ended.stderr.splitlines()) == 1
    assert list(out.iterdir()) == []


def test_a_restore_never_replaces_anything(saved, own, tmp_path):
    before = backups.prints(own.folder)
    with pytest.raises(UserError, match="已有内容"):
        restore(own, saved)
    assert backups.prints(own.folder) == before
    (tmp_path / "file").write_text("text")
    with pytest.raises(UserError, match="已有内容"):
        restore(Store(tmp_path / "file"), saved)
    (tmp_path / "empty").mkdir()
    restore(Store(tmp_path / "empty"), saved)
    assert Store(tmp_path / "empty").current()


def test_a_backup_is_refused_where_it_makes_no_sense(own, saved, tmp_path):
    held = saved.read_bytes()
    for store, file, words in (
        (own, saved, "没有覆盖"),
        (own, own.folder / "kpi.zip", "里面"),
        (Store(tmp_path / "nothing"), tmp_path / "kpi.zip", "是空的"),
        (own, tmp_path / "no" / "such" / "kpi.zip", "写不了"),
    ):
        with pytest.raises(UserError, match=words):
            backup(store, file)
    assert saved.read_bytes() == held and not (tmp_path / "nothing").exists()
    assert not (own.folder / "kpi.zip").exists()


def test_dated_backups_of_a_folder_take_turns(own, tmp_path, capsys):
    out = tmp_path / "backups"
    out.mkdir()
    for day in ("2026-01-01", "2026-01-03", "2026-01-02"):
        (out / f"kpi-{day}.zip").write_bytes(b"old")
    (out / "other.zip").write_bytes(b"not ours")
    (out / ".kpi-2026-01-02.zip.part").write_bytes(b"of one that was killed")
    for _ in range(2):  # the second of a day takes the place of the first
        assert main(["--store", str(own.folder), "backup", str(out), "--keep", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.split("\n}\n")[0] + "\n}")
    assert told["removed"] == ["kpi-2026-01-01.zip", "kpi-2026-01-02.zip"]
    new = Path(told["file"])
    assert {path.name for path in out.iterdir()} == {"kpi-2026-01-03.zip", new.name, "other.zip"}
    restore(Store(tmp_path / "store"), new)
    assert main(["--store", str(own.folder), "backup", str(tmp_path / "no"), "--keep", "2"]) == 1


# ---- tampered with


def repacked(saved: Path, target: Path, change: Callable[[dict[str, bytes], dict], None]) -> Path:
    """Write a backup anew, its checksums right, after `change` had its way with its members and its manifest."""
    with zipfile.ZipFile(saved) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(members.pop(archive.MANIFEST))
    change(members, manifest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
        if manifest:
            packed.writestr(archive.MANIFEST, json.dumps(manifest))
    return target


def exchanged(members: dict[str, bytes], manifest: dict) -> None:
    members["access/accounts.sqlite"] = members["access/accounts.sqlite"].replace(b"admin", b"adm1n")


def grown(members: dict[str, bytes], manifest: dict) -> None:
    members["secret.key"] += b"0"


def missing(members: dict[str, bytes], manifest: dict) -> None:
    del members["secret.key"]


def more(members: dict[str, bytes], manifest: dict) -> None:
    members["access/more.toml"] = b""


def named(name: str) -> Callable[[dict[str, bytes], dict], None]:
    """Return a change that gives a member and its manifest entry another name."""

    def change(members: dict[str, bytes], manifest: dict) -> None:
        members[name] = members.pop("secret.key")
        next(one for one in manifest["files"] if one["name"] == "secret.key")["name"] = name

    return change


def twice(members: dict[str, bytes], manifest: dict) -> None:
    manifest["files"] *= 2


def said(**changes: object) -> Callable[[dict[str, bytes], dict], None]:
    return lambda members, manifest: manifest.update(changes)


def version_is_text(members: dict[str, bytes], manifest: dict) -> None:
    """Exchange the version in force, and its hash with it."""
    name = f"versions/{manifest['version']}.duckdb"
    members[name] = b"no database"
    entry = next(one for one in manifest["files"] if one["name"] == name)
    entry |= {"size": len(members[name]), "sha256": hashlib.sha256(members[name]).hexdigest()}


CHANGES = {
    "a member exchanged": (exchanged, "损坏或被改动"),
    "a member longer": (grown, "损坏或被改动"),
    "a member gone": (missing, "损坏或被改动"),
    "a member more": (more, "损坏或被改动"),
    "a path up": (named("../../escaped"), "损坏或被改动"),
    "a path up within": (named("access/../../escaped"), "损坏或被改动"),
    "a path from the root": (named("/escaped"), "损坏或被改动"),
    "a path of Windows": (named("access\\..\\..\\escaped"), "损坏或被改动"),
    "a drive": (named("C:/escaped"), "损坏或被改动"),
    "a folder of nobody": (named("other/escaped"), "损坏或被改动"),
    "a name in the root": (named("escaped.py"), "损坏或被改动"),
    "a manifest that says it twice": (twice, "损坏或被改动"),
    "a version that is not there": (said(version="000009-20260101T000000"), "损坏或被改动"),
    "a version that is none": (version_is_text, "损坏或被改动"),
    "a manifest without files": (lambda members, manifest: manifest.pop("files"), "损坏或被改动"),
    "no manifest": (lambda members, manifest: manifest.clear(), "不是本系统的备份"),
    "of another product": (said(product="other"), "不是本系统的备份"),
    "a later schema": (said(schema="999"), "先升级"),
    "a later form": (said(form=2), "先升级"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_backup_that_is_not_as_written_is_refused_whole(change, saved, tmp_path):
    file = repacked(saved, tmp_path / "in.zip", change[0])
    with pytest.raises(UserError, match=change[1]) as refused:
        restore(Store(tmp_path / "to" / "store"), file)
    assert "\n" not in str(refused.value)
    assert {path.name for path in tmp_path.iterdir()} <= {"in.zip", "to"} and not list(tmp_path.glob("to/*"))
    assert not list(tmp_path.parent.glob("**/escaped*")) and not Path("/escaped").exists()


def test_repacked_as_it_was_it_is_taken(saved, tmp_path):
    """So that the tests above fail for what they changed, and not for being written anew."""
    file = repacked(saved, tmp_path / "in.zip", lambda members, manifest: None)
    restore(Store(tmp_path / "store"), file)


def test_what_is_no_backup_is_refused_in_one_sentence(saved, tmp_path):
    whole = saved.read_bytes()
    store = Store(tmp_path / "to" / "store")
    cases = [b"", b"text", b"PK\x05\x06" + bytes(18), *(whole[: len(whole) * n // 9] for n in range(1, 9)), whole[:-1]]
    for number, content in enumerate(cases):
        (file := tmp_path / f"{number}.zip").write_bytes(content)
        with pytest.raises(UserError):
            restore(store, file)
    for file in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(UserError):
            restore(store, file)
    assert not list(tmp_path.glob("to/*"))


def test_a_flipped_bit_anywhere_is_found_or_harmless(saved, tmp_path):
    """Of the zip's own fields some mean nothing to us, such as the hour of a member; then all files are right."""
    whole, chance = saved.read_bytes(), random.Random(7)
    tail = range(len(whole) - 3000, len(whole))
    places = [*(chance.randrange(len(whole)) for _ in range(25)), *(chance.choice(tail) for _ in range(50))]
    good = {name: seal for name, (seal, _) in backups.prints(unpacked(saved, tmp_path / "good")).items()}
    found = 0
    for number, place in enumerate(places):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        (file := tmp_path / "in.zip").write_bytes(flipped)
        try:
            restore(Store(tmp_path / f"{number}"), file)
        except UserError:
            found += 1
            assert not (tmp_path / f"{number}").exists()
            continue
        same = {name: seal for name, (seal, _) in backups.prints(tmp_path / f"{number}").items()}
        assert {n: s for n, s in same.items() if "audit/" not in n} == {
            n: s for n, s in good.items() if "audit/" not in n
        }
        shutil.rmtree(tmp_path / f"{number}")
    assert found > 25


def unpacked(saved: Path, folder: Path) -> Path:
    restore(Store(folder), saved)
    return folder


# ---- while others work


def test_taken_while_everything_goes_on_it_is_of_one_moment(own, tmp_path):
    """Imports by another process, freezes, texts and sign-ins meanwhile: each backup stands by itself."""
    files = [
        ledger(tmp_path / f"台账_202509{n:02d}.csv", *(case(f"C-{n}-{m}") for m in range(30 * n))) for n in range(1, 7)
    ]
    script = (
        "import sys; from pathlib import Path; from data.importing import import_files; from data.store import Store\n"
        "for name in sys.argv[2:]: import_files([Path(name)], Store(Path(sys.argv[1])))"
    )
    importing = subprocess.Popen([sys.executable, "-c", script, own.folder, *files], cwd=ROOT)
    over, failures = threading.Event(), []

    def work() -> None:
        number = 1
        try:
            while not over.is_set():
                number += 1
                with audit.action(own, "freeze", {"edition": number}):
                    backups.freeze(own, number)
                sessions.begin(own, backups.ADMIN, "10.1.2.3")
                audit.record(own, "page", {"page": "总览"})
        except Exception as error:
            failures.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    made, ended = [], False
    try:
        while not ended:
            ended = importing.poll() is not None  # one more afterwards
            made.append(tmp_path / f"{len(made)}.zip")
            backup(own, made[-1])
            time.sleep(0.3)
    finally:
        over.set()
        worker.join()
    assert (importing.wait(), failures) == (0, [])
    in_force = set()
    for file in made:
        store = Store(tmp_path / file.stem)
        restored = restore(store, file)
        assert restored.verdict.ok and audit.verify(store).ok
        log = audit.entries(store)
        editions = kept.editions(store, "2025-08")
        assert {one.version for one in editions} <= set(store.versions())
        begun = {one.what["edition"] for one in log if (one.event, one.state) == ("freeze", "begun")} | {"1"}
        assert {str(one.number) for one in editions} <= begun, "an edition of which its log knows nothing"
        imports = sum(one.event in ("import", "define") and one.state == "begun" for one in log)
        assert len(store.versions()) <= imports, "a version of which its log knows nothing"
        assert store.reader().query("SELECT count(*) FROM cases")[0][0] > 0
        in_force.add(store.current())
    assert len(in_force) > 1, "no import was published between two backups"


def test_a_change_of_settings_under_way_is_waited_for(own, tmp_path):
    """Its files are written before its version is made, and put back where that fails: neither half may be seen."""
    folder = own.reference_folder
    before = (folder / "settings.toml").read_text("utf-8")
    entered, go_on = threading.Event(), threading.Event()

    def change() -> None:
        with only_import(own):
            (folder / "settings.toml").write_text("half = true\n", "utf-8")
            entered.set()
            go_on.wait(30)
            (folder / "settings.toml").write_text(before, "utf-8")

    worker = threading.Thread(target=change)
    worker.start()
    entered.wait(30)
    threading.Timer(0.5, go_on.set).start()
    backup(own, tmp_path / "kpi.zip")
    worker.join()
    with zipfile.ZipFile(tmp_path / "kpi.zip") as packed:
        assert packed.read("reference/settings.toml").decode() == before


def test_a_long_import_is_not_waited_for_to_its_end(own, tmp_path, monkeypatch):
    monkeypatch.setattr("data.backup.WAIT_SECONDS", 0.2)
    with only_import(own):
        backup(own, tmp_path / "kpi.zip")
    restore(Store(tmp_path / "store"), tmp_path / "kpi.zip")
    assert Store(tmp_path / "store").current() == own.current()
