"""One series of a native chart: its line or columns, its marked points, its labels kept apart at the right end."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from metrics.charts.base import LINE, MEAN, PALE, QUIET, TEXT
from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import colour_at, text_at
from metrics.report.office import FONT, number_format
from metrics.report.pen import readable

ORDER = ("low", "high", "centre", "target", "former", "main")  # of drawing, the last one on top
_STROKES = {
    "main": (LINE, 2.0, "solid"),
    "former": (PALE, 1.5, "solid"),
    "centre": (MEAN, 1.0, "sysDot"),
    "low": (PALE, 0.75, "solid"),
    "high": (PALE, 0.75, "solid"),
    "target": (QUIET, 1.25, "dash"),
}  # role → colour, width in points, dash
_POINT = 12700  # of English Metric Units
_BETWEEN_LABELS = 1.3  # sizes of type


class Plot(NamedTuple):
    """Where the plot lies on its chart, as fractions of it; the value axis; size of type and height of the chart in points."""

    x: float
    y: float
    wide: float
    tall: float
    low: float
    high: float
    step: float
    size: float
    height: float

    def down(self, value: float) -> float:
        """Return how far down the chart a value lies, as a fraction of it."""
        return self.y + self.tall * (self.high - value) / (self.high - self.low)


def run_look(size: float, colour: str, bold: bool = False, tag: str = "", wrap: str = "square") -> str:
    """Return how words look: properties of a run with this tag, or all text properties of an element without one."""
    fonts = "".join(f'<a:{script} typeface="{FONT}"/>' for script in ("latin", "ea", "cs"))
    name = tag or "a:defRPr"
    language = ' lang="zh-CN"' if name == "a:rPr" else ""
    look = f'<{name}{language} sz="{round(size * 100)}" b="{int(bold)}">{_fill(colour)}{fonts}</{name}>'
    if tag:
        return look
    return (
        f'<c:txPr><a:bodyPr rot="0" vert="horz" wrap="{wrap}"/><a:lstStyle/><a:p><a:pPr>{look}</a:pPr>'
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def series_xml(
    chart: Chart, series: Series, index: int, reference: tuple[str, str, str], plot: Plot, labelled: bool
) -> str:
    """Return a series; `reference`: its name, categories and values, each with the cells that they come from."""
    name, categories, values = reference
    head = f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>{name}'
    if chart.kind == "line":
        colour, width, dash = _STROKES[series.role]
        symbol = _marker(colour) if series.role == "main" else '<c:marker><c:symbol val="none"/></c:marker>'
        points = _line_points(chart, series) if series.role == "main" else ""
        labels = _end_labels(chart, series, plot)
        return (
            f"{head}<c:spPr>{_stroke(colour, width, dash)}</c:spPr>{symbol}{points}{labels}{categories}{values}"
            '<c:smooth val="0"/></c:ser>'
        )
    colour = LINE if series.role == "main" else PALE
    points = _column_points(chart, series) if series.role == "main" else ""
    labels = _column_labels(chart, series, plot) if labelled else _no_labels()
    return f'{head}<c:spPr>{_fill(colour)}</c:spPr><c:invertIfNegative val="0"/>{points}{labels}{categories}{values}</c:ser>'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'


def _stroke(colour: str, width: float, dash: str = "solid") -> str:
    return f'<a:ln w="{round(width * _POINT)}" cap="rnd">{_fill(colour)}<a:prstDash val="{dash}"/><a:round/></a:ln>'


def _marker(colour: str, size: int = 5, hollow: bool = False) -> str:
    fill, edge = ("#FFFFFF" if hollow else colour), _stroke(colour, 1.5 if hollow else 0.75)
    return f'<c:marker><c:symbol val="circle"/><c:size val="{size}"/><c:spPr>{_fill(fill)}{edge}</c:spPr></c:marker>'


def _line_points(chart: Chart, series: Series) -> str:
    """Return the points that differ: signals in their colour, the unfinished one hollow behind a dashed line.

    Each repeats the look of the line: a point without one is drawn in Office's own colours.
    """
    found = ""
    for i, value in enumerate(series.values):
        colour, hollow = colour_at(chart, i, LINE), i == chart.unfinished
        if value is None or (colour == LINE and not hollow):
            continue
        line = _stroke(LINE, 2.0, "sysDash" if hollow else "solid")
        found += (
            f'<c:dPt><c:idx val="{i}"/>{_marker(colour, 7, hollow)}<c:bubble3D val="0"/><c:spPr>{line}</c:spPr></c:dPt>'
        )
    return found


def _column_points(chart: Chart, series: Series) -> str:
    found = ""
    for i in range(len(series.values)):
        colour, hollow = colour_at(chart, i, LINE), i == chart.unfinished
        if colour != LINE or hollow:
            fill = _fill("#FFFFFF") + _stroke(colour, 1.0, "sysDash") if hollow else _fill(colour)
            found += f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>{fill}</c:spPr></c:dPt>'
    return found


def _end_labels(chart: Chart, series: Series, plot: Plot) -> str:
    """Return the words at the right end of a line: the printed value of the report's own figures, the name of any other."""
    ends = _ends(chart)
    here = next((end for end in ends if end[0] is series), None)
    if series.role == "main":
        wanted = [i for i, value in enumerate(series.values) if value is not None and text_at(series, i)]
    else:
        wanted = [here[1]] if here else []
    if not wanted:
        return _no_labels()
    moved = _moved([plot.down(value) for _, _, value in ends], plot.size * _BETWEEN_LABELS / plot.height)
    labels = ""
    for i in wanted:
        shift = moved[ends.index(here)] if here and i == here[1] else 0.0
        text = text_at(series, i) if series.role == "main" else ""
        colour = _end_colour(chart, series, i)
        side = "r" if i == len(series.values) - 1 or series.role != "main" else "t"
        labels += _label(i, text, series.values[i], colour, plot.size + (1 if text else 0), side, shift)
    return f"<c:dLbls>{labels}{_shows()}</c:dLbls>"


def _end_colour(chart: Chart, series: Series, index: int) -> str:
    colour = colour_at(chart, index, TEXT) if series.role == "main" else QUIET
    return TEXT if colour == LINE else colour


def _ends(chart: Chart) -> list[tuple[Series, int, float]]:
    """Return the last value of each line that there is one of."""
    found = []
    for series in (one for role in ORDER for one in chart.series if one.role == role):
        last = max((i for i, value in enumerate(series.values) if value is not None), default=-1)
        if last >= 0:
            found.append((series, last, float(series.values[last])))
    return found


def _moved(places: Sequence[float], apart: float) -> list[float]:
    """Return by how much each label moves down (up where negative) so that all are at least `apart`."""
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    at = [places[i] for i in order]
    for _ in range(50):
        close = [i for i in range(len(at) - 1) if at[i + 1] - at[i] < apart - 1e-9]
        if not close:
            break
        for i in close:
            push = (apart - (at[i + 1] - at[i])) / 2
            at[i], at[i + 1] = at[i] - push, at[i + 1] + push
    moved = [0.0] * len(places)
    for i, place in zip(order, at, strict=True):
        moved[i] = place - places[i]
    return moved


def _column_labels(chart: Chart, series: Series, plot: Plot) -> str:
    is_main = series.role == "main"
    labels = ""
    for i, value in enumerate(series.values):
        if value is not None:
            colour = _end_colour(chart, series, i)
            labels += _label(i, text_at(series, i), value, colour, plot.size, "outEnd", 0.0, is_main)
    return f"<c:dLbls>{labels}{_shows()}</c:dLbls>"


def _no_labels() -> str:
    return f"<c:dLbls>{_shows()}</c:dLbls>"


def _shows(value: bool = False, name: bool = False) -> str:
    return (
        f'<c:showLegendKey val="0"/><c:showVal val="{int(value)}"/><c:showCatName val="0"/><c:showSerName val="{int(name)}"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
    )


def _label(
    index: int, text: str, value: float | None, colour: str, size: float, side: str, shift: float, bold: bool = True
) -> str:
    """Return the label of one point: its value in a format that shows the text, or the text itself, or the line's name."""
    code = number_format(text, value) if text else ""
    words = ""
    if text and not code:
        words = (
            f'<c:tx><c:rich><a:bodyPr rot="0" vert="horz" wrap="none"/><a:lstStyle/><a:p><a:r>{run_look(size, colour, bold, "a:rPr")}'
            f"<a:t>{escape(readable(text))}</a:t></a:r></a:p></c:rich></c:tx>"
        )
    layout = (
        f'<c:layout><c:manualLayout><c:x val="0"/><c:y val="{shift:.4f}"/></c:manualLayout></c:layout>' if shift else ""
    )
    shown = f'<c:numFmt formatCode="{escape(code, {chr(34): "&quot;"})}" sourceLinked="0"/>' if code else ""
    return (
        f'<c:dLbl><c:idx val="{index}"/>{layout}{words}{shown}<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{run_look(size, colour, bold and bool(text), wrap="none")}<c:dLblPos val="{side}"/>{_shows(bool(text), not text)}</c:dLbl>'
    )
