"""What the sections of a report are written with: the reader, the period, the figures, the running numbers of tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from data.store import Reader
from metrics import periods, signals
from metrics.engine import Figure
from metrics.open_cases import at_end
from metrics.parameters import is_on, setting, start_day
from metrics.periods import Period
from metrics.report.document import Heading, Number, Paragraph, Text
from metrics.report.facts import Facts
from metrics.report.subject import Subject
from metrics.signals import ControlChart

CHARTED = (
    "cases_total", "accept_timely_rate", "ontime_close_rate", "eval_participation", "satisfaction_rate", "repeat_rate",
    "overdue_open",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"
_UNIT = "生态环境局"


@dataclass(frozen=True)
class Texts:
    """The blocks that the clerk writes; each may have several lines. signed_on: 成文日期 as it is printed, or empty."""

    addressee: str = ""
    problems: str = ""
    requirements: str = ""
    remarks: str = ""
    signed_on: str = ""


class Draft:
    """A report in the making. Tables, pictures and headings get their running numbers from here."""

    def __init__(self, reader: Reader, subject: Subject, texts: Texts) -> None:
        self.reader = reader
        self.subject = subject
        self.texts = texts
        self.facts = Facts(reader, subject.where)
        self._tables = self._pictures = self._sections = self._parts = 0

    @property
    def period(self) -> Period:
        return self.subject.period

    @property
    def area(self) -> str:
        """Whose figures these are: 全市, or the branch."""
        return self.subject.named(setting(self.reader, "city_name"))

    @property
    def unit_name(self) -> str:
        """Who issues the report: the setting unit_name."""
        return self.reader.settings.get("unit_name") or _UNIT

    @property
    def bases(self) -> tuple[str, ...]:
        """What the figures are compared with: the year before, and the period before unless that is the same."""
        return ("yoy",) if self.subject.kind == "year" else ("mom", "yoy")

    def section(self, words: str) -> Heading:
        """Return the next heading of the first level: 一、总体情况."""
        self._sections, self._parts = self._sections + 1, 0
        return Heading(f"{_NUMERALS[self._sections - 1]}、{words}", 1)

    def part(self, words: str) -> Heading:
        """Return the next heading of the second level within a section: （一）来源渠道."""
        self._parts += 1
        return Heading(f"（{_NUMERALS[self._parts - 1]}）{words}", 2)

    def table_caption(self, words: str) -> str:
        self._tables += 1
        return f"表{self._tables}  {words}"

    def picture_caption(self, words: str) -> str:
        self._pictures += 1
        return f"图{self._pictures}  {words}"

    @cached_property
    def months(self) -> list[Period]:
        """The months up to the one in which the period is cut, as many as everywhere, none before the first case."""
        day = start_day(self.reader)
        ((started,),) = self.reader.query("SELECT min(received_at)::DATE FROM cases")
        end = periods.month_holding(self.period.cut, day)
        first = periods.month_holding(min(started or end.first, end.first), day).first
        begin = max(first, periods.months_later(end.first, 1 - signals.MONTHS))
        return periods.months(begin, end.last, self.reader.as_of, day, is_on(self.reader, "join_spring_months"))

    @cached_property
    def charts(self) -> dict[str, ControlChart]:
        """The control charts of the figures that a report speaks of, over these months, by KPI."""
        return signals.charts(self.reader, CHARTED, self.months, self.subject.where)

    @cached_property
    def limits(self) -> pd.DataFrame:
        """The cases that were late or near their limit at the period's end, see metrics.open_cases.at_end."""
        return at_end(self.reader, self.period, self.subject.where)

    def signal(self, kpi: str) -> str:
        """Return what its control chart says of the month: 属正常波动; empty for another period, or where it says nothing."""
        chart = self.charts[kpi]
        says = self.subject.kind == "month" and chart.has_limits and chart.month == self.period
        return chart.words if says else ""

    def figures(
        self, kpis: Sequence[str], by: tuple[str, ...] = (), compare: str | None = None, period: Period | None = None
    ) -> list[Figure]:
        """Return the figures of the report's period."""
        return self.facts.measure(kpis, [period or self.period], by, compare)

    def figure(self, kpi: str, compare: str | None = None, period: Period | None = None) -> Figure:
        """Return one figure of all cases of the report together."""
        return self.figures([kpi], (), compare, period)[0]

    def number(self, figure: Figure, text: str | None = None) -> Number:
        return self.facts.number(figure, text)


def said(*parts: str | Number | Text) -> Text:
    """Return a text from texts, numbers and texts, the empty ones left out and neighbouring strings joined."""
    joined: list[str | Number] = []
    for part in parts:
        for piece in part if isinstance(part, tuple) else (part,):
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif piece != "":
                joined.append(piece)
    return tuple(joined)


def listed(parts: Sequence[Text], mark: str = "、") -> Text:
    """Return texts in one row, parted by a mark."""
    return said(*(piece for i, part in enumerate(parts) for piece in ((mark,) if i else (), part)))


def paragraph(*parts: str | Number | Text, style: str = "body") -> Paragraph:
    return Paragraph(said(*parts), style)
