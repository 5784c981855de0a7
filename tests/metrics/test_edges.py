"""Edges of the computation rules, each drawn so that only that rule decides."""

import pytest

from data.errors import UserError
from data.scope import Scope
from data.store import Reader
from metrics import periods
from metrics.engine import Figure, Where, measure
from tests.metrics.build import make_store

SEPTEMBER = (2025, 9)
DUE = {"received_at": "2025-07-01", "accepted_at": "2025-07-05"}


def one(reader: Reader, kpi: str, month: tuple[int, int] = SEPTEMBER, **more) -> Figure:
    return measure(reader, [kpi], [periods.month(*month, reader.as_of)], **more)[-1]


def parts(figure: Figure) -> tuple[int | None, int | None, int]:
    return figure.numerator, figure.denominator, figure.left_out


def test_nothing_to_divide_by_is_a_dash(tmp_path) -> None:
    figure = one(make_store(tmp_path), "satisfaction_rate")
    assert (figure.value, figure.text, figure.numerator, figure.denominator) == (None, "—", 0, 0)
    assert one(make_store(tmp_path / "b"), "cases_total").text == "0"


def test_the_limit_day_itself_is_on_time_or_by_the_moment(tmp_path) -> None:
    rows = [DUE | {"due_at": "2025-09-05T10:00", "closed_at": "2025-09-05T16:00"}]
    assert parts(one(make_store(tmp_path / "day", rows), "ontime_close_rate")) == (1, 1, 0)
    reader = make_store(tmp_path / "moment", rows, settings={"deadline_compare": "moment"})
    assert parts(one(reader, "ontime_close_rate")) == (0, 1, 0)


def test_an_open_case_due_today_has_not_run_out(tmp_path) -> None:
    rows = [DUE | {"due_at": "2025-09-22T09:00"}, DUE | {"due_at": "2025-09-21T09:00"}]
    reader = make_store(tmp_path / "day", rows, as_of="2025-09-22T18:00")
    assert parts(one(reader, "ontime_close_rate")) == (0, 1, 1)
    assert one(reader, "overdue_open").numerator == 1 and one(reader, "due_soon").numerator == 1
    reader = make_store(tmp_path / "moment", rows, as_of="2025-09-22T18:00", settings={"deadline_compare": "moment"})
    assert parts(one(reader, "ontime_close_rate")) == (0, 2, 0)
    assert one(reader, "overdue_open").numerator == 2 and one(reader, "due_soon").numerator == 0


def test_closed_without_a_time_is_left_out_and_told(tmp_path) -> None:
    reader = make_store(tmp_path, [DUE | {"due_at": "2025-09-05", "status": "已办结"}])
    assert parts(one(reader, "ontime_close_rate")) == (0, 0, 1)


def test_a_layout_without_acceptance_times_cannot_be_judged(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "status": "办理中", "fields": ["received_at", "status"]}]
    rows.append({"received_at": "2025-09-01", "status": "未受理", "fields": ["received_at", "status"]})
    reader = make_store(tmp_path, rows)
    assert parts(one(reader, "accept_timely_rate")) == (0, 1, 1)
    assert one(reader, "cases_accepted").numerator == 1


def test_states_of_past_months_come_from_the_dates(tmp_path) -> None:
    rows = [
        DUE | {"due_at": "2025-08-20", "closed_at": "2025-09-03"},
        DUE | {"due_at": "2025-08-20"},
        DUE | {"due_at": "2025-08-20", "closed_at": "2025-08-31"},
        {"received_at": "2025-09-01", "accepted_at": "2025-09-01", "due_at": "2025-09-08"},
    ]
    reader = make_store(tmp_path, rows)
    assert one(reader, "overdue_open", (2025, 8)).numerator == 2
    assert one(reader, "overdue_open", (2025, 9)).numerator == 2
    assert one(reader, "overdue_open", (2025, 7)).numerator == 0


def test_a_status_never_seen_counts_in_the_total_and_is_open_until_closed(tmp_path) -> None:
    rows = [DUE | {"due_at": "2025-09-01", "status": "未识别"}]
    rows.append(DUE | {"due_at": "2025-09-01", "status": "未注明", "closed_at": "2025-09-01"})
    reader = make_store(tmp_path, rows)
    assert one(reader, "cases_total", (2025, 7)).numerator == 2
    assert parts(one(reader, "ontime_close_rate")) == (1, 2, 0) and one(reader, "overdue_open").numerator == 1


def test_an_unknown_rating_is_in_no_numerator_and_no_denominator(tmp_path) -> None:
    rows = [DUE | {"closed_at": "2025-09-05", "rating": "未识别"}, DUE | {"closed_at": "2025-09-05", "rating": "满意"}]
    reader = make_store(tmp_path, rows)
    assert parts(one(reader, "satisfaction_rate")) == (1, 1, 1)
    assert parts(one(reader, "satisfaction_rate_all")) == (1, 1, 1)


def test_the_first_rating_is_a_setting(tmp_path) -> None:
    rows = [DUE | {"closed_at": "2025-09-05", "rating": "满意", "first_rating": "不满意"}]
    assert parts(one(make_store(tmp_path / "a", rows), "satisfaction_rate")) == (1, 1, 0)
    reader = make_store(tmp_path / "b", rows, settings={"rating_basis": "first"})
    assert parts(one(reader, "satisfaction_rate")) == (0, 1, 0)


def test_rejected_cases_leave_the_total_by_a_setting(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01"}, {"received_at": "2025-09-01", "status": "不予受理"}]
    reader = make_store(tmp_path, rows, settings={"count_rejected": "false"})
    assert one(reader, "cases_total").numerator == 1
    assert parts(one(reader, "not_accepted_rate"))[:2] == (1, 2)


def test_a_month_that_begins_on_the_26th(tmp_path) -> None:
    rows = [{"received_at": "2025-08-26"}, {"received_at": "2025-09-25T23:00"}, {"received_at": "2025-09-26"}]
    reader = make_store(tmp_path, rows)
    period = periods.month(2025, 9, reader.as_of, 26)
    assert measure(reader, ["cases_total"], [period])[0].numerator == 2


def test_several_labels_in_one_cell_count_for_each(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "pollution": ["大气", "噪声"]}, {"received_at": "2025-09-01"}]
    reader = make_store(tmp_path, rows)
    period = periods.month(2025, 9, reader.as_of)
    groups = measure(reader, ["cases_total"], [period], by=("污染类型",))
    assert [(f.group.get("pollution"), f.numerator) for f in groups] == [
        ("大气", 1),
        ("噪声", 1),
        ("未注明", 1),
        (None, 2),
    ]
    both = measure(reader, ["cases_total"], [period], where=Where.of({"pollution": ["大气", "噪声"]}))
    assert both[0].numerator == 1


def test_a_helping_branch_counts_in_its_own_cut_only(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "branch": "大冶市分局", "co_branches": ["下陆区分局", "大冶市分局"]}]
    reader = make_store(tmp_path, rows)
    period = periods.month(2025, 9, reader.as_of)
    by_main = {f.group.get("branch"): f.numerator for f in measure(reader, ["cases_total"], [period], ("branch",))}
    by_any = measure(reader, ["cases_total"], [period], ("handling_branch",))
    assert by_main["大冶市分局"] == 1 and by_main["下陆区分局"] == 0
    assert {f.group.get("handling_branch"): f.numerator for f in by_any if f.numerator} == {
        "大冶市分局": 1,
        "下陆区分局": 1,
        None: 1,
    }


def test_two_fields_cut_together(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "channel": "电话"}, {"received_at": "2025-09-01", "channel": "微信"}]
    reader = make_store(tmp_path, rows)
    found = measure(reader, ["cases_total"], [periods.month(2025, 9, reader.as_of)], by=("branch", "channel"))
    assert len(found) == 4 * 2 + 1 and sum(f.numerator for f in found if f.group) == found[-1].numerator == 2


def test_shares_of_one_label_may_be_made_to_add_up(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "channel": name} for name in ("电话", "微信", "网络")]
    for setting, texts in (("false", ["33.3%"] * 3), ("true", ["33.4%", "33.3%", "33.3%"])):
        reader = make_store(tmp_path / setting, rows, settings={"shares_add_up": setting})
        found = measure(reader, ["mix_channel"], [periods.month(2025, 9, reader.as_of)])
        assert [figure.text for figure in found] == [*texts, "100.0%"] and found[0].value == 1 / 3


def test_a_scope_sees_its_own_branch_only(tmp_path) -> None:
    rows = [{"received_at": "2025-09-01", "branch": name} for name in ("大冶市分局", "下陆区分局", "下陆区分局")]
    reader = make_store(tmp_path, rows, scope=Scope(("下陆区分局",)))
    found = measure(reader, ["cases_total"], [periods.month(2025, 9, reader.as_of)], by=("branch",))
    assert [(f.group, f.numerator) for f in found] == [({"branch": "下陆区分局"}, 2), ({}, 2)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kpis": ["satisfaction"]}, "您是不是要写“satisfaction_rate"),
        ({"kpis": ["cases_total"], "by": ("petitioner_name",)}, "不能按"),
        ({"kpis": ["cases_total"], "by": ("content",)}, "不能按"),
        ({"kpis": ["backlog_open"], "by": ("channel",)}, "取自积案台账"),
        ({"kpis": ["cases_total"], "where": {"channel": ["電話"]}}, "没有“電話”这个值"),
        ({"kpis": ["cases_total"], "where": {"branch": ["下陆分局"]}}, "您是不是要写“下陆区分局”"),
    ],
)
def test_what_cannot_be_asked_is_told(tmp_path, asked: dict, words: str) -> None:
    reader = make_store(tmp_path, [{"received_at": "2025-09-01"}])
    with pytest.raises(UserError, match=words):
        where = Where.of(asked.pop("where", {}))
        measure(reader, periods=[periods.month(2025, 9, reader.as_of)], where=where, **asked)


def test_a_value_with_sql_in_it_is_a_value(tmp_path) -> None:
    reader = make_store(tmp_path, [{"received_at": "2025-09-01", "industry": "x') OR TRUE --"}])
    where = Where.of({"industry": ["y') OR TRUE --"]})
    assert one(reader, "cases_total", where=where).numerator == 0
    assert one(reader, "cases_total", where=Where.of({"industry": ["x') OR TRUE --"]})).numerator == 1


def test_names_may_be_aliases_or_labels() -> None:
    assert Where.of({"责任分局": ["a"]}) == Where.of({"branch_id": ["a"]}) == Where.of({"branch": "a"})
    assert hash(Where.of({"channel": ["b", "a"]})) == hash(Where.of({"渠道": ("a", "b")}))
    assert not Where.of({"channel": []}) and Where().words == ""
