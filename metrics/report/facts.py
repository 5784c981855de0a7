"""Collects the figures that a report prints, each once, with its way to the definition and to the cases.

Nothing is computed here: a number in a sentence, a table or a chart is a figure that `measure` gave, and what is
printed of it is its own text. The cases are named where they are few, and it is those that somebody would look for.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from data.store import Reader
from metrics import cases
from metrics.cases import Part
from metrics.dimensions import NO_FILTER, Where
from metrics.engine import Figure, measure
from metrics.funnel import FEW
from metrics.kpi import Kpi
from metrics.periods import Period
from metrics.relations import RELATIONS
from metrics.report.document import Fact, Number
from metrics.targets import state, target_of

MOST_NAMED = 20  # case numbers that are listed with a figure
_ADDRESSED = ("branch", "channel", "pollution")  # filters that every page of the dashboard has in its address


class Facts:
    """The figures of one report; `where` is the filter under which all of them are measured."""

    def __init__(self, reader: Reader, where: Where = NO_FILTER) -> None:
        self.reader = reader
        self.where = where
        self._found: dict[tuple, Fact] = {}
        self._measured: dict[tuple, list[Figure]] = {}
        self._named: dict[tuple, dict[tuple[str, ...], tuple[str, ...]]] = {}

    @property
    def all(self) -> tuple[Fact, ...]:
        """Every figure that was asked for, in the order of asking."""
        return tuple(self._found.values())

    def measure(
        self, kpis: Sequence[str], periods: Sequence[Period], by: tuple[str, ...] = (), compare: str | None = None
    ) -> list[Figure]:
        """Return the figures of KPIs × periods × groups under the report's filter."""
        asked = (tuple(kpis), tuple(periods), by, compare)
        if asked not in self._measured:
            self._measured[asked] = measure(self.reader, kpis, periods, by, self.where, compare)
        return self._measured[asked]

    def number(self, figure: Figure, text: str | None = None) -> Number:
        """Return a figure as it is printed, with its unit unless another text of it is given."""
        return Number(figure.with_unit if text is None else text, figure.value, self.fact(figure).id)

    def judged(self, figure: Figure, text: str | None = None) -> Number:
        """Return a figure as it is printed, with its state by the target of its KPI."""
        target = target_of(self.reader, figure.kpi)
        number = self.number(figure, text)
        return Number(number.text, number.value, number.fact, state(figure, target) if target else "")

    def counted(self, figure: Figure, text: str) -> Number:
        """Return one of the counts that made a figure (29 of 29/30) as a number that leads to that figure."""
        return Number(text, None, self.fact(figure).id)

    def fact(self, figure: Figure) -> Fact:
        """Return the entry of a figure, made when it is first asked for."""
        key = (figure.kpi.id, figure.period.label, tuple(figure.group.items()))
        if key not in self._found:
            self._found[key] = self._made(figure, f"f{len(self._found) + 1}")
        return self._found[key]

    def _made(self, figure: Figure, name: str) -> Fact:
        kpi, group = figure.kpi, figure.group
        part, words = _told(kpi, figure)
        return Fact(
            id=name,
            kpi=kpi.id,
            name=kpi.name,
            period=figure.period.label,
            period_words=figure.period.words,
            group=dict(group),
            numerator=figure.numerator,
            denominator=figure.denominator,
            value=figure.value,
            text=figure.text,
            shown=figure.with_unit,
            cases=self._case_numbers(figure, part) if part else None,
            cases_words=words,
            address=self._address(figure),
        )

    def _case_numbers(self, figure: Figure, part: Part) -> tuple[str, ...] | None:
        """Return the numbers of the cases of a part of a figure; None where they are more than can be listed."""
        many = _size(figure, part)
        if many > MOST_NAMED:
            return None
        if not many:
            return ()
        if not figure.group:
            return cases.case_numbers(self.reader, figure.kpi, figure.period, {}, self.where, part, MOST_NAMED)
        asked = (figure.kpi, figure.period, tuple(figure.group), part)  # the other groups will be asked for too
        if asked not in self._named:
            self._named[asked] = cases.case_numbers_by(
                self.reader, figure.kpi, figure.period, tuple(figure.group), self.where, part, MOST_NAMED
            )
        return self._named[asked].get(tuple(figure.group.values()), ())

    def _address(self, figure: Figure) -> str:
        pairs = [("kpi", figure.kpi.id), ("period", figure.period.plain_words), ("span", figure.period.label)]
        pairs += [(field, value) for field, values in self.where.items if field in _ADDRESSED for value in values]
        group = ",".join(
            f"{field}:{value.replace('%', '%25').replace(',', '%2C')}" for field, value in figure.group.items()
        )
        return urlencode([*pairs, *([("group", group)] if group else [])])


def _told(kpi: Kpi, figure: Figure) -> tuple[Part | None, str]:
    """Return which cases of a figure are worth naming, and what they are: of a share those that spoil it."""
    if not kpi.counts_rows or kpi.base or kpi.kind == "duration" or RELATIONS[kpi.relation].table == "activities":
        return None, ""
    if kpi.kind != "share":
        return "denominator", kpi.numerator_words
    if kpi.numerator or kpi.split_by:
        return None, ""
    return (
        ("rest", f"分母中不属于“{kpi.numerator_words}”的")
        if kpi.direction == "higher"
        else ("numerator", kpi.numerator_words)
    )


def _size(figure: Figure, part: Part) -> int:
    if part == "rest":
        return (figure.denominator or 0) - (figure.numerator or 0)
    return figure.numerator or 0


def share_words(figure: Figure) -> str:
    """Return the change of a share: 较上月上升1.2个百分点; empty where there is nothing to compare with."""
    base = figure.comparison
    if base is None or base.change is None:
        return ""
    if base.denominator is not None and base.denominator < FEW:
        return f"{base.against[1:]}仅{base.denominator}件，不作比较"
    against = base.against.removesuffix("同期") if base.base == "mom" and figure.period.complete else base.against
    if base.text.endswith("持平"):
        return f"与{against[1:]}{base.text}"
    return f"{against}{base.text}" + (f"（{base.caution}）" if base.caution else "")
