"""更正说明: which figures of a frozen report later imports have changed, from what to what, and which cases did it.

Every figure that the report has is measured again, in the version in force, over the period as the report cut it; only
those are told that would be printed otherwise. A report is not changed by this: it is what the page and the next report
say about it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import UserError
from data.scope import ALL, Scope
from data.store import Reader
from metrics import parameters, periods
from metrics.cases import count_behind
from metrics.catalog import CATALOG
from metrics.dimensions import NO_FILTER, Where
from metrics.edition import edition
from metrics.engine import Figure, measure
from metrics.format import EMPTY
from metrics.kpi import Kpi
from metrics.periods import Period
from metrics.report.causes import CHANGED, DEFINITION, TIME, VOID, Cause, Traced, Tracing
from metrics.report.document import Document, Fact

__all__ = ["Cause", "Revision", "revisions", "sentences"]

_NAMED = 5  # case numbers in a sentence
_AS_OF = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:(\d{1,2})时)?")


@dataclass(frozen=True)
class Revision:
    """One figure of a frozen report that is another now; before and after as they are printed, with their n/d.

    causes: None where the cases could not be found out. notes: what holds for all figures of this report.
    """

    fact: Fact
    before: str
    after: str
    numerator: int | None
    denominator: int | None
    causes: tuple[Cause, ...] | None = None
    notes: tuple[str, ...] = ()

    def numbers(self, part: str, moved: str) -> tuple[str, ...]:
        """Return the numbers of the cases that entered or left the numerator or the denominator."""
        return tuple(one.number for one in self.causes or () if (one.part, one.moved) == (part, moved))


def revisions(
    frozen: Document, then: Reader | None, now: Reader, wanted: Callable[[Fact], bool] = lambda fact: True
) -> list[Revision]:
    """Return the figures of a frozen report that came out otherwise in `now`, in the order of the report.

    then: the version that the report rests on, None where its file is gone. wanted: which figures are looked at.
    Raises UserError when the version in force cannot be read.
    """
    if then and (then.path, then.version) == (now.path, now.version) and frozen.stamp.definitions == edition(now):
        return []
    then, lost = _whole(then, frozen)
    now_own, then_own = _own(now, frozen.branch), then and _own(then, frozen.branch)
    where = Where.of({"branch": (frozen.branch,)}) if frozen.branch else NO_FILTER
    day = parameters.start_day(then or now)
    as_of = then.as_of if then else _as_of(frozen, now)
    facts = [fact for fact in frozen.facts if wanted(fact)]
    cut = {label: _period(label, as_of, day) for label in dict.fromkeys(fact.period for fact in facts)}
    figures = _measured(now_own, facts, cut, where)
    notes = tuple(note for note in (_redefined(frozen, now), lost) if note)
    changed = [_revision(fact, figures.get(fact.id), notes) for fact in facts]
    found = [one for one in changed if one]
    if not then_own or not found:
        return found
    tracing = Tracing((then_own, now_own), (then, now), where, frozen.branch, _timing(frozen, then, now))
    return _with_causes(found, tracing, cut)


def sentences(found: Iterable[Revision], named: int = _NAMED) -> list[str]:
    """Return the revisions in the bureau's words, what holds for all of a report first; `named`: case numbers at most."""
    found = list(found)
    notes = dict.fromkeys(note for one in found for note in one.notes)
    return [*notes, *(_sentence(one, named) for one in found)]


def _sentence(one: Revision, named: int) -> str:
    fact = one.fact
    subject = f"{fact.period_words}{'、'.join(fact.group.values())}{fact.name}"
    return f"{subject}：{one.before} → {one.after}{_causes_words(one, named)}。"


def _causes_words(one: Revision, named: int) -> str:
    if one.causes is None:
        return ""
    told: dict[str, dict[str, str]] = {}
    for cause in one.causes:
        told.setdefault(cause.kind, {})[cause.number] = cause.detail
    words = [_listed(kind, cases, named) for kind, cases in told.items()]
    return f"（{'；'.join(words)}）" if words else ""


def _listed(kind: str, cases: dict[str, str], named: int) -> str:
    shown = list(cases.items())[:named]
    with_detail = kind in (CHANGED, VOID)
    words = "、".join(f"{number}（{detail}）" if detail and with_detail else number for number, detail in shown)
    return f"{kind}{words}等{len(cases)}件" if len(cases) > named else f"{kind}{len(cases)}件：{words}"


def _own(reader: Reader, branch: str) -> Reader:
    """Return a reader of no more than the report was written from."""
    return Reader(reader.path, reader.version, Scope((branch,))) if branch and reader.scope == ALL else reader


def _whole(then: Reader | None, frozen: Document) -> tuple[Reader | None, str]:
    """Return the frozen version's reader when it can be read, and a sentence when it cannot."""
    try:
        if then and then.meta and then.as_of:
            return then, ""
    except UserError:
        pass
    return None, f"定稿所据的数据版本{frozen.stamp.version}已不在或已损坏，只能比较数字，查不出是哪些件。"


def _redefined(frozen: Document, now: Reader) -> str:
    mark = edition(now)
    if mark == frozen.stamp.definitions:
        return ""
    return f"口径已变：定稿时口径版本{frozen.stamp.definitions}，现为{mark}，下列变化中有口径变化的影响。"


def _timing(frozen: Document, then: Reader, now: Reader) -> str:
    """Return what it is that moved a case in which no field has changed."""
    if edition(now) == frozen.stamp.definitions:
        return TIME
    return DEFINITION if then.as_of == now.as_of else f"{DEFINITION}或{TIME}"


def _as_of(frozen: Document, now: Reader) -> datetime:
    """Return the cut-off that the report says of itself."""
    found = _AS_OF.search(frozen.stamp.as_of_words)
    return datetime(*(int(part or 0) for part in found.groups())) if found else now.as_of


def _period(label: str, as_of: datetime, day: int) -> Period:
    """Return the period of a figure as the frozen report had it, cut where it was cut."""
    first, _, last = label.partition("/")
    return periods.span(periods.parse(first, day)[0], periods.parse(last or first, day)[1], as_of, day)


def _measured(reader: Reader, facts: Sequence[Fact], cut: dict[str, Period], where: Where) -> dict[str, Figure | str]:
    """Return fact id → its figure now, or why there is none. Few calls: KPIs of the same periods go together."""
    by_fields: dict[tuple[str, ...], dict[str, dict[str, None]]] = {}
    for fact in facts:
        if fact.kpi in CATALOG:
            labels = by_fields.setdefault(_fields(fact), {}).setdefault(fact.kpi, {})
            labels[fact.period] = None
    found: dict[tuple, Figure] = {}
    refused: dict[tuple[str, tuple[str, ...]], str] = {}
    for by, of_kpis in by_fields.items():
        together: dict[tuple[str, ...], list[str]] = {}
        for kpi, labels in of_kpis.items():
            together.setdefault(tuple(labels), []).append(kpi)
        for labels, kpis in together.items():
            try:
                for figure in measure(reader, kpis, [cut[label] for label in labels], by, where):
                    found[figure.kpi.id, figure.period, frozenset(figure.group.items())] = figure
            except UserError as error:
                refused |= {(kpi, by): str(error) for kpi in kpis}
    every = {}
    for fact in facts:
        kpi, by = fact.kpi, _fields(fact)
        if kpi not in CATALOG:
            every[fact.id] = "指标目录中已没有这项指标，不能重算"
        elif (kpi, by) in refused:
            every[fact.id] = f"不能重算（{refused[kpi, by].rstrip('。')}）"
        else:
            key = (kpi, cut[fact.period], frozenset(fact.group.items()))
            every[fact.id] = found.get(key) or _nothing(reader, CATALOG[kpi], cut[fact.period], fact, where)
    return every


def _fields(fact: Fact) -> tuple[str, ...]:
    """Return the fields that a figure was cut by; a mix is cut by its own field without being asked."""
    own = CATALOG[fact.kpi].split_by if fact.kpi in CATALOG else None
    return tuple(name for name in fact.group if name != own)


def _nothing(reader: Reader, kpi: Kpi, period: Period, fact: Fact, where: Where) -> Figure:
    """Return the figure of a group that no case is in any more; of a mix there may still be cases that it is a part of."""
    if kpi.kind in ("count", "stock"):
        return Figure(kpi, period, fact.group, 0, None, 0, "0")
    if kpi.split_by and (whole := count_behind(reader, kpi, period, fact.group, where)):
        return Figure(kpi, period, fact.group, 0, whole, 0.0, f"{0:.{kpi.decimals}f}%")
    return Figure(kpi, period, fact.group, None if kpi.kind == "duration" else 0, 0, None, EMPTY)


def _revision(fact: Fact, figure: Figure | str, notes: tuple[str, ...]) -> Revision | None:
    if isinstance(figure, str):
        return Revision(fact, _printed(fact, fact.shown), figure, None, None, None, notes)
    if (fact.numerator, fact.denominator, fact.value) == (figure.numerator, figure.denominator, figure.value):
        return None
    before, after = _printed(fact, fact.shown, figure.kpi), _printed(figure, figure.with_unit, figure.kpi)
    return Revision(fact, before, after, figure.numerator, figure.denominator, None, notes) if before != after else None


def _printed(one: Fact | Figure, shown: str, kpi: Kpi | None = None) -> str:
    """Return a figure with what it was made of: 86件; 96.7%（29/30）; 12.3天（40件）; 下降13.1%（减少13件）."""
    if kpi and kpi.kind == "change" and one.numerator is not None:
        more = -one.numerator if kpi.is_decline else one.numerator
        return f"{one.text}（{'增加' if more > 0 else '减少'}{abs(more)}件）" if more else one.text
    if one.denominator is None:
        return one.text if kpi and kpi.kind == "change" else shown
    return (
        f"{shown}（{one.denominator}件）" if one.numerator is None else f"{shown}（{one.numerator}/{one.denominator}）"
    )


def _with_causes(found: list[Revision], tracing: Tracing, cut: dict[str, Period]) -> list[Revision]:
    """Return the revisions with their cases; figures of all cases go first where not all of them can be afforded."""
    order = sorted(range(len(found)), key=lambda i: len(found[i].fact.group))
    traced: dict[int, Traced | None] = {i: _traced(found[i], tracing, cut) for i in order}
    causes = tracing.causes(traced[i] for i in range(len(found)))
    return [
        Revision(one.fact, one.before, one.after, one.numerator, one.denominator, why, one.notes)
        for one, why in zip(found, causes, strict=True)
    ]


def _traced(one: Revision, tracing: Tracing, cut: dict[str, Period]) -> Traced | None:
    fact = one.fact
    if fact.kpi not in CATALOG or (one.numerator, one.denominator) == (None, None):
        return None
    return tracing.trace(CATALOG[fact.kpi], fact.group, cut[fact.period])
