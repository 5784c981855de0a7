"""Maps a chunk of a sheet of cases column by column, and names the rows that have to go through the Mapper one by one.

Here is what completing.py and checking.py do to a row, done to columns; data/bulk/fields.py has what mapping.py does.
Where those would find any Problem, or anything out of the ordinary, the row is only marked: `_left`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import privacy
from data.bulk import moments, prefilter
from data.bulk.columns import Coded, Column, changed
from data.bulk.fields import Fields, seconds_of
from data.bulk.ordinary import USUAL_NAME, is_ordinary, words_elsewhere
from data.checking import FIRST_YEAR, MAY_LIE_AHEAD
from data.completing import PROGRESS, settle_rating
from data.dates import date_in_case_no
from data.mapping import Mapper
from data.rows import MappedRow
from data.schema import BLANK
from data.text import comparable

_EPOCH = date(1970, 1, 1)
_COMPOUND_NAME = rf"^(?:{'|'.join(privacy.COMPOUND)})"
_MOBILE = r"^1[3-9]\d{9}$"
# A number's own day is in its beginning: what follows may be left out, and then few of them are different.
_DAY_IN_NUMBER = (
    (r"^([^0-9]+[-—]\d{6}[-—])\d+$", r"\1" + "1"),
    (r"^(\d{6})\d{12}$", r"\1" + "0" * 12),
)


@dataclass
class Chunk:
    """A chunk once mapped: the columns of its rows, `is_kept` among them, and the places of the rows that are left.

    What is left stays in the table, for to take it out would copy all the others; nobody else may read it.
    """

    table: pa.Table
    left: np.ndarray


class ColumnMapper(Fields):
    """Maps chunks of one sheet of cases. `mapper` is the definition; it is asked for every distinct text."""

    @staticmethod
    def fits(mapper: Mapper) -> bool:
        """Tell whether a sheet's rows can be mapped by columns at all: cases, each on its own, not a correction file."""
        layout = mapper.layout
        number = layout.columns.get("case_no")
        return (
            mapper.profile.table == "cases"
            and not mapper.fill_down
            and number is not None
            and not any(sign.isdigit() for sign in layout.headings[number])
            and set(layout.columns) <= set(mapper.fields) - {"petitioner_key"}
        )

    def map(self, cells: list[pa.Array]) -> Chunk:
        """Map a chunk: one array of texts for each column of the heading."""
        self._cells, self._many = cells, len(cells[0])
        self._made: dict[str, Column] = {}
        self._own_texts: list[pa.Array] = []  # where a person's name may stand in the middle
        self._said: set[str] = set()  # every short text of the chunk, as it came and as it was understood
        number = self.layout.columns["case_no"]
        self._left = ~is_ordinary(cells, number)
        self._map_times()
        self._map_texts()
        self._map_numbers()
        self._map_coded()
        self._map_branches()
        self._complete()
        self._map_petitioner()
        self._check()
        return Chunk(self._staged(), np.flatnonzero(self._left))

    # What data/completing.py does.

    def _complete(self) -> None:
        source, which = self._convert(("source",), self._finish_source)["source"]
        self._receive()
        self._convert(("channel",), _finish_channel)
        for name in ("pollution", "pollution_sub", "co_branches"):
            if name not in self._made:
                self._made[name] = Column.same([], "VARCHAR[]", self._many)
        ratings, rating_of = self._convert(("rating", "rating_state"), self._finish_rating)["rating"]
        self._state()
        rated = np.array([value is not None for value in ratings])[rating_of]
        steps = np.array([PROGRESS.get(status, 0) * 10 for status in self._statuses], np.int32)[self._status_of]
        self._made["progress"] = Column(pa.array(steps + rated), "")
        begins = Column.of([f"{text}" for text in source], which, "VARCHAR").values
        self._made["case_key"] = Column(pc.binary_join_element_wise(begins, self._made["case_no"].values, "|"), "")

    def _finish_source(self, row: MappedRow, texts: tuple[str, ...]) -> None:
        row.values["source"] = row.values.get("source") or self.profile.source

    def _finish_rating(self, row: MappedRow, texts: tuple[str, ...]) -> None:
        row.values = {"rating": None, "rating_state": None} | row.values
        row.values["rating_raw"] = privacy.redact(texts[0]) or None
        settle_rating(texts[0], row, self.mapper.label)

    def _receive(self) -> None:
        """Take the day of receipt from the case number where there is no cell for it."""
        seconds = self._seconds.get("received_at")
        if seconds is None:
            seconds = self._seconds["received_at"] = np.full(self._many, moments.NEVER)
        elif not self.profile.options.get("received_from_case_no"):
            return
        else:
            written = self._long("received_at").texts
            self._left |= (seconds == moments.NEVER) & ~pc.equal(written, "").to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(seconds == moments.NEVER)
        if len(rows):
            numbers = pc.fill_null(self._made["case_no"].values.take(pa.array(rows)), "")
            for expression, shortened in _DAY_IN_NUMBER:
                numbers = pc.replace_substring_regex(numbers, expression, shortened)
            found = numbers.dictionary_encode()
            days = [seconds_of(date_in_case_no(text)) for text in found.dictionary.to_pylist()]
            seconds[rows] = np.array(days, np.int64)[found.indices.to_numpy()]

    def _state(self) -> None:
        if "status" in self.mapper.present:
            self._statuses, self._status_of = self._convert(("status",), _finish_status)["status"]
            return
        never = np.full(self._many, moments.NEVER)
        closed, accepted = (self._seconds.get(name, never) != moments.NEVER for name in ("closed_at", "accepted_at"))
        self._statuses = ["已办结", "办理中", "未受理" if "accepted_at" in self.mapper.present else BLANK]
        self._status_of = np.where(closed, 0, np.where(accepted, 1, 2))
        self._made["status"] = Column.of(self._statuses, self._status_of, "VARCHAR")
        self._said.update(self._statuses)

    def _map_petitioner(self) -> None:
        names = self._short("petitioner_name", is_said=False)
        phones, numbers, addresses = (
            self._long(name) for name in ("petitioner_phone", "petitioner_id_number", "petitioner_address")
        )
        self._left |= words_elsewhere(names, addresses.texts, self._own_texts, "\n".join(self._said))
        self._left |= ~pc.equal(numbers.texts, "").to_numpy(zero_copy_only=False)  # an ID number may stand anywhere
        self._mask_names(names)
        is_usual = prefilter.found(phones.texts, _MOBILE)
        others = ~is_usual & ~pc.equal(phones.texts, "").to_numpy(zero_copy_only=False)
        self._mask_phones(phones.texts, is_usual, others)
        self._recognise(names, phones.texts, is_usual, others)
        self._anonymous(names)

    def _mask_names(self, names: Coded) -> None:
        texts = pa.array(names.texts, pa.string())
        stars = pc.if_else(pc.equal(pc.utf8_length(texts), 2), "*", "**")
        masked = pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, 1), stars, "")
        others = ~prefilter.found(texts, USUAL_NAME) | prefilter.found(texts, _COMPOUND_NAME)
        masked = changed(masked, others, texts, privacy.mask_name)
        rows = pa.array(names.codes)
        self._made["petitioner_name"] = Column.of_texts(masked.take(rows), ~others[names.codes])

    def _mask_phones(self, phones: pa.Array, is_usual: np.ndarray, others: np.ndarray) -> None:
        begins, ends = pc.utf8_slice_codeunits(phones, 0, 3), pc.utf8_slice_codeunits(phones, 7, 11)
        masked = pc.if_else(pa.array(is_usual), pc.binary_join_element_wise(begins, ends, "****"), "")
        masked = changed(masked, others, phones, privacy.mask_phone)
        self._made["petitioner_phone"] = Column.of_texts(masked, ~others)

    def _recognise(self, names: Coded, phones: pa.Array, is_usual: np.ndarray, others: np.ndarray) -> None:
        """Give each row the hash of its person: of the telephone, without one of the name."""
        secret = self.mapper.secret
        usual = phones.filter(pa.array(is_usual)).cast(pa.binary()).to_pylist()
        keys = np.full(self._many, "", object)
        keys[is_usual] = [hmac.digest(secret, b"phone:" + digits, "sha256").hex()[:24] for digits in usual]
        by_name: dict[str, str] = {}
        for row in np.flatnonzero(~is_usual & ~others).tolist():
            name = names.texts[names.codes[row]]
            if name not in by_name:
                by_name[name] = privacy.petitioner_key(secret, name, "", "")
            keys[row] = by_name[name]
        for row in np.flatnonzero(others).tolist():
            keys[row] = privacy.petitioner_key(secret, names.texts[names.codes[row]], phones[row].as_py(), "")
        self._made["petitioner_key"] = Column.of_texts(pa.array(keys, pa.string()), np.ones(self._many, bool))

    def _anonymous(self, names: Coded) -> None:
        given, given_of = [None], np.zeros(self._many, np.int64)
        if "is_anonymous" in self.mapper.present:
            given, given_of = self._convert(("is_anonymous",))["is_anonymous"]
        says = [comparable(text).startswith("匿名") if text else None for text in names.texts]
        pairs, which = np.unique(given_of.astype(np.int64) * len(says) + names.codes, return_inverse=True)
        values = [
            given[a] if given[a] is not None else says[b] for a, b in (divmod(p, len(says)) for p in pairs.tolist())
        ]
        self._made["is_anonymous"] = Column.of(values, which, "BOOLEAN")

    # What data/checking.py does.

    def _check(self) -> None:
        """Leave every row in which the rules for several fields would find something."""
        never = np.full(self._many, moments.NEVER)
        last = (self.mapper.as_of.date() - _EPOCH).days
        first = (date(FIRST_YEAR, 1, 1) - _EPOCH).days
        for name, seconds in self._seconds.items():
            day, there = moments.days(seconds), seconds != moments.NEVER
            self._left |= there & (day < first)
            if name not in MAY_LIE_AHEAD:
                self._left |= there & (day > last)
            self._made[name] = Column(moments.as_timestamps(seconds), moments.written(seconds))
        received, accepted, closed = (
            moments.days(self._seconds.get(name, never)) for name in ("received_at", "accepted_at", "closed_at")
        )
        is_accepted, is_closed = accepted != moments.NEVER, closed != moments.NEVER
        self._left |= received == moments.NEVER
        self._left |= is_closed & (closed < received) | is_accepted & (accepted < received)
        self._left |= is_closed & is_accepted & (closed < accepted)
        is_done = np.array([status == "已办结" for status in self._statuses])[self._status_of]
        is_open = np.array([status in ("办理中", "未受理") for status in self._statuses])[self._status_of]
        if "closed_at" in self.mapper.present:
            self._left |= is_done & ~is_closed
        self._left |= is_open & is_closed

    def _staged(self) -> pa.Table:
        """Return the stored columns of all rows, with the hash of what they say, and which of them are kept."""
        texts, plain = [], []
        for name in self.mapper.hashed:
            written = self._made[name].written if name in self._made else "None"
            if isinstance(written, str):
                plain.append(written)
                continue
            texts += [pa.scalar(", ".join(plain))] * bool(plain) + [written]
            plain = []
        texts += [pa.scalar(", ".join(plain))] * bool(plain)
        joined = pc.fill_null(pc.binary_join_element_wise(*texts, ", "), "").cast(pa.binary()).to_pylist()
        hashes = [hashlib.blake2b(b"[" + text + b"]", digest_size=12).hexdigest() for text in joined]
        columns = {name: self._made[name].values for name in self._kinds if name in self._made}
        return pa.table(columns | {"row_hash": pa.array(hashes, pa.string()), "is_kept": pa.array(~self._left)})


def _finish_channel(row: MappedRow, texts: tuple[str, ...]) -> None:
    row.values["channel_raw"] = privacy.redact(texts[0]) or None
    row.values["channel"] = row.values.get("channel") or BLANK


def _finish_status(row: MappedRow, texts: tuple[str, ...]) -> None:
    row.values["status_raw"] = privacy.redact(texts[0]) or None
    row.values["status"] = row.values.get("status") or BLANK
