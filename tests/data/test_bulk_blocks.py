"""Text read in blocks has the rows that csv.reader finds in it, or is left to csv.reader."""

import csv
import io
import random
from collections.abc import Iterator, Sequence

import pytest

from data.bulk import blocks
from data.errors import UserError
from data.limits import COMMAND
from data.textfile import TextFile

SIGNS = [
    "a",
    "中",
    "7",
    " ",
    ",",
    ",",
    "\n",
    "\n",
    '"',
    '"',
    '""',
    '","',
    '\n"',
    '"\n',
    "\r\n",
    "\r",
    "\0",
    "=",
    "'",
    "\t",
    ";",
]


def whole_rows(path, delimiter=",") -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows of a file as they are found by blocks and by csv.reader; the former end where the blocks do."""
    file = TextFile(path, path.name, "utf-8", delimiter, COMMAND)
    expected = read(file.rows())
    found, width = [], max(2, *(len(row) for row in expected), 0)  # as the importer has it
    for block, begin in blocks.cut(file):
        try:
            if block is None:
                raise blocks.Unusual
            piece = blocks.parse(blocks.normal(block, "utf-8"), delimiter, width)
        except blocks.Unusual:
            found += read(file.rows(begin, len(found) + 1))
            break
        rows = dict(piece.others)
        lines = zip(*(column.to_pylist() for column in piece.columns), strict=True)
        rows |= {place: unguarded(line) for place, line in zip(piece.places.tolist(), lines, strict=True)}
        assert sorted(rows) == list(range(piece.many))
        found += [rows[place] for place in range(piece.many)]
    return found, expected


def read(rows: Iterator[list[str]]) -> list[list[str]]:
    """Return the rows, and as the last of them the sentence that ended them, if one did."""
    found = []
    try:
        for row in rows:
            found.append(row)
    except UserError as error:
        found.append([str(error)])
    return found


def unguarded(row: Sequence[str]) -> list[str]:
    return [blocks.unguard(cell) if cell[:1] in blocks.GUARDS else cell for cell in row]


@pytest.mark.parametrize("seed", range(4))
def test_of_any_text_the_same_rows(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(blocks, "BLOCK", 11)
    chance, quick = random.Random(seed), 0
    for number in range(200):
        path = tmp_path / f"{number}.csv"
        if chance.randrange(2):
            text = "".join(chance.choices(SIGNS, k=chance.randrange(1, 60)))
        else:  # as programs write it
            out = io.StringIO(newline="")
            cells = [["".join(chance.choices(SIGNS, k=chance.randrange(4))) for _ in range(3)] for _ in range(8)]
            csv.writer(out, quoting=chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))).writerows(cells)
            text = out.getvalue()
        path.write_bytes(text.encode())
        found, expected = whole_rows(path)
        blank = [""] * max(2, *(len(row) for row in expected), 0)
        assert [row or blank for row in found] == [row or blank for row in expected], repr(text)
        quick += all(block is not None for block, _ in blocks.cut(TextFile(path, "", "utf-8", ",", COMMAND)))
    assert quick > 60, "most of what programs write is read in blocks"


def test_rows_before_the_data_are_taken_off_whole():
    text = 'Titel,"in\nzwei Zeilen"\n\nKopf,中\n1,2\n'.encode()
    assert blocks.without_rows(text, 3, ",") == b"1,2\n"
    assert blocks.without_rows(text, 0, ",") == text
