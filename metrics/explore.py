"""The ad-hoc query: any KPI, cut by one or two fields, over the periods of a span, and what stands out in the answer.

A field with very many values (a place) is cut down to those with the most cases in the span; the total is always that
of all cases. Groups are ordered by size: counts by the count, shares by the value, those of few cases last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data.store import Reader
from metrics import catalog, format, periods
from metrics.catalog import CATALOG
from metrics.counting import bound, near, source_of
from metrics.dimensions import Where, criterion, few_values, fits
from metrics.engine import Figure, measure
from metrics.fields import all_fields
from metrics.kpi import Kpi
from metrics.parameters import start_day
from metrics.periods import Period
from metrics.relations import RELATIONS

FEW = 5  # a share of fewer cases says little and is not ranked
MOST_GROUPS = 60  # of a field with very many values
_IDENTIFIERS = ("case_no", "upstream_no", "local_no", "repeat_of")
EVERY = {"合计": None, "按年": periods.years, "按季": periods.quarters, "按月": periods.months}


@dataclass(frozen=True)
class Question:
    """What is asked: a KPI's id, at most two fields, a key of EVERY."""

    kpi: str
    by: tuple[str, ...] = ()
    every: str = "合计"


@dataclass(frozen=True)
class Answer:
    """The figures of an answer: `whole` for the span, `figures` of its periods and groups, in the order to show them.

    groups: the groups by size. cut_to: how many groups of a field with very many values there are at most; 0 for all.
    """

    question: Question
    whole: Figure
    figures: tuple[Figure, ...]
    groups: tuple[tuple[str, ...], ...]
    cut_to: int = 0

    @property
    def is_over_time(self) -> bool:
        return self.question.every != "合计"

    def of_group(self, group: tuple[str, ...]) -> list[Figure]:
        """Return the figures of one group, oldest first."""
        return [figure for figure in self.figures if group_of(figure) == group]


def group_of(figure: Figure) -> tuple[str, ...]:
    """Return the values of a figure's group; () for all cases together."""
    return tuple(figure.group.values())


def offered_kpis(names: Sequence[str]) -> list[Kpi]:
    """Return the KPIs that can be filtered by the fields named; mixes are got by grouping, changes by the trend."""
    return [kpi for kpi in CATALOG.values() if not kpi.split_by and not kpi.base and fits(kpi.relation, names)]


def offered_groups(kpi: str, with_bureau: bool = False) -> dict[str, str]:
    """Return label → name of the fields that a KPI can be cut by."""
    relation = catalog.get(kpi).relation
    return {
        part.label: part.name
        for part in all_fields(with_bureau)
        if part.can_group and part.name not in _IDENTIFIERS and fits(relation, [part.name])
    }


def answer(reader: Reader, question: Question, period: Period, where: Where) -> Answer:
    """Return the answer to a question over a span. Raises UserError where the KPI cannot be cut or filtered so."""
    kpi = catalog.get(question.kpi)
    spans = _spans(reader, question, period)
    narrowed = where
    for name in question.by:
        narrowed = narrowed.joined(_largest(reader, kpi, name, period, where))
    (whole,) = (f for f in measure(reader, [kpi], [period], (), where, "yoy") if not f.group)
    figures = measure(reader, [kpi], spans, question.by, narrowed)
    if question.by:
        figures = [figure for figure in figures if figure.group]
    # The size of a group is that of the whole span.
    sized = measure(reader, [kpi], [period], question.by, narrowed) if spans != [period] else figures
    sized = [figure for figure in sized if not question.by or (figure.group and _is_something(figure))]
    groups = [group_of(figure) for figure in sorted(sized, key=_size)]
    order = {group: place for place, group in enumerate(groups)}
    shown = [figure for figure in figures if group_of(figure) in order]
    shown.sort(key=lambda figure: (figure.period.first, order[group_of(figure)]))
    cut = MOST_GROUPS if any(len(wanted) == MOST_GROUPS for _, wanted in narrowed.items) else 0
    return Answer(question, whole, tuple(shown), tuple(groups), cut)


def _spans(reader: Reader, question: Question, period: Period) -> list[Period]:
    cut_into = EVERY[question.every]
    if cut_into is None:
        return [period]
    return cut_into(period.first, period.last, reader.as_of, start_day(reader))


def _largest(reader: Reader, kpi: Kpi, name: str, period: Period, where: Where) -> Where:
    """Return the filter that leaves of a field with very many values those with the most cases received in the span."""
    relation = RELATIONS[kpi.relation]
    part = criterion(relation.table, name)
    if relation.table != "cases" or part.has_closed_values or few_values(reader, name, MOST_GROUPS) is not None:
        return Where()
    test, values = where.condition(RELATIONS["case_facts"])
    sql = f"""
        SELECT group_0 FROM {source_of("case_facts", [part])}
        WHERE received_on BETWEEN $from_on AND $to_on AND {near("received_on")} AND {test}
        GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_GROUPS}"""
    found = reader.query(sql, bound(reader, sql, [(period.first, period.cut)], False, values))
    return Where.of({name: [value for (value,) in found]})


def _is_something(figure: Figure) -> bool:
    return bool(figure.numerator or figure.denominator)


def is_few(figure: Figure) -> bool:
    """Say whether a figure is divided by so few cases that it says little."""
    return figure.denominator is not None and figure.denominator < FEW


def _size(figure: Figure) -> tuple:
    """Return the key that puts the largest first, and what says little last."""
    return figure.value is None or is_few(figure), -(figure.value or 0), -(figure.denominator or 0), group_of(figure)


def finding(answered: Answer) -> str:
    """Return what stands out, for the title: the change against last year, or the first and last of the groups."""
    whole, kpi = answered.whole, answered.whole.kpi
    ranked = [f for f in answered.figures if f.value is not None and not is_few(f)]
    if not answered.question.by or answered.is_over_time or len(ranked) < 2:
        compared = whole.comparison
        changed = f"，{compared.against}{compared.text}" if compared and compared.change is not None else ""
        return f"{kpi.name}{whole.with_unit}{changed}"
    first, last = ranked[0], ranked[-1]
    if whole.denominator is None:
        adds_up = not any(criterion("cases", name).is_list for name in answered.question.by)
        share = (
            f"，占{format.percent(first.value / whole.value)}"
            if kpi.kind == "count" and adds_up and whole.value
            else ""
        )
        return f"{kpi.name}：{group_words(first)}最多，{first.with_unit}{share}"
    return f"{kpi.name}：{group_words(first)}最高，{first.with_unit}；{group_words(last)}最低，{last.with_unit}"


def group_words(figure: Figure) -> str:
    """Return a figure's group in words: 下陆区分局 · 网络; 合计 for all cases together."""
    return " · ".join(figure.group.values()) or "合计"


def rows_of(figure: Figure) -> int | None:
    """Return how many rows a figure counts as its whole; None where it does not say."""
    if not figure.kpi.counts_rows:
        return None
    return figure.numerator if figure.denominator is None else figure.denominator
