"""Targets and thresholds of the KPIs, as the version keeps them, and what state a figure is in by them.

All of them stand in one reference table (data/reference/targets.csv, the store's own rows over it). A version keeps the
targets in force when it was made; one from before they were kept has the product's. Few cases never make a bad branch:
a share of fewer than 5 is grey, one of fewer than 10 is never red.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from data.errors import UserError
from data.reference import Reference
from data.scope import SHARED
from data.store import Reader
from metrics import catalog
from metrics.engine import Figure
from metrics.kpi import Kpi

GREY_BELOW, NEVER_RED_BELOW = 5, 10
STATES = {"green": "达标", "yellow": "未达标", "grey": "件数少，不评判", "": ""}


@dataclass(frozen=True)
class Target:
    """What a KPI should reach; green: from where it is good (None: the target), red: beyond which it is bad (None: never).

    value is None where only the thresholds are set; shares are fractions of 1.
    """

    kpi: Kpi
    value: float | None
    green: float | None
    red: float | None
    words: str

    @property
    def goal(self) -> str:
        """The target in few words: 目标≥98%, 目标0件."""
        return "" if self.value is None else f"目标{_bound(self.kpi, self.value)}"

    @property
    def full_words(self) -> str:
        """The target, the thresholds, and the remark that stands beside them in the table: ≥98%，低于95%为红（默认值）."""
        parts = [self.goal.removeprefix("目标")]
        if self.green is not None and self.green != self.value:
            parts.append(f"{_bound(self.kpi, self.green)}为绿")
        if self.red is not None:
            parts.append(f"{_sign(self.kpi, '低于', '高于')}{amount(self.kpi, self.red)}为红")
        return "，".join(part for part in parts if part) + (f"（{self.words}）" if self.words else "")


def amount(kpi: Kpi, value: float) -> str:
    """Return a threshold as it was set, with its unit: 97.5%, 30天."""
    exact = Decimal(repr(value)) * (100 if kpi.kind in ("share", "change") else 1)
    text = f"{exact.normalize():f}"
    return f"{text}%" if kpi.kind in ("share", "change") else f"{text}{kpi.unit}"


def target_of(reader: Reader | None, kpi: Kpi | str) -> Target | None:
    """Return the target of a KPI in a version (None: the product's own); None where nothing is set.

    Raises UserError for a threshold that cannot be, such as a share above 100 %.
    """
    kpi = catalog.get(kpi)
    kept = _kept(Reader(reader.path, reader.version, SHARED)) if reader else {}
    value, green, red, words = (kept or _defaults()).get(kpi.id, (None, None, None, ""))
    if value is None and green is None and red is None:
        return None
    target = Target(kpi, value, green, red, words or "")
    check(target)
    return target


def check(target: Target) -> None:
    """Refuse a share above 100 % and a red that lies on the good side of green. Raises UserError."""
    kpi, name = target.kpi, f"指标“{target.kpi.name}”（{target.kpi.id}）的目标或阈值"
    known = [number for number in (target.value, target.green, target.red) if number is not None]
    if kpi.kind == "share" and any(number > 1 for number in known):
        raise UserError(f"{name}大于100%，比率请写成 98% 或 0.98；请在“设置”页或 targets.csv 中改正。")
    good = _good_from(target)
    if target.red is not None and good is not None and not _is_good(kpi, good, target.red):
        raise UserError(f"{name}前后矛盾：红线{amount(kpi, target.red)}应比绿线{amount(kpi, good)}更差，请改正。")


def state(figure: Figure, target: Target | None) -> str:
    """Return green, yellow, red, grey (fewer than 5 cases), or "" where there is nothing to judge by."""
    if target is None or figure.value is None or figure.kpi.direction == "neutral":
        return ""
    few = figure.denominator if figure.kpi.kind == "share" else None
    if few is not None and few < GREY_BELOW:
        return "grey"
    good = _good_from(target)
    if good is not None and _is_good(figure.kpi, figure.value, good):
        return "green"
    if target.red is not None and not _is_good(figure.kpi, figure.value, target.red):
        return "yellow" if few is not None and few < NEVER_RED_BELOW else "red"
    return "yellow" if good is not None else ""


def state_words(figure: Figure, target: Target | None) -> str:
    """Return the state in words: 达标, 未达标, 低于红线95%, 件数少，不评判."""
    found = state(figure, target)
    if found == "red":
        return f"{_sign(figure.kpi, '低于', '高于')}红线{amount(figure.kpi, target.red)}"
    return STATES[found]


def _good_from(target: Target) -> float | None:
    return target.value if target.green is None else target.green


def _is_good(kpi: Kpi, value: float, bound: float) -> bool:
    return value <= bound if kpi.direction == "lower" else value >= bound


def _sign(kpi: Kpi, higher: str, lower: str) -> str:
    return lower if kpi.direction == "lower" else higher


def _bound(kpi: Kpi, value: float) -> str:
    if (kpi.direction == "lower" and value == 0) or (kpi.kind == "share" and value == 1):
        return amount(kpi, value)  # nothing lies beyond it
    return f"{_sign(kpi, '≥', '≤')}{amount(kpi, value)}"


@lru_cache(maxsize=16)
def _kept(reader: Reader) -> dict[str, tuple]:
    return {kpi: tuple(row) for kpi, *row in reader.query("SELECT kpi, target, green, red, words FROM targets")}


@lru_cache(maxsize=1)
def _defaults() -> dict[str, tuple]:
    return {row["kpi"]: (row["target"], row["green"], row["red"], row["words"]) for row in Reference().kept("targets")}
