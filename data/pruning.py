"""Which old versions may go, and their removal: python -m data prune, and after every import where the settings say so.

The rule, in docs/decisions/012-check-and-prune.md and beside its numbers in data/reference/settings.toml: kept are the
version in force, what frozen reports rest on, what somebody put in force lately, the newest ones, and the last of each
of the latest months; demonstration and real data are counted apart. Whatever cannot be read (a version, an edition, the
log) might need a version: then nothing goes. Months are those that the versions name, so a wrong clock removes nothing.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from data import derived, kept
from data.access import audit
from data.dates import now
from data.errors import UserError
from data.locking import alone
from data.reference import Reference
from data.sound import published_at
from data.store import Store

_MOMENT = 1.0  # seconds to wait for a backup


@dataclass(frozen=True)
class Version:
    """What the rule asks of a version."""

    name: str
    published_at: datetime
    is_demo: bool


@dataclass
class Pruned:
    """What a clearing-up did, or would do: what stays with the reason, what goes, and what would but is in use."""

    kept: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    freed: int = 0  # bytes


def prune(store: Store, dry_run: bool = False) -> Pruned:
    """Remove the versions that nothing needs. Raises UserError, nothing removed, when anything cannot be read."""
    if dry_run:
        return _planned(store)
    with store.only_writer():
        return _prune(store)


def after_publish(store: Store) -> str:
    """Clear up where the settings say so, and return a sentence of why not, if so. Only for who keeps other imports out.

    What was published stands, whatever becomes of this.
    """
    if not Reference(store.reference_folder).settings["prune_versions"]:
        return ""
    try:
        _prune(store)
    except (UserError, OSError) as error:
        return f"旧版本这次没有清理：{error if isinstance(error, UserError) else '磁盘出错'}"
    return ""


def reasons(versions: Iterable[Version], current: str | None, needed: set[str], used: set[str], rule: dict) -> dict:
    """Return version → why it stays, for those that stay."""
    stays: dict[str, str] = {}
    for is_demo in (False, True):
        ordered = sorted((v for v in versions if v.is_demo == is_demo), key=lambda v: v.name, reverse=True)
        months: dict[str, str] = {}
        for version in ordered:
            months.setdefault(f"{version.published_at:%Y-%m}", version.name)
        for month in sorted(months, reverse=True)[: rule["keep_months"]]:
            stays[months[month]] = f"{month}的最后一个版本"
        stays |= {version.name: f"最新的{rule['keep_newest']}个之一" for version in ordered[: rule["keep_newest"]]}
    known = {version.name for version in versions}
    stays |= dict.fromkeys(used & known, f"最近{rule['keep_used_days']}天内换用过")
    stays |= dict.fromkeys(needed & known, "定稿报告所依据")
    return stays | ({current: "当前版本"} if current else {})


def _prune(store: Store) -> Pruned:
    plan = _planned(store, unread=True)
    if not plan.removed:
        return plan
    busy = "另一个备份正在进行，旧版本留待下次清理。"
    with kept.only_freeze(store), alone(store.folder / "backup.lock", busy, _MOMENT):
        plan = _planned(store)  # again: what was frozen while we waited
        with audit.action(store, "prune", {"versions": plan.removed}) as told:
            done = _removed(store, plan)
            told |= {"removed": done.removed, "left": done.left}
    return done


def _planned(store: Store, unread: bool = False) -> Pruned:
    """Return what the rule says. unread: without what is slow to read, the log; then more may seem to go."""
    current, rule = store.current(), Reference(store.reference_folder).settings
    if len(store.versions()) <= rule["keep_newest"]:
        return Pruned(kept=dict.fromkeys(store.versions(), f"最新的{rule['keep_newest']}个之一"))
    versions = [_version(store, name) for name in store.versions()]
    used = set() if unread else _used(store, rule["keep_used_days"])
    stays = reasons(versions, current, kept.versions_needed(store), used, rule)
    goes = [version.name for version in versions if version.name not in stays]
    freed = sum(store.path_of(name).stat().st_size for name in goes)
    return Pruned({name: stays[name] for name in sorted(stays)}, goes, [], freed)


def _version(store: Store, name: str) -> Version:
    try:
        return Version(name, *published_at(store.path_of(name)))
    except (duckdb.Error, ValueError, KeyError) as error:
        raise UserError(
            f"版本 {name} 读不出来，没有清理任何版本；请先运行 python -m data check 查明并修复。"
        ) from error


def _used(store: Store, days: int) -> set[str]:
    """Return the versions that somebody put in force lately. Raises UserError when the log is not whole."""
    if not audit.verify(store).ok:
        raise UserError(
            "审计日志不完整，查不到哪些版本被换用过，没有清理任何版本；请先运行 python -m data audit verify。"
        )
    since = (now() - timedelta(days=days)).date()
    return {entry.what.get("version", "") for entry in audit.entries(store, since, event="rollback")}


def _removed(store: Store, plan: Pruned) -> Pruned:
    """Remove what the plan says, the oldest first; a file that is open (Windows) is left for the next time."""
    done = Pruned(kept=plan.kept)
    for name in plan.removed:
        path = store.path_of(name)
        size = path.stat().st_size
        try:
            _unlink(path)
        except OSError:
            done.left.append(name)
            continue
        done.removed.append(name)
        done.freed += size
        for beside in derived.folder_of(path).glob(f"{name}-*.duckdb"):
            with suppress(OSError):
                _unlink(beside)
    return done


def _unlink(path: Path) -> None:
    """Remove a read-only file; Windows wants it writable first, and what is open stays as it was. Raises OSError."""
    if os.name == "nt":
        path.chmod(0o600)
    try:
        path.unlink()
    except OSError:
        if os.name == "nt":
            path.chmod(0o440)
        raise
