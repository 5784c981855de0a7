"""The fields of a chunk of a sheet of cases: each method does to columns what data/mapping.py does to a row.

Where that one would find any Problem, or anything out of the ordinary, the row is only marked: `_left`.
"""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import privacy
from data.bulk import moments, prefilter
from data.bulk.columns import Cells, Coded, Column, changed, cleaned, coded, is_blank, joint
from data.converting import BLANK_TEXTS
from data.dates import UnreadableDate, parse_time
from data.mapping import DESTROYED, MONTH_DAY, Mapper
from data.rows import MappedRow
from data.schema import UNMATCHED_BRANCH, table_columns
from data.text import clean, comparable

_OWN_STEP = ("rating", "rating_state", "status", "channel", "source", "is_anonymous")
_FORGET_AFTER = 200_000
_LOOK = 2_000
_SIMPLE_NUMBER = rf"^[!-~{prefilter.HAN}—·]*$"  # comparable() leaves it as it is
_MAYBE_ID = r"^[1-8]\d{5}(?:18|19|20)\d{9}[\dXx]$"

Finish = Callable[[MappedRow, tuple[str, ...]], None]
PerRow = tuple[list[object], np.ndarray]  # the few values of a field, and which of them each row has


class Fields:
    """The fields of one sheet of cases. `mapper` is the definition; it is asked for every distinct text."""

    def __init__(self, mapper: Mapper, unguard: Callable[[str], str] = str):
        self.mapper, self.layout, self.profile = mapper, mapper.layout, mapper.profile
        self._unguard = unguard
        self._times: dict[str, int | None] = {}
        self._converted: dict[tuple, tuple[dict[str, object], bool]] = {}
        self._kinds = table_columns("cases")

    def _clean(self, text: str) -> str:
        return clean(self._unguard(text))

    # The cells of a field: of its column, else of its further columns, else the constant.

    def _raw(self, name: str) -> pa.Array | None:
        column = self.layout.columns.get(name)
        return None if column is None else self._cells[column]

    def _columns_of(self, name: str) -> list[int]:
        first = self.layout.columns.get(name)
        return ([] if first is None else [first]) + [c for field, c in self.layout.further if field == name]

    def _long(self, name: str) -> Cells:
        """Return the cells of a field of many different texts, and mark the garbled ones."""
        columns = self._columns_of(name)
        if not columns:
            same = pa.array([self.profile.constants.get(name, "")]).take(pa.array(np.zeros(self._many, np.int64)))
            return Cells(same, prefilter.is_odd(same))
        found = cleaned(self._cells[columns[0]], self._clean)
        for column in columns[1:]:
            found = _filled(found, cleaned(self._cells[column], self._clean))
        if constant := self.profile.constants.get(name):
            found = _filled(found, Cells(pa.array([constant] * self._many), np.ones(self._many, bool)))
        self._leave_garbled(found.texts, found.is_odd)
        return found

    def _leave_garbled(self, texts: pa.Array, where: np.ndarray) -> None:
        garbled = changed(pa.array(np.zeros(self._many, bool)), where, texts, lambda text: "\ufffd" in text)
        self._left |= garbled.to_numpy(zero_copy_only=False)

    def _short(self, name: str, is_said: bool = True) -> Coded:
        """Return the cells of a field of few different texts, and mark the garbled ones."""
        columns, constant = self._columns_of(name), self.profile.constants.get(name, "")
        if not columns:
            return Coded(np.zeros(self._many, np.int32), [constant])
        several = len(columns) > 1
        found = coded(self._long(name).texts, str) if several else coded(self._cells[columns[0]], self._clean)
        found.texts = [text or constant for text in found.texts]
        garbled = np.array(["\ufffd" in text for text in found.texts])
        if garbled.any():
            self._left |= garbled[found.codes]
        if is_said:
            self._said.update(found.texts)
        return found

    # What data/mapping.py does.

    def _map_times(self) -> None:
        self._seconds: dict[str, np.ndarray] = {}
        for known in self.mapper.kinds["time"]:
            columns = self._columns_of(known.name)
            if len(columns) == 1 and is_blank(self._cells[columns[0]]) and known.name not in self.profile.constants:
                self._seconds[known.name] = np.full(self._many, moments.NEVER)
                continue
            plain = len(columns) == 1 and known.name not in self.profile.constants
            cells = self._cells[columns[0]] if plain else self._long(known.name).texts
            seconds, is_read = moments.read(cells)
            self._read_others(cells, seconds, np.flatnonzero(~is_read))
            self._seconds[known.name] = seconds

    def _read_others(self, cells: pa.Array, seconds: np.ndarray, rows: np.ndarray) -> None:
        """Read the moments in other forms, each distinct text once; what parse_time does not read is left."""
        if not len(rows):
            return
        found = cells.take(pa.array(rows)).dictionary_encode()
        values = [self._time(text) for text in found.dictionary.to_pylist()]
        unread = np.array([value is None for value in values])
        numbers = np.array([moments.NEVER if value is None else value for value in values], np.int64)
        which = found.indices.to_numpy()
        seconds[rows] = numbers[which]
        self._left[rows[unread[which]]] = True

    def _time(self, raw: str) -> int | None:
        """Return the seconds of a moment, NEVER for a blank, None for what needs its row or cannot be read."""
        if raw not in self._times:
            text = self._clean(raw)
            if not text or text.casefold() in BLANK_TEXTS:
                return moments.NEVER
            if MONTH_DAY.fullmatch(text) or ("年" not in text and "月" in text):
                return None
            try:
                moment = parse_time(text, self.mapper.order, None, self.mapper.from_1904)
            except UnreadableDate:
                return None
            if moment.microsecond:
                return None
            if len(self._times) > 200_000:
                self._times.clear()
            self._times[raw] = seconds_of(moment)
        return self._times[raw]

    def _map_texts(self) -> None:
        for known in self.mapper.kinds["text"]:
            columns = self._columns_of(known.name)
            if len(columns) != 1 or known.name in self.profile.constants:
                cells = self._long(known.name)
                self._redact(known.name, cells.texts, cells.is_odd | prefilter.may_be_personal(cells.texts))
            elif is_blank(raw := self._cells[columns[0]]):
                self._made[known.name] = Column.same(None, "VARCHAR", self._many)
            elif _is_short(raw):
                found = self._short(known.name)
                shown = [privacy.redact(text) or None for text in found.texts]
                self._said.update(filter(None, shown))
                self._made[known.name] = Column.of(shown, found.codes, "VARCHAR")
            else:
                doubtful = prefilter.found(raw, prefilter.ODD_OR_PERSONAL)
                texts = changed(raw, doubtful, raw, self._clean)
                self._leave_garbled(texts, doubtful)
                self._redact(known.name, texts, doubtful)

    def _redact(self, name: str, texts: pa.Array, doubtful: np.ndarray) -> None:
        """Redact the texts that it could change: all others are certain to stay as they are."""
        self._own_texts.append(texts)
        self._made[name] = Column.of_texts(changed(texts, doubtful, texts, privacy.redact), ~doubtful)

    def _map_numbers(self) -> None:
        for known in self.mapper.kinds["number"]:
            cells = self._long(known.name)
            others = ~prefilter.found(cells.texts, _SIMPLE_NUMBER)
            texts = changed(cells.texts, others, cells.texts, comparable)
            others |= cells.is_odd
            if known.name == "case_no":
                blanks = pa.array(sorted(BLANK_TEXTS))
                self._left |= pc.is_in(pc.utf8_lower(texts), blanks).to_numpy(zero_copy_only=False)
            self._left |= prefilter.found(texts, rf"(?i)^(?:{DESTROYED.pattern})$")
            doubtful = others | prefilter.found(texts, _MAYBE_ID)
            is_ascii = prefilter.found(texts, r"^[\x00-\x7f]*$")
            if not is_ascii.all():
                doubtful |= ~is_ascii & prefilter.may_be_personal(texts)
                self._own_texts.append(texts)
            is_personal = changed(pa.array(np.zeros(self._many, bool)), doubtful, texts, privacy.is_personal_number)
            self._left |= is_personal.to_numpy(zero_copy_only=False)
            self._made[known.name] = Column.of_texts(texts, ~others)

    def _map_coded(self) -> None:
        names = [known.name for known in self.mapper.kinds["coded"] if known.name not in _OWN_STEP]
        together = tuple(name for name in ("pollution", "pollution_sub") if name in names)
        for group in filter(None, [together, *((name,) for name in names if name not in together)]):
            self._convert(group)

    def _convert(self, names: tuple[str, ...], finish: Finish = lambda row, texts: None) -> dict[str, PerRow]:
        """Convert every distinct combination of texts of some fields; return field → its values, and which each row has."""
        combinations, which = joint([self._short(name) for name in names])
        found = [self._converted_once(names, texts, finish) for texts in combinations]
        self._left |= np.array([is_doubtful for _, is_doubtful in found])[which]
        result = {}
        for name in dict.fromkeys(name for values, _ in found for name in values):
            values = [one.get(name) for one, _ in found]
            self._said.update(value for value in values if isinstance(value, str))
            self._made[name] = Column.of(values, which, self._kinds[name])
            result[name] = (values, which)
        return result

    def _converted_once(self, names: tuple[str, ...], texts: tuple[str, ...], finish: Finish) -> tuple[dict, bool]:
        key = (names, texts)
        if key not in self._converted:
            row = MappedRow(0, {})
            for name, text in zip(names, texts, strict=True):
                if name in self.mapper.present:
                    self.mapper.remember(self.mapper.fields[name], text, row)
            finish(row, texts)
            if len(self._converted) > _FORGET_AFTER:
                self._converted.clear()
            self._converted[key] = row.values, bool(row.problems)
        return self._converted[key]

    def _map_branches(self) -> None:
        """Match every distinct name, on each of its days where the list has a name only for a time."""
        raw = self._short("branch")
        shown = [privacy.redact(text) or None for text in raw.texts]
        self._made["branch_raw"] = Column.of(shown, raw.codes, "VARCHAR")
        day = moments.days(self._seconds.get("received_at", np.full(self._many, moments.NEVER)))
        dated = np.array([self.mapper.reference.is_dated(text) for text in raw.texts])
        days, day_of = np.unique(np.where(dated[raw.codes], day, moments.NEVER), return_inverse=True)
        pairs, which = np.unique(raw.codes.astype(np.int64) * len(days) + day_of, return_inverse=True)
        branches = []
        for code, one in zip(*divmod(pairs, len(days)), strict=True):
            text, on = shown[code], None if days[one] == moments.NEVER else np.datetime64(days[one], "D").astype(object)
            branch = text if self.mapper.as_is else self.mapper.reference.match_branch(text or "", on) if text else None
            branches.append(branch or UNMATCHED_BRANCH)
        self._said.update(branches)
        self._made["branch"] = Column.of(branches, which, "VARCHAR")
        self._left |= np.array([branch == UNMATCHED_BRANCH for branch in branches])[which]


def seconds_of(moment: datetime | None) -> int:
    return moments.NEVER if moment is None else int((moment - datetime(1970, 1, 1)).total_seconds())


def _filled(found: Cells, more: Cells) -> Cells:
    """Return cells of which the blank ones are taken from another column."""
    blank = pc.equal(found.texts, "")
    where = blank.to_numpy(zero_copy_only=False)
    return Cells(pc.if_else(blank, more.texts, found.texts), np.where(where, more.is_odd, found.is_odd))


def _is_short(cells: pa.Array) -> bool:
    """Tell whether a column is one of short texts that repeat themselves, by a look at its beginning."""
    some = cells.slice(0, _LOOK)
    return len(cells) >= _LOOK and pc.count_distinct(some).as_py() * 2 < len(some)
