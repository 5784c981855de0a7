"""The scheme of the assessment: which shares a branch gets points for, how many, and between which two lines.

The bureau's own scheme is not published, so nothing is preset. The weights stand in the store's own reference list
scorecard.csv, each with who set it and when; a version keeps those of its time.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from data.errors import UserError
from data.store import Reader
from metrics import catalog, format
from metrics.dimensions import fits
from metrics.kpi import Kpi
from metrics.targets import amount, target_of

RULES = {"rate": "率×分值", "target": "按目标表", "own": "自定两条线"}


@dataclass(frozen=True)
class Item:
    """One KPI of the card: its weight in points, and where points begin (zero_at) and are full (full_at), as shares."""

    kpi: Kpi
    weight: Decimal
    rule: str
    zero_at: Fraction
    full_at: Fraction
    author: str = ""
    set_on: date | None = None

    def points(self, share: Fraction) -> Decimal:
        """Return the points of a share, on a straight line between the two ends, rounded to two decimals."""
        way = (share - self.zero_at) / (self.full_at - self.zero_at)
        return format.round_half_up(Fraction(self.weight) * min(max(way, Fraction(0)), Fraction(1)), 2)

    @property
    def rule_words(self) -> str:
        """How points come about, in words: 率×30分; 95%得0分，98%得满分30分，其间按比例."""
        if self.rule == "rate":
            share = "率" if self.full_at > self.zero_at else "（1－率）"
            return f"{share}×{plain(self.weight)}"
        ends = (amount(self.kpi, float(end)) for end in (self.zero_at, self.full_at))
        return "{}得0分，{}得满分，其间按比例".format(*ends)


def eligible() -> list[Kpi]:
    """Return the KPIs that a card may hold: shares by branch whose numerator is a part of the cases, better high or low."""
    return [
        kpi for kpi in catalog.CATALOG.values()
        if kpi.kind == "share" and kpi.direction != "neutral" and fits(kpi.relation, ["branch"])
        and not (kpi.split_by or kpi.factors or kpi.numerator or kpi.measured or kpi.distinct)
    ]  # fmt: skip


def scheme(reader: Reader) -> tuple[Item, ...]:
    """Return the items that the version keeps, in the catalogue's order; () when no weights are set.

    Raises UserError for a KPI that a card cannot hold, a weight of nothing, or two lines that are one.
    """
    rows = {
        kpi: row
        for kpi, *row in reader.query("SELECT kpi, weight, rule, zero_at, full_at, author, set_on FROM scorecard")
    }
    order = list(catalog.CATALOG)
    return tuple(item(reader, kpi, *rows[kpi]) for kpi in sorted(rows, key=order.index))


def item(
    reader: Reader | None, kpi_id: str, weight: float | None, rule: str = "rate", zero_at: float | None = None,
    full_at: float | None = None, author: str = "", set_on: date | None = None,
) -> Item:  # fmt: skip
    """Return one item, its lines resolved by its rule; raises UserError where it cannot be."""
    kpi = catalog.get(kpi_id)
    where = f"评估方案里的“{kpi.name}”"
    if kpi not in eligible():
        raise UserError(f"{where}不能计分：只收分局可比、有好坏方向的比率，请换一个指标。")
    if not weight or weight <= 0:
        raise UserError(f"{where}没有分值，请填大于0的分数。")
    lines = {"rate": (0.0, 1.0) if kpi.direction == "higher" else (1.0, 0.0), "own": (zero_at, full_at)}
    if rule == "target":
        target = target_of(reader, kpi)
        lines["target"] = (
            (target.red, target.value if target.green is None else target.green) if target else (None, None)
        )
    zero, full = lines.get(rule, (None, None))
    if zero is None or full is None:
        missing = "目标表里没有它的红线和绿线（或目标）" if rule == "target" else "没有写得0分和得满分的两条线"
        raise UserError(f"{where}{missing}，请补上，或改用“率×分值”。")
    if zero == full or (full > zero) != (kpi.direction == "higher") or not 0 <= min(zero, full) <= max(zero, full) <= 1:
        better = "高" if kpi.direction == "higher" else "低"
        raise UserError(f"{where}的两条线不对：应在0%到100%之间，得满分的一条更{better}。")
    return Item(kpi, Decimal(str(weight)), rule, _exact(zero), _exact(full), author or "", set_on)


def _exact(share: float) -> Fraction:
    return Fraction(Decimal(repr(share)))


def plain(number: Decimal) -> str:
    """Return a weight without needless zeros: 30, 12.5."""
    return f"{number.normalize():f}"
