"""The ledgers part by part and line by line: a batch keeps its denominator, a target that has passed is told."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import ledgers, periods
from metrics.dimensions import Where
from metrics.engine import measure
from tests.metrics.build import make_store, temporary_store

EVERYTHING = Where()


def line(batch: str, number: str, listed: str, target: str, resolved: str = "", **more) -> dict:
    day = datetime.fromisoformat
    return {
        "batch": batch,
        "case_no": number,
        "branch": "大冶市分局",
        "leader": "甲",
        "listed_at": day(listed),
        "target_at": day(target) if target else None,
        "is_resolved": bool(resolved),
        "resolved_at": day(resolved) if resolved else None,
    } | more


@pytest.fixture
def city(tmp_path):
    """Return two batches: 一 with 3 lines, one resolved in May, one late, one with time; 二 with a line without target."""
    lines = [
        line("一", "J1", "2025-01-05", "2025-06-30", "2025-05-20"),
        line("一", "J2", "2025-01-05", "2025-08-31"),
        line("一", "J3", "2025-01-05", "2025-10-30", leader="乙"),
        line("二", "J4", "2025-07-01", "", branch="下陆区分局", leader=None),
    ]
    return make_store(tmp_path, backlog=lines)


def september(reader) -> periods.Period:
    return periods.month(2025, 9, reader.as_of)


def test_a_batch_keeps_its_denominator_and_tells_what_is_late(city) -> None:
    found = ledgers.parts(city, "backlog_resolve_rate", "backlog_batch", september(city), EVERYTHING)
    assert [(p.name, p.figure.numerator, p.figure.denominator, p.late) for p in found] == [
        ("一", 1, 3, 1),
        ("二", 0, 1, 0),
        ("", 1, 4, 1),
    ]
    assert [p.next_target and f"{p.next_target:%m-%d}" for p in found] == ["08-31", None, "08-31"]
    assert [p.leaders for p in found] == [("甲", "乙"), ("未注明",), ("甲", "乙", "未注明")]  # of what is not done


def test_a_past_month_is_made_again_as_it_was(city) -> None:
    """In April nothing was resolved and nothing late; the second batch was not listed yet."""
    april = periods.month(2025, 4, city.as_of)
    found = ledgers.parts(city, "backlog_resolve_rate", "backlog_batch", april, EVERYTHING)
    assert [(p.name, p.figure.numerator, p.figure.denominator, p.late) for p in found][-1] == ("", 0, 3, 0)
    assert list(ledgers.listing(city, "backlog_resolve_rate", april, EVERYTHING)["编号"]) == ["J1", "J2", "J3"]


def test_lines_say_their_state_the_late_ones_first(city) -> None:
    found = ledgers.listing(city, "backlog_resolve_rate", september(city), EVERYTHING)
    assert list(zip(found["编号"], found["状态"], found["level"], found["领导"], strict=True)) == [
        ("J2", "超目标30天", "late", "甲"),  # 31 August to 30 September
        ("J3", "余30天", "open", "乙"),
        ("J4", "未定目标", "open", "未注明"),
        ("J1", "已化解 2025年5月20日", "done", "甲"),
    ]


def test_key_cases_by_leader(tmp_path) -> None:
    day = datetime(2025, 3, 1)
    row = {"branch": "大冶市分局", "listed_at": day, "target_at": datetime(2025, 9, 30), "is_solved": True}
    lines = [
        row | {"case_no": "K1", "leader": "甲", "solved_at": datetime(2025, 8, 1)},
        row | {"case_no": "K2", "leader": "甲", "is_solved": False},
        row | {"case_no": "K3", "leader": "乙", "solved_at": None},  # a flag without a date solves nothing
    ]
    reader = make_store(tmp_path, key_cases=lines)
    found = ledgers.parts(reader, "key_case_solve_rate", "leader", september(reader), EVERYTHING)
    assert {p.name: (p.figure.numerator, p.figure.denominator, p.late) for p in found} == {
        "甲": (1, 2, 0),
        "乙": (0, 1, 0),
        "": (1, 3, 0),
    }
    states = ledgers.listing(reader, "key_case_solve_rate", september(reader), EVERYTHING)["状态"]
    assert list(states) == ["今日到目标", "今日到目标", "已解决 2025年8月1日"]


def test_a_filter_by_branch_narrows_the_ledger(city) -> None:
    where = Where.of({"branch": ["下陆区分局"]})
    assert list(ledgers.listing(city, "backlog_resolve_rate", september(city), where)["编号"]) == ["J4"]


def test_the_months_of_the_backlog(city) -> None:
    """January lists three, May resolves one of them, July lists one more: 3, 3, 3, 3, 2, 2, 3, 3, 3."""
    months = periods.months(date(2025, 1, 1), date(2025, 9, 30), city.as_of)
    found = {
        kpi: [figure.numerator for figure in measure(city, [kpi], months)]
        for kpi in ("backlog_open", "backlog_new", "backlog_resolved")
    }
    assert found == {
        "backlog_open": [3, 3, 3, 3, 2, 2, 3, 3, 3],
        "backlog_new": [3, 0, 0, 0, 0, 0, 1, 0, 0],
        "backlog_resolved": [0, 0, 0, 0, 1, 0, 0, 0, 0],
    }


DAYS = st.none() | st.integers(0, 130).map(lambda n: datetime(2025, 5, 20) + timedelta(days=n))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(DAYS, DAYS, st.none() | st.booleans(), st.sampled_from("AB")), min_size=1, max_size=10))
def test_the_stock_of_a_ledger_is_the_stock_before_plus_listed_less_resolved(drawn) -> None:
    """Of any ledger, lines without dates and lines resolved before they were listed included, and branch by branch."""
    lines = [
        {"case_no": str(n), "branch": branch, "listed_at": listed, "resolved_at": resolved, "is_resolved": flag}
        for n, (listed, resolved, flag, branch) in enumerate(drawn)
    ]
    reader = temporary_store(backlog=lines)
    months = periods.months(date(2025, 5, 1), date(2025, 9, 30), reader.as_of)
    names = ["backlog_open", "backlog_new", "backlog_resolved"]
    by_kpi = {name: [f.numerator for f in measure(reader, [name], months)] for name in names}
    stock = [f.numerator for f in measure(reader, ["backlog_open"], [periods.month(2025, 4, reader.as_of)])]
    for new, resolved in zip(by_kpi["backlog_new"], by_kpi["backlog_resolved"], strict=True):
        stock.append(stock[-1] + new - resolved)
    assert by_kpi["backlog_open"] == stock[1:]
    parts = measure(reader, ["backlog_open"], months[-1:], ("branch",))
    assert sum(f.numerator for f in parts if f.group) == stock[-1]
    listed = ledgers.listing(reader, "backlog_resolve_rate", months[-1], EVERYTHING)
    assert (listed["level"] != "done").sum() == stock[-1]
