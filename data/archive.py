"""What a backup file is: a zip of a store's files and, as its last member, a manifest of what each of them must be.

The zip's own checksums find a scratched disk, not an exchanged file; the manifest has the SHA-256 of every member and
nothing may be there that it does not name. Names are paths below a store and nothing else: whoever unpacks must not be
led elsewhere. A backup holds every key of the store and is therefore to be kept like the store itself.
"""

import re
import struct
import zlib
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import msgspec

from data.errors import UserError
from data.versionfile import SCHEMA_VERSION

MANIFEST, PRODUCT, FORM = "manifest.json", "kpi-petitions-backup", 1
# Where the files of a store may lie, see data/store.py; import.lock, work/ and the like come and go.
FILES, FOLDERS = ("CURRENT", "secret.key"), ("versions", "profiles", "reference", "reports", "views", "access")
BLOCK = 1 << 20  # bytes read at once
# What zipfile raises for bytes that are not as they should be.
BROKEN = (BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError, ValueError)
_LONGEST_MANIFEST, _LONGEST_NAME = 1 << 26, 1000
_ODD = re.compile(r'[\\:*?"<>|]')
# Half-written files of a killed process, locks, and what SQLite keeps beside its file.
_PASSING = re.compile(r"\..*|lock|.*\.(new|lock|wal|\d+)|.*-(wal|shm|journal)")


class Member(msgspec.Struct, frozen=True):
    """One file of a backup; size in bytes, name relative to the store."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. schema: of the version files; version: the one in force, empty when there was none yet."""

    product: str
    form: int
    schema: str
    made_at: datetime
    version: str
    files: tuple[Member, ...]

    @property
    def size(self) -> int:
        """The bytes of all files, unpacked."""
        return sum(member.size for member in self.files)


class _Head(msgspec.Struct):
    product: str
    form: int
    schema: str


def is_passing(path: Path) -> bool:
    """Say whether a file or folder is one that comes and goes, and is no part of a store."""
    return bool(_PASSING.fullmatch(path.name))


def is_safe(name: str) -> bool:
    """Say whether a name means a file of a store, on every system."""
    parts = name.split("/")
    if len(name) > _LONGEST_NAME or not name.isprintable() or _ODD.search(name):
        return False
    if any(part in ("", ".", "..") or part[-1] in ". " for part in parts):
        return False
    return name in FILES if len(parts) == 1 else parts[0] in FOLDERS


def mode_of(name: str) -> int | None:
    """Return the permissions that the product gives a file, or None for the usual ones."""
    if name.startswith("versions/") or re.fullmatch(r"reports/.*/edition-\d+/[^/]+", name):
        return 0o440
    return 0o600 if name == "secret.key" or name.startswith("access/") else None


def read_manifest(archive: ZipFile, file: str) -> Manifest:
    """Return the manifest after comparing it with the list of members. Raises UserError for what is no backup of ours."""
    foreign = UserError(f"“{file}”不是本系统的备份文件，没有恢复任何内容；请换成 python -m data backup 写出的文件。")
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise foreign from None
    if info.file_size > _LONGEST_MANIFEST:
        raise foreign
    try:
        content = archive.read(info)
    except BROKEN as error:
        raise damaged(file) from error
    try:
        head = msgspec.json.decode(content, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise foreign from None
    if head.product != PRODUCT:
        raise foreign
    if head.form > FORM or not head.schema.isdecimal() or int(head.schema) > int(SCHEMA_VERSION):
        raise UserError(f"备份“{file}”是更新版本的程序写的，本机的程序读不了，没有恢复任何内容；请先升级本机的程序。")
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise damaged(file) from error
    _compare(archive, manifest, file)
    return manifest


def damaged(file: str) -> UserError:
    """Return what to say of a backup that is not as it was written."""
    return UserError(f"备份“{file}”已损坏或被改动，没有恢复任何内容；请换一份备份。")


def _compare(archive: ZipFile, manifest: Manifest, file: str) -> None:
    """Refuse a backup in which there is more, less or something else than its manifest says, or a name leads elsewhere."""
    said = {member.name: member.size for member in manifest.files}
    infos = [info for info in archive.infolist() if info.filename != MANIFEST]
    there = {info.filename: info.file_size for info in infos}
    twice = len(said) < len(manifest.files) or len(there) < len(infos) or len(archive.infolist()) != len(infos) + 1
    packed_otherwise = any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in infos)
    if twice or packed_otherwise or said != there or not all(map(is_safe, said)):
        raise damaged(file)
    if manifest.version and not {"CURRENT", f"versions/{manifest.version}.duckdb"} <= said.keys():
        raise damaged(file)
