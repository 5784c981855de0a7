"""Which control chart a KPI's months get, with the reason: the first line of CHOICES that fits.

Months are few and branches small, so limits are drawn only where they can be trusted: fewer than six months give none,
and where fewer than about five of the rarer outcome are expected a month, exact probabilities go in the place of ± 3 σ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median

from metrics import control
from metrics.engine import Figure
from metrics.kpi import Kpi
from metrics.periods import is_spring
from metrics.relations import RELATIONS
from metrics.rules import Convention, Limits
from metrics.spc import fault, moving_range_limits

FEWEST, TRIAL = 6, 12  # months: below the first no limits, below the second limits on trial
FEW_CASES = 5  # a share or a duration of fewer cases a month has no limits
PART_CASES = 50  # nor has the share of a part, such as a branch, with fewer
NORMAL = 5  # expected events from which ± 3 σ is near enough
RARE = 2  # events a month below which the days between them tell more
LARGE = 500  # cases a month from which shares vary by more than chance


def can_be_judged(figure: Figure) -> bool:
    """Say whether a figure belongs into a series: its month is over and has a value.

    A count of a month that is cut off does not compare with whole months; January and February joined do, as average.
    """
    is_odd = figure.kpi.kind == "count" and figure.period.grain in ("span", "ytd") and not is_spring(figure.period)
    return figure.period.complete and figure.value is not None and not is_odd


class Series:
    """The known months of one segment; `is_part` when they are of a part of all cases only (a branch, a filter)."""

    def __init__(self, kpi: Kpi, figures: Sequence[Figure], is_part: bool, convention: Convention) -> None:
        """Keep the figures that can be judged."""
        self.kpi, self.is_part, self.convention = kpi, is_part, convention
        self.figures = [figure for figure in figures if can_be_judged(figure)]
        self.values = [float(figure.value) for figure in self.figures]

    @cached_property
    def hits(self) -> list[float]:
        """The numerators; of a count the values, which are averages where months are joined."""
        return self.values if self.kpi.kind == "count" else [figure.numerator for figure in self.figures]

    @cached_property
    def sizes(self) -> list[int]:
        """The denominators."""
        return [figure.denominator or 0 for figure in self.figures]

    @property
    def is_binomial(self) -> bool:
        """Whether it is a share whose numerator is a part of its denominator."""
        return self.kpi.kind == "share" and not self.kpi.factors and not self.kpi.numerator

    @property
    def is_poisson(self) -> bool:
        """Whether it is a number of cases, not of something summed over them."""
        return self.kpi.kind == "count" and self.kpi.counts_rows

    @cached_property
    def expected(self) -> float:
        """How many of the rarer outcome a usual month has."""
        if not self.is_binomial:
            return fmean(self.values)
        share = sum(self.hits) / sum(self.sizes)
        return median(self.sizes) * min(share, 1 - share)

    @property
    def fault(self) -> str:
        """Why XmR limits would mislead: constant, sparse or ""."""
        return fault(self.values, self.convention.screening)


@dataclass(frozen=True)
class Choice:
    """One line of the table: when it fits, which chart, its name, and why (for "none" also what is said in its place)."""

    fits: Callable[[Series], bool]
    chart: str
    name: str
    reason: str


CHOICES = (
    Choice(lambda s: s.kpi.kind == "change", "none", "", "变化率不设限"),
    Choice(lambda s: RELATIONS[s.kpi.relation].table != "cases", "none", "", "台账按批次登记，不设限"),
    Choice(lambda s: s.kpi.kind == "stock", "none", "", "期末存量前后月相连，不设限"),
    Choice(lambda s: len(s.values) < FEWEST, "none", "", "点数不足，不设限"),
    Choice(lambda s: len(set(s.values)) == 1, "none", "", "无波动，不设限"),
    Choice(lambda s: s.kpi.kind != "count" and median(s.sizes) < FEW_CASES, "none", "", "每月件数少，不设限"),
    Choice(lambda s: s.is_binomial and s.is_part and median(s.sizes) < PART_CASES, "none", "", "每月件数少，不设限"),
    Choice(lambda s: s.is_binomial and s.expected < NORMAL, "p_exact", "p图（二项精确限）", "率，每月较少见的一类不足5件"),
    Choice(
        lambda s: (
            s.is_binomial
            and median(s.sizes) >= LARGE
            and control.sigma_z(s.hits, s.sizes, s.convention.screening) > 1
        ),
        "p_prime",
        "p′图",
        "率，件数多且波动大于随机波动",
    ),
    Choice(lambda s: s.is_binomial, "p", "p图", "率，每月件数不同"),
    Choice(lambda s: s.is_poisson and s.expected < RARE, "rare", "间隔图", "件数月均不足2，看间隔天数"),
    Choice(lambda s: s.is_poisson and s.expected < NORMAL, "c_exact", "c图（泊松精确限）", "件数月均不足5"),
    Choice(lambda s: s.is_poisson and s.is_part and len(s.values) < TRIAL, "c_exact", "c图（泊松精确限）", "部分件数，不足12个月"),
    Choice(lambda s: s.is_poisson and s.fault == "sparse", "c_exact", "c图（泊松精确限）", "多数月份相同，极差不可用"),
    Choice(lambda s: s.is_part and len(s.values) < TRIAL, "none", "", "点数不足，不设限"),
    Choice(lambda s: s.fault == "sparse", "none", "", "多数月份相同，不设限"),
    Choice(lambda s: True, "xmr", "单值移动极差图", "逐月的量，按移动极差"),
)  # fmt: skip


def choose(series: Series) -> Choice:
    """Return the first line that fits."""
    return next(choice for choice in CHOICES if choice.fits(series))


def limits_of(choice: Choice, series: Series) -> list[Limits]:
    """Return the limits of each known month under a choice; centre only where it gives none."""
    screening = series.convention.screening
    if choice.chart == "none":
        return [Limits.around(fmean(series.values), None)] * len(series.values) if series.values else []
    if choice.chart == "xmr":
        return [moving_range_limits(series.values, screening)] * len(series.values)
    if choice.chart in ("c_exact", "rare"):
        return control.exact_c_chart(series.values)
    if choice.chart == "p_prime":
        return control.p_prime_chart(series.hits, series.sizes, screening)
    chart = control.exact_p_chart if choice.chart == "p_exact" else control.p_chart
    return chart(series.hits, series.sizes)
