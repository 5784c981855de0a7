"""Figures: what a KPI comes to in each period and group, and against its base.

The spine is complete: every KPI × period × group is there, with zeros and "—" where there are no cases. A total is
counted, never an average of rates. Everything the pages and the report print comes through `measure`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from data.errors import UserError
from data.schema import LABELS
from data.store import Reader
from metrics import catalog, format
from metrics import periods as calendar
from metrics.breaks import crossing
from metrics.cases import cases_behind
from metrics.compare import Comparison, Measured, change_periods, compared, reaches
from metrics.counts import Counts, Group
from metrics.dimensions import NO_FILTER, Where, check_values, criterion, dimension, dimension_values, fits
from metrics.kpi import Kpi
from metrics.parameters import is_on
from metrics.periods import Period
from metrics.relations import RELATIONS
from metrics.tally import Tally, cut_by

__all__ = ["Figure", "Where", "cases_behind", "dimension_values", "fits", "measure"]

_ONE_LABEL = ("channel", "industry")  # a case has one of them, so the shares add up


@dataclass(frozen=True)
class Figure:
    """One number on a page. group: {} for all cases together; left_out: rows that cannot be judged.

    A count has no denominator, a median no numerator; value is None and text "—" where there is nothing to divide by.
    """

    kpi: Kpi
    period: Period
    group: dict[str, str]
    numerator: int | None
    denominator: int | None
    value: float | None
    text: str
    left_out: int = 0
    comparison: Comparison | None = None

    @property
    def with_unit(self) -> str:
        """The value with its unit: 43件, 95.0%."""
        return format.with_unit(self.kpi, self.value)


def measure(
    reader: Reader,
    kpis: Sequence[Kpi | str],
    periods: Sequence[Period],
    by: tuple[str, ...] = (),
    where: Where = NO_FILTER,
    compare: str | None = None,
) -> list[Figure]:
    """Return a figure for each KPI × period × group, in that order; with `by`, the groups and then the total.

    compare: yoy, mom or a year. Raises UserError for an unknown KPI, field, value or base, and for a KPI that cannot
    be cut or filtered so.
    """
    wanted = [catalog.get(kpi) for kpi in kpis]
    by = tuple(dict.fromkeys(dimension("cases", name).name for name in by))
    _refuse_unfit(wanted, by, where)
    check_values(reader, where)
    bases = [calendar.base_of(period, compare) for period in periods] if compare else []
    counted = Tally(reader, [kpi for kpi in wanted if not kpi.base], [*periods, *bases], by, where)
    changes = _changes(reader, [kpi for kpi in wanted if kpi.base], periods, by, where)
    found = []
    for kpi in wanted:
        groups = (changes if kpi.base else counted).spine(catalog.get("cases_total") if kpi.base else kpi)
        for period in periods:
            figures = []
            for group in (*groups, ()):
                named = dict(zip(cut_by(kpi, by), group, strict=False))
                if kpi.base:
                    figures.append(_change_figure(reader, kpi, changes, period, group, named))
                else:
                    figures.append(_figure(reader, kpi, counted, period, group, named, compare))
            adds_up = kpi.split_by in _ONE_LABEL and not by and is_on(reader, "shares_add_up")
            found += _adding_up(figures) if adds_up else figures
    return found


def _adding_up(figures: list[Figure]) -> list[Figure]:
    """Return the shares of one whole with texts that add up to exactly 100 % (largest remainder); values stay exact."""
    *parts, total = figures
    shares = format.largest_remainder([part.numerator for part in parts], total.kpi.decimals)
    if not total.denominator:
        return figures
    return [*(replace(part, text=f"{share}%") for part, share in zip(parts, shares, strict=True)), total]


def _refuse_unfit(kpis: Iterable[Kpi], by: tuple[str, ...], where: Where) -> None:
    for kpi in kpis:
        for name in (*by, *where.names):
            if not fits(kpi.relation, [name]):
                table, label = RELATIONS[kpi.relation].table, criterion("cases", name).label
                raise UserError(f"指标“{kpi.name}”取自{LABELS[table]}，不能按“{label}”分组或筛选。")


def _figure(
    reader: Reader, kpi: Kpi, counted: Tally, period: Period, group: Group, named: dict[str, str], compare: str | None
) -> Figure:
    counts = counted.counts(kpi, period, group)
    this = measured(kpi, counts)
    comparison = None
    if compare:
        base = calendar.base_of(period, compare)
        has_data = reaches(reader, kpi.relation, base)
        comparison = compared(kpi, this, measured(kpi, counted.counts(kpi, base, group)), base, compare, has_data)
        if crossing(reader, kpi, period, base, counted.where):
            crossed = crossing(reader, kpi, period, base, counted.where.narrowed(named))
            comparison = replace(comparison, crossing=crossed)
    value = this.numerator if kpi.kind in ("count", "stock") else None if this.exact is None else float(this.exact)
    return Figure(
        kpi,
        period,
        named,
        this.numerator,
        this.denominator,
        value,
        format.text(kpi, this.exact),
        counts.left_out,
        comparison,
    )


def measured(kpi: Kpi, counts: Counts) -> Measured:
    """Return the exact value that counts come to: nothing is rounded, and nothing is divided by zero."""
    if kpi.kind in ("count", "stock"):
        return Measured(counts.numerator, None, Fraction(counts.numerator))
    if kpi.quantile is not None:
        exact = None if counts.value is None else Fraction(str(counts.value))
        return Measured(None, counts.denominator, exact)
    exact = Fraction(counts.numerator, counts.denominator) if counts.denominator else None
    return Measured(counts.numerator, counts.denominator, exact)


def _changes(reader: Reader, kpis: list[Kpi], periods: Sequence[Period], by: tuple[str, ...], where: Where) -> Tally:
    pairs = [change_periods(reader, kpi, period) for kpi in kpis for period in periods]
    needed = [period for pair in pairs for period in pair if period]
    return Tally(reader, [catalog.get("cases_total")] if kpis else [], needed, by, where)


def _change_figure(
    reader: Reader, kpi: Kpi, counted: Tally, period: Period, group: Group, named: dict[str, str]
) -> Figure:
    total = catalog.get("cases_total")
    this_period, base_period = change_periods(reader, kpi, period)
    this = measured(total, counted.counts(total, this_period, group))
    if base_period is None or not reaches(reader, total.relation, base_period):
        base_text = compared(total, this, this, period, "mom" if kpi.base == "mom" else "yoy", False).text
        return Figure(kpi, period, named, None, None, None, base_text)
    base = measured(total, counted.counts(total, base_period, group))
    comparison = compared(total, this, base, base_period, "mom" if kpi.base == "mom" else "yoy", True)
    sign = -1 if kpi.is_decline else 1
    value = None if comparison.change is None else sign * comparison.change
    difference = sign * (this.numerator - base.numerator)
    return Figure(kpi, period, named, difference, base.numerator, value, comparison.text)
