"""What was planned and what was done, worked by hand: done of planned, late, missed, ahead; trainings, leaders, marks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.schema import ACTIVITY_KINDS
from data.scope import Scope
from data.store import Reader
from metrics import activities, periods, workings
from metrics.activities import Activity, Cell, Training
from metrics.dimensions import Where
from tests.metrics.build import make_store

NOW = date(2025, 9, 30)
DRAWN = [
    # kind, no, branch, co-branches, leader, issued, planned, held
    ("研判会", "M1", "下陆区分局", ["大冶市分局"], "甲局长", None, "2025-08-12", "2025-08-13"),  # next day, same month: done
    ("研判会", "M2", "大冶市分局", [], "甲局长", None, "2025-09-10", None),  # 20 days ago, no record: missed
    ("带案下访", "V1", "下陆区分局", [], "甲局长、乙局长", None, None, "2025-09-05"),  # without a plan
    ("带案下访", "V2", "阳新县分局", [], "乙局长", None, "2025-09-30", None),  # its day is not over: ahead
    ("督办", "L1", "下陆区分局", [], "甲局长", "2025-08-01", "2025-08-16", "2025-08-20"),  # answered 4 days late
    ("督办", "L2", "阳新县分局", [], "乙局长", "2025-09-01", "2025-09-16", None),  # 14 days overdue
    ("督办", "L3", "大冶市分局", [], "乙局长", "2025-09-20", "2025-10-05", None),  # ahead, in October
    ("培训", "T1", "全市", [], "讲师", None, "2025-07-15", "2025-07-15"),
    ("培训", "T2", "全市", [], "讲师", None, "2025-08-28", "2025-09-02"),  # August's, held in September: late
]  # fmt: skip


def row(kind, number, branch, others, leader, issued, planned, held) -> dict:
    names = {"issued_at": issued, "planned_at": planned, "held_at": held}
    cases = "C1、C2" if number == "M1" else None
    return {"kind": kind, "activity_no": number, "subject": f"主题{number}", "branch": branch, "co_branches": others,
            "leader": leader, "related_cases": cases} | names  # fmt: skip


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    key_cases = [
        {"case_no": "C1", "leader": "甲局长", "listed_at": "2025-03-01", "branch": "下陆区分局"},
        {"case_no": "C2", "leader": "甲局长、乙局长", "listed_at": "2025-03-01", "is_solved": True, "solved_at": "2025-05-01"},
        {"case_no": "C3", "leader": "乙局长", "listed_at": "2025-10-01"},  # listed after the period
        {"case_no": "C4", "leader": "丙局长", "listed_at": "2025-03-01", "is_solved": True, "solved_at": "2025-10-05"},
        {"case_no": "C5", "leader": "丙局长", "listed_at": "2025-03-01", "is_solved": True},  # solved, nobody says when
    ]  # fmt: skip
    cases = [{"case_no": "C1", "received_at": "2025-02-11"}]
    folder = tmp_path_factory.mktemp("works")
    return make_store(folder, cases, key_cases=key_cases, activities=[row(*drawn) for drawn in DRAWN])


@pytest.fixture(scope="module")
def year(reader) -> periods.Period:
    return periods.year_to_date(reader.as_of)


STATES = {
    "M1": ("done", "已完成"), "M2": ("missed", "过20天没有记录"), "V1": ("done", "已完成"), "V2": ("ahead", "未到期"),
    "L1": ("late", "已反馈，迟4天"), "L2": ("missed", "逾期14天未反馈"), "L3": ("ahead", "未到期"),
    "T1": ("done", "已完成"), "T2": ("late", "已完成，迟5天"),
}  # fmt: skip


def test_the_state_of_each(reader):
    found = {one.number: (one.state(NOW), one.state_words(NOW)) for one in activities.activities(reader)}
    assert found == STATES


def test_months_and_kinds(reader, year):
    found = workings.overview(reader, year)
    assert (found.months[0], found.months[-1], len(found.months)) == (date(2024, 10, 1), date(2025, 10, 1), 13)
    last_four = {kind: [cell.text for cell in cells[-4:]] for kind, cells in found.kinds.items()}
    assert last_four == {  # July, August, September, October 2025
        "研判会": ["", "1/1", "0/1", ""],
        "带案下访": ["", "", "0/1 +1", ""],
        "督办": ["", "1/1", "0/1", "0/1"],
        "培训": ["1/1", "1/1", "", ""],  # T2 belongs to August, where it was planned
    }
    states = [found.kinds["督办"][number].state for number in (-3, -2, -1)]
    assert states == ["late", "missed", "ahead"]
    assert found.kinds["带案下访"][-2] == Cell(planned=1, done=0, late=0, missed=0, ahead=1, unplanned=1)


def test_a_past_period_shows_its_own_twelve_months_and_nothing_ahead(reader):
    months = workings.overview(reader, periods.month(2025, 8, reader.as_of)).months
    assert (months[0], months[-1], len(months)) == (date(2024, 9, 1), date(2025, 8, 1), 12)


def test_trainings_by_the_month_they_were_held_in(reader, year):
    """First record in July; August's was held in September: July and September kept, August missed, none pending."""
    found = workings.overview(reader, year).training
    assert found == Training((date(2025, 7, 1), date(2025, 9, 1)), (date(2025, 8, 1),), ())


def test_the_month_that_is_not_over_is_pending(reader):
    own = [one for one in activities.activities(reader) if one.number == "T1"]
    told = activities.training(own, [date(2025, m, 1) for m in (6, 7, 8, 9)], date(2025, 9, 12))
    assert told == Training((date(2025, 7, 1),), (date(2025, 8, 1),), (date(2025, 9, 1),))


def test_branches_count_each_once_and_the_total_too(reader, year):
    found = workings.overview(reader, year)
    texts = {branch: [cell.text for cell in cells] for branch, cells in found.branches.items()}
    assert texts == {  # 研判会, 带案下访, 督办 (L3 is due after the period), 培训
        "大冶市分局": ["1/2", "", "", ""],
        "下陆区分局": ["1/1", "+1", "1/1", ""],
        "黄石港区分局": ["", "", "", ""],
        "阳新县分局": ["", "0/1", "0/1", ""],
        "全市": ["", "", "", "2/2"],
    }
    assert [cell.text for cell in found.total] == ["1/2", "0/1 +1", "1/2", "2/2"]


def test_a_chosen_branch_keeps_what_it_takes_part_in_and_what_is_for_all(reader, year):
    found = workings.overview(reader, year, Where.of({"branch": ["大冶市分局"]}))
    assert list(found.branches) == ["大冶市分局", "全市"]
    assert {one.number for one in found.listed} == {"M1", "M2", "L3", "T1", "T2"}


def test_a_viewer_of_one_branch_sees_no_other(reader):
    seen = activities.activities(Reader(reader.path, reader.version, Scope(("大冶市分局",))))
    assert {one.number for one in seen} == {"M1", "M2", "L3", "T1", "T2"}


def test_what_is_urgent_and_the_headline(reader, year):
    found = workings.overview(reader, year)
    assert [one.number for one in found.urgent] == ["M2", "L2"]
    assert workings.headline(found) == "近3个月有1个月没有培训，1件督办逾期未反馈，1项过了计划日没有记录"


def test_leaders(reader, year):
    """C3 is listed later; C4 was solved after the cut and C5 on an unknown day: both still unsolved at the end of September."""
    found = {one.name: one for one in workings.leaders(reader, year)}
    first, second, third = (found[name] for name in ("甲局长", "乙局长", "丙局长"))
    assert (first.key_cases, first.unsolved, second.key_cases, second.unsolved) == (2, 1, 1, 0)
    assert (third.key_cases, third.unsolved) == (2, 2)
    assert (first.meetings, first.planned, first.visits, first.letters, first.last_visit) == (
        1,
        0,
        1,
        1,
        date(2025, 9, 5),
    )
    assert (second.meetings, second.planned, second.visits, second.letters) == (0, 1, 1, 2)
    assert list(found) == ["丙局长", "甲局长", "乙局长"]  # the most unsolved first; a lecturer is no leader
    chosen = workings.leaders(reader, year, Where.of({"branch": ["下陆区分局"]}))
    assert {one.name: one.key_cases for one in chosen} == {"甲局长": 1, "乙局长": 0}


def test_marks_are_what_has_happened(reader):
    found = activities.marks(reader, tuple(ACTIVITY_KINDS), "")
    assert [(mark.on, mark.words) for mark in found if mark.words.startswith("督办")] == [
        (date(2025, 8, 1), "督办：主题L1"),  # the day it was sent, not that of its answer
        (date(2025, 9, 1), "督办：主题L2"),
        (date(2025, 9, 20), "督办：主题L3"),
    ]
    assert not any("M2" in mark.words or "V2" in mark.words for mark in found) and len(found) == 7
    assert {mark.words for mark in activities.marks(reader, ("研判会", "培训"), "T1")} == {"培训：主题T1"}
    assert {mark.words for mark in activities.marks(reader, ("研判会",), "C2")} == {
        "研判会：主题M1"
    }  # by a case's number


def test_related_cases_that_are_known(reader):
    assert workings.received_on(reader, ("C1", "C2", "无此件")) == {"C1": date(2025, 2, 11)}


def test_lists_to_take_away(reader, year):
    frame = workings.to_frame(workings.overview(reader, year).listed, NOW).set_index("编号")
    assert frame.loc["M1", "分局"] == "下陆区分局、大冶市分局" and frame.loc["L2", "状态"] == "逾期14天未反馈"
    assert frame.loc["M1", "涉及信访件编号"] == "C1、C2"
    assert len(workings.leader_frame(workings.leaders(reader, year))) == 3


def test_nothing_imported(tmp_path):
    reader = make_store(tmp_path)
    assert activities.is_empty(reader)
    found = workings.overview(reader, periods.year_to_date(reader.as_of))
    assert workings.headline(found) == "没有逾期未办的事项"
    assert (found.listed, found.urgent, workings.leaders(reader, periods.year_to_date(reader.as_of))) == ((), (), ())


DAYS = st.dates(date(2024, 1, 1), date(2026, 1, 1))


@st.composite
def drawn_activity(draw) -> Activity:
    planned = draw(st.none() | DAYS)
    held = draw(
        DAYS.filter(lambda day: day <= NOW) if planned is None else st.none() | DAYS.filter(lambda day: day <= NOW)
    )
    return Activity(
        draw(st.sampled_from(ACTIVITY_KINDS)), "", "", ("下陆区分局",), "", None, planned, held, (), None, ""
    )


@given(st.lists(drawn_activity()), st.randoms())
def test_done_missed_and_ahead_make_up_the_plan(found, dice):
    cell = activities.count(found, NOW)
    assert cell.planned == cell.done + cell.missed + cell.ahead
    assert cell.late <= cell.done and cell.planned + cell.unplanned == len(found)
    shuffled = list(found)
    dice.shuffle(shuffled)
    assert activities.count(shuffled, NOW) == cell


@given(st.lists(drawn_activity()))
def test_months_add_up(found):
    months = {activities.month_of(one.day) for one in found}
    cells = [activities.count([one for one in found if activities.month_of(one.day) == month], NOW) for month in months]
    whole = activities.count(found, NOW)
    assert sum(cell.planned for cell in cells) == whole.planned and sum(cell.done for cell in cells) == whole.done


@given(DAYS, st.integers(-30, 30))
def test_months_later_is_the_first_of_a_month(day, many):
    month = activities.month_of(day)
    there = activities.months_later(month, many)
    assert there.day == 1 and activities.months_later(there, -many) == month
    assert activities.month_of(month + timedelta(days=32)) == activities.months_later(month, 1)
