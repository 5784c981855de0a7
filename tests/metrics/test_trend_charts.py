"""A drawn trend: band within what can be, stepped and broken at a step change, only signals coloured, marks in place."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalog import CATALOG
from metrics.charts import Mark, multiples, trend
from metrics.charts.control import COLOURS
from metrics.engine import Figure
from metrics.periods import months
from metrics.rules import Judged, Limits
from metrics.signals import ControlChart, Point

AS_OF = date(2025, 6, 20)
MONTHS = months(date(2024, 12, 1), date(2025, 6, 30), AS_OF)  # June is not over


def chart_of(kpi, values, limits, segments=(0,) * 7, marks=(None,) * 7):
    known = CATALOG[kpi]
    figures = [Figure(known, month, {}, 1, 2, value, "") for month, value in zip(MONTHS, values, strict=True)]
    points = tuple(
        Point(figure, segment, limit, None if limit is None else Judged(0, False, False, "", ""), mark)
        for figure, segment, limit, mark in zip(figures, segments, limits, marks, strict=True)
    )
    return ControlChart(known, points, "属正常波动", None, True, MONTHS[5], "", "")


def bands(drawn):
    """Return the traces that make the band: each lower edge with the filled upper one after it."""
    return [(low, high) for low, high in zip(drawn.data, drawn.data[1:], strict=False) if high.fill == "tonexty"]


def test_the_band_is_cut_at_what_can_be():
    control = chart_of("satisfaction_rate", [0.9] * 7, [Limits(0.9, 0.75, 1.05, 0.8, 1.0)] * 6 + [None])
    ((low, high),) = bands(trend(control.figures, "", "", control=control))
    assert (list(low.y), list(high.y)) == ([0.75] * 6, [1.0] * 6)
    assert list(low.x) == [month.label for month in MONTHS[:6]]  # the month that is not over has none
    control = chart_of("cases_total", [3.0] * 7, [Limits.around(3, 5)] * 6 + [None])
    ((low, high),) = bands(trend(control.figures, "", "", control=control))
    assert (low.y[0], high.y[0], low.line.shape) == (0.0, 8.0, "hvh")


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.9)), min_size=6, max_size=6))
def test_a_drawn_share_has_limits_within_0_and_1(pairs):
    limits = [Limits.around(centre, half) for centre, half in pairs]
    control = chart_of("satisfaction_rate", [centre for centre, _ in pairs] + [0.5], [*limits, None])
    drawn = trend(control.figures, "", "", control=control)
    ((low, high),) = bands(drawn)
    assert all(0 <= one <= other <= 1 for one, other in zip(low.y, high.y, strict=True))
    bottom, top = drawn.layout.yaxis.range
    assert bottom <= min(low.y) and top >= max(high.y)


def test_a_step_change_breaks_line_and_band_and_the_old_segment_stays():
    limits = [Limits.around(90, 10)] * 3 + [Limits.around(60, 8)] * 3 + [None]
    control = chart_of("cases_total", [90, 92, 88, 60, 62, 58, 20], limits, segments=(0, 0, 0, 1, 1, 1, 1))
    drawn = trend(control.figures, "", "", control=control)
    assert [(low.y[0], high.y[0], len(low.x)) for low, high in bands(drawn)] == [(80, 100, 3), (52, 68, 3)]
    lines = [list(trace.y) for trace in drawn.data if trace.mode == "lines+markers"]
    assert lines == [[90, 92, 88], [60, 62, 58], [58, 20]]


def test_only_signals_have_a_colour():
    marks = (None, "better", "worse", "neutral", None, None, None)
    control = chart_of("cases_total", [9.0] * 7, [Limits.around(9, 3)] * 6 + [None], marks=marks)
    line = next(
        trace for trace in trend(control.figures, "", "", control=control).data if trace.mode == "lines+markers"
    )
    grey = line.marker.color[0]
    assert COLOURS["better"] == "#1F6FB2" and COLOURS["worse"] == "#B5590B"
    assert list(line.marker.color) == [grey, "#1F6FB2", "#B5590B", COLOURS["neutral"], grey, grey]
    assert list(line.marker.size) == [4, 8, 8, 8, 4, 4]


def test_marks_stand_on_their_day_and_their_words_are_text():
    figures = chart_of("cases_total", [9.0] * 7, [None] * 7).figures
    marks = [
        Mark(date(2025, 1, 1), "<b>合并", "break"), Mark(date(2025, 3, 17), "整改完成后重新计算", "step"),
        Mark(date(2025, 4, 2), "研判会", "activity"), Mark(date(2025, 4, 9), "带案下访", "activity"),
        Mark(date(2020, 1, 1), "早年", "break"),
    ]  # fmt: skip
    drawn = trend(figures, "", "", marks=marks)
    # January is number 1 of the axis: its first day lies half a month before; 17 March: 3 − ½ + 16/31
    assert [shape.x0 for shape in drawn.layout.shapes] == [0.5, 2.5 + 16 / 31]
    assert [shape.line.dash for shape in drawn.layout.shapes] == ["dash", "solid"]
    texts = [note.text for note in drawn.layout.annotations]
    assert "&lt;b&gt;合并" in texts and "早年" not in "".join(texts)
    signs = [note for note in drawn.layout.annotations if note.text == "▾"]
    assert [sign.hovertext for sign in signs] == ["4月2日 研判会<br>4月9日 带案下访"]


def test_small_charts_share_one_scale_with_their_bands():
    one = chart_of("cases_total", [3.0] * 7, [Limits.around(3, 2)] * 6 + [None])
    other = chart_of("cases_total", [5.0] * 7, [Limits.around(5, 20)] * 6 + [None])
    drawn = multiples({"甲": one.figures, "乙": other.figures}, controls={"甲": one, "乙": other})
    assert len(bands(drawn)) == 2
    assert drawn.layout.yaxis.range[1] >= 25 and drawn.layout.yaxis.range == drawn.layout.yaxis2.range
