"""Puts a backup in the place of a store that is not there yet: whole, or not at all.

Everything is unpacked beside its place, compared with the manifest, opened, and only then renamed. It never replaces
anything: whoever wants the former state back restores into another folder and moves the old one away. The log goes on
where the backup ended, with an entry of the restoring.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import duckdb

from data import archive, readonly
from data.access import audit, book, chain
from data.access.proof import Verdict
from data.archive import Manifest, Member
from data.backup import Progress
from data.durable import flush_folder
from data.errors import UserError
from data.locking import alone
from data.pointer import Pointer
from data.store import Store


@dataclass(frozen=True)
class Restored:
    """What was put in place, and whether its audit log is as it was written."""

    folder: Path
    manifest: Manifest
    verdict: Verdict


@dataclass(frozen=True)
class _Work:
    """Where a store is unpacked: its folder, and that of accounts and log, which may have a place of their own."""

    folder: Path
    access_folder: Path


def restore(store: Store, file: Path, progress: Progress = lambda what, done, of: None) -> Restored:
    """Unpack a backup into the folder of a store that is empty or not there. Raises UserError, and then leaves nothing."""
    readonly.refuse()
    place, apart = store.folder.absolute(), _apart(store)
    for folder in filter(None, (place, apart)):
        if folder.exists() and not (folder.is_dir() and _is_empty(folder)):
            raise UserError(f"“{folder}”里已有内容，没有恢复；请用 --store 指定一个空的或还不存在的文件夹。")
    with _opened(file) as packed:
        manifest = archive.read_manifest(packed, file.name)
        with _told(place), _only_here(place), _beside(place) as folder, _beside_or_in(apart, folder) as access:
            work = _Work(folder, access)
            _check_space(manifest, place.parent)
            _unpack(packed, manifest, file, work, progress)
            verdict = _checked(work, manifest, file)
            _put(work, place, apart)
    return Restored(place, manifest, verdict)


def _apart(store: Store) -> Path | None:
    """Return the folder of accounts and log where it is not inside the store."""
    place = store.access_folder.absolute()
    return None if place == store.folder.absolute() / "access" else place


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


@contextmanager
def _opened(file: Path) -> Iterator[ZipFile]:
    try:
        packed = ZipFile(file)
    except FileNotFoundError:
        raise UserError(f"没有文件“{file}”，请检查备份文件的路径。") from None
    except OSError as error:
        raise UserError(f"备份“{file}”读不出来（{error.strerror}），请检查权限或磁盘。") from error
    except archive.BROKEN:
        raise UserError(
            f"“{file.name}”不是完整的备份文件，没有恢复任何内容；可能没有复制完，请重新复制或换一份备份。"
        ) from None
    with packed:
        yield packed


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"“{place}”不能写入（{error.strerror}），没有恢复任何内容；请检查磁盘空间和上级文件夹的权限，挂载点请改用其下的子文件夹。"
        ) from error


@contextmanager
def _only_here(place: Path) -> Iterator[None]:
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = place.with_name(f".{place.name}.restore.lock")
    try:
        with alone(lock, f"另一个恢复正在往“{place}”里进行，请等它完成。"):
            yield
    finally:
        with suppress(OSError):  # on Windows the other one's
            lock.unlink()


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give a new folder that nobody else can look into, on the disk of `place`; what is left afterwards is removed."""
    around = place.with_name(f".{place.name}.restoring")
    place.parent.mkdir(parents=True, exist_ok=True)
    _remove(around)  # of one that was killed
    around.mkdir(0o700)
    try:
        (around / place.name).mkdir()
        yield around / place.name
    finally:
        _remove(around)


def _beside_or_in(apart: Path | None, folder: Path) -> AbstractContextManager[Path]:
    return _beside(apart) if apart else nullcontext(folder / "access")


def _remove(folder: Path) -> None:
    """Remove a folder and what is read-only in it, which Windows would not."""
    for path in folder.rglob("*") if folder.exists() else ():
        path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _check_space(manifest: Manifest, folder: Path) -> None:
    if (free := shutil.disk_usage(folder).free) < manifest.size:
        raise UserError(
            f"磁盘空间不够：恢复需要{manifest.size >> 20}MB，“{folder}”只剩{free >> 20}MB；没有恢复任何内容，请腾出空间后重试。"
        )


def _unpack(packed: ZipFile, manifest: Manifest, file: Path, work: _Work, progress: Progress) -> None:
    done = 0
    for member in manifest.files:
        target = _target(work, member.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        content = _contents(packed, member, file)
        with target.open("xb") as out:
            for block in content:
                progress(member.name, done, manifest.size)
                out.write(block)
                done += len(block)
            out.flush()
            os.fsync(out.fileno())
        if (mode := archive.mode_of(member.name)) is not None:
            target.chmod(mode)


def _contents(packed: ZipFile, member: Member, file: Path) -> Iterator[bytes]:
    """Yield a member block by block; raises UserError at the end where it is not what was backed up."""
    seal, many = hashlib.sha256(), 0
    try:
        with packed.open(member.name) as opened:
            while block := opened.read(archive.BLOCK):
                seal.update(block)
                many += len(block)
                if many > member.size:
                    raise archive.damaged(file.name)
                yield block
    except archive.BROKEN as error:
        raise archive.damaged(file.name) from error
    if (many, seal.hexdigest()) != (member.size, member.sha256):
        raise archive.damaged(file.name)


def _target(work: _Work, name: str) -> Path:
    first, _, rest = name.partition("/")
    return work.access_folder / rest if first == "access" else work.folder / name


def _checked(work: _Work, manifest: Manifest, file: Path) -> Verdict:
    """Open what was unpacked as the product will, and go on with its log."""
    if manifest.version:
        pointed = Pointer.parse((work.folder / "CURRENT").read_text("utf-8", "replace")).version
        if pointed != manifest.version or not _opens(work.folder / "versions" / f"{pointed}.duckdb"):
            raise archive.damaged(file.name)
    for folder in (work.access_folder, chain.folder_of(work.access_folder)):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    with book.reading(work) as db:
        if db is not None:
            db.execute("PRAGMA journal_mode = WAL")
    verdict = audit.verify(work)
    audit.record(work, "restore", {"file": file.name, "version": manifest.version, "entries": len(manifest.files)})
    return verdict


def _opens(version: Path) -> bool:
    """Say whether a version can be read; by a connection of its own, for a kept one would hold the folder's old name."""
    try:
        with duckdb.connect(str(version), read_only=True) as connection:
            return bool(connection.execute("SELECT value FROM meta WHERE key = 'as_of'").fetchone())
    except duckdb.Error:
        return False


def _put(work: _Work, place: Path, apart: Path | None) -> None:
    """Rename into place, the store last: where it is, everything is."""
    if apart:
        _rename(work.access_folder, apart)
    try:
        _rename(work.folder, place)
    except OSError:
        if apart:
            _remove(apart)
        raise


def _rename(folder: Path, place: Path) -> None:
    with suppress(FileNotFoundError):
        place.rmdir()  # it is empty; Windows renames onto nothing
    folder.rename(place)
    flush_folder(place.parent)
