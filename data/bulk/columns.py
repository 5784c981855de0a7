"""Cells and values of one column of a chunk, and the small steps from one to the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.bulk import prefilter

TYPES = {
    "VARCHAR": pa.string(),
    "TIMESTAMP": pa.timestamp("us"),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR[]": pa.list_(pa.string()),
}
_QUOTE = "'"


@dataclass
class Cells:
    """The cleaned texts of a field; `is_odd`: those that only Python may handle."""

    texts: pa.Array
    is_odd: np.ndarray


@dataclass
class Coded:
    """A field of few different texts: the texts, and which of them each row has."""

    codes: np.ndarray
    texts: list[str]


@dataclass
class Column:
    """A stored column: its values, and each as repr() writes it (one text where all are the same)."""

    values: pa.Array
    written: pa.Array | str

    @classmethod
    def same(cls, value: object, kind: str, many: int) -> "Column":
        """Return a column that has one value in every row."""
        return cls(pa.array([value], TYPES[kind]).take(pa.array(np.zeros(many, np.int64))), repr(value))

    @classmethod
    def of(cls, values: Sequence[object], which: np.ndarray, kind: str) -> "Column":
        """Return a column of few values, of which each row has one."""
        if len(values) == 1:
            return cls.same(values[0], kind, len(which))
        rows = pa.array(which)
        return cls(pa.array(values, TYPES[kind]).take(rows), pa.array([repr(v) for v in values]).take(rows))

    @classmethod
    def of_texts(cls, texts: pa.Array, is_plain: np.ndarray) -> "Column":
        """Return a column of texts, None for an empty one. is_plain: which of them repr() only puts in quotes."""
        written, values, blank = pc.binary_join_element_wise(_QUOTE, texts, _QUOTE, ""), texts, pc.equal(texts, "")
        if pc.any(blank).as_py():
            written = pc.if_else(blank, "None", written)
            values = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
        return cls(values, changed(written, ~is_plain, values, repr))


def changed(column: pa.Array, where: np.ndarray, texts: pa.Array, make: Callable[[str], object]) -> pa.Array:
    """Return the column with the cells of some rows made anew, each from its text."""
    if not where.any():
        return column
    mask = pa.array(where)
    made = [make(text) for text in texts.filter(mask).to_pylist()]
    return pc.replace_with_mask(column, mask, pa.array(made, column.type))


def cleaned(cells: pa.Array, clean: Callable[[str], str]) -> Cells:
    """Return the cells with `clean` asked of every odd one."""
    is_odd = prefilter.is_odd(cells)
    return Cells(changed(cells, is_odd, cells, clean), is_odd)


def coded(cells: pa.Array, clean: Callable[[str], str]) -> Coded:
    """Return the cells by their distinct texts, each cleaned."""
    found = cells.dictionary_encode()
    return Coded(found.indices.to_numpy(), [clean(text) for text in found.dictionary.to_pylist()])


def is_blank(cells: pa.Array) -> bool:
    """Tell whether all the cells are empty, which needs no look at any of them."""
    offsets = np.frombuffer(cells.buffers()[1], np.int32, len(cells) + 1, cells.offset * 4)
    return bool(offsets[0] == offsets[-1])


def joint(fields: Sequence[Coded]) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """Return the distinct combinations of texts that several fields have, and which of them each row has."""
    together = fields[0].codes.astype(np.int64)
    for field in fields[1:]:
        together = together * len(field.texts) + field.codes
    distinct, which = np.unique(together, return_inverse=True)
    combinations = []
    for code in distinct.tolist():
        texts = []
        for field in reversed(fields):
            code, one = divmod(code, len(field.texts))
            texts.append(field.texts[one])
        combinations.append(tuple(reversed(texts)))
    return combinations, which
