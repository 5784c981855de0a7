"""The assessment of branches: points for chosen shares, by weights that the bureau sets; none is preset.

Decisions, written on the card as well:
- Only shares with a better direction: a count grows with the size of a branch and would punish the large ones.
- A share of fewer than five cases is not judged. A branch that lacks a part has no total: filling the part in, or
  stretching the others to the whole, would reward having few cases. What the judged parts came to is given beside it.
- Every part is rounded to two decimals and the total is their sum, so that a branch can add it up by hand.
- No ranking. A total is compared with what chance alone would give a branch of as many cases at the city's own shares:
  for each part the exact binomial range, and the sums of their ends. That is the range when all parts go wrong together,
  so it errs on the side of not judging. Only a total outside the 99.8 % range is called 明显高于 or 明显低于全市, one outside
  the 95 % range 留意; within one of these classes there is no order. For one share alone it is the verdict of the funnel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from data.schema import UNMATCHED_BRANCH
from data.store import Reader
from metrics import format
from metrics.chance import Binomial
from metrics.dimensions import NO_FILTER, Where, fits
from metrics.engine import Figure, measure
from metrics.funnel import FEW
from metrics.periods import Period
from metrics.scheme import Item, plain, scheme

SMALL = 10  # a branch with a part of fewer cases is never coloured
_TAILS = (0.025, 0.001)


@dataclass(frozen=True)
class Part:
    """One KPI of one branch. points is None where it is not judged, and words say why.

    ranges: for 95 % and 99.8 %, the points that chance alone gives at the city's share; None where it is not judged.
    """

    item: Item
    numerator: int
    denominator: int
    points: Decimal | None
    words: str
    ranges: tuple[tuple[Decimal, Decimal], ...] | None = None

    @property
    def text(self) -> str:
        """The share as it is printed."""
        share = Fraction(self.numerator, self.denominator) if self.denominator else None
        return format.percent(share, self.item.kpi.decimals)


@dataclass(frozen=True)
class Card:
    """One branch (branch "": the whole city). total is None where a part is not judged.

    judged: points of the parts that are, out of judged_of. verdict: high 99.8, high 95, "", low 95, low 99.8.
    """

    branch: str
    parts: tuple[Part, ...]
    total: Decimal | None
    judged: Decimal
    judged_of: Decimal
    ranges: tuple[tuple[Decimal, Decimal], ...] | None
    verdict: str

    @property
    def words(self) -> str:
        """The verdict in words: 明显高于全市, 留意：偏低, 与全市无明显差别, 样本不足，不合计."""
        if self.total is None:
            return "样本不足，不合计"
        side = {"h": "高", "l": "低"}.get(self.verdict[:1], "")
        if not side:
            return "与全市无明显差别"
        return f"明显{side}于全市" if "99.8" in self.verdict else f"留意：偏{side}"

    @property
    def colour(self) -> str:
        """better or concern for a branch that stands out at 99.8 % with at least ten cases in each part, few, or empty."""
        if self.total is None:
            return "few"
        if "99.8" not in self.verdict or any(part.denominator < SMALL for part in self.parts):
            return ""
        return "better" if self.verdict.startswith("high") else "concern"


@dataclass(frozen=True)
class Board:
    """The card of every branch in a period, by class and within a class in the order of the list of branches."""

    items: tuple[Item, ...]
    city: Card
    cards: tuple[Card, ...]
    out_of: Decimal
    left_out: tuple[str, ...]

    @property
    def set_words(self) -> str:
        """Who set the weights, and when."""
        said = dict.fromkeys(
            f"{item.author} {item.set_on:%Y-%m-%d}" for item in self.items if item.author and item.set_on
        )
        return "；".join(said)


def board(reader: Reader, period: Period, where: Where = NO_FILTER) -> Board:
    """Return the cards of a period by the version's weights; branches chosen by the filter are shown, compared with all."""
    items = scheme(reader)
    whole = where.without("branch")
    fitting = [one.kpi.id for one in items if fits(one.kpi.relation, whole.names)]
    city, found = cards(items, measure(reader, fitting, [period], ("branch",), whole) if fitting else [])
    idle = tuple(card.branch for card in found if not any(part.denominator for part in card.parts))
    wanted = where.get("branch")
    shown = [card for card in found if card.branch not in idle and (not wanted or card.branch in wanted)]
    out_of = sum((one.weight for one in items), Decimal(0))
    return Board(items, city, tuple(sorted(shown, key=_class)), out_of, idle)


def cards(items: Sequence[Item], figures: Sequence[Figure]) -> tuple[Card, list[Card]]:
    """Return the city's card and the branches', from figures by branch with their totals; 待归属 has none of its own."""
    found: dict[str, dict[str, Figure]] = {}
    for figure in figures:
        found.setdefault(figure.group.get("branch", ""), {})[figure.kpi.id] = figure
    city = found.pop("", {})
    own = [_card(branch, items, parts, city) for branch, parts in found.items() if branch != UNMATCHED_BRANCH]
    return _card("", items, city, city), own


def _class(card: Card) -> int:
    """Return a card's class: clearly above, not told apart, clearly below, without a total."""
    if card.total is None:
        return 3
    return {"high 99.8": 0, "low 99.8": 2}.get(card.verdict, 1)


def _card(branch: str, items: Sequence[Item], own: dict[str, Figure], city: dict[str, Figure]) -> Card:
    parts = tuple(_part(one, own.get(one.kpi.id), city.get(one.kpi.id)) for one in items)
    judged = [part for part in parts if part.points is not None]
    points = sum((part.points for part in judged), Decimal(0))
    total = points if parts and len(judged) == len(parts) else None
    ranges = None
    if total is not None:
        ranges = tuple(
            tuple(sum((part.ranges[tail][end] for part in parts), Decimal(0)) for end in (0, 1)) for tail in (0, 1)
        )
    of = sum((part.item.weight for part in judged), Decimal(0))
    return Card(branch, parts, total, points, of, ranges, _verdict(total, ranges) if branch else "")


def _part(one: Item, figure: Figure | None, city: Figure | None) -> Part:
    if figure is None or city is None:
        return Part(one, 0, 0, None, "不适用于所选筛选")
    x, n = figure.numerator, figure.denominator or 0
    if n < FEW or not city.denominator:
        return Part(one, x, n, None, "没有件" if n == 0 else "样本不足，不评")
    p0 = city.numerator / city.denominator
    ranges = tuple(_range(one, n, p0, tail) for tail in _TAILS)
    return Part(one, x, n, one.points(Fraction(x, n)), "", ranges)


def _range(one: Item, n: int, p0: float, tail: float) -> tuple[Decimal, Decimal]:
    """Return the fewest and most points that chance gives n cases at the share p0, each end left by `tail` at most."""
    counted = Binomial(n, p0)
    ends = [one.points(Fraction(counted.lowest(at), n)) for at in (tail, 1 - tail)]
    return min(ends), max(ends)


def _verdict(total: Decimal | None, ranges: tuple | None) -> str:
    if total is None or ranges is None:
        return ""
    for name, (low, high) in (("99.8", ranges[1]), ("95", ranges[0])):
        if total < low or total > high:
            return f"{'low' if total < low else 'high'} {name}"
    return ""


def to_frame(found: Board) -> pd.DataFrame:
    """Return the board as it is taken away: a line for each part, then one for the total, of every branch and the city."""
    heads = [
        "分局",
        "指标",
        "分子",
        "分母",
        "率",
        "分值",
        "计分办法",
        "得分",
        "偶然范围低（95%）",
        "偶然范围高（95%）",
        "说明",
    ]
    rows = []
    for card in (*found.cards, found.city):
        name = card.branch or "全市"
        for part in card.parts:
            low, high = part.ranges[0] if part.ranges else (None, None)
            share = part.numerator / part.denominator if part.denominator else None
            points = None if part.points is None else float(part.points)
            rows.append([name, part.item.kpi.name, part.numerator, part.denominator, share, float(part.item.weight),
                         part.item.rule_words, points, _number(low), _number(high), part.words])  # fmt: skip
        low, high = card.ranges[0] if card.ranges else (None, None)
        words = card.words if card.branch else "对照"
        if card.total is None:
            words = f"{words}；已评{card.judged}/{plain(card.judged_of)}分"
        rows.append([name, "合计", None, None, None, float(found.out_of), "各项得分相加", _number(card.total), _number(low), _number(high), words])  # fmt: skip
    return pd.DataFrame(rows, columns=heads, dtype=object)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
