"""One file with everything of a store, taken while imports, freezes and pages go on.

Versions and editions never change, so it is enough to note which there are and to copy them afterwards. What may
change is small and read at once, between two imports where that can be had within some seconds. The order matters:
editions before the versions on which they rest, everything before the log that tells of it. So whatever a backup
holds has its entry in it. Sessions are left out: nobody is signed in on another machine.
"""

import hashlib
import io
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import filelock
import msgspec

from data import archive, pointer, readonly
from data.access import book, chain
from data.access.audit import action
from data.archive import Manifest, Member
from data.dates import now
from data.durable import flush_folder
from data.errors import UserError
from data.importing import only_import
from data.locking import alone
from data.pointer import Pointer
from data.store import Store
from data.versionfile import SCHEMA_VERSION

Progress = Callable[[str, int, int], None]  # what, bytes done, bytes of all files
WAIT_SECONDS = 20.0  # for an import under way; afterwards its end is not waited for
_LONGEST_LINE = 1 << 20  # bytes of an entry of the log, generously


@dataclass(frozen=True)
class Backup:
    """A backup that was written. size: of the file, in bytes."""

    path: Path
    size: int
    manifest: Manifest


@dataclass(frozen=True)
class _Piece:
    """A file as it goes in: its content, or where it lies and how many bytes of it count (all, when None)."""

    name: str
    source: bytes | Path
    size: int | None = None


def backup(store: Store, path: Path, progress: Progress = lambda what, done, of: None, replace: bool = False) -> Backup:
    """Write everything of a store into one new file, readable by its owner only: whole or not at all. Raises UserError.

    replace: whether a file of that name may be replaced.
    """
    readonly.refuse()
    if path.exists() and not replace:
        raise UserError(f"“{path}”已经存在，没有覆盖它；请换一个文件名。")
    for folder in (store.folder, store.access_folder):
        if path.resolve().is_relative_to(folder.resolve()):
            raise UserError(f"备份不要写在数据仓“{folder}”里面，请另选一个文件夹，最好在另一块磁盘上。")
    if store.current() is None and not book.path_of(store).exists():
        raise UserError(f"数据仓“{store.folder}”是空的，没有内容可以备份；请检查 --store 或 KPI_STORE。")
    busy = "另一个备份正在进行，请等它完成后再试。"
    with alone(store.folder / "backup.lock", busy), action(store, "backup", {"file": path.name}) as told:
        manifest = _written(path, *_pieces(store), progress)
        told["version"], told["entries"] = manifest.version, len(manifest.files)
    return Backup(path, path.stat().st_size, manifest)


def _pieces(store: Store) -> tuple[list[_Piece], str]:
    """Return what goes in, and the version in force."""
    editions = list(_walked(store.reports_folder, "reports", is_fixed=True))
    with ExitStack() as held:
        _try_to_hold(held, store)
        fixed, pointed = _versions(store)
        loose = list(_loose(store))
    accounts = _accounts(store)
    log = _log(store.access_folder)
    last = [_Piece("CURRENT", pointed.text.encode())] if pointed else []
    return [*fixed, *editions, *loose, *accounts, *log, *last], pointed.version if pointed else ""


def _try_to_hold(held: ExitStack, store: Store) -> None:
    """Keep imports and changes of the reference lists out, unless one goes on for long: it publishes at its end only."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        with suppress(UserError):
            held.enter_context(only_import(store))
            return
        if time.monotonic() > until:
            return
        time.sleep(0.05)


def _versions(store: Store) -> tuple[list[_Piece], Pointer | None]:
    while True:
        known, current, found = store.versions(), store.current(), pointer.read(store.folder)
        if current is None:
            return [], None  # a first version that nobody put in force
        if found and current == found.version and current in known:
            return [_Piece(f"versions/{name}.duckdb", store.path_of(name)) for name in known], found


def _loose(store: Store) -> Iterator[_Piece]:
    """Yield what is small and may change, as it is now."""
    if (key := _content(store.folder / "secret.key")) is not None:
        yield _Piece("secret.key", key)
    for name in ("profiles", "reference", "views"):
        yield from _walked(store.folder / name, name)
    yield from _walked(store.reports_folder, "reports", is_fixed=False)
    for piece in _walked(store.access_folder, "access"):
        if piece.name not in (f"access/{book.FILE}", "access/audit.key") and not piece.name.startswith("access/audit/"):
            yield piece


def _walked(folder: Path, name: str, is_fixed: bool | None = None) -> Iterator[_Piece]:
    """Yield the files under a folder; is_fixed: only those that never change, or only the others, in no order."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        inner = f"{name}/{path.name}"
        if archive.is_passing(path) or inner == "reports/work":
            continue
        if path.is_dir():
            yield from _walked(path, inner, is_fixed)
            continue
        if not archive.is_safe(inner):
            raise UserError(f"文件“{path}”的名称不能放进备份，请改名或移走后重试。")
        never_changes = archive.mode_of(inner) == 0o440
        if never_changes and is_fixed is not False:
            yield _Piece(inner, path)
        elif not never_changes and not is_fixed and (content := _content(path)) is not None:
            yield _Piece(inner, content)


def _accounts(store: Store) -> list[_Piece]:
    """Return the accounts without their sessions, as of one moment, whoever signs in meanwhile."""
    with book.reading(store) as db:
        if db is None:
            return []
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            db.backup(copy)
            copy.execute("DELETE FROM sessions")
            copy.execute("VACUUM")
            return [_Piece(f"access/{book.FILE}", copy.serialize())]


def _log(place: Path) -> list[_Piece]:
    """Return the audit log up to what HEAD says; entries that come later are left out when the files are copied."""
    try:
        with chain.alone(place):
            names = ("audit.key", "audit/HEAD")
            small = [(name, _content(place / name)) for name in names]
            months = [
                _Piece(f"access/audit/{path.name}", path, _whole_lines(path)) for path in chain.month_files(place)
            ]
    except (OSError, filelock.Timeout) as error:
        raise UserError(f"审计日志“{place}”读不出来或一直被占用，没有备份；请稍后再试。") from error
    return [*months, *(_Piece(f"access/{name}", content) for name, content in small if content is not None)]


def _whole_lines(path: Path) -> int:
    """Return how many bytes of a file are whole lines."""
    with path.open("rb") as file:
        start = max(0, file.seek(0, os.SEEK_END) - _LONGEST_LINE)
        file.seek(start)
        return start + file.read().rfind(b"\n") + 1


def _content(path: Path) -> bytes | None:
    """Return a file's content, or None where it has gone meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"“{path}”读不出来（{error.strerror}），没有备份；请检查权限或磁盘。") from error


def _written(path: Path, pieces: list[_Piece], version: str, progress: Progress) -> Manifest:
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)  # a killed one's
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o600), "wb") as out:
            with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as made:
                manifest = _filled(made, pieces, version, progress)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        raise UserError(
            f"备份“{path}”写不了（{error.strerror}），没有留下文件；请检查文件夹、权限和磁盘空间。"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def _filled(made: ZipFile, pieces: list[_Piece], version: str, progress: Progress) -> Manifest:
    sizes = [_size(piece) for piece in pieces]
    moment, done, members = now().replace(microsecond=0), 0, []
    for piece, size in zip(pieces, sizes, strict=True):
        seal, many = hashlib.sha256(), 0
        with made.open(_info(piece.name, moment), "w", force_zip64=size > 1 << 30) as out:
            for block in _blocks(piece):
                progress(piece.name, done + many, sum(sizes))
                out.write(block)
                seal.update(block)
                many += len(block)
        members.append(Member(piece.name, many, seal.hexdigest()))
        done += many
    manifest = Manifest(
        product=archive.PRODUCT, form=archive.FORM, schema=SCHEMA_VERSION,
        made_at=moment, version=version, files=tuple(members),
    )  # fmt: skip
    made.writestr(_info(archive.MANIFEST, moment), msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def _blocks(piece: _Piece) -> Iterator[bytes]:
    """Yield what counts of a file, block by block."""
    try:
        with io.BytesIO(piece.source) if isinstance(piece.source, bytes) else piece.source.open("rb") as file:
            left = piece.size
            while block := file.read(archive.BLOCK if left is None else min(archive.BLOCK, left)):
                left = None if left is None else left - len(block)
                yield block
    except OSError as error:
        raise UserError(f"数据仓中的“{piece.name}”读不出来（{error.strerror}），没有备份；请检查磁盘。") from error


def _size(piece: _Piece) -> int:
    if isinstance(piece.source, bytes):
        return len(piece.source)
    return piece.size if piece.size is not None else piece.source.stat().st_size


def _info(name: str, moment: datetime) -> ZipInfo:
    info = ZipInfo(name, moment.timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    return info
