"""Dates in every form that exports hold, read without ever guessing.

Seen in real files: Excel serial numbers, 2025年3月28日, 2025-03-28 10:11, 2025/3/28 9:5:1, 20250328, 7.4 (a month and
a day whose year is in the case number), ISO times with an offset. What could be two different days is refused.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from data.text import clean

CHINA = timezone(timedelta(hours=8))

_PUNCTUATION = str.maketrans("：／－．", ":/-.")
_CLOCK = re.compile(
    r"(?P<half>上午|下午|中午|晚上|凌晨|AM|PM|am|pm)?\s*(?P<h>\d{1,2})\s*[:时点]\s*(?:(?P<m>\d{1,2})\s*(?:[:分]\s*(?:(?P<s>\d{1,2})(?:\.\d+)?\s*秒?)?)?)?"
    r"\s*(?P<half2>AM|PM|am|pm)?\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
)
_CHINESE_DAY = re.compile(r"(\d{4}|\d{2})年(\d{1,2})月(\d{1,2})\s*[日号]?")
_THREE_PARTS = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:[.]|月)(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_AROUND_UNITS = re.compile(r"\s*([年月])\s*")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")


class UnreadableDate(ValueError):
    """str(error) says in Chinese why; it never quotes the cell."""


def parse_time(text: str, order: str = "YMD", year: int | None = None, from_1904: bool = False) -> datetime:
    """Return the moment that `text` names, without a zone, as clocks show it in China.

    order: how to read a date such as 03/04/2025, which can be two days: "DMY" or "MDY"; with "YMD" it is refused.
    year: of a date that has none ("7.4"); without it, such a date is refused.
    Raises UnreadableDate.
    """
    text = clean(text).translate(_PUNCTUATION)
    if len(text) in (10, 16, 19) and text[4] == text[7] == "-":
        with suppress(ValueError):  # the slower ways below say what is wrong with it
            return datetime.fromisoformat(text)
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), from_1904)
    if compact := _COMPACT.fullmatch(text):
        return _build(*(int(part or 0) for part in compact.groups()))
    text = _AROUND_UNITS.sub(r"\1", _WEEKDAY.sub(" ", text)).replace("T", " ").strip()
    for pattern, reader in ((_CHINESE_DAY, _read_chinese), (_THREE_PARTS, _read_three), (_MONTH_DAY, _read_month_day)):
        if found := pattern.match(text):
            day = reader(found, order, year)
            return _add_clock(_build(*day), text[found.end() :].strip(" ,"))
    raise UnreadableDate("不是能识别的日期")


def _read_chinese(found: re.Match, order: str, year: int | None) -> tuple[int, int, int]:
    written, month, day = (int(part) for part in found.groups())
    return (2000 + written if len(found[1]) == 2 else written), month, day


def _read_three(found: re.Match, order: str, year: int | None) -> tuple[int, int, int]:
    first, last = found[1], found[4]
    a, b, c = int(first), int(found[3]), int(last)
    if len(first) == 4:
        return a, b, c
    if len(last) != 4:  # 25.3.28 and the like: in China the year stands first
        if len(first) == 2 and len(last) <= 2 and order == "YMD":
            return 2000 + a, b, c
        if len(last) == 2 and order in ("DMY", "MDY"):
            return (2000 + c, b, a) if order == "DMY" else (2000 + c, a, b)
        raise UnreadableDate("日期的年份不完整")
    if order == "DMY" or (a > 12 >= b):
        return c, b, a
    if order == "MDY" or (b > 12 >= a) or a == b:
        return c, a, b
    raise UnreadableDate("日期有歧义（日/月先后不明），请在导入格式里设 date_order")


def _read_month_day(found: re.Match, order: str, year: int | None) -> tuple[int, int, int]:
    if year is None:
        raise UnreadableDate("日期没有年份")
    return year, int(found[1]), int(found[2])


def _build(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise UnreadableDate("没有这一天") from error


def _add_clock(day: datetime, rest: str) -> datetime:
    if not rest:
        return day
    found = _CLOCK.fullmatch(rest)
    if not found:
        raise UnreadableDate("日期后面的时刻无法识别")
    hour, minute, second = int(found["h"]), int(found["m"] or 0), int(found["s"] or 0)
    half = (found["half"] or found["half2"] or "").upper()
    if half in ("下午", "晚上", "PM", "中午") and hour < 12 and not (half == "中午" and hour == 11):
        hour += 12
    if half in ("AM", "凌晨") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise UnreadableDate("没有这个时刻")
    moment = day + timedelta(hours=hour, minutes=minute, seconds=second)
    if not found["zone"]:
        return moment
    return moment.replace(tzinfo=_zone(found["zone"])).astimezone(CHINA).replace(tzinfo=None)


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _from_serial(serial: float, from_1904: bool) -> datetime:
    base = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    moment = base + timedelta(seconds=round(serial * 86400))
    if not 1990 <= moment.year <= 2100:
        raise UnreadableDate("数字不像是日期")
    return moment


def date_in_case_no(case_no: str) -> datetime | None:
    """Return the day of receipt that a case number carries, or None.

    Forms: 热线-240708-000123, D3HB202405250066 (inspection), 230704420000020365 (Hubei: yyMMdd + region + serial).
    """
    for pattern in (r"\D+[-—](\d{6})[-—]\d+", r"[A-Z]\d?[A-Z]{2}(20\d{6})\d{4}", r"(\d{6})\d{6}\d{6}"):
        if found := re.fullmatch(pattern, case_no.upper()):
            digits = found[1] if len(found[1]) == 8 else "20" + found[1]
            try:
                return parse_time(digits)
            except UnreadableDate:
                return None
    return None


_STAMP = re.compile(
    r"(?<!\d)(20\d{2})\s*[-年./_]?\s*(0?[1-9]|1[0-2])\s*[-月./_]?\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
    r"(?:[T _\-]*([01]?\d|2[0-3])(?:\s*[:时点]\s*|(?=[0-5]\d(?!\d)))([0-5]\d)?(?!\d))?"
    r"|(?<!\d)(20\d{2})(0[1-9]|1[0-2])(3[01]|[12]\d|0[1-9])([01]\d|2[0-3])([0-5]\d)(?:[0-5]\d)?(?!\d)"
)
END_OF_DAY = (23, 59, 59)


def now() -> datetime:
    """Return the present moment as clocks in China show it, whatever zone the machine is set to."""
    return datetime.now(CHINA).replace(tzinfo=None)


def saved_at(path: Path) -> datetime:
    """Return when a file was last saved, as clocks in China show it."""
    return datetime.fromtimestamp(path.stat().st_mtime, CHINA).replace(tzinfo=None)


def find_export_time(text: str) -> datetime | None:
    """Return the latest date, with its time if it has one, in a file name or title; a day alone means its end."""
    found = []
    for match in _STAMP.finditer(clean(text)):
        parts = [int(part) if part else None for part in match.groups()]
        year, month, day, hour, minute = parts[:5] if parts[0] else parts[5:]
        try:
            clock = (hour, minute or 0, 0) if hour is not None else END_OF_DAY
            found.append(datetime(year, month, day, *clock))
        except ValueError:
            continue
    return max(found, default=None)
