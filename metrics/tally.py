"""Counts of one question (KPIs × periods × groups), with the KPIs that are made of other counts.

A mix is a part of its group: the part is counted with the mix's own field in the cut, the whole without it (or by the
parent type of a sub-type). A product multiplies numerators and denominators, so that its value stays exact.
"""

from collections.abc import Sequence
from itertools import product

from data.schema import BLANK
from data.store import Reader
from metrics import catalog
from metrics.counting import count, window_of
from metrics.counts import NOTHING, Counts, Group
from metrics.dimensions import Where, dimension, dimension_values
from metrics.kpi import Kpi
from metrics.parameters import parent_of
from metrics.periods import Period
from metrics.relations import RELATIONS


def cut_by(kpi: Kpi, by: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields that a KPI's groups have: those of `by`, and a mix's own field."""
    return by if kpi.split_by is None or kpi.split_by in by else (*by, kpi.split_by)


class Tally:
    """Everything counted for KPIs of any kind but change, over `periods`, by the fields of `by`."""

    def __init__(
        self, reader: Reader, kpis: Sequence[Kpi], periods: Sequence[Period], by: tuple[str, ...], where: Where
    ) -> None:
        """Run the queries: one per relation and date column, two more for each mix."""
        self.reader, self.by, self.where = reader, by, where
        factors = [catalog.get(name) for kpi in kpis for name in kpi.factors]
        plain = [kpi for kpi in kpis if not kpi.split_by and not kpi.factors]
        self._plain = count(reader, [*plain, *factors], periods, by, where)
        self._parts, self._wholes = {}, {}
        for kpi in kpis:
            if kpi.split_by:
                self._parts |= count(reader, [kpi], periods, cut_by(kpi, by), where)
                self._wholes |= count(reader, [kpi], periods, self._whole_by(kpi), where)

    def _whole_by(self, kpi: Kpi) -> tuple[str, ...]:
        others = tuple(name for name in self.by if name != kpi.split_by)
        return (*others, kpi.split_parent) if kpi.split_parent else others

    def counts(self, kpi: Kpi, period: Period, group: Group) -> Counts:
        """Return what was counted in one period for one group (values in the order of cut_by; () is the total)."""
        key = kpi.id, window_of(kpi, period), group
        if kpi.factors:
            first, second = (self.counts(catalog.get(name), period, group) for name in kpi.factors)
            return Counts(first.numerator * second.numerator, first.denominator * second.denominator, first.left_out)
        if not kpi.split_by:
            return self._plain.get(key, NOTHING)
        if not group:
            whole = self._wholes.get(key, NOTHING)
            return Counts(whole.denominator, whole.denominator)
        part = self._parts.get(key, NOTHING)
        whole = self._wholes.get((kpi.id, key[1], self._whole_group(kpi, group)), NOTHING)
        return Counts(part.numerator, whole.denominator)

    def _whole_group(self, kpi: Kpi, group: Group) -> Group:
        at = cut_by(kpi, self.by).index(kpi.split_by)
        others = (*group[:at], *group[at + 1 :])
        return (*others, parent_of(group[at])) if kpi.split_parent else others

    def spine(self, kpi: Kpi) -> list[Group]:
        """Return every group of a KPI in the order to show it, whether it has cases or not; without the total.

        A field with few values (branch, channel …) has all that the store knows; free text only what was found.
        """
        fields = cut_by(kpi, self.by)
        found = [group for name, _, group in (*self._plain, *self._parts) if name == kpi.id and group]
        if kpi.factors:
            found = [group for name, _, group in self._plain if name in kpi.factors and group]
        values = [self._values(kpi, i, name, found) for i, name in enumerate(fields)]
        return list(product(*values)) if fields else []

    def _values(self, kpi: Kpi, at: int, name: str, found: list[Group]) -> list[str]:
        part = dimension(RELATIONS[kpi.relation].table, name)
        known = dimension_values(self.reader, name) if part.has_closed_values else []
        wanted = () if part.is_list else self.where.get(name)
        if wanted:
            known = [value for value in known if value in wanted] or list(wanted)
        missing = sorted({group[at] for group in found} - set(known), key=lambda value: (value == BLANK, value))
        return [
            value for value in (*known, *missing) if not (kpi.split_parent and name == kpi.split_by and value == BLANK)
        ]
