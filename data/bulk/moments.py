"""Moments of whole columns: the usual forms read by arithmetic on their bytes, and written as repr() writes them.

Only 2025-03-28, 2025-03-28 10:11 and 2025-03-28 10:11:12 (also with / for -) are read here, as parse_time reads them;
what does not fit wholly is left to it.
"""

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_DIGITS = {10: (0, 1, 2, 3, 5, 6, 8, 9), 16: (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15)}
_DIGITS[19] = (*_DIGITS[16], 17, 18)
_DAY = 86_400
_MANY = 5_000  # cells from which on it pays to have every second of a day written out
NEVER = np.iinfo(np.int64).min


def read(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds since 1970 of each cell (NEVER for none), and whether the cell was read."""
    seconds = np.full(len(cells), NEVER, np.int64)
    is_read = np.zeros(len(cells), bool)
    lengths = pc.binary_length(cells).to_numpy(zero_copy_only=False)
    for length in _DIGITS:
        where = np.flatnonzero(lengths == length)
        if len(where):
            chosen = cells if len(where) == len(cells) else cells.take(pa.array(where))
            seconds[where], is_read[where] = _read(_bytes(chosen, length), length)
    return seconds, is_read


def _bytes(cells: pa.Array, length: int) -> np.ndarray:
    """Return the cells, all of one length, as a table of bytes."""
    first = cells.offset
    start = np.frombuffer(cells.buffers()[1], np.int32, len(cells) + 1, first * 4)[0]
    return np.frombuffer(cells.buffers()[2], np.uint8, len(cells) * length, start).reshape(-1, length)


def _read(text: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    digits = text[:, _DIGITS[length]] - np.uint8(ord("0"))
    separator = text[:, 4]
    good = (digits <= 9).all(axis=1) & (text[:, 7] == separator)
    good &= (separator == ord("-")) | (separator == ord("/"))
    number = digits.astype(np.int64)
    year = number[:, 0] * 1000 + number[:, 1] * 100 + number[:, 2] * 10 + number[:, 3]
    month, day = number[:, 4] * 10 + number[:, 5], number[:, 6] * 10 + number[:, 7]
    clock = np.zeros(len(text), np.int64)
    if length > 10:
        good &= (text[:, 10] == ord(" ")) & (text[:, 13] == ord(":"))
        hour, minute = number[:, 8] * 10 + number[:, 9], number[:, 10] * 10 + number[:, 11]
        second = number[:, 12] * 10 + number[:, 13] if length == 19 else 0
        if length == 19:
            good &= text[:, 16] == ord(":")
        good &= (hour < 24) & (minute < 60) & (second < 60)
        clock = hour * 3600 + minute * 60 + second
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    first = (year - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1).astype("m8[M]")
    date = first.astype("M8[D]") + (day - 1).astype("m8[D]")
    good &= date.astype("M8[M]") == first
    return np.where(good, date.astype(np.int64) * _DAY + clock, NEVER), good


def as_timestamps(seconds: np.ndarray) -> pa.Array:
    """Return seconds as the store keeps them."""
    gone = seconds == NEVER
    return pa.array(np.where(gone, 0, seconds) * 1_000_000, pa.int64(), mask=gone).cast(pa.timestamp("us"))


def days(seconds: np.ndarray) -> np.ndarray:
    """Return the day of each moment as days since 1970; NEVER stays what it is."""
    return np.where(seconds == NEVER, NEVER, seconds // _DAY)


def written(seconds: np.ndarray) -> pa.Array:
    """Return each moment as repr() writes a datetime, None for none."""
    gone = seconds == NEVER
    day, clock = np.divmod(np.where(gone, 0, seconds), _DAY)
    dates, date_of = np.unique(day, return_inverse=True)
    begin = pa.array([_date(n) for n in dates.tolist()], pa.string()).take(pa.array(date_of))
    if len(seconds) >= _MANY:
        end = _every_second().take(pa.array(clock))
    else:
        end = pa.array([_clock(n) for n in clock.tolist()], pa.string())
    text = pc.binary_join_element_wise(begin, end, "")
    return pc.if_else(pa.array(gone), "None", text) if gone.any() else text


@lru_cache(maxsize=1 << 15)
def _date(day: int) -> str:
    date = np.datetime64(day, "D").astype(object)
    return f"datetime.datetime({date.year}, {date.month}, {date.day}, "


def _clock(second: int) -> str:
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}, {minutes}, {seconds})" if seconds else f"{hours}, {minutes})"


@lru_cache(maxsize=1)
def _every_second() -> pa.Array:
    return pa.array([_clock(second) for second in range(_DAY)], pa.string())
