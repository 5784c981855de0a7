"""Recorded step changes: they break limits and line, stay with who wrote them, and are proposed but never applied."""

from datetime import date

import pytest

from metrics import proposals, signals, steps
from metrics.charts import trend
from metrics.engine import Where
from metrics.periods import months
from metrics.timeline import timeline
from tests.metrics.build import make_store
from tests.metrics.test_signals import SHIFTED, first_of, monthly

AUGUST = date(2024, 8, 1)  # the eighth month: from here seven months lie below the mean
STEP = (AUGUST, "cases_total", "", "渠道分流办法施行", "张三")
LOW_FROM = [80, 82, 78, 81, 79, 83, 77, 60, 62, 58, 61, 59, 63, 57, 60]  # eight months from August 2024 on


def store(folder, counts=LOW_FROM, steps_kept=(), **fields):
    end = date.fromordinal(first_of(len(counts)).toordinal() - 1)
    kept = {"steps": list(steps_kept)} if steps_kept else None
    reader = make_store(folder, monthly(counts, **fields), as_of=f"{end}T18:00", kept=kept)
    return reader, tuple(months(first_of(0), end, reader.as_of))


def chart(reader, shown, where=None):
    return signals.charts(reader, ("cases_total",), shown, where or Where())["cases_total"]


def test_a_step_breaks_the_limits_and_the_old_segment_stays(tmp_path) -> None:
    """Means by hand: 80,82,78,81,79,83,77 → 560/7 = 80; 60,62,58,61,59,63,57,60 → 480/8 = 60."""
    found = chart(*store(tmp_path, steps_kept=[STEP]))
    assert [point.segment for point in found.points] == [0] * 7 + [1] * 8
    assert found.centre == pytest.approx([80] * 7 + [60] * 8)
    assert found.marks == [None] * 15 and found.words == "属正常波动（试行限）"


def test_without_a_step_the_same_months_are_signals(tmp_path) -> None:
    found = chart(*store(tmp_path))
    assert len({point.segment for point in found.points}) == 1
    assert found.mark == "better"


def test_the_line_breaks_where_the_step_is(tmp_path) -> None:
    reader, shown = store(tmp_path, steps_kept=[STEP])
    found = chart(reader, shown)
    drawn = trend(found.figures, "", "", control=found, marks=timeline(reader, "cases_total", shown).marks)
    lines = [trace for trace in drawn.data if trace.mode == "lines+markers"]
    assert [len(trace.x) for trace in lines] == [7, 8]
    assert [note.hovertext for note in drawn.layout.annotations if note.hovertext] == ["阶跃：渠道分流办法施行"]


def test_a_step_is_of_its_kpi_and_of_its_branch_alone(tmp_path) -> None:
    reader, shown = store(tmp_path, steps_kept=[STEP], branch="下陆区分局", channel="网络")
    segments = {
        name: max(point.segment for point in chart(reader, shown, Where.of(where)).points)
        for name, where in {"city": {}, "branch": {"branch": ["下陆区分局"]}, "channel": {"channel": ["网络"]}}.items()
    }
    assert segments == {"city": 1, "branch": 0, "channel": 0}
    groups = signals.group_charts(reader, "cases_total", shown, ("branch",))
    assert groups[()].points[-1].segment == 1
    assert groups[("下陆区分局",)].points[-1].segment == 0
    of_branch, shown = store(tmp_path / "b", steps_kept=[(*STEP[:2], "下陆区分局", *STEP[3:])], branch="下陆区分局")
    assert chart(of_branch, shown).points[-1].segment == 0
    assert chart(of_branch, shown, Where.of({"branch": ["下陆区分局"]})).points[-1].segment == 1


def test_the_record_has_author_and_reason(tmp_path) -> None:
    reader, shown = store(tmp_path, steps_kept=[STEP])
    assert steps.steps(reader, "cases_total") == [steps.Step(AUGUST, "cases_total", "", "张三", "渠道分流办法施行")]
    (note,) = timeline(reader, "cases_total", shown).notes
    assert note == "2024年8月起另设均值和控制限：渠道分流办法施行（张三；此后8个完整的月，满12个月更稳）。"


@pytest.mark.parametrize(
    ("many", "words"),
    [(13, "试行：此后只有6个完整的月，满7个月才算数"), (14, "此后7个完整的月，满12个月更稳"), (19, "此后12个完整的月")],
)
def test_a_step_that_few_months_follow_is_a_trial(many: int, words: str) -> None:
    end = date.fromordinal(first_of(many).toordinal() - 1)
    assert steps.standing(months(first_of(0), end, end), AUGUST) == words


def test_an_unfinished_month_does_not_count(tmp_path) -> None:
    shown = months(first_of(0), date(2025, 2, 28), date(2025, 2, 20))
    assert steps.standing(shown, AUGUST).startswith("试行：此后只有6个")


def test_a_lasting_shift_is_proposed_and_nothing_is_changed(tmp_path) -> None:
    """Mean of the 15 months: (560 + 480) / 15 = 69.3; the last eight lie below it."""
    reader, shown = store(tmp_path)
    (found,) = proposals.proposals(reader, "cases_total", "", shown)
    assert (found.on, found.words) == (AUGUST, "自2024年8月起连续8个月低于均值")
    assert steps.steps(reader, "cases_total") == []
    assert chart(reader, shown).points[-1].segment == 0


def test_six_months_are_not_proposed(tmp_path) -> None:
    reader, shown = store(tmp_path, LOW_FROM[:13])
    assert proposals.proposals(reader, "cases_total", "", shown) == []


def test_what_is_recorded_is_not_proposed_again(tmp_path) -> None:
    reader, shown = store(tmp_path, steps_kept=[STEP])
    assert proposals.proposals(reader, "cases_total", "", shown) == []


def test_a_step_that_no_shift_speaks_for_says_so(tmp_path) -> None:
    reader, shown = store(tmp_path, steps_kept=[STEP])
    step = steps.steps(reader, "cases_total")[0]
    assert proposals.standing(reader, step, shown) == "此后8个完整的月，满12个月更稳"
    steady, shown = store(tmp_path / "b", [80, 82, 78, 81, 79, 83, 77, 80, 82, 78, 81, 79, 83, 77, 80], [STEP])
    assert proposals.standing(steady, step, shown).endswith("；此后没有连续同侧的信号，仅凭所记原因")


def test_the_shifted_series_of_the_signals_is_proposed_from_its_first_low_month(tmp_path) -> None:
    reader, shown = store(tmp_path, SHIFTED)
    (found,) = proposals.proposals(reader, "cases_total", "", shown)
    assert found.words == "自2024年8月起连续7个月低于均值"
