"""Looks whether a store is whole: `python -m data check`. Reads everything, changes nothing, and needs no right to write.

Each thing that is wrong is one finding, a Chinese sentence of what, where and what to do. Its kind says what can be done
about it without losing anything (data/repairing.py); everything else is for people and backups to mend.
"""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data import kept, leftovers
from data.access import audit, book
from data.errors import UserError
from data.profiles import load_profile_file
from data.reference import Reference
from data.reference.lists import LISTS
from data.sound import Fault, fault_of
from data.store import Store

_KEY_BYTES = 32
_SPARE = 64 << 20  # bytes beside the copy that every import makes


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. kind: a word for programs; where: file or folder below the store; is_mendable: by --repair."""

    kind: str
    where: str
    words: str
    is_mendable: bool = False


Progress = Callable[[str, int, int], None]  # what, how many done, of how many


def check(store: Store, progress: Progress = lambda what, done, of: None) -> list[Finding]:
    """Return everything that is wrong with a store; nothing for one that is sound. Raises UserError where there is none."""
    if not store.folder.is_dir():
        raise UserError(f"没有数据仓文件夹“{store.folder}”，请检查 --store 或 KPI_STORE。")
    return [
        *_versions(store, progress),
        *_pointer(store),
        *left_behind(store),
        *_editions(store),
        *_own_files(store),
        *_secret(store),
        *_accounts(store),
        *_log(store),
        *_space(store),
    ]


def _versions(store: Store, progress: Progress) -> Iterator[Finding]:
    known = store.versions()
    for done, version in enumerate(known):
        progress(version, done, len(known))
        where = f"versions/{version}.duckdb"
        for fault in fault_of(store.path_of(version)):
            yield Finding(fault.kind, where, fault.words, fault.kind == Fault.DAMAGED)


def _pointer(store: Store) -> Iterator[Finding]:
    try:
        store.current()
    except UserError as error:
        yield Finding("pointer", "CURRENT", str(error), is_mendable=bool(store.versions()))


def left_behind(store: Store) -> list[Finding]:
    """Return what killed runs left; nothing while an import or a freeze is at work, for then it is theirs."""
    if not leftovers.found(store.folder):
        return []
    if os.access(store.folder, os.W_OK):
        try:
            with store.only_writer(), kept.only_freeze(store):
                left = leftovers.found(store.folder)
        except UserError:  # somebody is at work
            return []
    else:
        left = leftovers.found(store.folder)
    return [_left(path.relative_to(store.folder).as_posix()) for path in left]


def _left(where: str) -> Finding:
    words = f"“{where}”是中断的操作留下的半成品，不影响数据；可用 python -m data check --repair 删去。"
    return Finding("leftover", where, words, is_mendable=True)


def _editions(store: Store) -> Iterator[Finding]:
    known = set(store.versions())
    for folder in sorted(store.reports_folder.glob("**/edition-*")):
        where = folder.relative_to(store.folder).as_posix()
        if where.startswith("reports/work/"):
            continue
        try:
            edition = kept.opened(folder)
        except UserError as error:
            yield Finding("edition", where, str(error))
            continue
        for one in edition.manifest.files:
            try:
                kept.read(edition, one.name)
            except UserError as error:
                yield Finding("edition", f"{where}/{one.name}", str(error))
        if edition.version not in known:
            words = f"定稿“{where}”所依据的版本 {edition.version} 不在数据仓里，请从备份恢复该版本的文件。"
            yield Finding("edition", where, words)


def _own_files(store: Store) -> Iterator[Finding]:
    """Read the store's own lists, settings and import formats, as an import would."""
    reference = Reference(store.reference_folder)
    readers: dict[str, Callable[[], object]] = {"reference/settings.toml": lambda: reference.settings}
    readers |= {f"reference/{name}.csv": lambda name=name: reference.kept(name) for name in LISTS}
    readers |= {
        "reference/branches.csv": lambda: reference.branches,
        "reference/branch_aliases.csv": lambda: reference.match_branch("", None),
        "reference/values.csv": lambda: reference.values,
        "reference/deadlines.csv": lambda: reference.deadlines,
    }
    for path in sorted(store.profiles_folder.glob("*.toml")):
        readers[f"profiles/{path.name}"] = lambda path=path: load_profile_file(path)
    for where, read in readers.items():
        if not (store.folder / where).exists():
            continue
        try:
            read()
        except UserError as error:
            yield Finding("reference", where, str(error))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            words = f"“{where}”读不懂（{type(error).__name__}），请对照产品自带的同名文件改正，或从备份恢复。"
            yield Finding("reference", where, words)


def _secret(store: Store) -> Iterator[Finding]:
    path = store.folder / "secret.key"
    try:
        size, mode = path.stat().st_size, path.stat().st_mode
    except FileNotFoundError:
        if any((store.versions_folder).glob("*.duckdb")) and _needs_secret(store):
            words = "识别信访人用的密钥 secret.key 不在了，以后导入的重件会认不出来；请从备份恢复它，再导入。"
            yield Finding("secret", path.name, words)
        return
    except OSError as error:
        yield Finding("secret", path.name, f"密钥 secret.key 读不出来（{error.strerror}），请检查权限。")
        return
    if size != _KEY_BYTES:
        yield Finding(
            "secret", path.name, f"密钥 secret.key 有{size}字节，应为{_KEY_BYTES}字节；请从备份恢复它，再导入。"
        )
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        words = "密钥 secret.key 别人也能读，可用 python -m data check --repair 改为只有所有者能读。"
        yield Finding("secret_mode", path.name, words, is_mendable=True)


def _needs_secret(store: Store) -> bool:
    """Say whether the version in force has persons that were recognised with a key."""
    try:
        reader = store.reader()
        return bool(reader and reader.query("SELECT 1 FROM cases WHERE petitioner_key IS NOT NULL LIMIT 1"))
    except Exception:
        return False


def _accounts(store: Store) -> Iterator[Finding]:
    path = book.path_of(store)
    if not path.exists():
        return
    try:
        with book.reading(store) as db:
            said = db.execute("PRAGMA integrity_check").fetchone()[0]
    except (UserError, sqlite3.Error, OSError):
        said = "unreadable"
    if said != "ok":
        yield Finding("accounts", f"access/{path.name}", f"账号文件“{path.name}”已损坏，请从备份恢复它。")


def _log(store: Store) -> Iterator[Finding]:
    try:
        problems = audit.verify(store).problems
    except OSError as error:
        problems = [f"审计日志读不出来（{error.strerror}），请检查文件夹权限或磁盘。"]
    for problem in problems:
        yield Finding("audit", "access/audit", f"审计日志：{problem}")


def _space(store: Store) -> Iterator[Finding]:
    largest = max((path.stat().st_size for path in store.versions_folder.glob("*.duckdb")), default=0)
    free = shutil.disk_usage(store.folder).free
    if free < 2 * largest + _SPARE:
        words = (
            f"磁盘只剩{free >> 20}MB，下一次导入可能不够（约需{(2 * largest + _SPARE) >> 20}MB），"
            "请腾出空间，或用 python -m data prune 清理旧版本。"
        )
        yield Finding("space", str(Path()), words)
