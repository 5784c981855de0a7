"""Random cases for property tests, and a plain Python recomputation of KPIs that shares nothing with the SQL."""

from datetime import date, datetime, timedelta
from statistics import median

from hypothesis import strategies as st

from data.schema import CHANNELS, RATING_STATES, RATINGS, STATUSES
from tests.metrics.build import BRANCHES

AS_OF = datetime(2025, 9, 22, 18)
_ALL_FIELDS = ["accepted_at", "closed_at", "rating"]


@st.composite
def cases(draw: st.DrawFn) -> dict:
    """Draw one case as the importer would leave it: any status, times in order or missing, any rating."""
    received = datetime(2025, 5, 20) + timedelta(hours=draw(st.integers(0, 24 * 125)))
    accepted = draw(st.none() | st.integers(0, 30))
    accepted_at = None if accepted is None else min(received + timedelta(days=accepted, hours=5), AS_OF)
    closed = draw(st.none() | st.integers(0, 100))
    closed_at = None if closed is None else min((accepted_at or received) + timedelta(days=closed, hours=3), AS_OF)
    replied_at = closed_at - timedelta(days=1) if closed_at and draw(st.booleans()) else None
    rating_state = draw(st.none() | st.sampled_from(RATING_STATES))
    has_rating = rating_state in (None, "已评价") and draw(st.booleans())
    return {
        "received_at": received,
        "accepted_at": accepted_at,
        "closed_at": closed_at,
        "replied_at": replied_at,
        "due_at": (accepted_at or received) + timedelta(days=draw(st.sampled_from((7, 30, 60))))
        if accepted_at
        else None,
        "status": draw(st.sampled_from(STATUSES)),
        "branch": draw(st.sampled_from((*BRANCHES[:2], "待归属"))),
        "co_branches": draw(st.lists(st.sampled_from(BRANCHES), max_size=2)),
        "channel": draw(st.sampled_from((*CHANNELS[:3], "来访", "未识别", "未注明"))),
        "pollution": draw(st.lists(st.sampled_from(("大气", "噪声", "水", "未识别")), max_size=3, unique=True)),
        "pollution_sub": draw(st.lists(st.sampled_from(("油烟", "工业噪声", "新类别")), max_size=2, unique=True)),
        "is_repeat": draw(st.booleans()),
        "persons": draw(st.none() | st.sampled_from((0, 1, 3, 20000))),
        "site_name": draw(st.none() | st.sampled_from(("甲厂", "乙厂"))),
        "petitioner_key": draw(st.none() | st.sampled_from(("p", "q"))),
        "rating_state": rating_state,
        "rating": draw(st.sampled_from((*RATINGS, "未识别"))) if has_rating else None,
        "rated_at": AS_OF - timedelta(days=draw(st.integers(0, 90))) if has_rating and draw(st.booleans()) else None,
        "rating_due_at": AS_OF + timedelta(days=draw(st.integers(-60, 20))) if draw(st.booleans()) else None,
        "fields": draw(st.sampled_from((_ALL_FIELDS, ["closed_at"]))),
    }


def day(moment: datetime | None) -> date | None:
    return moment and moment.date()


def recomputed(kpi: str, rows: list[dict], first: date, cut: date) -> tuple[int | float | None, int | None]:
    """Return (numerator, denominator) of a KPI; a count has no denominator, a median is given as the numerator."""
    now, between = AS_OF.date(), lambda moment: moment is not None and first <= day(moment) <= cut
    valid = [r for r in rows if r["status"] != "作废"]
    received = [r for r in valid if between(r["received_at"])]
    unclear = ("未识别", "未注明")
    closed = lambda r: r["status"] == "已办结" or (r["status"] in unclear and r["closed_at"] is not None)  # noqa: E731
    is_open = lambda r: r["status"] in ("未受理", "办理中", *unclear) and not closed(r)  # noqa: E731
    due = [r for r in valid if not r["is_repeat"] and between(r["due_at"]) and (closed(r) or is_open(r))]
    if kpi == "cases_total":
        return len(received), None
    if kpi == "cases_accepted":
        return sum(_accepted(r) for r in received), None
    if kpi == "not_accepted_rate":
        return sum(r["status"] == "不予受理" for r in received), len(received)
    if kpi == "repeat_rate":
        return sum(r["is_repeat"] for r in received), len(received)
    if kpi == "close_rate":
        return sum(closed(r) for r in received), len(received)
    if kpi == "persons":
        heads = [1 if r["persons"] is None else r["persons"] for r in received if r["channel"] == "来访"]
        return sum(n for n in heads if 1 <= n <= 9999), None
    if kpi in ("ontime_close_rate", "ontime_reply_rate"):
        judged = []
        for r in due:
            at = (
                r["closed_at"]
                if kpi == "ontime_close_rate"
                else r["replied_at"] or (r["closed_at"] if closed(r) else None)
            )
            if kpi == "ontime_close_rate" and is_open(r):
                at = None
            if at is not None:
                judged.append(day(at) <= day(r["due_at"]))
            elif is_open(r) and day(r["due_at"]) < now:
                judged.append(False)
        return sum(judged), len(judged)
    if kpi == "accept_timely_rate":
        judged = [_timely(r, now, is_open) for r in valid if not r["is_repeat"] and r["status"] != "退回/转出"
                  and between(r["received_at"] + timedelta(days=15))]  # fmt: skip
        return sum(v for v in judged if v is not None), sum(v is not None for v in judged)
    if kpi in ("satisfaction_rate", "eval_participation"):
        rated = [r for r in valid if _can_be_rated(r) and r["rating"] in RATINGS and between(_rated_on(r))]
        if kpi == "satisfaction_rate":
            return sum(r["rating"] != "不满意" for r in rated), len(rated)
        missed = [r for r in valid if _can_be_rated(r) and _missed(r, now) and
                  between(r["rating_due_at"] or r["closed_at"] or r["received_at"])]  # fmt: skip
        return len(rated), len(rated) + len(missed)
    if kpi == "days_to_close_p50":
        days = [(day(r["closed_at"]) - day(r["accepted_at"])).days for r in valid
                if closed(r) and between(r["closed_at"]) and r["accepted_at"]]  # fmt: skip
        days = [n for n in days if n >= 0]
        return (median(days) if days else None), len(days)
    # The states at the end of the period, which for this test is the day of as_of.
    left = [(day(r["due_at"]) - cut).days for r in valid if is_open(r) and r["due_at"]]
    return sum(n < 0 for n in left) if kpi == "overdue_open" else sum(0 <= n <= 7 for n in left), None


RECOMPUTED = (
    "cases_total", "cases_accepted", "not_accepted_rate", "repeat_rate", "close_rate", "persons", "ontime_close_rate",
    "ontime_reply_rate", "accept_timely_rate", "satisfaction_rate", "eval_participation", "days_to_close_p50",
    "overdue_open", "due_soon",
)  # fmt: skip


def _accepted(r: dict) -> bool:
    if r["status"] == "不予受理":
        return False
    blind = r["status"] == "办理中" and "accepted_at" not in r["fields"]
    return r["accepted_at"] is not None or r["status"] == "已办结" or blind


def _timely(r: dict, now: date, is_open) -> bool | None:
    limit = day(r["received_at"]) + timedelta(days=15)
    told = r["accepted_at"]
    if r["status"] == "不予受理":
        told = told or r["replied_at"] or r["closed_at"]
    if told:
        return day(told) <= limit
    never = is_open(r) and (r["status"] == "未受理" or "accepted_at" in r["fields"])
    return False if never and limit < now else None


def _can_be_rated(r: dict) -> bool:
    return not r["is_repeat"] and r["status"] != "不予受理" and r["rating_state"] != "不可评价"


def _missed(r: dict, now: date) -> bool:
    if r["rating"] is not None or r["rating_state"] == "已评价":
        return False
    return r["rating_state"] == "超期未评价" or (r["rating_due_at"] is not None and day(r["rating_due_at"]) < now)


def _rated_on(r: dict) -> datetime:
    return r["rated_at"] or r["closed_at"] or r["received_at"]
