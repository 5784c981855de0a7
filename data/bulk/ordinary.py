"""Tells which rows are surely cases, and in which of them the petitioner's own name or address stands elsewhere."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.bulk import prefilter
from data.bulk.columns import Coded
from data.converting import BLANK_TEXTS
from data.privacy import mask_name

# A row is taken for a total or a signature line by texts that all begin with one of these; see data/layouts.py.
_BEGINNINGS = "合总小共本累制填审复统负经分打导备注说以数第"
# With a mark in front, perhaps, that keeps a spreadsheet's hands off a number; see data/textfile.py.
_NO_TOTAL = rf"^['`]?[#-&(-<>-_a-~（—·{prefilter.HAN}][!-~（）—·{prefilter.HAN}]*$"
_MAYBE_TOTAL = rf"^['`]?[{_BEGINNINGS}]"
USUAL_NAME = rf"^[^匿不某无][{prefilter.HAN}]{{1,3}}$"


def is_ordinary(cells: list[pa.Array], number: int) -> np.ndarray:
    """Return for each row whether it is surely no decoration: its number has a digit and no word of those lines."""
    written = cells[number]
    good = prefilter.found(written, _NO_TOTAL) & ~prefilter.found(written, _MAYBE_TOTAL)
    good &= prefilter.found(written, "[0-9]")
    first = cells[0]
    for more in cells[1:]:
        blank = pc.equal(first, "")
        if not pc.any(blank).as_py():
            break
        first = pc.if_else(blank, more, first)
    return good & prefilter.found(first, _NO_TOTAL) & ~prefilter.found(first, _MAYBE_TOTAL)


def words_elsewhere(names: Coded, addresses: pa.Array, texts: list[pa.Array], said: str) -> np.ndarray:
    """Return the rows whose own name or address may stand in another cell or value, where it would have to be masked.

    texts: the columns of many different texts; said: all short texts of the chunk.
    """
    many = len(names.codes)
    doubtful, own = _doubtful(names, said)
    found = addresses.dictionary_encode()
    elsewhere, home = _doubtful(Coded(found.indices.to_numpy(), found.dictionary.to_pylist()), said)
    doubtful |= elsewhere
    columns = {f"t{number}": text for number, text in enumerate(texts)}
    if not columns:
        return doubtful
    words = {"own": own, "home": home} if home.null_count < many else {"own": own}
    cells = pa.table(columns | words)  # noqa: F841 - DuckDB reads it by its name
    tests = " OR ".join(f"coalesce(contains({column}, {word}), false)" for column in columns for word in words)
    with duckdb.connect() as connection:
        contained = connection.sql(f"SELECT {tests} AS contained FROM cells").to_arrow_table()
    return doubtful | contained["contained"].combine_chunks().to_numpy(zero_copy_only=False)


def _doubtful(cells: Coded, said: str) -> tuple[np.ndarray, pa.Array]:
    """Return the rows whose word may stand in a short text, and each row's word, None for one that is not looked for."""
    pairs = pa.array(sorted({said[place : place + 2] for place in range(len(said) - 1)}), pa.string())
    texts = pa.array(cells.texts, pa.string())
    # A usual name that begins like nothing else in the chunk; all others are looked at one by one.
    begins_alone = pc.invert(pc.is_in(pc.utf8_slice_codeunits(texts, 0, 2), pairs)).to_numpy(zero_copy_only=False)
    is_usual = begins_alone & prefilter.found(texts, USUAL_NAME)
    words = [text if usual or _is_word(text) else None for text, usual in zip(cells.texts, is_usual, strict=True)]
    found = [
        not usual and word is not None and _may_stand(word, said) for word, usual in zip(words, is_usual, strict=True)
    ]
    return np.array(found)[cells.codes], pa.array(words, pa.string()).take(pa.array(cells.codes))


def _is_word(text: str) -> bool:
    """Tell what data/mapping.py does: which names and addresses are looked for elsewhere."""
    return len(text) >= 2 and "*" not in text and not text.startswith("匿名") and text not in BLANK_TEXTS


def _may_stand(word: str, said: str) -> bool:
    """Tell whether a word may stand in a short text or in a masked value; one without a Chinese character in anything."""
    return mask_name(word) == word or not any("\u4e00" <= sign <= "\u9fa5" for sign in word) or word in said
