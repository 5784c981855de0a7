"""What a KPI is: one frozen record that pages, report, documents and tests read.

The SQL fields are one line over the columns of a relation in metrics/sql/ (see metrics/relations.py); anything longer
is a column there, where it can be looked at case by case. They may name $parameters (see metrics/parameters.py).
"""

from dataclasses import dataclass

from metrics.relations import RELATIONS
from metrics.sources import SOURCES

KINDS = ("count", "share", "duration", "stock", "change")
DIRECTIONS = ("higher", "lower", "neutral")
GROUPS = ("总量", "时效", "满意", "积案", "重复", "结构", "变化")


@dataclass(frozen=True)
class LeftOut:
    """Rows that belong to a KPI's question but cannot be judged: why, and the SQL that finds them."""

    words: str
    condition: str


@dataclass(frozen=True)
class Kpi:
    """One KPI. `population` and `condition` are SQL over `relation`; a share is condition rows / population rows.

    period_of: the DATE column that puts a row into a period; None for a state at the end of the period.
    numerator: SQL for a numerator that is not a part of the population (flow rates).
    measured: the column that is summed (count), averaged or ordered (duration); distinct: the column counted once each.
    split_by: the dimension whose values a mix is a share of; split_parent: the dimension of its denominators.
    factors: ids of two shares that are multiplied. base: what a change is measured against (yoy, mom, ytd, decline).
    """

    id: str
    name: str
    group: str
    question: str
    formula: str
    kind: str
    unit: str
    period_words: str
    numerator_words: str
    population: str = "TRUE"
    relation: str = "case_facts"
    period_of: str | None = "received_on"
    condition: str | None = None
    numerator: str | None = None
    measured: str | None = None
    distinct: str | None = None
    quantile: float | None = None
    split_by: str | None = None
    split_parent: str | None = None
    factors: tuple[str, ...] = ()
    base: str | None = None
    whole_period: bool = False  # counts the days after as_of too
    denominator_words: str = ""
    left_out: tuple[LeftOut, ...] = ()
    decimals: int = 0
    direction: str = "neutral"
    source: tuple[str, ...] = ()
    caveat: str = ""
    variant_of: str | None = None

    def __post_init__(self) -> None:
        """Refuse a record that contradicts itself, when it is imported."""
        assert self.kind in KINDS and self.direction in DIRECTIONS and self.group in GROUPS, self.id
        assert self.relation in RELATIONS and all(key in SOURCES for key in self.source), self.id
        assert (self.kind == "change") == bool(self.base), self.id
        assert self.kind != "share" or self.denominator_words, self.id

    @property
    def is_decline(self) -> bool:
        """Whether a positive value means fewer than in the base year."""
        return self.base == "decline"

    @property
    def left_out_words(self) -> str:
        """What is left out, in words; empty when everything can be judged."""
        return "；".join(part.words for part in self.left_out)

    @property
    def left_out_condition(self) -> str:
        """The SQL that finds every row left out."""
        return " OR ".join(f"({part.condition})" for part in self.left_out) or "FALSE"

    @property
    def family(self) -> str:
        """The id of the KPI whose variants this one belongs with."""
        return self.variant_of or self.id

    @property
    def counts_rows(self) -> bool:
        """Whether the figure is a number of rows, so that the cases behind it are as many as it says."""
        return not (self.measured or self.distinct or self.factors)
