"""What a figure is compared with, and the change in the words of official bulletins.

A share changes by percentage points, a count by per cent of its base (with the absolute number where the base is
below 10), days by days. A fall is written 下降30.8%, never -30.8%.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from data.store import Reader
from metrics import format, periods
from metrics.kpi import Kpi
from metrics.parameters import number, setting
from metrics.periods import Period
from metrics.relations import RELATIONS

SMALL_BASE = 10
DECLINE_YEARS = 3
_AGAINST_MOM = {"month": "较上月同期", "quarter": "较上季度同期", "year": "较上年"}


@dataclass(frozen=True)
class Comparison:
    """A figure's counterpart in the base period; `change` is a difference for a share, relative for a count.

    value and change are None where there is nothing to compare with; `text` then says why. crossing: the known breaks
    between the two periods in words; where there are any, the change is shown in grey and with the reason.
    """

    period: Period
    numerator: int | None
    denominator: int | None
    value: float | None
    change: float | None
    text: str
    base: str
    value_text: str = format.EMPTY
    crossing: str = ""

    @property
    def against(self) -> str:
        """What it is compared with: 较上年同期, 较上月同期, 较2022年同期."""
        if self.base == "yoy":
            return "较上年同期"
        return _AGAINST_MOM.get(self.period.grain, "较上期") if self.base == "mom" else f"较{self.base}年同期"

    @property
    def caution(self) -> str:
        """Why the change should not be relied on; empty where it may be."""
        return f"跨断点：{self.crossing}，不宜直接比较" if self.crossing and self.change is not None else ""

    @property
    def term(self) -> str:
        """The name of the comparison: 同比, 环比, 与2022年同期相比."""
        return {"yoy": "同比", "mom": "环比"}.get(self.base) or f"与{self.base}年同期相比"


@dataclass(frozen=True)
class Measured:
    """A value as exact fraction with the counts that made it."""

    numerator: int | None
    denominator: int | None
    exact: Fraction | None


def compared(kpi: Kpi, this: Measured, base: Measured, period: Period, name: str, has_data: bool) -> Comparison:
    """Return the comparison of `this` with `base`, the same KPI in the base period `period`."""
    is_count = kpi.kind in ("count", "stock")
    value = base.numerator if is_count else None if base.exact is None else float(base.exact)

    def result(change: Fraction | None, text: str) -> Comparison:
        plain = None if change is None else float(change)
        shown = format.with_unit(kpi, base.exact)
        return Comparison(period, base.numerator, base.denominator, value, plain, text, name, shown)

    if not has_data:
        return Comparison(period, None, None, None, None, no_data(name), name)
    if this.exact is None:
        return result(None, format.EMPTY)
    if base.exact is None:
        return result(None, no_data(name))
    if kpi.kind == "share":
        change = this.exact - base.exact
        return result(change, format.point_change(change, min(kpi.decimals, 1)))
    if kpi.kind == "duration":
        change = this.exact - base.exact
        return result(change, format.unit_change(change, kpi.unit, kpi.decimals))
    if base.exact == 0:
        return result(None, "—（基期为0）")
    change = (this.exact - base.exact) / base.exact
    absolute = format.unit_change(this.exact - base.exact, kpi.unit)
    note = f"（{absolute}）" if base.exact < SMALL_BASE and change else ""
    return result(change, format.relative_change(change) + note)


def no_data(base: str) -> str:
    """Return the official words for a base that the data does not reach."""
    return "暂无环比数据" if base == "mom" else "暂无同比数据"


def reaches(reader: Reader, relation: str, period: Period) -> bool:
    """Say whether the store's data begins early enough to be a base: in the first month of `period` at the latest.

    A first case a few days into that month does not make it incomplete; a first case a month later does.
    """
    kept = RELATIONS[relation]
    started = reader.begins_on(kept.table, kept.started)
    if started == date.min and kept.table == "cases":
        return False
    return started is not None and started < periods.months_later(period.first, 1)


def change_periods(reader: Reader, kpi: Kpi, period: Period) -> tuple[Period, Period | None]:
    """Return the period that a change KPI looks at and its base; None when the base year is not an earlier one."""
    if kpi.base in periods.BASES:
        return period, periods.base_of(period, kpi.base)
    this = periods.cumulative(period)
    if kpi.base == "ytd":
        return this, periods.base_of(this, "yoy")
    year = number(reader, "decline_base_year") if setting(reader, "decline_base_year") else this.year - DECLINE_YEARS
    return this, periods.base_of(this, f"{year:04d}") if year < this.year else None
