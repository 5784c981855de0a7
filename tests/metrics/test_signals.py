"""The control chart of a KPI's months: which chart, what it says of the last complete month, steps, settings."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.errors import UserError
from metrics.dimensions import NO_FILTER
from metrics.engine import Where, measure
from metrics.periods import months
from metrics.rare import gaps
from metrics.rules import NHSR
from metrics.signals import assurance_words, charts, control_chart
from metrics.spc import xmr
from tests.metrics.build import make_store

FALLING = [92, 88, 95, 101, 90, 87, 93, 85, 96, 89, 91, 94, 70, 68, 72, 66, 71, 65, 69, 64]
SHIFTED = [82, 76, 83, 77, 84, 78, 82, 74, 75, 72, 76, 73, 75, 72]  # mean 77.1; seven below it
REFERENCE = json.loads((Path(__file__).parent / "reference" / "spc_xmr_cases.json").read_text(encoding="utf-8"))[
    "cases"
]


def first_of(number):
    """Return the first day of the month `number` months after January 2024."""
    return date(2024 + number // 12, number % 12 + 1, 1)


def monthly(counts, **fields):
    """Return as many cases as asked in each month from January 2024."""
    return [
        {"received_at": f"{first_of(i):%Y-%m}-{1 + j % 28:02d}"} | fields
        for i, many in enumerate(counts) for j in range(many)
    ]  # fmt: skip


def rated(counts):
    """Return first petitions with `x` satisfied of `n` rated in each month."""
    return [
        {"received_at": f"{first_of(i):%Y-%m}-02", "closed_at": f"{first_of(i):%Y-%m}-05", "rating_state": "已评价",
         "rated_at": f"{first_of(i):%Y-%m}-08", "rating": "满意" if j < x else "不满意"}
        for i, (x, n) in enumerate(counts) for j in range(n)
    ]  # fmt: skip


def chart_of(folder, cases, many, kpi="cases_total", where=NO_FILTER, settings=None, as_of=None, rebase_at=()):
    end = first_of(many) - timedelta(days=1)
    reader = make_store(folder, cases, as_of=as_of or f"{end}", settings=settings)
    periods = months(first_of(0), end, reader.as_of)
    return control_chart(reader, measure(reader, [kpi], periods, (), where), where, rebase_at)


def test_a_fall_below_the_limits_is_said_of_the_last_month(tmp_path):
    found = chart_of(tmp_path, monthly(FALLING), 20)
    reference = REFERENCE["complaints_monthly_decrease"]
    assert reference["y"] == FALLING
    assert found.low == pytest.approx(reference["lpl"]) and found.high == pytest.approx(reference["upl"])
    assert (found.words, found.mark, found.month.label) == ("低于控制下限", "better", "2025-08")
    expected = {"common_cause": None, "special_cause_improvement": "better", "special_cause_concern": "worse"}
    assert found.marks == [expected[kind] for kind in reference["point_type"]]
    assert found.convention == (
        "单值移动极差图，剔除异常极差；信号：超限、连续7点同侧、7点升降、3点中2点近限（三点同侧）"
    )


def test_a_step_change_begins_a_new_segment_and_the_old_one_stays(tmp_path):
    """Twelve months around 91.75, then eight around 68.125: too few for firm limits."""
    found = chart_of(tmp_path, monthly(FALLING), 20, rebase_at=[date(2025, 1, 10)])
    assert [point.segment for point in found.points] == [0] * 12 + [1] * 8
    assert (found.centre[0], found.centre[12]) == (91.75, 68.125)
    assert (found.low[0], found.high[0]) == pytest.approx((75.306, 108.194), abs=5e-4)
    assert (found.words, found.mark) == ("属正常波动（试行限）", None)
    assert set(found.marks) == {None}


def test_a_segment_of_few_months_has_no_limits_but_the_old_one_keeps_its_own(tmp_path):
    found = chart_of(tmp_path, monthly(FALLING), 20, rebase_at=[date(2025, 4, 1)])
    assert (found.words, found.has_limits, found.convention) == ("点数不足，不设限", False, "")
    assert found.low[14] is not None and found.low[15] is None


def test_a_month_that_is_not_over_is_not_judged(tmp_path):
    found = chart_of(tmp_path, monthly([70, 75, 66, 71, 69, 73, 70, 68, 74, 72, 70, 71, 5]), 13, as_of="2025-01-22")
    assert (found.words, found.month.label) == ("属正常波动", "2024-12")
    assert (found.low[12], found.marks[12], found.points[12].judged) == (None, None, None)


@pytest.mark.parametrize("counts, words", [
    ([70, 75, 66, 71, 69], "点数不足，不设限"),
    ([70], "点数不足，不设限"),
    ([7] * 14, "无波动，不设限"),
    ([70, 75, 66, 71, 69, 73], "属正常波动（试行限）"),
    ([80, 70, 82, 71, 79, 73, 78, 75, 76, 77, 78, 79, 80, 81], "连续7个月上升"),  # 75 … 81
    ([80, 70, 82, 71, 79, 73, 75, 76, 77, 78, 79, 80, 81], "连续8个月上升"),  # 73 … 81; a trend goes before a shift
    (SHIFTED, "连续7个月低于均值"),
])  # fmt: skip
def test_the_state_of_the_last_month_in_words(tmp_path, counts, words):
    assert chart_of(tmp_path, monthly(counts), len(counts)).words == words


def test_two_of_three_near_a_limit(tmp_path):
    """Mean 69.6, ranges 11 × 6, 19, 9 and 9: near limit 69.6 + 2.66·⅔·7.36 = 82.6, limit 89.2."""
    counts = [70, 64, 70, 64, 70, 64, 70, 64, 70, 64, 70, 64, 83, 74, 83]
    points = xmr(counts)
    assert [point.judged.rule for point in points[-3:]] == ["C", "", "C"]
    found = chart_of(tmp_path, monthly(counts), len(counts))
    assert (found.words, found.mark) == ("3个月中有2个月接近控制上限", "worse")


def test_a_branch_with_few_cases_gets_exact_limits(tmp_path):
    """Mean 3 of a branch: the Poisson limits 0 and 9, so 9 is ordinary and 10 is not."""
    counts = [3, 2, 4, 3, 1, 4, 3, 2, 5, 3, 2, 3, 3, 4]
    where = Where.of({"branch": ["下陆区分局"]})
    branch = {"branch": "下陆区分局"}
    found = chart_of(tmp_path / "a", monthly(counts, **branch), 14, where=where)
    assert (found.words, found.low[0], found.high[0], found.centre[0]) == ("属正常波动", 0, 9, 3)
    assert "泊松" in found.convention
    found = chart_of(tmp_path / "b", monthly([*counts[:-1], 12], **branch), 14, where=where)
    assert (found.words, found.mark, found.marks[-1]) == ("高于控制上限", "worse", "worse")


def test_a_branch_with_enough_months_and_cases_gets_an_xmr_chart(tmp_path):
    counts, where = [9, 11, 8, 12, 10, 9, 11, 10, 8, 12, 9, 10], Where.of({"branch": ["下陆区分局"]})
    assert "移动极差" in chart_of(tmp_path / "a", monthly(counts, branch="下陆区分局"), 12, where=where).convention
    assert "泊松" in chart_of(tmp_path / "b", monthly(counts[:11], branch="下陆区分局"), 11, where=where).convention


def test_a_share_of_the_city_has_limits_for_each_month(tmp_path):
    """p̄ = 580/660: month 1 with n = 60 has p̄ ± 3·√(p̄(1−p̄)/60); the last with 35 of 60 lies below."""
    counts = [
        (53, 60),
        (50, 55),
        (54, 60),
        (56, 65),
        (55, 60),
        (49, 55),
        (53, 60),
        (58, 65),
        (53, 60),
        (54, 60),
        (35, 60),
    ]
    found = chart_of(tmp_path, rated(counts), 11, "satisfaction_rate")
    p = sum(x for x, _ in counts) / sum(n for _, n in counts)
    half = 3 * (p * (1 - p) / 60) ** 0.5
    assert found.centre[0] == pytest.approx(p)
    assert (found.low[0], found.high[0]) == pytest.approx((p - half, min(1, p + half)))
    assert found.low[1] < found.low[0] < found.low[3]
    assert (found.words, found.mark) == ("低于控制下限（试行限）", "worse")
    assert all(0 <= low <= high <= 1 for low, high in found.drawn)


def test_a_share_of_few_cases_has_no_limits(tmp_path):
    found = chart_of(tmp_path, rated([(2, 3), (3, 3), (1, 2), (2, 2), (3, 4), (2, 3), (1, 3)]), 7, "satisfaction_rate")
    assert (found.words, found.has_limits) == ("每月件数少，不设限", False)


def test_a_small_share_is_judged_exactly(tmp_path):
    """Twelve months of 19–20 of 20: 238/240; P(X ≤ 16 | 20, 0.98) is below 0.00135, 17 is not."""
    counts = [(20, 20), (19, 20)] * 6 + [(15, 20)]
    found = chart_of(tmp_path, rated(counts), 13, "satisfaction_rate")
    assert "二项" in found.convention
    assert (found.words, found.marks[-1]) == ("低于控制下限", "worse")


def test_a_month_without_ratings_is_not_judged(tmp_path):
    counts = [(53, 60), (50, 55), (54, 60), (56, 65), (55, 60), (49, 55), (53, 60), (0, 0)]
    found = chart_of(tmp_path, rated(counts), 8, "satisfaction_rate")
    assert (found.words, found.mark, found.low[7]) == ("末月无数据，不作判断", None, None)


def test_a_month_that_is_cut_off_is_no_month_of_a_count(tmp_path):
    """Fifteen days of January hold half of its cases: neither a signal nor a part of the mean."""
    counts = [70, 74, 66, 71, 69, 73, 70, 68, 74, 72, 70, 71, 70]
    reader = make_store(tmp_path, monthly(counts), as_of="2025-01-31")
    periods = months(date(2024, 1, 16), date(2025, 1, 31), reader.as_of)
    found = control_chart(reader, measure(reader, ["cases_total"], periods))
    assert found.figures[0].value < 40
    assert (found.points[0].judged, found.marks[0], found.low[0]) == (None, None, None)
    assert found.centre[1] == pytest.approx(sum(counts[1:]) / 12)
    assert control_chart(reader, measure(reader, ["cases_total"], periods[:1])).words == "点数不足，不设限"


def test_two_months_joined_are_judged_as_their_average(tmp_path):
    """January and February 2025 together 130 cases: 65 a month, below a mean of 70.5 and no signal."""
    counts = [70, 74, 66, 71, 69, 73, 70, 68, 74, 72, 70, 71, 65, 65]
    reader = make_store(tmp_path, monthly(counts), as_of="2025-02-28")
    found = charts(reader, ("cases_total",), tuple(months(first_of(0), date(2025, 2, 28), reader.as_of, 1, True)))
    chart = found["cases_total"]
    assert [figure.value for figure in chart.figures] == [72, *counts[2:12], 65]
    assert (chart.words, chart.points[-1].judged.side) == ("属正常波动", -1)
    assert chart.centre[0] == pytest.approx((72 + sum(counts[2:12]) + 65) / 12)


@pytest.mark.parametrize("kpi, words", [
    ("overdue_open", "期末存量前后月相连，不设限"), ("backlog_resolve_rate", "台账按批次登记，不设限"), ("mom", "变化率不设限"),
])  # fmt: skip
def test_what_is_no_series_of_its_own_has_no_limits(tmp_path, kpi, words):
    found = chart_of(tmp_path, monthly(FALLING), 20, kpi)
    assert (found.words, found.has_limits, set(found.marks)) == (words, False, {None})


def test_rare_events_are_judged_by_the_days_between_them(tmp_path):
    """One visit a month, always on the 1st, then none for ten months: 303 days against gaps of about 30."""
    visits = monthly([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], channel="来访")
    others = monthly([5] * 20, channel="电话")
    found = chart_of(tmp_path / "a", visits + others, 20, "batches")
    assert found.words == "已303天未发生，间隔高于控制上限"
    assert found.mark == "better"
    # a month of zero is ordinary, and so are seven of them
    assert set(found.marks) == {None}
    found = chart_of(tmp_path / "b", visits + monthly([0] * 19 + [7], channel="来访") + others, 20, "batches")
    assert (found.words, found.mark) == ("高于控制上限", "worse")


def test_gaps_of_few_events_say_nothing():
    days = [date(2025, 1, 1), date(2025, 3, 1), date(2025, 4, 1)]
    assert gaps(days, date(2025, 12, 31), date(2025, 12, 1), NHSR).chart == ""
    assert gaps([], date(2025, 12, 31), date(2025, 12, 1), NHSR).open_days == 0


def test_two_events_on_a_day_make_a_g_chart():
    days = [date(2025, 1, 1) + timedelta(days=each) for each in (0, 0, 12, 40, 55, 70, 96, 110)]
    assert gaps(days, date(2025, 4, 30), date(2025, 4, 1), NHSR).chart == "g"
    assert gaps(days[1:], date(2025, 4, 30), date(2025, 4, 1), NHSR).chart == "t"


def test_the_convention_is_a_setting(tmp_path):
    found = chart_of(tmp_path / "a", monthly(SHIFTED), 14, settings={"spc_shift_points": "8", "spc_screening": "false"})
    assert found.words == "属正常波动"
    assert "连续8点同侧" in found.convention and "剔除" not in found.convention
    with pytest.raises(UserError, match="控制图的设置有误"):
        chart_of(tmp_path / "b", monthly(SHIFTED), 14, settings={"spc_two_of_three": "both"})
    with pytest.raises(UserError, match="不得小于5"):
        chart_of(tmp_path / "c", monthly(SHIFTED), 14, settings={"spc_trend_points": "2"})


def test_several_kpis_are_charted_with_one_question(tmp_path):
    reader = make_store(tmp_path, monthly(FALLING), as_of="2025-08-31")
    periods = tuple(months(first_of(0), date(2025, 8, 31), reader.as_of))
    found = charts(reader, ("cases_total", "satisfaction_rate"), periods)
    assert {kpi: chart.words for kpi, chart in found.items()} == {
        "cases_total": "低于控制下限", "satisfaction_rate": "点数不足，不设限",
    }  # fmt: skip


@pytest.mark.parametrize("mean", [6, 10, 70])
def test_false_alarms_of_the_last_month_of_a_steady_city_are_as_rare_as_stated(mean):
    """peers: 1.3–2.9 % at the last of 24 points; somewhere in the series it is every fifth, so no words about that."""
    generator = np.random.default_rng(20251123)
    last = anywhere = 0
    for y in generator.poisson(mean, (2000, 24)).tolist():
        rules = [point.judged.rule for point in xmr(y)]
        last += bool(rules[-1])
        anywhere += any(rules)
    assert 0.01 <= last / 2000 <= 0.03
    assert anywhere / 2000 > 0.1


@pytest.mark.parametrize("target, words", [
    (0.4, "按现在的水平，每月都会达标"), (0.7, "按现在的水平，时而达标时而不达标"),
    (0.9, "按现在的水平达不到目标，须改变做法"), (None, ""),
])  # fmt: skip
def test_a_target_is_held_against_the_limits_not_against_one_month(tmp_path, target, words):
    """p̄ = 0.6, n = 60: limits 0.6 ± 3·√(0.24/60) = 0.410 to 0.790."""
    found = chart_of(tmp_path, rated([(36, 60), (37, 60), (35, 60)] * 3), 9, "satisfaction_rate")
    assert (found.low[-1], found.high[-1]) == pytest.approx((0.410, 0.790), abs=5e-4)
    assert assurance_words(found, target) == words


def test_without_limits_nothing_is_said_of_a_target(tmp_path):
    found = chart_of(tmp_path, rated([(36, 60), (37, 60)]), 2, "satisfaction_rate")
    assert assurance_words(found, 0.9) == ""
