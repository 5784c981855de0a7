"""How cases come and go: worked by hand, and the sums that must hold of any cases and any filter; the month's-end rush."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import flows, open_cases, periods, rush
from metrics.charts.flow import cumulative_flow
from metrics.dimensions import Where
from metrics.engine import measure
from tests.metrics.build import make_store, temporary_store

EVERYTHING = Where()
AUTUMN = (date(2025, 8, 1), date(2025, 9, 30))


@pytest.fixture
def desk(tmp_path):
    """Return a desk at 30 September 2025: two cases from July, two from August, four from September; two have left."""
    cases = [
        {"case_no": "C1", "received_at": "2025-03-01", "accepted_at": "2025-03-02", "status": "办理中"},
        {"case_no": "C2", "received_at": "2025-07-30", "accepted_at": "2025-08-06", "status": "办理中"},
        {"case_no": "C3", "received_at": "2025-08-20", "accepted_at": "2025-08-21", "status": "办理中"},
        {"case_no": "X1", "received_at": "2025-08-20", "accepted_at": "2025-08-21", "closed_at": "2025-09-29"},
        {"case_no": "X2", "received_at": "2025-09-20", "replied_at": "2025-09-22", "status": "不予受理"},
        {"case_no": "A1", "received_at": "2025-09-01", "status": "未受理"},
        {"case_no": "A2", "received_at": "2025-09-15", "status": "未受理"},
        {"case_no": "A3", "received_at": "2025-09-20", "status": "未受理"},
        {"case_no": "Z1", "received_at": "2025-09-20", "status": "作废"},
    ]
    return make_store(tmp_path, cases)


def autumn(reader) -> tuple[periods.Period, ...]:
    return tuple(periods.months(*AUTUMN, reader.as_of))


def test_the_flow_is_received_less_what_left(desk) -> None:
    before, now = flows.flows(desk, autumn(desk), EVERYTHING)
    # July ends with C1 and C2 in hand, C2 not yet accepted; August brings C3 and X1, and accepts C2, C3 and X1
    assert before.before == (2, 1, 0)
    assert (before.received, before.came, before.taken, before.in_hand) == (4, 2, 3, 4)
    # September brings A1 A2 A3 X2; X1 is closed, X2 refused: 4 + 4 − 2 = 6
    assert (now.came, now.taken, now.closed, now.gone, now.in_hand) == (4, 1, 1, 1, 6)
    # taken on or gone by then: C1 C2 C3 X1 and X2; A1 A2 A3 wait
    assert (now.received, now.handled) == (8, 5)
    assert now.before == (before.received, before.handled, before.left)


def test_the_sums_of_a_course(desk) -> None:
    course = flows.course(desk, autumn(desk), EVERYTHING)
    # 2 in hand at the end of July, 6 came, X1 was closed, X2 refused: 2 + 6 − 1 − 1 = 6
    assert (course.opening, course.came, course.closed, course.gone, course.in_hand) == (2, 6, 1, 1, 6)


@pytest.mark.parametrize(
    ("first", "start_day", "words"),
    [
        (date(2025, 1, 1), 1, "2025年初"),
        (date(2024, 11, 1), 1, "2024年11月初"),
        (date(2024, 12, 26), 26, "2025年初"),
        (date(2025, 1, 26), 26, "2025年2月初"),
    ],
)
def test_a_course_says_since_when(desk, first: date, start_day: int, words: str) -> None:
    span = tuple(periods.months(first, date(2025, 9, 25), desk.as_of, start_day))
    assert flows.course(desk, span, EVERYTHING).since == words


def test_a_closing_without_a_time_never_lies_in_hand(tmp_path) -> None:
    row = {"case_no": "N1", "received_at": "2025-09-05", "accepted_at": "2025-09-06", "status": "已办结"}
    reader = make_store(tmp_path, [row])
    flow = flows.flows(reader, autumn(reader), EVERYTHING)[-1]
    assert (flow.came, flow.closed, flow.in_hand) == (1, 1, 0)


def test_the_picture_begins_with_what_was_in_hand_and_one_month_is_a_line(desk) -> None:
    (september,) = autumn(desk)[1:]
    chart = cumulative_flow(flows.flows(desk, (september,), EVERYTHING))
    drawn = [tuple(trace.y) for trace in chart.data]
    assert drawn == [(0, 2), (4, 5), (4, 8)]  # left, handled, received; the gap is 4, then 6
    assert [note.text for note in chart.layout.annotations] == ["办结等 2", "受理等 5", "期初＋登记 8"]
    assert list(chart.data[0].x) == ["期初", "2025-09"]


DAYS = st.integers(0, 120).map(lambda n: datetime(2025, 6, 1) + timedelta(days=n))
STATUSES = ("未受理", "办理中", "已办结", "不予受理", "退回/转出", "撤回", "并案", "作废", "未识别")


@st.composite
def any_case(draw) -> dict:
    received = draw(DAYS)
    later = st.integers(0, 60).map(lambda n: min(received + timedelta(days=n), datetime(2025, 9, 30)))
    status = draw(st.sampled_from(STATUSES))
    row = {"received_at": received, "status": status, "branch": draw(st.sampled_from(["大冶市分局", "下陆区分局"]))}
    if status not in ("未受理", "不予受理"):
        row["accepted_at"] = draw(st.none() | later)
    if status in ("已办结", "撤回"):
        row["closed_at"] = draw(st.none() | later)
    if status in ("不予受理", "退回/转出"):
        row["replied_at"] = draw(st.none() | later)
    return row


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(any_case(), min_size=1, max_size=12), st.sampled_from([EVERYTHING, Where.of({"branch": ["大冶市分局"]})])
)
def test_stock_is_the_stock_before_plus_what_came_less_what_left(rows, where) -> None:
    reader = temporary_store(cases=[row | {"case_no": f"H{n}"} for n, row in enumerate(rows)])
    months = tuple(periods.months(date(2025, 6, 1), date(2025, 9, 30), reader.as_of))
    found = flows.flows(reader, months, where)
    stock = 0
    for flow, figure in zip(found, measure(reader, ["open_cases"], months, (), where), strict=True):
        stock += flow.came - flow.closed - flow.gone
        assert flow.in_hand == stock == figure.numerator
        assert flow.received >= flow.handled >= flow.left
        ages = open_cases.ageing(reader, flow.period, where)
        assert ages[-1].total == figure.numerator == sum(aging.total for aging in ages[:-1])
    late = flows.course(reader, months[2:], where)
    assert late.opening == found[1].in_hand
    assert late.opening + late.came - late.closed - late.gone == late.in_hand == stock


# ---- closings at the end of the month ----


def test_the_rush_stands_beside_an_even_pace(tmp_path) -> None:
    days = ["2025-08-10", "2025-08-29", "2025-08-31", "2025-09-05"]
    reader = make_store(tmp_path, [{"received_at": "2025-07-01", "closed_at": day, "status": "已办结"} for day in days])
    august, september = rush.rush(reader, autumn(reader), EVERYTHING)
    assert (august.figure.numerator, august.figure.denominator, august.even_text) == (2, 3, "9.7%")  # 3 of 31 days
    assert (september.figure.numerator, september.figure.denominator, september.even_text) == (0, 1, "10.0%")


@pytest.mark.parametrize(
    ("first", "last", "start_day", "share"),
    [
        (date(2025, 9, 1), date(2025, 9, 22), 1, Fraction(0)),  # the last days are yet to come
        (date(2025, 9, 1), date(2025, 9, 29), 1, Fraction(2, 29)),
        (date(2025, 8, 31), date(2025, 9, 2), 1, Fraction(1, 3)),  # begins within the last days
        (date(2025, 1, 1), date(2025, 12, 31), 1, Fraction(36, 365)),
        (date(2025, 8, 26), date(2025, 9, 25), 26, Fraction(3, 31)),
        (date(2025, 9, 1), date(2025, 9, 30), 26, Fraction(3, 30)),  # 23—25 September
    ],
)
def test_an_even_pace_is_the_share_of_the_days(first: date, last: date, start_day: int, share: Fraction) -> None:
    assert rush.even_share(periods.span(first, last, date(2025, 12, 31), start_day), start_day) == share
