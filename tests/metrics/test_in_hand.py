"""What is in hand: the lists, the levels, the ages and the hints, worked by hand."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from metrics import open_cases, periods
from metrics.dimensions import Where
from metrics.engine import measure
from tests.metrics.build import make_store

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


def test_the_hint_follows_its_settings(tmp_path) -> None:
    case = open_case("L1", "2025-07-01", accepted_at="2025-07-02", status="办理中")  # 91 days before 30 September
    strict = make_store(tmp_path / "a", [case], settings={"suspected_days": "90"})
    lax = make_store(tmp_path / "b", [case], settings={"suspected_days": "91"})
    assert list(open_cases.suspected(strict, EVERYTHING)["编号"]) == ["L1"]
    assert open_cases.suspected(lax, EVERYTHING).empty
    twice = make_store(
        tmp_path / "c", visits("2025-06-01", "2025-07-01", closed="2025-06-20"), settings={"suspected_times": "2"}
    )
    assert list(open_cases.suspected(twice, EVERYTHING)["理由"]) == ["同人同点位第2次，此前曾办结"]


def test_a_hint_changes_no_figure(tmp_path) -> None:
    case = open_case("L1", "2025-01-02", accepted_at="2025-01-03", status="办理中")
    reader = make_store(tmp_path, [case], backlog=[{"batch": "一", "case_no": "J1", "branch": "大冶市分局"}])
    assert len(open_cases.suspected(reader, EVERYTHING)) == 1
    assert [one.numerator for one in measure(reader, ["backlog_open", "backlog_new"], [year(reader)])] == [1, 0]


def test_the_days_before_a_limit_follow_their_setting(tmp_path) -> None:
    case = open_case("C1", "2025-08-14", accepted_at="2025-08-15", status="办理中")  # due 14 October: 14 days left
    near = make_store(tmp_path / "a", [case], settings={"due_soon_days": "14"})
    far = make_store(tmp_path / "b", [case], settings={"due_soon_days": "13"})
    assert list(open_cases.listing(near, "close", EVERYTHING)["剩余"]) == ["余14天"]
    assert open_cases.listing(far, "close", EVERYTHING).empty
    assert [open_cases.levels(reader, "close", EVERYTHING)[-1].green for reader in (near, far)] == [0, 1]
