"""Reports that were frozen: folders of files that are written once, stay read-only, and are checked when they are read.

An edition is built in a work folder, made durable and renamed, so that it is there whole or not at all, however its
writer ends. Names are never trusted as paths: a key has one of four forms, a branch's folder carries a hash of its
name, and what a manifest says of itself must agree with where it lies.

    store/reports/2025-09/edition-01/          manifest.json, document.json and the files of the city's report
    store/reports/2025-09/texts.json           the clerk's text blocks, see metrics/report/texts.py
    store/reports/2025-09/branches/NAME-HASH/  the same for one branch
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from data import readonly
from data.durable import flush_folder
from data.errors import UserError
from data.locking import alone
from data.store import Store
from data.views import is_reserved

DOCUMENT, MANIFEST = "document.json", "manifest.json"
_OWN = (DOCUMENT, MANIFEST)
_KEY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?")
_EDITION = re.compile(r"edition-(\d{2,})")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
_LONGEST_NAME = 240  # bytes; file systems end at 255


class KeptFile(msgspec.Struct, frozen=True):
    """One file of an edition as it was when it was frozen; size in bytes."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition is and rests on: store version, mark of the definitions, cut-off, who froze it when and why.

    branch: "" for the city. reason: why a later edition took the place of one before, "" for the first.
    """

    number: int
    key: str
    branch: str
    version: str
    definitions: str
    as_of: datetime
    frozen_at: datetime
    author: str
    reason: str
    files: tuple[KeptFile, ...]


@dataclass(frozen=True)
class Edition:
    """One frozen edition: its folder and what its manifest says."""

    folder: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        return self.manifest.number

    @property
    def version(self) -> str:
        """The store version that it rests on."""
        return self.manifest.version

    @property
    def file_names(self) -> tuple[str, ...]:
        """The report's files, without the document that they were made from."""
        return tuple(one.name for one in self.manifest.files if one.name not in _OWN)


def report_folder(store: Store, key: str, branch: str = "") -> Path:
    """Return where the files of one report lie; the folder need not exist. Raises UserError for a key that is none."""
    if not _KEY.fullmatch(key):
        raise UserError(f"看不懂报告期“{key[:20]}”，请写成2025-09（月）、2025Q3（季度）、2025H1（半年）或2025（年）。")
    folder = store.reports_folder / key
    return folder / "branches" / _folder_name(branch) if branch else folder


def keys(store: Store) -> list[str]:
    """Return the keys that have a folder, in the order of their text."""
    return sorted(path.name for path in _inside(store.reports_folder) if _KEY.fullmatch(path.name))


def numbers(store: Store, key: str, branch: str = "") -> list[int]:
    """Return the numbers of the editions of one report, oldest first."""
    found = (_EDITION.fullmatch(path.name) for path in _inside(report_folder(store, key, branch)))
    return sorted(int(match[1]) for match in found if match)


def editions(store: Store, key: str, branch: str = "") -> list[Edition]:
    """Return the editions of one report, oldest first. Raises UserError when a manifest is damaged."""
    folder = report_folder(store, key, branch)
    found = [opened(folder / f"edition-{number:02d}") for number in numbers(store, key, branch)]
    for edition in found:
        if (edition.manifest.key, edition.manifest.branch) != (key, branch):
            raise _damaged(edition.folder / MANIFEST)
    return found


def every_edition(store: Store) -> Iterator[Edition]:
    """Yield all editions of all reports, the city's and the branches'. Raises UserError when a manifest is damaged."""
    for key in keys(store):
        folder = report_folder(store, key)
        for place in (folder, *sorted(_inside(folder / "branches"))):
            for path in sorted(_inside(place)):
                if _EDITION.fullmatch(path.name):
                    yield opened(path)


def versions_needed(store: Store) -> set[str]:
    """Return the store versions that frozen reports rest on: they must outlive every clearing-up.

    Raises UserError when a manifest cannot be read, for then nobody knows what may go.
    """
    return {edition.version for edition in every_edition(store)}


def read(edition: Edition, name: str) -> bytes:
    """Return one file of an edition. Raises UserError when there is none, or it is not what was frozen."""
    known = {one.name: one for one in edition.manifest.files}
    if name not in known:
        raise UserError(f"定稿“{edition.folder.name}”里没有文件“{name[:80]}”，有：{'、'.join(known)}。")
    try:
        data = (edition.folder / name).read_bytes()
    except OSError as error:
        raise _damaged(edition.folder / name) from error
    if hashlib.sha256(data).hexdigest() != known[name].sha256:
        raise _damaged(edition.folder / name)
    return data


def only_freeze(store: Store) -> AbstractContextManager[None]:
    """Keep every other freeze out while the block runs. Raises UserError when one is under way already."""
    readonly.refuse()
    return alone(
        store.reports_folder / "freeze.lock", "另一份报告正在定稿，请等它完成后再试；这次没有写入任何文件。", 1.0
    )


def keep(store: Store, manifest: Manifest, files: Mapping[str, bytes]) -> Edition:
    """Write an edition, whole or not at all; its manifest's list of files is made here. Only inside `only_freeze`.

    Raises UserError for a name that is no file name, an edition that is there already, and a disk that refuses.
    """
    for name in files:
        check_name(name)
    manifest = msgspec.structs.replace(manifest, files=tuple(_entry(*one) for one in files.items()))
    target = report_folder(store, manifest.key, manifest.branch) / f"edition-{manifest.number:02d}"
    if target.exists():
        raise UserError(f"第{manifest.number}版已经定稿，不能覆盖，请刷新页面后再定稿。")
    work = store.reports_folder / "work"
    try:
        _clear(work)
        built = work / target.name
        built.mkdir(parents=True)
        described = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        for name, data in (*files.items(), (MANIFEST, described)):
            _write(built / name, data)
        flush_folder(built)
        target.parent.mkdir(parents=True, exist_ok=True)
        built.rename(target)
        flush_folder(target.parent)
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    finally:
        _clear(work)
    return Edition(target, manifest)


def replace_file(path: Path, data: bytes) -> None:
    """Put a whole small file in the place of another; a reader sees the one or the other. Raises UserError."""
    written = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        written.replace(path)
    except OSError as error:
        raise _unwritable(path.parent, error) from error
    finally:
        written.unlink(missing_ok=True)


def check_name(name: str) -> None:
    """Refuse a text that is no file name on every system, or that an edition needs itself. Raises UserError."""
    fits = name.isprintable() and not _NOT_IN_NAMES.search(name) and 0 < len(name.encode()) <= _LONGEST_NAME
    own = name == MANIFEST or is_reserved(name.split(".")[0].strip())
    if not fits or own or name[0] in ". " or name[-1] in ". ":
        raise UserError(f"文件名“{name[:80]}”不能用，报告没有定稿，请改短名称或去掉其中的符号。")


def _folder_name(branch: str) -> str:
    """Return a folder's name for a branch: what can be read of it, and a hash, so that no two branches share one."""
    readable = "".join(letter for letter in branch if letter.isalnum())[:30]
    return f"{readable}-{hashlib.sha256(branch.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def opened(folder: Path) -> Edition:
    """Return the edition in a folder. Raises UserError when its manifest is damaged."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(folder / MANIFEST) from error
    if folder.name != f"edition-{manifest.number:02d}" or not Store.is_version_name(manifest.version):
        raise _damaged(folder / MANIFEST)
    return Edition(folder, manifest)


def _entry(name: str, data: bytes) -> KeptFile:
    return KeptFile(name, len(data), hashlib.sha256(data).hexdigest())


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    path.chmod(0o440)


def _clear(folder: Path) -> None:
    """Remove what a killed freeze left; Windows refuses to delete what is read-only."""
    if folder.exists():
        for path in folder.rglob("*"):
            path.chmod(0o700)
        shutil.rmtree(folder)


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _damaged(path: Path) -> UserError:
    place = "/".join(path.parts[-3:])
    return UserError(f"定稿文件“{place}”已损坏或被改动，请从备份恢复该文件后重试。")


def _unwritable(folder: Path, error: OSError) -> UserError:
    return UserError(f"报告文件夹“{folder}”不能写入（{error.strerror}），没有改动；请检查权限或磁盘。")
