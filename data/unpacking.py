"""Looks through a packed workbook before anything builds it in memory: what it really unpacks to, and how far its cells reach.

The headers of an archive may lie, so every member is unpacked in small blocks and counted. The cells of a sheet are
kept as one block from the first to the last by the reader of workbooks, so their places are read first; that reader
ends the whole process where memory fails, and nothing can catch it. A document type is refused: no workbook has one,
and entities that multiply are declared there.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from data.errors import UserError
from data.extents import BinarySheet, XmlPart
from data.glance import Glance, Longest, kind_of
from data.limits import MB, Limits

_BLOCK = 1 << 18
_END, _END_SIZE = b"PK\x05\x06", 22
_LARGEST_DIRECTORY = 16 * MB
_LOCAL_HEADER = 30


@dataclass
class Contents:
    """What was seen on the way. hidden: hidden rows by sheet, in the order of the members' names."""

    hidden: dict[int, int] = field(default_factory=dict)
    from_1904: bool = False


def look_through(path: Path, name: str, limits: Limits) -> Contents:
    """Unpack every member in blocks and forget them, and return what was seen. name: what messages call the file.

    Raises UserError for what goes beyond the limits, zipfile.BadZipFile or ValueError for what is damaged.
    """
    with path.open("rb") as opened:
        _check_directory(opened, name, limits)
        with zipfile.ZipFile(opened) as packed:
            members = packed.infolist()
        limits.check_members(len(members), name)
        limits.check_unpacked(sum(member.file_size for member in members), name)
        parts = _pass(opened, members, name, limits)
        if _is_doubtful(parts, limits):
            strings = _pass(opened, members, name, limits, careful="sst")
            known = next((part.strings for part in strings if part.strings), [])
            parts = _pass(opened, members, name, limits, "worksheet", known)
    sheets = [part for part in parts if part.kind == "worksheet"]
    limits.check_sheets(len(sheets), name)
    from_1904 = any(part.xml is not None and part.xml.from_1904 for part in parts)
    limits.check_cells(sum(part.cells for part in parts), name)
    limits.check_text(sum(part.text for part in parts), name)
    document = next((part.xml.hidden for part in parts if part.kind == "ods"), [])
    hidden = document or [part.hidden_rows for part in sheets]
    return Contents(dict(enumerate(hidden)), from_1904)


def _pass(
    opened: BinaryIO,
    members: list[zipfile.ZipInfo],
    name: str,
    limits: Limits,
    careful: str = "",
    strings: Sequence[int] = (),
) -> list["_Part"]:
    """Unpack every member once. careful: the kind of part that is read properly; strings: as XmlPart takes them."""
    is_binary = any(member.filename.lower().endswith("workbook.bin") for member in members)
    total, parts = 0, []
    for member in sorted(members, key=lambda member: (len(member.filename), member.filename)):
        part, real = _Part(is_binary, careful, strings, name, limits), 0
        for block in _blocks(opened, member, name):
            real += len(block)
            limits.check_ratio(real, member.compress_size, name)
            limits.check_unpacked(total + real, name)
            part.feed(block)
        total += real
        part.close()
        parts.append(part)
    return parts


def _is_doubtful(parts: list["_Part"], limits: Limits) -> bool:
    """Say whether a quick look at the sheets is not enough."""
    looks = [part.glance for part in parts if part.glance]
    longest = max((part.texts.longest for part in parts if part.texts), default=0)
    binary = max((length for part in parts if part.binary for length in part.binary.strings), default=0)
    pointers = sum(part.binary.pointers for part in parts if part.binary)
    return (
        any(sheet.is_doubtful or sheet.rows > limits.rows or sheet.columns > limits.columns for sheet in looks)
        or sum(sheet.rows * sheet.columns for sheet in looks) > limits.cells
        or sum(sheet.cells for sheet in looks) * longest > limits.unpacked
        or pointers * binary > limits.unpacked
    )


class _Part:
    """One member while it is unpacked: handed on to the reader of its kind, which its first bytes tell."""

    def __init__(self, is_binary: bool, careful: str, strings: Sequence[int], name: str, limits: Limits) -> None:
        self._is_binary, self._careful, self._strings, self._name, self._limits = (
            is_binary, careful, strings, name, limits,
        )  # fmt: skip
        self._reader: XmlPart | BinarySheet | Glance | Longest | None = None
        self._is_new = True
        self.kind = ""

    @property
    def xml(self) -> XmlPart | None:
        return self._reader if isinstance(self._reader, XmlPart) else None

    @property
    def glance(self) -> Glance | None:
        return self._reader if isinstance(self._reader, Glance) else None

    @property
    def texts(self) -> Longest | None:
        return self._reader if isinstance(self._reader, Longest) else None

    @property
    def binary(self) -> BinarySheet | None:
        return self._reader if isinstance(self._reader, BinarySheet) else None

    @property
    def strings(self) -> list[int]:
        return self._reader.strings if isinstance(self._reader, XmlPart | BinarySheet) else []

    @property
    def cells(self) -> int:
        """How many cells its sheets have, from the first of each to its last; of a quick look, no more than that."""
        return (
            self.glance.rows * self.glance.columns
            if self.glance
            else (self._reader.cells if isinstance(self._reader, XmlPart | BinarySheet) else 0)
        )

    @property
    def text(self) -> int:
        """How many characters its cells hold, as far as that was counted."""
        return self._reader.text if isinstance(self._reader, XmlPart | BinarySheet) else 0

    @property
    def hidden_rows(self) -> int:
        return self._reader.hidden_rows if isinstance(self._reader, XmlPart | Glance | BinarySheet) else 0

    def feed(self, block: bytes) -> None:
        """Take the next block."""
        if self._is_new:
            self._is_new = False
            self._begin(block)
        if self._reader is not None:
            self._reader.feed(block)

    def _begin(self, block: bytes) -> None:
        self.kind = kind_of(block)
        if self.kind in ("worksheet", "sst") and self.kind != self._careful:
            self._reader = Glance() if self.kind == "worksheet" else Longest()
        elif block.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
            self._reader = XmlPart(self._strings, self._name, self._limits)
        elif self._is_binary:
            self._reader = BinarySheet(self._strings, self._name, self._limits)

    def close(self) -> None:
        """Say that nothing more comes."""
        if isinstance(self._reader, XmlPart | Glance):
            self._reader.close()
        if self.xml is not None:
            self.kind = self.xml.kind
        elif self.binary is not None and self.binary.is_sheet:
            self.kind = "worksheet"


def _check_directory(opened: BinaryIO, name: str, limits: Limits) -> None:
    """Raise UserError for a table of contents that alone would fill the memory."""
    size = opened.seek(0, 2)
    opened.seek(max(0, size - 0xFFFF - _END_SIZE))
    tail = opened.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise zipfile.BadZipFile("no end of directory")
    many, length = struct.unpack_from("<HI", tail, at + 10)
    if length > _LARGEST_DIRECTORY:
        limits.check_members(max(many, limits.members + 1), name)


def _blocks(opened: BinaryIO, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Yield what a member unpacks to, as much as there is, whatever its header says."""
    if member.flag_bits & 1:
        raise UserError(f"文件“{name}”设了打开密码，请在 Excel 里去掉密码后另存，再导入。")
    opened.seek(member.header_offset)
    header = opened.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("no member here")
    opened.seek(sum(struct.unpack_from("<HH", header, 26)), 1)
    if member.compress_type == zipfile.ZIP_STORED:
        yield from _raw(opened, member.compress_size)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(opened, member.compress_size)
    else:
        raise zipfile.BadZipFile("packed in a way that no workbook is")


def _raw(opened: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0 and (block := opened.read(min(left, _BLOCK))):
        left -= len(block)
        yield block


def _inflated(opened: BinaryIO, packed: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for block in _raw(opened, packed):
            waiting = block
            while waiting and not unpacker.eof:
                if made := unpacker.decompress(waiting, _BLOCK):
                    yield made
                waiting = unpacker.unconsumed_tail
        if rest := unpacker.flush():
            yield rest
    except zlib.error as error:
        raise zipfile.BadZipFile("damaged member") from error
