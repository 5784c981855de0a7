"""Mends of a store what can be mended without losing anything: python -m data check --repair.

A damaged version is renamed, never deleted. A lost pointer goes to the newest sound version, real data before the
demonstration, and the sentence says which and why, for the one in force may have been another. What killed runs left is
deleted. Everything else, and every file that a backup must bring back, stays a finding.
"""

from contextlib import suppress
from pathlib import Path

import duckdb

from data import kept, leftovers
from data.access.audit import action
from data.durable import disk_told
from data.errors import UserError
from data.pointer import Pointer
from data.sound import Fault, fault_of, published_at
from data.store import Store
from data.verifying import Finding

ASIDE = ".damaged"  # what the name of a version that was set aside ends in


def repair(store: Store, findings: list[Finding]) -> list[str]:
    """Mend what can be mended of these findings and return what was done, a sentence each. Raises UserError."""
    mendable = [finding for finding in findings if finding.is_mendable]
    if not mendable:
        return []
    done: list[str] = []
    told = {"findings": [finding.where for finding in mendable]}
    with store.only_writer(), kept.only_freeze(store), action(store, "repair", told) as end, disk_told(store.folder):
        for finding in mendable:
            if finding.kind == Fault.DAMAGED:
                done += _set_aside(store.folder / finding.where)
            elif finding.kind == "secret_mode":
                (store.folder / finding.where).chmod(0o600)
                done.append("密钥 secret.key 已改为只有所有者能读。")
        done += _pointer(store)
        done += _clear(store)
        end["done"] = done
    return done


def _set_aside(path: Path) -> list[str]:
    if not any(fault.kind == Fault.DAMAGED for fault in fault_of(path)):
        return []
    aside = path.with_name(path.name + ASIDE)
    path.rename(aside)
    return [f"损坏的版本文件已改名为“versions/{aside.name}”，没有删除；从备份恢复原文件后即可再用。"]


def _pointer(store: Store) -> list[str]:
    with suppress(UserError):
        store.current()
        return []
    try:
        said = Pointer.parse((store.folder / "CURRENT").open("rb").read(200).decode("ascii")).version
    except (OSError, UnicodeDecodeError):
        said = ""
    before = f"原来指向 {said}，其文件不能用" if store.is_version_name(said) else "原来的内容读不出来"
    chosen = newest_sound(store)
    if chosen is None:
        return []
    store.point_to(chosen)
    return [
        f"版本指针 CURRENT 已改指 {chosen}：{before}，这是最新的完好版本；"
        "若当时用的是别的版本，请用 python -m data use 换回。"
    ]


def newest_sound(store: Store) -> str | None:
    """Return the newest version that nothing is wrong with, real data before the demonstration; None without one."""
    sound = [name for name in reversed(store.versions()) if not fault_of(store.path_of(name))]
    return next((name for name in sound if not _is_demo(store.path_of(name))), next(iter(sound), None))


def _is_demo(path: Path) -> bool:
    try:
        return published_at(path)[1]
    except (duckdb.Error, ValueError, KeyError):
        return False


def _clear(store: Store) -> list[str]:
    left = leftovers.found(store.folder)
    for path in left:
        leftovers.remove(path)
    return [f"已删去中断的操作留下的“{path.relative_to(store.folder).as_posix()}”。" for path in left]
