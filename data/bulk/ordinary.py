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
_HAN = rf"[{prefilter.HAN}]"


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
    pairs = {said[place : place + 2] for place in range(len(said) - 1)}
    many = len(names.codes)
    doubtful = np.array([_is_doubtful(text, said, pairs) for text in names.texts])[names.codes]
    own = pa.array([text if _is_word(text) else None for text in names.texts], pa.string()).take(pa.array(names.codes))
    found = addresses.dictionary_encode()
    places = found.dictionary.to_pylist()
    doubtful |= np.array([_is_doubtful(text, said, pairs) for text in places])[found.indices.to_numpy()]
    home = pa.array([text if _is_word(text) else None for text in places], pa.string()).take(found.indices)
    columns = {f"t{number}": text for number, text in enumerate(texts)}
    if not columns:
        return doubtful
    words = {"own": own, "home": home} if home.null_count < many else {"own": own}
    cells = pa.table(columns | words)  # noqa: F841 - DuckDB reads it by its name
    tests = " OR ".join(f"coalesce(contains({column}, {word}), false)" for column in columns for word in words)
    with duckdb.connect() as connection:
        contained = connection.sql(f"SELECT {tests} AS contained FROM cells").to_arrow_table()
    return doubtful | contained["contained"].combine_chunks().to_numpy(zero_copy_only=False)


def _is_word(text: str) -> bool:
    """Tell what data/mapping.py does: which names and addresses are looked for elsewhere."""
    return len(text) >= 2 and "*" not in text and not text.startswith("匿名") and text not in BLANK_TEXTS


def _is_doubtful(word: str, said: str, pairs: set[str]) -> bool:
    """Tell whether a word may stand in a short text or in a masked value; one without a Chinese character in anything."""
    if not _is_word(word):
        return False
    if mask_name(word) == word or not any("\u4e00" <= sign <= "\u9fa5" for sign in word):
        return True
    return word[:2] in pairs and word in said
