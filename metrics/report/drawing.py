"""Draws a chart of a report on paper: its finding as title, unit and definition in grey beneath, then the marks.

Lines are in drawing_lines, columns and bars in drawing_bars. The notes of a chart are printed by the formats, under it.
"""

from collections.abc import Callable, Sequence

from metrics.report import drawing_bars, drawing_lines
from metrics.report.document import Chart
from metrics.report.drawing_parts import (
    FOOT,
    LINE,
    PALE,
    QUIET,
    SMALL,
    TEXT,
    TITLE,
    known,
    of_role,
    wrap,
)
from metrics.report.fonts import check_drawn
from metrics.report.pen import Pen, width_of

_GAP = 4.0
_TITLE_LINE, _SMALL_LINE, _FOOT_LINE = 16.0, 12.5, 10.5
_EMPTY = 64.0
Paint = Callable[[Pen, float], None]


def png(chart: Chart, width_mm: float = 156, dpi: int = 300, foot: Sequence[str] = ()) -> bytes:
    """Return a chart as PNG of this width, no wider.

    foot: lines for under a picture that stands alone, such as its notes and the document's stamp. Raises UserError
    without a Chinese font, or if the picture came out blank.
    """
    picture = draw(chart, width_mm / 25.4 * 72, foot).png(dpi)
    check_drawn(picture)
    return picture


def svg(chart: Chart, width_px: int = 720) -> str:
    """Return a chart as an <svg> element of this width, its words as paths. Raises UserError without a Chinese font."""
    return draw(chart, width_px * 0.75).svg(width_px, chart.alt or chart.title)


def draw(chart: Chart, width: float, foot: Sequence[str] = ()) -> Pen:
    """Return the sheet, `width` points wide and as high as the chart and the lines under it need."""
    title = wrap(chart.title, TITLE, width, 3, bold=True) if chart.title else []
    subtitle = wrap(chart.subtitle, SMALL, width, 4) if chart.subtitle else []
    keys = _keys(chart)
    top = len(title) * _TITLE_LINE + (len(subtitle) + bool(keys)) * _SMALL_LINE + _GAP
    height, paint = _body(chart, width)
    under = [line for words in foot if words for line in wrap(words, FOOT, width, 3)]
    pen = Pen(width, top + height + (len(under) * _FOOT_LINE + _GAP if under else 0))
    at = 0.0
    for line in title:
        pen.words(0, at + _TITLE_LINE / 2, line, TITLE, TEXT, bold=True)
        at += _TITLE_LINE
    for line in subtitle:
        pen.words(0, at + _SMALL_LINE / 2, line, SMALL, QUIET)
        at += _SMALL_LINE
    _write_keys(pen, at + _SMALL_LINE / 2, keys)
    paint(pen, top)
    for number, line in enumerate(under):
        pen.words(0, top + height + _GAP + (number + 0.5) * _FOOT_LINE, line, FOOT, QUIET)
    return pen


def _body(chart: Chart, width: float) -> tuple[float, Paint]:
    """Return the height of what is under the titles, and what paints it from a height on."""
    if not any(known(series) for series in of_role(chart, "main", "former")):
        return _EMPTY, lambda pen, top: pen.words(width / 2, top + _EMPTY / 2, "没有数据", TITLE, QUIET, align="center")
    if chart.kind == "line":
        return drawing_lines.HEIGHT, lambda pen, top: drawing_lines.paint(pen, top, chart)
    if chart.kind == "column" and drawing_bars.fit_columns(chart, width):
        return drawing_bars.HEIGHT, lambda pen, top: drawing_bars.paint_columns(pen, top, chart)
    rows = drawing_bars.rows(chart, width)
    return rows.height, lambda pen, top: drawing_bars.paint_bars(pen, top, chart, rows)


def _keys(chart: Chart) -> list[tuple[str, str]]:
    """Return colour and name of each series where columns or bars of two stand side by side."""
    if chart.kind == "line" or not of_role(chart, "former"):
        return []
    return [(PALE if one.role == "former" else LINE, one.name) for one in of_role(chart, "main", "former")]


def _write_keys(pen: Pen, middle: float, keys: list[tuple[str, str]]) -> None:
    at = 0.0
    for colour, name in keys:
        pen.box(at, middle - 3.5, 7, 7, colour)
        pen.words(at + 10, middle, name, SMALL, QUIET)
        at += 10 + width_of(name, SMALL) + 14
