"""What is in hand: the lists, the levels, the ages, the flow and the hints, worked by hand and held to what must be true."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import open_cases, periods
from metrics.dimensions import Where
from metrics.engine import measure
from tests.metrics.build import make_store, temporary_store

EVERYTHING = Where()


def open_case(number: str, received: str, **more) -> dict:
    return {"case_no": number, "received_at": received, "status": "未受理"} | more


def year(reader) -> periods.Period:
    return periods.year_to_date(reader.as_of)


@pytest.fixture
def desk(tmp_path):
    """Return a desk of six open cases at 30 September 2025, and two that have left it."""
    cases = [
        open_case("A1", "2025-09-01", branch="大冶市分局", site_name="甲厂"),  # acceptance due 16 September: 14 days late
        open_case("A2", "2025-09-15", branch="大冶市分局"),  # due today
        open_case("A3", "2025-09-20", branch="下陆区分局"),  # due 5 October
        open_case("C1", "2025-03-01", accepted_at="2025-03-02", status="办理中", branch="大冶市分局", leader="局长"),
        open_case("C2", "2025-07-30", accepted_at="2025-08-06", status="办理中", branch="下陆区分局", supervise_level="省级督办"),
        open_case("C3", "2025-08-20", accepted_at="2025-08-21", status="办理中", branch="下陆区分局"),
        open_case("X1", "2025-08-20", accepted_at="2025-08-21", closed_at="2025-09-29", status="已办结"),
        open_case("X2", "2025-09-20", replied_at="2025-09-22", status="不予受理"),
    ]  # fmt: skip
    key_case = {"case_no": "C3", "leader": "副局长", "listed_at": datetime(2025, 9, 1), "branch": "下陆区分局"}
    return make_store(tmp_path, cases, key_cases=[key_case])


def test_the_two_limits_have_lists_of_their_own(desk) -> None:
    accept = open_cases.listing(desk, "accept", EVERYTHING)
    # received + 15 days: 16, 30 September, 5 October
    assert list(zip(accept["编号"], accept["剩余"], accept["level"], strict=True)) == [
        ("A1", "超期14天", "overdue"),
        ("A2", "今日到期", "soon"),
        ("A3", "余5天", "soon"),
    ]
    close = open_cases.listing(desk, "close", EVERYTHING)
    # accepted + 60 days: 1 May (152 days before 30 September), 5 October; 20 October is far off
    assert list(zip(close["编号"], close["剩余"], close["督办级别"], close["包保领导"], strict=True)) == [
        ("C1", "超期152天", "", "局长"),
        ("C2", "余5天", "省级督办", ""),
    ]


def test_the_leader_of_a_key_case_stands_beside_it_until_it_is_solved(tmp_path) -> None:
    case = open_case("C1", "2025-03-01", accepted_at="2025-03-02", status="办理中")
    ledger = {"case_no": "C1", "leader": "副局长", "branch": "大冶市分局", "listed_at": datetime(2025, 4, 1)}
    unsolved = make_store(tmp_path / "a", [case], key_cases=[ledger | {"is_solved": False}])
    solved = make_store(tmp_path / "b", [case], key_cases=[ledger | {"is_solved": True}])
    assert list(open_cases.listing(unsolved, "close", EVERYTHING)["包保领导"]) == ["副局长"]
    assert list(open_cases.listing(solved, "close", EVERYTHING)["包保领导"]) == [""]


def test_levels_by_branch_add_up_and_agree_with_the_figures(desk) -> None:
    closing = {level.branch: level for level in open_cases.levels(desk, "close", EVERYTHING)}
    assert (closing["大冶市分局"].red, closing["下陆区分局"].yellow, closing["下陆区分局"].green) == (1, 1, 1)
    accepting = open_cases.levels(desk, "accept", EVERYTHING)[-1]
    assert (accepting.red, accepting.yellow, accepting.green) == (1, 2, 0)
    names = ["overdue_open", "due_soon", "accept_overdue_open", "accept_due_soon"]
    figures = {f.kpi.id: f.numerator for f in measure(desk, names, [year(desk)])}
    assert figures == {"overdue_open": 1, "due_soon": 1, "accept_overdue_open": 1, "accept_due_soon": 2}


def test_acceptance_on_a_past_day_is_told_by_the_dates(tmp_path) -> None:
    """On 31 August B1 had waited 20 days and was accepted the day after; B2 was accepted on the very day."""
    cases = [
        open_case("B1", "2025-08-11", accepted_at="2025-09-01", status="办理中"),
        open_case("B2", "2025-08-11", accepted_at="2025-08-31", status="办理中"),
    ]
    reader = make_store(tmp_path, cases)
    august, september = periods.months(date(2025, 8, 1), date(2025, 9, 30), reader.as_of)
    late = measure(reader, ["accept_overdue_open"], [august, september])
    assert [figure.numerator for figure in late] == [1, 0]


def test_ages_are_counted_from_receipt(desk) -> None:
    total = open_cases.ageing(desk, year(desk), EVERYTHING)[-1]
    # A1 29 days, A2 15, A3 10; C1 213, C2 62, C3 41
    assert total.counts == (2, 1, 1, 1, 0, 1)
    assert (total.total, total.oldest) == (6, 213)
    by_branch = {aging.branch: aging for aging in open_cases.ageing(desk, year(desk), EVERYTHING)}
    assert by_branch["下陆区分局"].counts == (1, 0, 1, 1, 0, 0)
    assert by_branch["阳新县分局"].oldest is None


def test_the_classes_of_age_have_no_gap_and_no_overlap() -> None:
    bounds = list(open_cases.AGES)
    assert bounds[0][0] == 0 and bounds[-1][1] is None
    assert all(high + 1 == low for (_, high), (low, _) in pairwise(bounds))
    assert [open_cases.age_words(*age) for age in (bounds[0], bounds[-1])] == ["0—15天", "180天以上"]


def test_the_flow_is_received_less_what_left(desk) -> None:
    august, september = periods.months(date(2025, 8, 1), date(2025, 9, 30), desk.as_of)
    before, now = open_cases.flows(desk, (august, september), EVERYTHING)
    # July ends with C1 and C2 in hand; August brings C3 and X1
    assert (before.received, before.came, before.in_hand) == (4, 2, 4)
    # September brings A1 A2 A3 X2; X1 is closed, X2 refused: 4 + 4 − 2 = 6
    assert (now.came, now.closed, now.gone, now.in_hand) == (4, 1, 1, 6)
    # taken on or gone by then: C1 C2 C3 X1 and X2; A1 A2 A3 wait
    assert (now.received, now.handled) == (8, 5)


def test_a_closing_without_a_time_never_lies_in_hand(tmp_path) -> None:
    reader = make_store(tmp_path, [open_case("N1", "2025-09-05", status="已办结", accepted_at="2025-09-06")])
    (flow,) = open_cases.flows(
        reader, tuple(periods.months(date(2025, 9, 1), date(2025, 9, 30), reader.as_of)), EVERYTHING
    )
    assert (flow.came, flow.closed, flow.in_hand) == (1, 1, 0)


def test_a_filter_narrows_every_list(desk) -> None:
    where = Where.of({"branch": ["下陆区分局"]})
    assert list(open_cases.listing(desk, "close", where)["编号"]) == ["C2"]
    assert open_cases.ageing(desk, year(desk), where)[-1].total == 3


# ---- hints ----


def visits(*days: str, closed: str | None = None, **more) -> list[dict]:
    first = {"closed_at": closed, "status": "已办结"} if closed else {"status": "办理中"}
    rows = [{"case_no": f"V{n}", "received_at": day, "accepted_at": day, "petitioner_key": "p" * 24, "site_name": "甲厂",
             "status": "办理中"} | more for n, day in enumerate(days)]  # fmt: skip
    rows[0] |= first
    return rows


def test_a_case_in_hand_for_more_than_180_days_is_a_hint(tmp_path) -> None:
    cases = [
        open_case("L1", "2025-04-02", accepted_at="2025-04-03", status="办理中"),  # 181 days before 30 September
        open_case("L2", "2025-04-03", accepted_at="2025-04-04", status="办理中"),  # 180 days
    ]
    found = open_cases.suspected(make_store(tmp_path, cases), EVERYTHING)
    assert list(zip(found["编号"], found["理由"], strict=True)) == [("L1", "办理已181天")]


def test_the_third_visit_about_one_place_after_a_closing_is_a_hint(tmp_path) -> None:
    days = ("2025-06-01", "2025-07-01", "2025-08-01")
    found = open_cases.suspected(make_store(tmp_path / "a", visits(*days, closed="2025-06-20")), EVERYTHING)
    assert list(zip(found["编号"], found["理由"], strict=True)) == [("V2", "同人同点位第3次，此前曾办结")]
    for name, rows in {
        "never closed": visits(*days),
        "closed after all of them": visits(*days, closed="2025-08-15"),
        "twice only": visits(*days[:2], closed="2025-06-20"),
        "nobody knows who": visits(*days, closed="2025-06-20", petitioner_key=None),
    }.items():
        assert open_cases.suspected(make_store(tmp_path / name, rows), EVERYTHING).empty, name


def test_what_the_ledger_names_already_is_no_hint(tmp_path) -> None:
    case = open_case("L1", "2025-01-02", accepted_at="2025-01-03", status="办理中")
    line = {"batch": "一", "case_no": "L1", "branch": "大冶市分局"}
    assert open_cases.suspected(make_store(tmp_path, [case], backlog=[line]), EVERYTHING).empty


# ---- what must be true of any cases ----

DAYS = st.integers(0, 120).map(lambda n: datetime(2025, 6, 1) + timedelta(days=n))


@st.composite
def any_case(draw) -> dict:
    received = draw(DAYS)
    later = st.integers(0, 60).map(lambda n: min(received + timedelta(days=n), datetime(2025, 9, 30)))
    status = draw(
        st.sampled_from(["未受理", "办理中", "已办结", "不予受理", "退回/转出", "撤回", "并案", "作废", "未识别"])
    )
    row = {"received_at": received, "status": status, "branch": draw(st.sampled_from(["大冶市分局", "下陆区分局"]))}
    if status not in ("未受理", "不予受理"):
        row["accepted_at"] = draw(st.none() | later)
    if status in ("已办结", "撤回"):
        row["closed_at"] = draw(st.none() | later)
    if status in ("不予受理", "退回/转出"):
        row["replied_at"] = draw(st.none() | later)
    return row


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(any_case(), min_size=1, max_size=12))
def test_stock_is_the_stock_before_plus_what_came_less_what_left(rows) -> None:
    reader = temporary_store(cases=[row | {"case_no": f"H{n}"} for n, row in enumerate(rows)])
    months = tuple(periods.months(date(2025, 6, 1), date(2025, 9, 30), reader.as_of))
    flows = open_cases.flows(reader, months, EVERYTHING)
    stock = 0
    for flow, figure in zip(flows, measure(reader, ["open_cases"], months), strict=True):
        stock += flow.came - flow.closed - flow.gone
        assert flow.in_hand == stock == figure.numerator
        assert flow.received >= flow.handled >= flow.left
        ages = open_cases.ageing(reader, flow.period, EVERYTHING)
        assert ages[-1].total == figure.numerator == sum(aging.total for aging in ages[:-1])
