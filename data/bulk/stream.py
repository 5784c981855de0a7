"""Maps a whole sheet, piece by piece, in the order of its rows: by columns where that is certain, else row by row.

A large sheet is mapped by a second process as well, while this one reads on and stores; where no process can be
started, this one does it all. What comes out is the same in every case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.bulk.blocks import Piece, Unusual, cut, normal, parse, without_rows
from data.bulk.helper import helper
from data.bulk.mapper import ColumnMapper
from data.layouts import Layout
from data.mapping import Mapper
from data.reading import Sheet
from data.rows import MappedRow
from data.textfile import GUARDS, TextFile, unguard

ROWS = 25_000  # of a piece made of rows
FEW = 1_000  # rows for which columns do not pay
SMALL_FILE = 1 << 20
LARGE_FILE = 64 << 20  # from here on a second process pays


@dataclass
class Mapped:
    """What became of a piece: rows mapped by columns (those that `is_kept`), rows mapped one by one, how many rows it had."""

    table: pa.Table | None
    rows: list[MappedRow]
    many: int

    @property
    def kept(self) -> int:
        """How many rows were mapped by columns."""
        return pc.sum(self.table["is_kept"]).as_py() or 0 if self.table is not None else 0

    def counted_from(self, first: int) -> "Mapped":
        """Return the same with the numbers that the user sees; they were counted from 0."""
        for row in self.rows:
            row.row_no += first
        if self.table is not None:
            place = self.table.schema.get_field_index("row_no")
            numbers = pa.array(self.table["row_no"].to_numpy() + first, pa.int32())
            self.table = self.table.set_column(place, "row_no", numbers)
        return self


class Work:
    """Maps the pieces of one sheet; a process has its own."""

    def __init__(self, mapper: Mapper, file: TextFile | None = None):
        self.mapper, self.layout, self.file = mapper, mapper.layout, file
        self._unguard = unguard if file else str
        self._columns = ColumnMapper(mapper, self._unguard)

    def map(self, piece: Piece) -> Mapped:
        """Map a piece; its rows are numbered from 0."""
        table, left, others = None, range(len(piece.places)), piece.others
        if len(piece.places) >= max(FEW, 1):
            chunk = self._columns.map(piece.columns)
            left = chunk.left.tolist()
            table = chunk.table.append_column("row_no", pa.array(piece.places, pa.int32()))
        cells = [column.take(pa.array(left, pa.int64())).to_pylist() for column in piece.columns]
        for place, row in zip(piece.places[left].tolist(), zip(*cells, strict=True), strict=True):
            others[place] = [self._unguard(cell) if cell[:1] in GUARDS else cell for cell in row]
        rows = [self.mapper.map(others[place], place) for place in sorted(others) if not self._is_none(others[place])]
        return Mapped(table, rows, piece.many)

    def do(self, job: tuple[bytes, int]) -> Mapped | None:
        """Map a block of text, without the rows at its beginning before the data; None when columns cannot be read."""
        (block, skip), file = job, self.file
        text = normal(block, file.encoding)
        try:
            piece = parse(
                without_rows(text, skip, file.delimiter) if skip else text, file.delimiter, len(self.layout.headings)
            )
        except Unusual:
            return None
        for row in piece.others.values():
            file.limits.check_columns(len(row), file.name)
        return self.map(piece)

    def _is_none(self, cells: list[str]) -> bool:
        return not any(cells) or self.layout.is_decoration(cells)


def mapped(sheet: Sheet, mapper: Mapper) -> Iterator[Mapped]:
    """Yield what became of each piece of a sheet, from the first row below its heading on, in order."""
    layout, file = mapper.layout, sheet.text
    first, width = layout.first_row, len(layout.headings)
    if not ColumnMapper.fits(mapper) or _is_merged(sheet, layout):
        yield from _row_by_row(islice(sheet.filled_rows(), first - 1, None), mapper)
        return
    work, rows = Work(mapper, file), sheet.rows()
    number = first
    if file is not None and _suits(file, width):
        rest = None
        with helper(work, file.path.stat().st_size >= LARGE_FILE) as run:
            for begin, result in run(_blocks(file, first - 1)):
                if result is None:
                    rest = begin
                    break
                file.limits.check_rows(number + result.many - 1, file.name)
                yield result.counted_from(number)
                number += result.many
        if rest is None:
            return
        rows = file.rows(rest, number) if number > first else rows
    if number == first:
        rows = islice(rows, first - 1, None)
    work = Work(mapper)  # rows that csv.reader gave have no guards any more
    while some := list(islice(rows, ROWS)):
        yield work.map(piece_of(some, width)).counted_from(number)
        number += len(some)


def _blocks(file: TextFile, skip: int) -> Iterator[tuple[int, tuple[bytes, int] | None]]:
    """Yield where each block begins, and the block with the rows in it that come before the data; None: not this way."""
    for block, begin in cut(file):
        yield begin, None if block is None else (block, skip)
        skip = 0


def piece_of(rows: list[list[str]], width: int) -> Piece:
    """Return rows as columns. width: of the heading; rows of another width stand apart, empty ones nowhere."""
    others, places, alike = {}, [], []
    for place, row in enumerate(rows):
        if not any(row):  # a sheet may have a million of them
            continue
        if len(row) == width:
            places.append(place)
            alike.append(row)
        else:
            others[place] = row
    columns = [pa.array(column, pa.string()) for column in zip(*alike, strict=True)]
    return Piece(columns or [pa.array([], pa.string())] * width, np.array(places, np.int64), others, len(rows))


def _row_by_row(rows: Iterator[list[str]], mapper: Mapper) -> Iterator[Mapped]:
    """Yield the rows of a sheet in which one may depend on another."""
    number = mapper.layout.first_row
    while some := list(islice(rows, ROWS)):
        found = []
        for at, cells in enumerate(some, number):
            if not mapper.layout.is_decoration(cells):
                found.append(mapper.map(cells, at))
            elif any(cell.strip() for cell in cells):
                mapper.forget_carried()
        yield Mapped(None, found, len(some))
        number += len(some)


def _is_merged(sheet: Sheet, layout: Layout) -> bool:
    """Tell whether a cell below the heading stands for several rows."""
    return any(last >= layout.first_row - 1 and last > first for first, _, last, _ in sheet.merged)


def _suits(file: TextFile, width: int) -> bool:
    """Tell whether a file can be cut into blocks: where a byte of a row's end, of a quote, of the delimiter is no other's."""
    known = file.encoding in ("utf-8", "utf-8-sig", "gb18030") and file.delimiter in (",", ";", "\t")
    return known and width > 1 and file.path.stat().st_size >= SMALL_FILE
