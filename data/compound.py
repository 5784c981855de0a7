"""Looks through an old binary workbook (.xls) before anything builds it in memory: its chains of sectors, and how far its cells reach.

The file is a small file system of its own. A chain that runs in a circle would be read for ever, and one cell in the
last corner of a sheet makes a block of four thousand million cells; the reader of workbooks ends the process at either.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from data import oldstrings
from data.limits import Limits

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # greater numbers end a chain
_CUTOFF = 4096  # shorter streams live in the small sectors
_DATEMODE, _END, _BEGIN, _PASSWORD, _DIMENSIONS = 0x22, 0x0A, 0x809, 0x2F, 0x200
# Records whose first four bytes are row and column of a cell; the last two have several, up to the column at their end.
_CELLS = {0x06, 0x203, 0x27E, 0xFD, 0x204, 0x205, 0xD6, 0x206, 0x406, 0x03, 0x04, 0x05, 0x02, 0x07, 0xBD}
_SEVERAL = 0xBD
_TEXTS, _CONTINUED, _POINTS = 0xFC, 0x3C, 0xFD  # the texts of the book, what continues them, a cell that points to one
_ROW, _HIDDEN = 0x208, 0x20


@dataclass
class Contents:
    """What was seen on the way. hidden: hidden rows by sheet, as far as there are cells in them."""

    hidden: dict[int, int] = field(default_factory=dict)
    from_1904: bool = False


def look_through(data: bytes, name: str, limits: Limits) -> Contents:
    """Check the file and return what was seen.

    Raises UserError for what goes beyond the limits, ValueError for what is damaged.
    """
    book, found = _workbook(data), Contents()
    rows = columns = sheets = depth = text = cells = area = 0
    is_globals, texts, known = True, [], []
    for kind, body in _records(book):
        if kind & 0xFF == _BEGIN & 0xFF and len(body) >= 4:
            cells, rows, columns, area = cells + area, 0, 0, 0
            sheets, depth = sheets + (depth == 0), depth + 1
            limits.check_sheets(sheets - 1, name)
        elif kind == _PASSWORD:
            break  # what follows cannot be read; the reader of workbooks says so
        elif kind == _DATEMODE and is_globals:
            found.from_1904 = body[:1] == b"\x01"
        elif kind == _DIMENSIONS and len(body) >= 10:  # memory is set aside for what it says
            last_row, _, last_column = struct.unpack_from(
                "<IHH" if len(body) >= 14 else "<HHH", body, (len(body) >= 14 and 4) or 2
            )
            limits.check_area(last_row, last_column, name)
            area = max(area, last_row * last_column)
            limits.check_cells(cells + area, name)
        elif kind == _END:
            is_globals, depth = False, max(depth - 1, 0)
            known = known or oldstrings.lengths(texts)
        elif is_globals and (kind == _TEXTS or (kind == _CONTINUED and texts)):
            texts.append(body)
        elif kind == _ROW and len(body) >= 14 and body[12] & _HIDDEN and body[2:4] != body[4:6]:
            found.hidden[sheets - 2] = found.hidden.get(sheets - 2, 0) + 1
        elif kind in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _SEVERAL else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, min(last, 0xFFFE) + 1)
            limits.check_area(rows, columns, name)
            area = max(area, rows * columns)
            limits.check_cells(cells + area, name)
            if kind == _POINTS and len(body) >= 10 and (which := struct.unpack_from("<I", body, 6)[0]) < len(known):
                text += known[which]
                limits.check_text(text, name)
    return found


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(data: bytes) -> bytes:
    """Return the stream of the workbook. Raises ValueError for a file whose chains are damaged."""
    if len(data) < 512 or not data.startswith(_MAGIC):
        raise ValueError("no compound file")
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        raise ValueError("odd sectors")
    size = 1 << shift
    sectors = [data[at : at + size] for at in range(size, len(data), size)]
    directory_at, small_fat_at, difat_at = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
    listed = list(struct.unpack_from("<109I", data, 76))
    seen = set()
    while difat_at < _LAST:
        if difat_at >= len(sectors) or difat_at in seen:
            raise ValueError("damaged chain")
        seen.add(difat_at)
        numbers = _numbers(sectors[difat_at])
        listed += numbers[:-1]
        difat_at = numbers[-1] if numbers else _LAST
    fat: list[int] = []
    if len(wanted := [number for number in listed if number < _LAST]) > len(sectors):
        raise ValueError("damaged table")
    for number in wanted:
        if number >= len(sectors):
            raise ValueError("damaged table")
        fat += _numbers(sectors[number])
    _refuse_circles(fat)
    small_fat = _numbers(_chain(sectors, fat, small_fat_at))
    _refuse_circles(small_fat)
    entries = _chain(sectors, fat, directory_at)
    return _find(sectors, fat, small_fat, entries)


def _find(sectors: list[bytes], fat: list[int], small_fat: list[int], entries: bytes) -> bytes:
    root = b""
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        title = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        start, stream_size = struct.unpack_from("<II", entries, at + 116)
        if at == 0:
            root = _chain(sectors, fat, start)
        elif title in ("workbook", "book"):
            if stream_size >= _CUTOFF:
                return _chain(sectors, fat, start)[:stream_size]
            small = [root[i : i + 64] for i in range(0, len(root), 64)]
            return _chain(small, small_fat, start)[:stream_size]
    raise ValueError("no workbook inside")


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _chain(sectors: list[bytes], fat: list[int], start: int) -> bytes:
    found = []
    while start < _LAST:
        if start >= len(sectors) or start >= len(fat) or len(found) > len(sectors):
            raise ValueError("damaged chain")
        found.append(sectors[start])
        start = fat[start]
    return b"".join(found)


def _refuse_circles(fat: list[int]) -> None:
    """Raise ValueError where a chain comes back to itself."""
    state = bytearray(len(fat))  # 1: on the way, 2: known to end
    for first in range(len(fat)):
        way, at = [], first
        while at < len(fat) and not state[at]:
            state[at] = 1
            way.append(at)
            at = fat[at]
        if at < len(fat) and state[at] == 1:
            raise ValueError("a chain that runs in a circle")
        for seen in way:
            state[seen] = 2
