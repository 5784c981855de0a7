"""One place: its cases over time, before and after it was put right, and the readings of a monitor beside it.

Before and after are compared over windows of equal length, so that no rate has to be assumed: with nothing changed each
of the cases is as likely to lie in the one as in the other, and the test is the exact binomial one (the conditional test
of two Poisson counts), its interval Clopper and Pearson's. A difference is no proof of a cause, and the page says so.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from scipy.special import betaincinv

from data.store import Reader
from metrics import format as fmt
from metrics.chance import Binomial
from metrics.counting import bound, fill
from metrics.dimensions import NO_FILTER, Where
from metrics.periods import Period
from metrics.relations import RELATIONS

LONGEST, SHORTEST = 90, 14  # days compared on either side, at most and at least
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class SiteCase:
    """One case of the place, as its list shows it."""

    case_no: str
    received_on: date
    source: str
    channel: str
    branch: str
    types: tuple[str, ...]
    status: str
    rating: str | None


@dataclass(frozen=True)
class Place:
    """One place up to the cut of a period. people: known petitioners; monitors: normalised names a monitor may have.

    first_data: the first day of the store's data; done_on, ledger: when a ledger says it was put right, and which.
    """

    key: str
    name: str
    writings: tuple[str, ...]
    cases: tuple[SiteCase, ...]
    people: int
    nameless: int
    monitors: tuple[str, ...]
    first_data: date
    cut: date
    done_on: date | None = None
    ledger: str = ""


@dataclass(frozen=True)
class BeforeAfter:
    """Cases in two windows of `days` days: up to and with the day `on`, and from the next day.

    ratio: after over before, with its 95 % interval; None without a case before. is_cut: shorter than the usual
    length, because the data end (or begin) there.
    """

    on: date
    days: int
    before: int
    after: int
    ratio: float | None
    low: float | None
    high: float | None
    p: float
    is_cut: bool

    @property
    def is_clear(self) -> bool:
        """Whether chance alone would hardly make such a difference (5 %, both sides)."""
        return self.p < 0.05


@dataclass(frozen=True)
class Reading:
    """The readings of one item on one day or in one month."""

    starts_on: date
    readings: int
    middle: float
    highest: float


@dataclass(frozen=True)
class Monitor:
    """The readings of one item beside the place."""

    item: str
    unit: str
    places: tuple[str, ...]
    readings: tuple[Reading, ...]


def place(reader: Reader, name: str, period: Period, where: Where = NO_FILTER) -> Place | None:
    """Return the place written as `name`, up to the cut of `period`; None when no case names it."""
    test, wanted = where.condition(RELATIONS["case_facts"])
    sql = fill("site_cases", where=test)
    values = bound(reader, sql, [(period.first, period.cut)], False, wanted | {"site": name})
    rows = reader.frame(sql, values).to_dict("records") if name.strip() else []
    if not rows:
        return None
    first_data = reader.query("SELECT min(received_at)::DATE FROM cases")[0][0]
    written = Counter(row["site"] for row in rows)
    cases = tuple(
        SiteCase(
            row["case_no"], row["received_on"].date(), row["source"], row["channel"], row["branch"],
            tuple(row["types"]), row["status"], row["rating"] if isinstance(row["rating"], str) else None,
        )
        for row in rows
    )  # fmt: skip
    done_on, ledger = _put_right(reader, period, [case.case_no for case in cases])
    known = [row["petitioner_key"] for row in rows if row["is_known"]]
    key = _key(reader, name)
    beside = {row[field] for row in rows for field in ("address_key", "area") if isinstance(row[field], str)}
    return Place(
        key, min(written, key=lambda text: (-written[text], text)), tuple(sorted(written)), cases, len(set(known)),
        len(rows) - len(known), (key, *sorted(beside - {key})), first_data, period.cut, done_on, ledger,
    )  # fmt: skip


def _key(reader: Reader, name: str) -> str:
    sql = "SELECT upper(regexp_replace($site, $site_marks, '', 'g'))"
    return reader.query(sql, bound(reader, sql, [(date.min, date.min)], False, {"site": name}))[0][0]


def _put_right(reader: Reader, period: Period, case_nos: list[str]) -> tuple[date | None, str]:
    sql = fill("site_works")
    found = reader.query(sql, bound(reader, sql, [(period.first, period.cut)], False, {"case_nos": case_nos}))
    return found[0] if found else (None, "")


def before_after(place: Place, on: date) -> BeforeAfter | None:
    """Return the cases before and after a day; None when fewer than SHORTEST days of data lie on either side."""
    room = min((place.cut - on).days, (on - place.first_data).days + 1)
    days = min(LONGEST, room)
    if days < SHORTEST:
        return None
    days_off = [(case.received_on - on).days for case in place.cases]
    before = sum(-days < off <= 0 for off in days_off)
    after = sum(0 < off <= days for off in days_off)
    low, high = _interval(before, after)
    ratio = after / before if before else None
    return BeforeAfter(on, days, before, after, ratio, low, high, _probability(before, after), days < LONGEST)


def _probability(before: int, after: int) -> float:
    """Return how probable a split at least as uneven is when nothing has changed: twice the smaller binomial tail."""
    many = before + after
    return min(1.0, 2 * Binomial(many, 0.5).at_most(min(before, after))) if many else 1.0


def _interval(before: int, after: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of after ÷ before (Clopper–Pearson, as odds); None where it has no bound."""
    if not before + after:
        return None, None
    low = float(betaincinv(after, before + 1, 0.025)) if after else 0.0
    high = float(betaincinv(after + 1, before, 0.975)) if before else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else None


def verdict(found: BeforeAfter) -> str:
    """Return a comparison in words: 整改前90天12件，整改后90天1件，下降91.7%，差异明显."""
    counted = f"整改前{found.days}天{found.before}件，整改后{found.days}天{found.after}件"
    if not found.before + found.after:
        return f"{counted}，无从比较"
    judged = "差异明显，难以用偶然解释" if found.is_clear else "属正常波动，件数还不足以说明有变化"
    if not found.before:
        return f"{counted}，{judged}"
    change = fmt.relative_change(Fraction(found.after - found.before, found.before))
    return f"{counted}，{change}，{judged}"


def interval_words(found: BeforeAfter) -> str:
    """Return the rate ratio and its interval in words; empty where there is none."""
    if found.ratio is None:
        return ""
    high = "不限" if found.high is None else str(fmt.round_half_up(found.high, 2))
    return (
        f"整改后为整改前的{fmt.round_half_up(found.ratio, 2)}倍，95%区间{fmt.round_half_up(found.low, 2)}—{high}"
        f"（精确检验 p{_p_words(found.p)}）"
    )


def _p_words(p: float) -> str:
    return "<0.001" if p < 0.001 else f"={fmt.round_half_up(p, 3)}"


def per_30_days(found: BeforeAfter) -> tuple[str, str]:
    """Return the cases per 30 days before and after, as printed."""
    before, after = (fmt.round_half_up(Fraction(30 * n, found.days), 1) for n in (found.before, found.after))
    return str(before), str(after)


def monitors(reader: Reader, place: Place, first: date, grain: str) -> list[Monitor]:
    """Return the readings of every item that a monitor of the place has, by day or month (grain), from `first` on."""
    sql = fill("site_readings")
    values = {"names": list(place.monitors), "grain": grain}
    rows = reader.query(sql, bound(reader, sql, [(first, place.cut)], False, values))
    items: dict[str, list[tuple]] = {}
    for row in rows:
        items.setdefault(row[0] or "", []).append(row)
    return [
        Monitor(
            item,
            next((row[1] for row in found if row[1]), ""),
            tuple(sorted({name for row in found for name in row[6]})),
            tuple(Reading(*row[2:6]) for row in found),
        )
        for item, found in items.items()
    ]


def by_week(place: Place, weeks: int) -> list[tuple[date, int]]:
    """Return the cases of each week that ends with the cut or before it, oldest first; weeks begin on Monday."""
    last = place.cut - timedelta(days=place.cut.weekday())
    starts = [last - i * 7 * _DAY for i in reversed(range(weeks))]
    counted = Counter(case.received_on - timedelta(days=case.received_on.weekday()) for case in place.cases)
    return [(start, counted[start]) for start in starts]


def by_month(place: Place, months: int) -> list[tuple[date, int]]:
    """Return the cases of each calendar month up to that of the cut, oldest first."""
    end = place.cut.year * 12 + place.cut.month - 1
    starts = [date(number // 12, number % 12 + 1, 1) for number in range(end - months + 1, end + 1)]
    counted = Counter(case.received_on.replace(day=1) for case in place.cases)
    return [(start, counted[start]) for start in starts]
