"""A quick look at a sheet while it is unpacked: an upper bound of how far its cells reach, many times faster than reading it.

What is written as programs write it needs no more than this. Whatever is unusual, or would go beyond the limits, makes
the look doubtful, and data/extents.py then reads the part properly: a bound too high costs time and nothing else.
"""

import re

_HEAD = re.compile(rb"(?:<\?xml[^>]*\?>)?\s*<([\w.-]+:)?([\w.-]+)[\s/>]")
_HEAD_LENGTH = 2000
# Each begins with letters of its own, which is what makes the search quick.
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_UNUSUAL = (re.compile(rb"<c[\t\n\r\f/>]"), re.compile(rb"<row[\t\n\r\f/>]"), re.compile(rb":(?:c|row)[\s/>]"))
_HIDDEN = re.compile(rb'<row [^>]*hidden="(?:1|true)"')
_LONGEST_TAG = 1 << 20


def kind_of(start: bytes) -> str:
    """Return the name of the outermost element, without its prefix; empty where these bytes do not say it."""
    found = _HEAD.match(start[:_HEAD_LENGTH].removeprefix(b"\xef\xbb\xbf").lstrip())
    return found[2].decode() if found else ""


class Glance:
    """One sheet. rows, columns: no cell lies beyond; cells: there are no more of them."""

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = self.hidden_rows = 0
        self.is_doubtful = False
        self._letters: set[bytes] = set()
        self._tail = b""

    def feed(self, block: bytes) -> None:
        """Take the next block."""
        if self.is_doubtful:
            return
        text = self._tail + block
        whole = text.rfind(b"<")
        text, self._tail = text[: max(whole, 0)], text[max(whole, 0) :]
        self.is_doubtful = len(self._tail) > _LONGEST_TAG
        self._look(text)

    def close(self) -> None:
        """Take the end."""
        self._look(self._tail)

    def _look(self, text: bytes) -> None:
        places, rows = _CELL.findall(text), _ROW.findall(text)
        self.is_doubtful |= (
            len(places) != text.count(b"<c ")
            or len(rows) != text.count(b"<row ")
            or b"<!DOCTYPE" in text
            or any(pattern.search(text) for pattern in _UNUSUAL)
        )
        self.cells += len(places)
        numbers = {number for _, number in places}
        self.rows = max(self.rows, max(map(int, numbers.union(rows)), default=0))
        new = {letters for letters, _ in places} - self._letters
        self._letters |= new
        self.columns = max(self.columns, max(map(column_of, new), default=0))
        self.hidden_rows += len(_HIDDEN.findall(text))


class Longest:
    """The texts that cells point to: none is longer than `longest` bytes."""

    def __init__(self) -> None:
        self.longest = 0
        self._rest = 0  # bytes of the text that has begun

    def feed(self, block: bytes) -> None:
        """Take the next block; an end tag that is cut in two only makes the bound higher."""
        first, *others = block.split(b"</si>")
        self._rest += len(first)
        self.longest = max(self.longest, self._rest, max(map(len, others), default=0))
        if others:
            self._rest = len(others[-1])


def column_of(letters: bytes) -> int:
    """Return the number of a column from its letters: A is 1."""
    column = 0
    for letter in letters:
        column = column * 26 + (letter & 0x5F) - 64
    return column
