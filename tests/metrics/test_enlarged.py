"""A chart for a board: what is measured in pixels grows, what is data does not."""

import plotly.graph_objects as go

from metrics.charts.base import layout
from metrics.charts.enlarged import enlarged


def chart() -> go.Figure:
    drawn = go.Figure(
        [
            go.Bar(x=[1, 2], y=[3, 4], width=[0.5, 0.5]),
            go.Scatter(x=[1, 2], y=[3, 4], line={"width": 2}, marker={"size": [4, 6], "line": {"width": 1}}),
        ]
    )
    drawn.update_layout(**layout("题", "小字", 200))
    drawn.update_xaxes(tickfont={"size": 11}, ticklen=3, range=[0, 5])
    drawn.add_annotation(x=1, y=3, text="<span style='font-size:11px'>末月</span>", xshift=6, font={"size": 12})
    return drawn


def test_type_strokes_marks_and_margins_grow():
    small, large = chart(), enlarged(chart(), 1.5)
    assert large.layout.xaxis.tickfont.size == 16.5 and large.layout.xaxis.ticklen == 4.5
    assert large.layout.margin.l == small.layout.margin.l * 1.5
    assert large.layout.title.font.size == small.layout.title.font.size * 1.5
    assert large.layout.font.size == 18  # Plotly's own 12, for what names no size
    assert large.data[1].line.width == 3 and list(large.data[1].marker.size) == [6, 9]
    assert large.data[1].marker.line.width == 1.5
    (note,) = large.layout.annotations
    assert (note.xshift, note.font.size) == (9, 18) and "font-size:16.5px" in note.text


def test_the_data_stay():
    large = enlarged(chart(), 1.5)
    assert list(large.data[0].width) == [0.5, 0.5]
    assert list(large.data[1].x) == [1, 2] and list(large.data[1].y) == [3, 4]
    assert list(large.layout.xaxis.range) == [0, 5]
    assert large.layout.height == 200


def test_the_chart_that_was_given_is_left_alone():
    given = chart()
    enlarged(given, 2)
    assert given == chart()
