"""The commands that are killed: what the store is like before, what is run, and what a store shows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from data import kept
from data.__main__ import main
from data.importing import import_files
from data.pruning import prune
from data.store import Store
from metrics.report import editions
from tests.data.files import case, ledger
from tests.report.sample import DOCUMENT

_FILES = {"报告.html": b"<p>1</p>", "报告.docx": bytes(range(256)) * 40}


@dataclass(frozen=True)
class Scene:
    """One command. is_whole_after_kill: whether the store shows figures before it is done."""

    prepare: Callable[[Path], object]
    run: Callable[[Path], object]
    is_whole_after_kill: bool = True


def digest(folder: Path) -> list:
    """Return what a store shows, apart from what its random key makes: a hash of the rows and the log in force, and the editions with their bytes."""
    store = Store(folder)
    reader = store.reader()
    shown: list = [None]
    if reader:
        rows = reader.query("SELECT * EXCLUDE (petitioner_key, row_hash) FROM cases ORDER BY case_key")
        log = reader.query("SELECT batch_no, rows_read, accepted, new, updated FROM imports ORDER BY batch_no")
        shown = [hashlib.sha256(repr((rows, log)).encode()).hexdigest()[:12]]
    for edition in kept.every_edition(store):
        names = [one.name for one in edition.manifest.files]
        bytes_of = [hashlib.sha256(kept.read(edition, name)).hexdigest()[:12] for name in names]
        shown.append([edition.number, *sorted(bytes_of)])
    return shown


def _cases(folder: Path, month: int) -> Path:
    path = folder.with_name(f"台账_2025{month + 6:02}28.csv")
    cells = {"信访人": "测试甲", "联系电话": "13800000000"}
    rows = (case(f"A-{n}", 反映内容=f"异味{month}", **cells) for n in range(month * 3))
    return ledger(path, *rows, saved=datetime(2025, month + 6, 28, 18))


def _import(folder: Path, month: int) -> None:
    if import_files([_cases(folder, month)], Store(folder)).quarantined:
        raise AssertionError("cases that do not count prove nothing")


def _months(*months: int) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        for month in months:
            _import(folder, month)

    return prepare


def _first_into_nothing(folder: Path) -> None:
    folder.mkdir(parents=True)


def _command(*arguments: str) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        words = [Store(folder).versions()[0] if word == "FIRST" else word for word in arguments]
        if code := main(["--store", str(folder), *words]):
            raise AssertionError(f"exit {code}")

    return run


def _freeze(folder: Path) -> None:
    """Freeze the report once; who was killed after it was done finds it and is done."""
    store = Store(folder)
    if editions.editions(store, "2025-09"):
        return
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=store.current())
    document = msgspec.structs.replace(DOCUMENT, key="2025-09", branch="", stamp=stamp, edition=0)
    editions.freeze(store, document, _FILES, "张三")


def _ready_to_prune(folder: Path) -> None:
    own = folder / "reference" / "settings.toml"
    own.parent.mkdir(parents=True)
    own.write_text("prune_versions = false\nkeep_newest = 2\nkeep_months = 0\n", "utf-8")
    for month in range(1, 5):
        _import(folder, month)


def _broken(folder: Path) -> None:
    """Leave a store without a pointer, with a damaged version and what killed runs leave."""
    _months(1, 2, 3)(folder)
    store = Store(folder)
    damaged = store.path_of(store.versions()[-1])
    damaged.chmod(0o640)
    damaged.write_bytes(b"no database" * 1000)
    (folder / "CURRENT").write_bytes(b"")
    (folder / "work").mkdir(exist_ok=True)
    (folder / "work" / "000009-left.duckdb").write_bytes(b"half")
    (folder / "CURRENT.new").write_text("0000", "utf-8")
    (folder / "secret.key").chmod(0o644)


SCENES = {
    "first": Scene(_first_into_nothing, lambda folder: _import(folder, 1)),
    "import": Scene(_months(1), lambda folder: _import(folder, 2)),
    "freeze": Scene(_months(1), _freeze),
    "rollback": Scene(_months(1, 2), _command("use", "FIRST")),
    "prune": Scene(_ready_to_prune, lambda folder: prune(Store(folder))),
    "repair": Scene(_broken, _command("check", "--repair"), is_whole_after_kill=False),
}
