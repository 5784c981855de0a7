"""Reads a delimited text file in blocks of whole rows, as columns, as long as every quote in it is where one belongs.

csv.reader accepts anything; pyarrow.csv reads the same from text whose quotes only enclose cells or are doubled within
them (tests/data/test_bulk_blocks.py). The first block of which that is not true ends the quick way: the rest of the
file is for csv.reader. Line ends become \\n and NUL characters go, as the reader of text files has it.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv

from data.limits import CELL_CHARACTERS
from data.textfile import GUARDS, TextFile, unguard

BLOCK = 24 << 20
_LARGEST = 64 << 20  # without an end of a row in it, a block is no table
_MOST_ASIDE = 20_000  # rows of another width in a block, each kept for itself
_MOST_ROWS = 400_000  # in a block; each takes a kilobyte on the way, and 24 MB of line ends are 24 million rows
_QUOTE, _NEWLINE = ord('"'), ord("\n")


@dataclass
class Piece:
    """Some rows of a sheet. columns: texts of the rows as wide as the heading, in order; places: where these rows are.

    others: place → cells of a row of another width. All places count from 0 within the piece.
    """

    columns: list[pa.Array]
    places: np.ndarray
    others: dict[int, list[str]]
    many: int


class Unusual(Exception):
    """The text cannot be read by columns with certainty."""


def cut(file: TextFile) -> Iterator[tuple[bytes | None, int]]:
    """Yield blocks of whole rows, and where in the file each begins; None for a rest with a quote in a wrong place."""
    delimiter = file.delimiter.encode()
    with file.path.open("rb") as opened:
        begin = opened.seek(3 if file.encoding == "utf-8-sig" else 0)
        block = b""
        try:
            while more := opened.read(BLOCK):
                block += more
                if end := _end_of_rows(block, delimiter):
                    yield block[:end], begin
                    begin, block = begin + end, block[end:]
                elif len(block) > _LARGEST:
                    raise Unusual
            if block:
                check_quotes(block, delimiter)
                yield block, begin
        except Unusual:
            yield None, begin


def _end_of_rows(block: bytes, delimiter: bytes) -> int:
    """Return where the last row that is whole ends, 0 when none does. Raises Unusual as check_quotes does."""
    quotes = np.flatnonzero(np.frombuffer(block, np.uint8) == _QUOTE)
    end = len(block)
    while (end := block.rfind(b"\n", 0, end)) >= 0:
        if np.searchsorted(quotes, end) % 2 == 0:
            check_quotes(block[: end + 1], delimiter)
            return end + 1
    return 0


def check_quotes(block: bytes, delimiter: bytes) -> None:
    """Raise Unusual unless every quote begins a cell, ends one, or is doubled within one."""
    text = np.frombuffer(block.replace(b"\0", b"") if b"\0" in block else block, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    if not len(quotes):
        return
    if len(quotes) % 2:
        raise Unusual
    breaks = np.zeros(256, bool)
    breaks[[_QUOTE, _NEWLINE, ord("\r"), delimiter[0]]] = True
    before, after = quotes[::2] - 1, quotes[1::2] + 1
    good = breaks[text[np.maximum(before, 0)]] | (before < 0)
    ends = breaks[text[np.minimum(after, len(text) - 1)]] | (after >= len(text))
    if not (good.all() and ends.all()):
        raise Unusual


def normal(block: bytes, encoding: str) -> bytes:
    """Return a block as UTF-8, its line ends \\n and without NUL characters."""
    if not encoding.startswith("utf-8"):
        block = block.decode(encoding).encode()
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return block.replace(b"\0", b"") if b"\0" in block else block


def parse(text: bytes, delimiter: str, width: int) -> Piece:
    """Return the rows of a normal block; `width` is that of the heading. Raises Unusual for a cell too long, or too many rows."""
    if text.count(b"\n") > _MOST_ROWS:
        raise Unusual
    others: dict[int, list[str]] = {}

    def set_aside(row: pa.csv.InvalidRow) -> str:
        if len(others) == _MOST_ASIDE:
            return "error"
        others[row.number - 1] = next(csv.reader(io.StringIO(row.text), delimiter=delimiter), [])
        return "skip"

    names = [str(number) for number in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(text),
            pa.csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
            pa.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, csv.Error) as error:
        raise Unusual from error
    columns = [column.combine_chunks().cast(pa.string()) for column in table.columns]  # of no rows, it is of no type
    if any(longest(column) > CELL_CHARACTERS for column in columns):
        raise Unusual
    many = table.num_rows + len(others)
    places = np.arange(many)
    if others:
        places = np.delete(places, list(others))
    rows = {place: [unguard(c) if c[:1] in GUARDS else c for c in row] for place, row in others.items()}
    return Piece(columns, places, rows, many)


def without_rows(text: bytes, many: int, delimiter: str) -> bytes:
    """Return a normal block without its first rows."""
    opened = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="\n")
    lines: list[str] = []

    def taken() -> Iterator[str]:
        for line in opened:
            lines.append(line)
            yield line

    reader = csv.reader(taken(), delimiter=delimiter)
    for _ in range(many):
        next(reader, None)
    return text[sum(len(line.encode()) for line in lines) :]


def longest(column: pa.Array) -> int:
    """Return the bytes of the longest cell."""
    if not len(column):
        return 0
    offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, column.offset * 4)
    return int(np.diff(offsets).max(initial=0))
