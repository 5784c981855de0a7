"""What a report is about: a month, quarter, half-year or year, of the whole city or of one branch."""

import re
from dataclasses import dataclass
from datetime import date

from data.errors import UserError
from data.schema import UNMATCHED_BRANCH
from data.store import Reader
from metrics import parameters, periods
from metrics.dimensions import NO_FILTER, Where, dimension_values
from metrics.periods import Period

_KEYS = {
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "half": re.compile(r"(\d{4})H([12])"),
    "year": re.compile(r"(\d{4})"),
}
_FORMS = "2025-09（月）、2025Q3（季度）、2025H1（半年）、2025（年）"


@dataclass(frozen=True)
class Subject:
    """What one report covers; branch "" is the whole city. kind: month, quarter, half, year."""

    key: str
    kind: str
    branch: str
    period: Period

    @property
    def period_words(self) -> str:
        """The period as a title has it: 2025年9月, 2025年第三季度, 2025年上半年, 2025年."""
        if self.kind == "half":
            return f"{self.key[:4]}年{'上' if self.key.endswith('1') else '下'}半年"
        return self.period.plain_words

    @property
    def short_words(self) -> str:
        """The period as a sentence begins with it: 9月, 第三季度, 上半年, 2025年; with the cut-off while it is not over."""
        words = self.period_words
        short = words if self.kind == "year" else words.removeprefix(f"{self.key[:4]}年")
        return short if self.period.complete else f"{short}（{self.period.cut_words}）"

    @property
    def where(self) -> Where:
        """The filter that asks for the branch; none for the city."""
        return Where.of({"branch": (self.branch,)}) if self.branch else NO_FILTER

    def named(self, city: str) -> str:
        """Return whose figures these are: the branch, or the name of all branches together (setting city_name)."""
        return self.branch or city


def subject(reader: Reader, key: str, branch: str = "") -> Subject:
    """Return what a key stands for in a version. Raises UserError for another text, a period that has not begun, or a
    branch that the version does not know."""
    kind, first, last = parsed(key, parameters.start_day(reader))
    if branch and branch not in [name for name in dimension_values(reader, "branch") if name != UNMATCHED_BRANCH]:
        known = "、".join(name for name in dimension_values(reader, "branch") if name != UNMATCHED_BRANCH)
        raise UserError(f"没有分局“{branch}”，现有：{known}。")
    return Subject(key, kind, branch, periods.span(first, last, reader.as_of, parameters.start_day(reader)))


def parsed(key: str, start_day: int = 1) -> tuple[str, date, date]:
    """Return kind, first and last day of a key. Raises UserError."""
    for kind, pattern in _KEYS.items():
        if found := pattern.fullmatch(key):
            if kind != "half":
                return kind, *periods.parse(key, start_day)
            year, half = found.groups()
            begin, end = (1, 6) if half == "1" else (7, 12)
            return (
                kind,
                periods.parse(f"{year}-{begin:02d}", start_day)[0],
                periods.parse(f"{year}-{end:02d}", start_day)[1],
            )
    raise UserError(f"看不懂报告期“{key}”，请写成{_FORMS}。")


def keys(reader: Reader, first: date) -> dict[str, list[str]]:
    """Return kind → the keys of all periods that have begun since `first`, newest first."""
    day, as_of = parameters.start_day(reader), reader.as_of
    begin = periods.month_holding(min(first, as_of.date()), day).first
    months = periods.months(begin, periods.month_holding(as_of, day).last, as_of, day)
    years = list(dict.fromkeys(month.year for month in months))
    found = {
        "month": [month.label for month in months],
        "quarter": [f"{year}Q{quarter}" for year in years for quarter in range(1, 5)],
        "half": [f"{year}H{half}" for year in years for half in (1, 2)],
        "year": [str(year) for year in years],
    }
    begun = {
        kind: [key for key in of_kind if parsed(key, day)[1] <= as_of.date() and parsed(key, day)[2] >= begin]
        for kind, of_kind in found.items()
    }
    return {kind: of_kind[::-1] for kind, of_kind in begun.items()}


def last_complete_month(reader: Reader) -> str:
    """Return the key of the last month that is over at as_of: the month that a report is made for."""
    return periods.recent(1, reader.as_of, parameters.start_day(reader)).label


def earlier(key: str, many: int) -> list[str]:
    """Return the keys of the periods of the same kind before `key`, at most `many`, oldest first. Raises UserError."""
    kind = parsed(key)[0]
    pieces = {"month": 12, "quarter": 4, "half": 2, "year": 1}[kind]
    year, piece = int(key[:4]), int(key[5:] or 1)
    before = [divmod(year * pieces + piece - 1 - back, pieces) for back in range(many, 0, -1)]
    return [_key(kind, at_year, index + 1) for at_year, index in before]


def _key(kind: str, year: int, piece: int) -> str:
    form = {"month": "{:04d}-{:02d}", "quarter": "{:04d}Q{}", "half": "{:04d}H{}", "year": "{:04d}"}[kind]
    return form.format(year, piece)
