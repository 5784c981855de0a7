"""The passport of a figure: everything one needs to trust it or to contest it, in words and numbers.

The variants of a contested formula stand side by side with their difference, so that nobody has to guess which of
them somebody else used.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from data.store import Reader
from metrics import catalog, format
from metrics.breaks import crossing
from metrics.compare import change_periods
from metrics.counting import count, window_of
from metrics.dimensions import NO_FILTER, Where, dimension
from metrics.engine import Figure, measure
from metrics.kpi import Kpi
from metrics.parameters import DEFAULTS, WORDS, setting
from metrics.sources import SOURCES
from metrics.targets import target_of

_SMALL = 5  # below this many cases a rate says little


@dataclass(frozen=True)
class Variant:
    """The same question by another formula; `difference` in words against the figure, empty for the figure itself."""

    figure: Figure
    difference: str
    is_this: bool


@dataclass(frozen=True)
class Passport:
    """What one figure means and what it was made of. left_out: (why, how many) for each reason that has rows."""

    figure: Figure
    question: str
    definition: str
    numerator_words: str
    numerator: int | None
    denominator_words: str
    denominator: int | None
    left_out: tuple[tuple[str, int], ...]
    period_words: str
    filter_words: str
    as_of: datetime
    version: str
    sources: tuple[str, ...]
    target_words: str
    settings: tuple[tuple[str, str], ...]
    variants: tuple[Variant, ...]
    caveats: tuple[str, ...]


def passport(reader: Reader, figure: Figure, where: Where = NO_FILTER) -> Passport:
    """Return the passport of a figure that `measure` gave under the filter `where`."""
    kpi = figure.kpi
    narrowed = where.narrowed({k: v for k, v in figure.group.items() if k != kpi.split_by})
    target = target_of(reader, kpi)
    words = [where.words, *(f"{dimension('cases', name).label}：{value}" for name, value in figure.group.items())]
    return Passport(
        figure=figure,
        question=kpi.question,
        definition=kpi.formula,
        numerator_words=kpi.numerator_words,
        numerator=figure.numerator,
        denominator_words=kpi.denominator_words,
        denominator=figure.denominator,
        left_out=_left_out(reader, figure, narrowed),
        period_words=f"{figure.period.words}，{kpi.period_words}",
        filter_words="；".join(word for word in words if word) or "全部信访件",
        as_of=reader.as_of,
        version=reader.version,
        sources=tuple(SOURCES[key].words for key in kpi.source),
        target_words=target.full_words if target else "",
        settings=tuple((WORDS[name], setting(reader, name)) for name in DEFAULTS if setting(reader, name)),
        variants=_variants(reader, figure, narrowed),
        caveats=_caveats(reader, figure, narrowed),
    )


def _left_out(reader: Reader, figure: Figure, where: Where) -> tuple[tuple[str, int], ...]:
    kpi = figure.kpi
    if not kpi.left_out:
        return ()
    reasons = [
        replace(kpi, id=f"{kpi.id}#{i}", kind="count", population=part.condition, condition=None, left_out=(),
                measured=None, quantile=None, distinct=None, numerator=None)
        for i, part in enumerate(kpi.left_out)
    ]  # fmt: skip
    counted = count(reader, reasons, [figure.period], (), where)
    window = window_of(kpi, figure.period)
    found = [(part.words, counted[reason.id, window, ()].numerator) for part, reason in zip(kpi.left_out, reasons, strict=True)
             if (reason.id, window, ()) in counted]  # fmt: skip
    return tuple((words, rows) for words, rows in found if rows)


def _variants(reader: Reader, figure: Figure, where: Where) -> tuple[Variant, ...]:
    kpis = catalog.family(figure.kpi)
    if len(kpis) < 2:
        return ()
    found = measure(reader, kpis, [figure.period], (), where)
    return tuple(Variant(other, _difference(figure, other), other.kpi == figure.kpi) for other in found)


def _difference(this: Figure, other: Figure) -> str:
    if other.kpi == this.kpi or this.value is None or other.value is None or other.kpi.kind != this.kpi.kind:
        return ""
    words = _minus(this.kpi, other, this)
    return "相同" if words in ("持平", "基本持平") else words.replace("上升", "高").replace("下降", "低")


def _minus(kpi: Kpi, other: Figure, this: Figure) -> str:
    difference = other.value - this.value
    if kpi.kind == "share":
        return format.point_change(difference)
    return format.unit_change(difference, kpi.unit, kpi.decimals).replace("增加", "多").replace("减少", "少")


def _caveats(reader: Reader, figure: Figure, where: Where) -> tuple[str, ...]:
    found = [figure.kpi.caveat] if figure.kpi.caveat else []
    if not figure.period.complete:
        found.append(f"{figure.period.plain_words}未完，{figure.period.cut_words}；对比的是基期的同样天数。")
    if figure.kpi.kind == "share" and figure.denominator is not None and 0 < figure.denominator < _SMALL:
        found.append(f"分母不足{_SMALL}件，样本不足，不宜据此排名。")
    crossed = _crossed(reader, figure, where)
    if crossed:
        found.append(f"{crossed}。")
    return tuple(found)


def _crossed(reader: Reader, figure: Figure, where: Where) -> str:
    """Return the break between a figure and what it is compared with, or, of a change, measured against."""
    if figure.comparison:
        return figure.comparison.caution
    period, base = change_periods(reader, figure.kpi, figure.period) if figure.kpi.base else (figure.period, None)
    words = crossing(reader, figure.kpi, period, base, where) if base else ""
    return f"跨断点：{words}，不宜直接比较" if words else ""
