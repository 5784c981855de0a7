"""How long the texts are that the cells of an old binary workbook (.xls) point to, read without building any of them.

They stand in one record that is continued in others; a text may be cut between two of them, and its second half then
begins with a byte that says how wide its characters are.
"""

import struct
from collections.abc import Sequence

_SHORTEST = 3  # bytes of a text without a character
_WIDE, _PHONETIC, _RICH = 1, 4, 8


def lengths(pieces: Sequence[bytes]) -> list[int]:
    """Return the characters of each text. pieces: the record and what continues it. Raises ValueError when it lies."""
    if not pieces or len(pieces[0]) < 8:
        return []
    many = struct.unpack_from("<I", pieces[0], 4)[0]
    if many > sum(map(len, pieces)) // _SHORTEST:  # the reader of workbooks sets memory aside for as many
        raise ValueError("more texts than there is room for")
    reader, found = _Pieces(pieces), []
    while len(found) < many and (length := reader.text()) is not None:
        found.append(length)
    return found


class _Pieces:
    """A place in the record and what continues it."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces, self._number, self._at = pieces, 0, 8

    def text(self) -> int | None:
        """Go past the next text and return its length; None at the end."""
        while self._left() < _SHORTEST:
            if not self._next():
                return None
        length, flags = struct.unpack("<HB", self._take(3))
        behind = 4 * int.from_bytes(self._take(2), "little") if flags & _RICH else 0
        behind += int.from_bytes(self._take(4), "little") if flags & _PHONETIC else 0
        left, width = length, 2 if flags & _WIDE else 1
        while left:
            here = min(left, self._left() // width)
            self._at += here * width
            left -= here
            if left:
                if not self._next():
                    break
                width = 2 if self._take(1)[:1] == b"\x01" else 1
        while behind > (here := self._left()) and self._next():
            behind -= here
        self._at += behind
        return length

    def _left(self) -> int:
        return max(len(self._pieces[self._number]) - self._at, 0)

    def _take(self, many: int) -> bytes:
        self._at += many
        return self._pieces[self._number][self._at - many : self._at]

    def _next(self) -> bool:
        if self._number + 1 >= len(self._pieces):
            return False
        self._number, self._at = self._number + 1, 0
        return True
