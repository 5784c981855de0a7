"""Statistical periods, cut by the store's as_of, and the like-for-like bases they are compared with.

A period never looks at the clock. Its `cut` is the last day that counts: the period's own last day, or the day of
as_of when the period is not over. The base of an unfinished period is cut at the same day of its own month, the base
of a complete one is whole, so that 1–22 November is compared with 1–22 October and never with all of October.
A month may begin on another day than the first (setting month_start_day): with 26, "2025-09" is 26 August to
25 September; quarters and years are made of such months.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from data.errors import UserError

BASES = ("yoy", "mom")  # or a year in four digits
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days `first` to `last`, counted up to `cut`; complete when as_of has reached `last`.

    grain: month, quarter, year, span or ytd; start_day: the day on which a statistical month begins (1–28).
    """

    label: str
    first: date
    last: date
    cut: date
    complete: bool
    grain: str
    start_day: int = 1

    @property
    def plain_words(self) -> str:
        """The period in Chinese without its cut-off: 2025年9月, 2025年1—10月, 2025年3月1日—15日."""
        year, month = _month_of(self.last, self.start_day)
        if self.grain == "month":
            return f"{year}年{month}月"
        if self.grain == "quarter":
            return f"{year}年第{'一二三四'[(month - 1) // 3]}季度"
        return f"{year}年" if self.grain == "year" else self._span_words()

    @property
    def cut_words(self) -> str:
        """Up to which day an unfinished period counts: 截至22日; 截至11月22日 where it has several months."""
        if self.grain == "month" and self.start_day == 1:
            return f"截至{self.cut.day}日"
        return f"截至{self.cut.month}月{self.cut.day}日"

    @property
    def words(self) -> str:
        """The period in Chinese, with the cut-off when it is not over: 2025年11月（截至22日）."""
        return self.plain_words if self.complete else f"{self.plain_words}（{self.cut_words}）"

    @property
    def year(self) -> int:
        """The statistical year that the period ends in."""
        return _month_of(self.last, self.start_day)[0]

    @property
    def is_whole_months(self) -> bool:
        """Whether the period begins and ends with a statistical month."""
        return self.first.day == self.start_day and (self.last + _DAY).day == self.start_day

    def _span_words(self) -> str:
        first, last = self.first, self.last
        if self.is_whole_months:
            (year, month), (to_year, to_month) = _month_of(first, self.start_day), _month_of(last, self.start_day)
            if year != to_year:
                return f"{year}年{month}月—{to_year}年{to_month}月"
            return f"{year}年{month}月" if month == to_month else f"{year}年{month}—{to_month}月"
        if first.year != last.year:
            return f"{_day_words(first)}—{_day_words(last)}"
        if first.month != last.month:
            return f"{_day_words(first)}—{last.month}月{last.day}日"
        return _day_words(first) if first == last else f"{_day_words(first)}—{last.day}日"


def month(year: int, number: int, as_of: datetime | date, start_day: int = 1) -> Period:
    """Return one statistical month; with start_day 26 it begins on the 26th of the calendar month before."""
    first, last = _month_days(year, number, start_day)
    return _cut(f"{year:04d}-{number:02d}", first, last, as_of, "month", start_day)


def months(
    first: date, last: date, as_of: datetime | date, start_day: int = 1, join_spring: bool = False
) -> list[Period]:
    """Return the months from `first` to `last`, those left out that had not begun at as_of.

    A month that the span cuts off is given as the days that lie in the span. join_spring: January and February, where
    both have begun, are one period, for the Spring Festival falls now into the one and now into the other.
    """
    found = _pieces(first, last, as_of, start_day, "month")
    if not join_spring:
        return found
    joined: list[Period] = []
    for period in found:
        before = joined[-1] if joined else period
        if before.grain == period.grain == "month" and (before.label[-3:], period.label[-3:]) == ("-01", "-02"):
            joined[-1] = spring(period.year, as_of, start_day)
        else:
            joined.append(period)
    return joined


def spring(year: int, as_of: datetime | date, start_day: int = 1) -> Period:
    """Return January and February of a year as one period; its yoy base is the same two months of the year before."""
    first, last = _month_days(year, 1, start_day)[0], _month_days(year, 2, start_day)[1]
    return span(first, last, as_of, start_day)


def is_spring(period: Period) -> bool:
    """Say whether a period is January and February together."""
    return (
        period.is_whole_months
        and _month_of(period.first, period.start_day) == (period.year, 1)
        and _month_of(period.last, period.start_day) == (period.year, 2)
    )


def recent(many: int, as_of: datetime | date, start_day: int = 1) -> Period:
    """Return the last `many` complete months as one period: 上月 (1), 近3个月, 近12个月."""
    this = month_holding(as_of, start_day)
    last = this.last if this.complete else this.first - _DAY
    begin = month_holding(last, start_day).first
    return span(_earlier(begin, many - 1), last, as_of, start_day)


def quarters(first: date, last: date, as_of: datetime | date, start_day: int = 1) -> list[Period]:
    """Return the quarters from `first` to `last`, treated as `months` does."""
    return _pieces(first, last, as_of, start_day, "quarter")


def years(first: date, last: date, as_of: datetime | date, start_day: int = 1) -> list[Period]:
    """Return the years from `first` to `last`, treated as `months` does."""
    return _pieces(first, last, as_of, start_day, "year")


def span(first: date, last: date, as_of: datetime | date, start_day: int = 1) -> Period:
    """Return the one period `first` to `last`, a month, quarter or year where the days are exactly that.

    Raises UserError when the end lies before the beginning, or the span had not begun at as_of.
    """
    if last < first:
        raise UserError(f"统计期的终止日{last}早于起始日{first}，请调换。")
    if first > _date_of(as_of):
        raise UserError(f"统计期从{first}开始，晚于数据截止日{_date_of(as_of)}，还没有数据，请选更早的统计期。")
    for grain in _MONTHS_OF:
        whole = _holding(first, grain, as_of, start_day)
        if (whole.first, whole.last) == (first, last):
            return whole
    aligned = first.day == start_day and (last + _DAY).day == start_day
    label = f"{_label_month(first, start_day)}/{_label_month(last, start_day)}" if aligned else f"{first}/{last}"
    return _cut(label, first, last, as_of, "span", start_day)


def year_to_date(as_of: datetime | date, start_day: int = 1) -> Period:
    """Return the statistical year of as_of up to the end of the month of as_of, cut at as_of."""
    return cumulative(month_holding(as_of, start_day))


def cumulative(period: Period) -> Period:
    """Return the statistical year that `period` ends in, from its first day to the end (and cut) of `period`."""
    first = _month_days(period.year, 1, period.start_day)[0]
    label = span(first, period.last, period.last, period.start_day).label
    return Period(label, first, period.last, period.cut, period.complete, "ytd", period.start_day)


def month_holding(day: datetime | date, start_day: int = 1) -> Period:
    """Return the statistical month that holds `day`, cut at it."""
    return _holding(_date_of(day), "month", day, start_day)


def parse(text: str, start_day: int = 1) -> tuple[date, date]:
    """Return the first and last day that "2025", "2025Q1", "2025-01" or "2025-01-15" stands for.

    Raises UserError when the text is none of these.
    """
    text = text.strip()
    try:
        if re.fullmatch(r"\d{4}", text):
            return _month_days(int(text), 1, start_day)[0], _month_days(int(text), 12, start_day)[1]
        if found := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", text):
            year, quarter = map(int, found.groups())
            return _month_days(year, quarter * 3 - 2, start_day)[0], _month_days(year, quarter * 3, start_day)[1]
        if found := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
            return _month_days(int(found[1]), int(found[2]), start_day)
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"看不懂日期“{text}”，请写成 2025-01、2025-01-15、2025Q1 或 2025。") from error
    return day, day


@lru_cache(maxsize=4096)
def base_of(period: Period, base: str) -> Period:
    """Return the period that `period` is compared with: yoy, mom, or a year such as "2022".

    mom is the month before for a month, the quarter before for a quarter, and the span of the same length just
    before for any other span. Raises UserError for an unknown base.
    """
    if base == "yoy":
        return _shift(period, 12)
    if base == "mom":
        return _before(period)
    if re.fullmatch(r"\d{4}", base):
        return _shift(period, 12 * (period.year - int(base)))
    raise UserError(f"不认识的对比基期“{base}”，请写 yoy（同比）、mom（环比）或四位年份。")


def months_later(day: date, count: int) -> date:
    """Return the same day `count` months later, at most that month's last day."""
    return _earlier(day, -count)


def _before(period: Period) -> Period:
    if period.is_whole_months:
        after = period.last + _DAY
        return _shift(period, (after.year - period.first.year) * 12 + after.month - period.first.month)
    length = period.last - period.first + _DAY
    cut = period.last - length if period.complete else period.cut - length
    return _base(period, period.first - length, period.last - length, cut)


def _shift(period: Period, back: int) -> Period:
    """Return the same days `back` months earlier; a whole month stays whole, the 31st and 29 February are clamped."""
    first = _earlier(period.first, back)
    ends_month = (period.last + _DAY).day == period.start_day
    last = _earlier(period.last + _DAY, back) - _DAY if ends_month else _earlier(period.last, back)
    cut = last if period.complete else min(_earlier(period.cut, back), last)
    return _base(period, first, last, cut)


def _base(period: Period, first: date, last: date, cut: date) -> Period:
    label = span(first, last, last, period.start_day).label
    return Period(label, first, last, cut, cut == last, period.grain, period.start_day)


def _pieces(first: date, last: date, as_of: datetime | date, start_day: int, grain: str) -> list[Period]:
    span(first, last, as_of, start_day)  # refuses an impossible span
    found = []
    whole = _holding(first, grain, as_of, start_day)
    while whole.first <= min(last, _date_of(as_of)):
        cut_off = whole.first < first or whole.last > last
        found.append(span(max(whole.first, first), min(whole.last, last), as_of, start_day) if cut_off else whole)
        whole = _holding(whole.last + _DAY, grain, as_of, start_day)
    return found


def _holding(day: date, grain: str, as_of: datetime | date, start_day: int) -> Period:
    """Return the month, quarter or year that holds `day`."""
    year, number = _month_of(day, start_day)
    length = _MONTHS_OF[grain]
    start = (number - 1) // length * length + 1
    first, last = _month_days(year, start, start_day)[0], _month_days(year, start + length - 1, start_day)[1]
    labels = {"month": f"{year:04d}-{number:02d}", "quarter": f"{year:04d}Q{(start + 2) // 3}", "year": f"{year:04d}"}
    return _cut(labels[grain], first, last, as_of, grain, start_day)


def _cut(label: str, first: date, last: date, as_of: datetime | date, grain: str, start_day: int) -> Period:
    cut = min(last, _date_of(as_of))
    return Period(label, first, last, cut, cut == last, grain, start_day)


def _month_days(year: int, number: int, start_day: int) -> tuple[date, date]:
    """Return the first and last day of a statistical month; a start day of 1 is the calendar month."""
    begin = date(year, number, start_day)
    if start_day == 1:
        return begin, _earlier(begin, -1) - _DAY
    return _earlier(begin, 1), begin - _DAY


def _month_of(day: date, start_day: int) -> tuple[int, int]:
    if start_day > 1 and day.day >= start_day:
        day = _earlier(day.replace(day=1), -1)
    return day.year, day.month


def _label_month(day: date, start_day: int) -> str:
    return "{:04d}-{:02d}".format(*_month_of(day, start_day))


def _earlier(day: date, back: int) -> date:
    """Return the same day of the month `back` months before, at most that month's last day."""
    year, index = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, index + 1, min(day.day, calendar.monthrange(year, index + 1)[1]))


def _date_of(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
