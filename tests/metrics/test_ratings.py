"""Ratings by branch, what one case does, what chance does, and the lists: sums worked by hand."""

from datetime import date
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import periods, rating_lists, ratings
from metrics.charts import funnel_chart
from metrics.dimensions import Where
from metrics.engine import cases_behind, measure
from metrics.funnel import FunnelPoint, funnel
from tests.metrics.build import make_store

RATED = {"received_at": "2025-08-01", "accepted_at": "2025-08-02", "closed_at": "2025-09-05", "rating_state": "已评价"}
NO_FILTER = Where()


def rated(branch: str, satisfied: int, dissatisfied: int, on: str = "2025-09-15", **more) -> list[dict]:
    row = RATED | {"branch": branch, "rated_at": on} | more
    return [row | {"rating": "满意"}] * satisfied + [row | {"rating": "不满意"}] * dissatisfied


def september(reader) -> periods.Period:
    return periods.month(2025, 9, reader.as_of)


CITY = [
    *rated("大冶市分局", 36, 4),
    *rated("下陆区分局", 10, 10),
    *rated("黄石港区分局", 19, 1),
    *rated("阳新县分局", 3, 0),
]


@pytest.fixture
def city(tmp_path):
    """Return a city of 68 satisfied of 83: 大冶 36/40, 下陆 10/20, 黄石港 19/20, 阳新 3/3; 大冶 9/10 in the year before."""
    earlier = rated("大冶市分局", 9, 1, "2024-11-20")
    too_early = rated("大冶市分局", 0, 50, "2024-09-30")
    unmatched = rated("待归属", 0, 2)
    return make_store(tmp_path, [*CITY, *earlier, *too_early, *unmatched])


def test_branches_best_first_those_of_few_cases_last_and_the_unmatched_after_them(city) -> None:
    found = ratings.branches(city, september(city), NO_FILTER)
    assert [(row.branch, row.figure.numerator, row.figure.denominator) for row in found.rows] == [
        ("黄石港区分局", 19, 20),  # 95.0 %
        ("大冶市分局", 36, 40),  # 90.0 %
        ("下陆区分局", 10, 20),  # 50.0 %
        ("阳新县分局", 3, 3),  # 100 %, but n = 3: not ranked
        ("待归属", 0, 2),
    ]
    assert (found.total.numerator, found.total.denominator) == (68, 85)
    assert found.area == "全市"


def test_the_twelve_months_end_with_the_period(city) -> None:
    rolling = {row.branch: row.rolling for row in ratings.branches(city, september(city), NO_FILTER).rows}
    # 大冶: 36＋9 of 40＋10; the fifty of 30 September 2024 are a day too old
    assert (rolling["大冶市分局"].numerator, rolling["大冶市分局"].denominator) == (45, 50)
    assert rolling["大冶市分局"].period.words == "2024年10月—2025年9月"
    assert (rolling["下陆区分局"].numerator, rolling["下陆区分局"].denominator) == (10, 20)


def test_the_interval_is_wilsons(city) -> None:
    rows = {row.branch: row for row in ratings.branches(city, september(city), NO_FILTER).rows}
    # 36/40: (36＋1.9208)／43.8415 ± 1.95996·√(36·4／40＋0.9604)／43.8415 ＝ 0.8649 ± 0.0955
    assert rows["大冶市分局"].point.low == pytest.approx(0.76948, abs=1e-5)
    assert rows["大冶市分局"].point.high == pytest.approx(0.96042, abs=1e-5)
    assert ratings.interval_words(rows["大冶市分局"].figure) == "95%区间 76.9%—96.0%"


def test_one_case_fewer_and_one_more(city) -> None:
    rows = {row.branch: row for row in ratings.branches(city, september(city), NO_FILTER).rows}
    assert rows["大冶市分局"].fewer.words == "92.3%（36/39）"
    assert rows["大冶市分局"].more.words == "87.8%（36/41）"
    alone = measure(city, ["satisfaction_rate"], [periods.month(2025, 8, city.as_of)])[0]
    assert ratings.without_one(alone).words == "—" and ratings.with_one(alone).words == "0.0%（0/1）"


def test_99_8_names_a_branch_and_a_small_one_is_never_coloured(city) -> None:
    found = ratings.branches(city, september(city), NO_FILTER)
    colours = {row.branch: row.colour for row in found.rows}
    # 10 of 20 at p0 = 68/85: P(X ≤ 10) ＝ 0.0026: 95 % but not 99.8 %
    assert ratings.finding(found.funnel) == "各分局差异属正常波动"
    assert ratings.watched(found.funnel) == ["下陆区分局（偏低）"]
    assert colours == {"黄石港区分局": "", "大冶市分局": "", "下陆区分局": "", "阳新县分局": "few", "待归属": "few"}
    assert "待归属" not in [point.name for point in found.funnel.points]


def test_the_finding_names_who_is_far_too_low(tmp_path) -> None:
    # 6 of 20 at p0 = 61/80: P(X ≤ 6) ＝ 2·10⁻⁵
    reader = make_store(tmp_path, [*rated("大冶市分局", 55, 5), *rated("下陆区分局", 6, 14)])
    found = ratings.branches(reader, september(reader), NO_FILTER)
    assert ratings.finding(found.funnel) == "下陆区分局明显偏低（99.8%）"
    assert [(row.branch, row.colour) for row in found.rows] == [("大冶市分局", ""), ("下陆区分局", "concern")]


def test_both_sides_are_named(tmp_path) -> None:
    # p0 = 166/200: P(X ≤ 36 of 60) ＝ 2·10⁻⁵; P(80 of 80) ＝ 0.83⁸⁰ ＝ 3·10⁻⁷
    rows = [*rated("大冶市分局", 80, 0), *rated("下陆区分局", 36, 24), *rated("阳新县分局", 50, 10)]
    reader = make_store(tmp_path, rows)
    found = ratings.branches(reader, september(reader), NO_FILTER)
    assert ratings.finding(found.funnel) == "下陆区分局明显偏低，大冶市分局明显偏高（99.8%）"


def test_eight_cases_are_named_but_not_coloured(tmp_path) -> None:
    reader = make_store(tmp_path, [*rated("大冶市分局", 98, 2), *rated("下陆区分局", 2, 6)])
    found = ratings.branches(reader, september(reader), NO_FILTER)
    assert ratings.finding(found.funnel) == "下陆区分局明显偏低（99.8%）"
    assert {row.branch: row.colour for row in found.rows}["下陆区分局"] == ""


def test_a_branch_chosen_is_compared_with_all_and_other_filters_stay(city) -> None:
    found = ratings.branches(city, september(city), Where.of({"branch": ["下陆区分局"]}))
    assert [row.branch for row in found.rows] == ["下陆区分局"]
    assert found.total.denominator == 85 and len(found.funnel.points) == 4
    nothing = ratings.branches(city, september(city), Where.of({"channel": ["微信"]}))
    assert nothing.rows == () and nothing.total.denominator == 0 and nothing.area == "所选范围"
    assert ratings.finding(nothing.funnel) == "没有评价件，不作比较"
    assert ratings.chance_words(nothing.funnel, september(city)) == ""


def test_two_branches_are_needed_for_a_comparison(tmp_path) -> None:
    reader = make_store(tmp_path, [*rated("大冶市分局", 9, 1), *rated("下陆区分局", 3, 1)])
    found = ratings.branches(reader, september(reader), NO_FILTER)
    assert ratings.finding(found.funnel) == "可比的分局不足2个，不作比较"


def test_chance_is_the_exact_binomial(tmp_path) -> None:
    reader = make_store(tmp_path, [*rated("大冶市分局", 9, 1), *rated("下陆区分局", 9, 1), *rated("阳新县分局", 0, 2)])
    found = ratings.branches(reader, september(reader), NO_FILTER).funnel
    p0 = 18 / 22
    chances = [comb(10, x) * p0**x * (1 - p0) ** (10 - x) for x in range(11)]
    # Outside at 95 %: counts whose lower or upper tail is below 0.025; two branches of ten, the third has too few cases.
    outside = sum(c for x, c in enumerate(chances) if sum(chances[: x + 1]) < 0.025 or sum(chances[x:]) < 0.025)
    assert ratings.chance(found)[0] == pytest.approx(1 - (1 - outside) ** 2)
    assert ratings.chance_words(found, september(reader)).startswith("2个分局即使水平完全相同，也有")
    assert "的月份会有分局偶然越出95%界限" in ratings.chance_words(found, september(reader))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(5, 60), st.floats(0, 1)), min_size=1, max_size=6), st.floats(0.02, 0.98))
def test_chance_grows_with_branches_and_with_wider_tails(drawn, p0) -> None:
    points = tuple(FunnelPoint(str(i), round(n * x), n, x, 0.0, 1.0, "", "") for i, (n, x) in enumerate(drawn))
    found = funnel(())
    all_of_them = ratings.chance(_with(found, points, p0))
    assert 0 <= all_of_them[1] <= all_of_them[0] <= 1
    assert all_of_them[0] >= ratings.chance(_with(found, points[1:], p0))[0]
    assert all_of_them[0] <= 0.05 * len(points) and all_of_them[1] <= 0.002 * len(points)


def _with(found, points, p0):
    return type(found)(p0, 1, 2, points, ())


def test_twelve_months_at_a_time_begin_when_there_are_twelve(city) -> None:
    months = tuple(periods.months(date(2025, 7, 1), date(2025, 9, 30), city.as_of))
    # The first case was received in August 2025: no month has twelve before it.
    assert ratings.rolling_series(city, "satisfaction_rate", months, NO_FILTER) == []


def test_twelve_months_at_a_time_under_the_name_of_the_last(tmp_path) -> None:
    old = rated("大冶市分局", 2, 0, "2024-08-31", received_at="2024-07-01", closed_at="2024-07-20")
    reader = make_store(tmp_path, [*old, *CITY])
    months = tuple(periods.months(date(2025, 6, 1), date(2025, 9, 30), reader.as_of))
    found = ratings.rolling_series(reader, "satisfaction_rate", months, NO_FILTER)
    assert [(f.period.label, f.numerator, f.denominator) for f in found] == [
        ("2025-06", 2, 2),  # July 2024 to June 2025
        ("2025-07", 2, 2),  # August 2024 to July 2025
        ("2025-08", 0, 0),  # from September 2024 on
        ("2025-09", 68, 83),
    ]


def test_first_and_last_rating_of_the_same_cases(tmp_path) -> None:
    rows = rated("大冶市分局", 8, 2)
    rows[0] = rows[0] | {"first_rating": "不满意", "rating_changes": 1}
    rows[9] = rows[9] | {"first_rating": "满意", "rating_changes": 1}
    rows[1] = rows[1] | {"first_rating": "不满意", "rating_changes": 1}
    reader = make_store(tmp_path, rows)
    first, final = ratings.by_basis(reader, september(reader), NO_FILTER)
    assert (first.numerator, final.numerator, final.denominator) == (7, 8, 10)  # 8 − 2 ＋ 1


# The lists


@pytest.fixture
def listed(tmp_path):
    """Return a store with three dissatisfied cases in September, four that wait, and changed ratings."""
    base = RATED | {"branch": "下陆区分局", "rating": "不满意"}
    rows = [
        base | {"case_no": "A", "rated_at": "2025-09-20", "dissatisfied_reason": "等候时间太长", "site_name": "某厂"},
        base | {"case_no": "B", "rated_at": "2025-09-28", "first_rating": "满意", "rating_changes": 1},
        base | {"case_no": "C", "rated_at": None, "closed_at": "2025-09-05"},  # dated by the closing
        base | {"case_no": "D", "rated_at": "2025-08-31"},  # another month
        base | {"case_no": "E", "rated_at": "2025-09-20", "is_repeat": True},
        base
        | {"case_no": "F", "rated_at": "2025-09-20", "rating": "满意", "first_rating": "不满意", "rating_changes": 1},
    ]
    wait = {key: RATED[key] for key in ("received_at", "accepted_at", "closed_at")} | {"rating_state": "待评价"}
    rows += [
        wait | {"case_no": "P", "rating_due_at": "2025-10-09"},
        wait | {"case_no": "Q", "rating_due_at": "2025-10-03"},
        wait | {"case_no": "R"},
        wait | {"case_no": "S", "rating_due_at": "2025-09-30T12:00"},
        wait | {"case_no": "T", "rating_due_at": "2025-09-29"},  # run out: overdue, no longer waiting
    ]
    events = [
        ("B", "rating_changed", "满意", "不满意", "2025-09-30"),
        ("F", "rating_changed", "不满意", "满意", "2025-09-10"),
        ("F", "rating_changed", "满意", "不满意", "2025-09-15"),
        ("F", "rating_changed", "不满意", "满意", "2025-09-30"),
        ("A", "rating_changed", "满意", "不满意", "2025-08-31"),
        ("E", "rating_changed", "满意", "不满意", "2025-09-30"),
        ("A", "reopened", "已办结", "办理中", "2025-09-30"),
    ]
    return make_store(tmp_path, rows, events=events)


def test_the_dissatisfied_are_those_that_the_rate_counts(listed) -> None:
    found = rating_lists.dissatisfied(listed, september(listed), NO_FILTER)
    assert list(found["编号"]) == ["B", "A", "C"]
    assert list(found["距今天数"]) == [2, 10, 25]  # to 30 September
    assert list(found["is_dated"]) == [True, True, False]
    assert list(found["不满意原因"]) == ["未注明", "等候时间太长", "未注明"]
    assert list(found["改评"]) == ["满意→不满意", "", ""]
    assert list(found["点位"]) == ["未注明", "某厂", "未注明"]
    behind = cases_behind(listed, "satisfaction_rate", september(listed), part="rest")
    assert set(behind["信访件编号"]) == set(found["编号"])


def test_who_waits_stands_in_the_order_of_the_terms(listed) -> None:
    found = rating_lists.pending(listed, september(listed), NO_FILTER)
    assert list(zip(found["编号"], found["剩余"], strict=True)) == [
        ("S", "今日截止"), ("Q", "余3天"), ("P", "余9天"), ("R", "未注明"),
    ]  # fmt: skip
    (figure,) = measure(listed, ["rating_pending"], [september(listed)])
    assert figure.numerator == len(found)


def test_who_waits_since_before_the_period(listed) -> None:
    october = periods.span(date(2025, 9, 6), date(2025, 9, 30), listed.as_of)
    before = rating_lists.pending_before(listed, october, NO_FILTER, date(2025, 8, 1))
    assert (before.numerator, before.period.label) == (4, "2025-08-01/2025-09-05")  # all four were closed on the 5th
    assert rating_lists.pending_before(listed, october, NO_FILTER, date(2025, 9, 6)) is None


def test_changed_ratings_by_the_day_they_were_seen(listed) -> None:
    found = rating_lists.changes(listed, september(listed), NO_FILTER)
    # The repeat petition E and the change of August are not among them; F was changed three times.
    assert sorted(zip(found["编号"], found["原评价"], found["现评价"], strict=True)) == [
        ("B", "满意", "不满意"), ("F", "不满意", "满意"), ("F", "不满意", "满意"), ("F", "满意", "不满意"),
    ]  # fmt: skip
    assert [(way.before, way.after, way.times) for way in rating_lists.ways(found)] == [
        ("不满意", "满意", 2), ("满意", "不满意", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("read", [rating_lists.dissatisfied, rating_lists.pending, rating_lists.changes])
def test_the_lists_follow_the_filter_and_may_be_empty(listed, read) -> None:
    assert read(listed, september(listed), Where.of({"branch": ["阳新县分局"]})).empty
    assert read(listed, periods.month(2024, 1, listed.as_of), NO_FILTER).empty
    assert (
        rating_lists.reasons(rating_lists.dissatisfied(listed, periods.month(2024, 1, listed.as_of), NO_FILTER)) == []
    )


def reasons_of(*texts: str, tmp_path) -> list[tuple[str, int]]:
    base = RATED | {"rating": "不满意", "rated_at": "2025-09-20"}
    reader = make_store(tmp_path, [base | {"dissatisfied_reason": text} for text in texts])
    return [
        (reason.words, reason.cases)
        for reason in rating_lists.reasons(rating_lists.dissatisfied(reader, september(reader), NO_FILTER))
    ]


def test_alike_reasons_are_counted_together(tmp_path) -> None:
    texts = [
        "等候时间太长",
        "等候时间太长",
        "等候时间过长",
        "等候时间太长。",
        " ",
        "没有得到当面答复",
        "没有得到答复",
        "整改后又反弹",
    ]
    assert reasons_of(*texts, tmp_path=tmp_path) == [
        ("等候时间太长", 4), ("没有得到当面答复", 2), ("整改后又反弹", 1), ("未注明", 1),
    ]  # fmt: skip


def test_opposite_reasons_are_not_alike(tmp_path) -> None:
    texts = ["处理不及时", "处理及时", "问题已解决", "问题未解决", "噪声没有改善", "气味没有改善"]
    assert len(reasons_of(*texts, tmp_path=tmp_path)) == 6


# The chart


def test_the_funnel_names_every_point_once_and_colours_what_stands_out(tmp_path) -> None:
    reader = make_store(
        tmp_path, [*rated("大冶市分局", 55, 5), *rated("下陆区分局", 6, 14), *rated("阳新县分局", 1, 1)]
    )
    found = ratings.branches(reader, september(reader), NO_FILTER).funnel
    drawn = funnel_chart(found)
    notes = {note.text: note.font.color for note in drawn.layout.annotations}
    # 55 of 60 at p0 = 62/82: P(X ≥ 55) ＝ 0.0013: high at 95 %
    assert notes == {"大冶市分局·留意": "#1B2430", "下陆区分局·明显偏低": "#B5590B", "阳新县分局": "#5B6875"}
    (points,) = [dict(zip(trace.customdata, trace.x, strict=True)) for trace in drawn.data if trace.mode == "markers"]
    assert points["下陆区分局：30.0%（6/20）<br>明显偏低"] == 20
    curves = [trace for trace in drawn.data if trace.mode == "lines"]
    assert len(curves) == 4 and curves[0].x[-1] == 60


def test_branches_at_one_point_share_a_name(tmp_path) -> None:
    reader = make_store(tmp_path, [*rated("大冶市分局", 5, 0), *rated("下陆区分局", 5, 0), *rated("<b>分局", 4, 2)])
    drawn = funnel_chart(ratings.branches(reader, september(reader), NO_FILTER).funnel, chosen=("下陆区分局",))
    assert sorted(note.text for note in drawn.layout.annotations) == ["&lt;b&gt;分局", "大冶市分局、下陆区分局"]


def test_of_very_many_branches_only_those_that_stand_out_are_named(tmp_path) -> None:
    cases = [case for number in range(40) for case in rated(f"第{number}分局", 20 + number, 2)]
    reader = make_store(tmp_path, [*cases, *rated("下陆区分局", 6, 14)])
    found = ratings.branches(reader, september(reader), NO_FILTER).funnel
    assert [note.text for note in funnel_chart(found).layout.annotations] == ["下陆区分局·明显偏低"]
    drawn = funnel_chart(found, chosen=("第3分局",))
    assert [note.text for note in drawn.layout.annotations] == ["第3分局"]
    assert [len(trace.x) for trace in drawn.data if trace.mode == "markers"] == [41]


def test_a_funnel_of_nothing_is_drawn_empty() -> None:
    assert len(funnel_chart(funnel(())).layout.annotations) == 0
