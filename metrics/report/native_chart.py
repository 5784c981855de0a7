"""A chart of a report as Office's own: DrawingML with references into a sheet, the same for workbook and slides.

Written here rather than by xlsxwriter and python-pptx, since neither sets Chinese fonts in charts, or
moves labels apart; both keep the place in their file, into which this goes. Everything in it can be edited.
"""

import re
from typing import NamedTuple
from xml.sax.saxutils import escape

from xlsxwriter.utility import quote_sheetname, xl_range_abs

from metrics.charts.base import PALE, QUIET, RULE, TEXT
from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import are_periods, known, of_role, period_words, text_at, ticks, value_range
from metrics.report.native_series import ORDER, Plot, run_look, series_xml
from metrics.report.office import LINE_HEIGHT, em, shortened, wrapped
from metrics.report.pen import readable

_SPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_AXES = '<c:axId val="2118791784"/><c:axId val="2140495176"/>'
_MONTH = re.compile(r"(\d{4}年)([\d—]+)月")
_COLUMNS = ("main", "former", "target", "centre", "low", "high")
_TITLE = 1.3  # size of the title, in sizes of the rest
_FEW = 6  # months that have their full names on the axis
_MOST_LABELLED = 12  # columns over periods that have their values written over them


class Place(NamedTuple):
    """Where the numbers of a chart lie: the head in row `top`, from column `left` on its categories, then its series."""

    sheet: str
    top: int = 0
    left: int = 0

    def cells(self, first: int, last: int, column: int, wide: int = 1) -> str:
        """Return an absolute reference to rows (counted from the head) of columns (counted from `left`)."""
        begin = self.left + column
        area = xl_range_abs(self.top + first, begin, self.top + last, begin + wide - 1)
        return f"{quote_sheetname(self.sheet)}!{area}"


class Look(NamedTuple):
    """How a chart is shown: width and height in points, size of type; what stands over it, or nothing."""

    width: float
    height: float
    size: float
    title: str = ""


def shown(chart: Chart) -> list[Series]:
    """Return the series that are shown, in the order of their columns."""
    roles = _COLUMNS if chart.kind == "line" else ("main", "former")
    return [series for role in roles for series in of_role(chart, role)]


def _drawn(chart: Chart) -> list[Series]:
    """Return the series in the order in which they are drawn: of lines the limits first, the report's own on top."""
    found = shown(chart)
    return sorted(found, key=lambda one: ORDER.index(one.role)) if chart.kind == "line" else found


def names(chart: Chart) -> list[str]:
    """Return the categories as they are printed."""
    if not are_periods(chart.categories):
        return [readable(name) for name in chart.categories]
    return [period_words(name) for name in chart.categories]


def axis_names(chart: Chart) -> list[tuple[str, ...]]:
    """Return what the axis says of each category: its name, or of many months (year, month), the year once only.

    Names of many months would be turned or broken; Office prints the two levels under each other.
    """
    found = [_MONTH.fullmatch(name) for name in names(chart)]
    if len(found) <= _FEW or not all(found):
        return [(name,) for name in names(chart)]
    years = [one[1] for one in found]
    return [
        (year if not i or years[i - 1] != year else "", one[2])
        for i, (year, one) in enumerate(zip(years, found, strict=True))
    ]


def is_drawable(chart: Chart) -> bool:
    """Say whether there is anything to draw."""
    return any(known(series) for series in shown(chart))


def chart_xml(chart: Chart, place: Place, look: Look, end: str = "") -> bytes:
    """Return the part of a chart. end: what the file needs as its last element, such as its embedded workbook."""
    columns, labelled = shown(chart), _is_labelled(chart, look)
    plot = _plot(chart, look, labelled)
    series = "".join(
        series_xml(chart, one, i, _reference(chart, one, columns.index(one), place), plot, labelled)
        for i, one in enumerate(_drawn(chart))
    )
    legend = _legend(look) if _needs_legend(chart) else ""
    body = (
        f'<c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/><c:chart>{_title(look)}'
        f'<c:autoTitleDeleted val="{0 if look.title else 1}"/><c:plotArea>{_layout(plot, look)}'
        f"{_lines(series) if chart.kind == 'line' else _bars(series, chart)}"
        f"{_category_axis(chart, look)}{_value_axis(chart, look, plot, labelled)}"
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>{legend}"
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{run_look(look.size, QUIET)}{end}"
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<c:chartSpace {_SPACES}>{body}</c:chartSpace>".encode()


def _reference(chart: Chart, series: Series, index: int, place: Place) -> tuple[str, str, str]:
    """Return name, categories and values of a series, each with the cells that they come from."""
    many, levels = len(chart.categories), len(axis_names(chart)[0])
    values = "".join(
        f'<c:pt idx="{i}"><c:v>{float(value)!r}</c:v></c:pt>'
        for i, value in enumerate(series.values)
        if value is not None
    )
    return (
        f"<c:tx><c:strRef><c:f>{escape(place.cells(0, 0, levels + index))}</c:f><c:strCache>"
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(readable(series.name))}</c:v></c:pt></c:strCache></c:strRef></c:tx>',
        _categories(chart, escape(place.cells(1, many, 0, levels))),
        f"<c:val><c:numRef><c:f>{escape(place.cells(1, many, levels + index))}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{many}"/>{values}</c:numCache></c:numRef></c:val>',
    )


def _categories(chart: Chart, cells: str) -> str:
    rows = axis_names(chart)
    levels = []
    for level in reversed(range(len(rows[0]))):  # the innermost comes first
        points = (f'<c:pt idx="{i}"><c:v>{escape(row[level])}</c:v></c:pt>' for i, row in enumerate(rows) if row[level])
        levels.append("".join(points))
    count = f'<c:ptCount val="{len(rows)}"/>'
    if len(levels) == 1:
        return f"<c:cat><c:strRef><c:f>{cells}</c:f><c:strCache>{count}{levels[0]}</c:strCache></c:strRef></c:cat>"
    parts = "".join(f"<c:lvl>{level}</c:lvl>" for level in levels)
    cache = f"<c:multiLvlStrCache>{count}{parts}</c:multiLvlStrCache>"
    return f"<c:cat><c:multiLvlStrRef><c:f>{cells}</c:f>{cache}</c:multiLvlStrRef></c:cat>"


def _is_labelled(chart: Chart, look: Look) -> bool:
    """Say whether every column or bar has its words beside it, so that no axis is needed."""
    if chart.kind == "line":
        return False
    if chart.kind == "column" and len(chart.categories) * len(shown(chart)) > 2 * _MOST_LABELLED:
        return False
    return all(value is None or text_at(one, i) for one in shown(chart) for i, value in enumerate(one.values))


def _needs_legend(chart: Chart) -> bool:
    return chart.kind != "line" and len(shown(chart)) > 1


def _plot(chart: Chart, look: Look, labelled: bool) -> Plot:
    """Return where the plot lies on the chart (fractions) and the values at its edges."""
    low, high, step = _scale(chart)
    above = _title_height(look) + (1.6 * look.size if chart.kind != "bar" else 4)
    below = 0.0 if chart.kind == "bar" else _name_height(chart, look)
    below += 1.9 * look.size if _needs_legend(chart) else 4
    if chart.kind == "bar":
        left = min(max(map(em, names(chart))) * look.size + 10, look.width * 0.4)
        right = max((em(text) for one in shown(chart) for text in one.texts), default=0) * look.size + 12
    else:
        left = 4 if labelled else max(em(words) for _, words in ticks(low, high, chart.unit == "%")) * look.size + 10
        right = _room_at_end(chart) * look.size + 14 if chart.kind == "line" else 4
    x, y = left / look.width, above / look.height
    wide, tall = max(0.2, 1 - x - right / look.width), max(0.2, 1 - y - below / look.height)
    return Plot(x, y, wide, tall, low, high, step, look.size, look.height)


def _room_at_end(chart: Chart) -> float:
    """Return the width of the words at the right ends of lines, in characters."""
    names_of_lines = [one.name for one in shown(chart) if one.role != "main"]
    return max(map(em, [*names_of_lines, *(text for one in of_role(chart, "main") for text in one.texts)]), default=0)


def _name_height(chart: Chart, look: Look) -> float:
    if chart.kind == "line" or are_periods(chart.categories):
        return (1.9 if len(axis_names(chart)[0]) == 1 else 3.4) * look.size
    slot = look.width / len(chart.categories) - 6
    return (min(3, max(len(wrapped(name, look.size, slot)) for name in names(chart))) + 0.6) * look.size * 1.25


def _scale(chart: Chart) -> tuple[float, float, float]:
    """Return both ends of the value axis and its step; the ends are steps, for Office counts from the lower one."""
    values = [value for one in shown(chart) for value in known(one)]
    is_share = chart.unit == "%"
    low, high = value_range(values, is_share) if chart.kind == "line" else value_range([0.0, *values], False, 0.0)
    if chart.kind != "line" and is_share:
        high = min(1.0, max(values) * 1.1) or 1.0
    marks = [value for value, _ in ticks(low, high, is_share)]
    step = round(marks[1] - marks[0], 10) if len(marks) > 1 else round(high - low, 10)
    low, high = step * (low // step), step * -(-high // step)
    return round(low, 10), round(min(high, 1.0) if is_share else high, 10), step


def _title_height(look: Look) -> float:
    lines = _title_lines(look)
    return len(lines) * look.size * _TITLE * LINE_HEIGHT + 8 if lines else 0


def _title_lines(look: Look) -> list[str]:
    size, width = look.size * _TITLE, look.width * 0.92
    return wrapped(shortened(look.title, size, width, 2), size, width) if look.title else []


def _title(look: Look) -> str:
    lines = _title_lines(look)
    if not lines:
        return ""
    size = look.size * _TITLE
    paragraphs = "".join(
        f'<a:p><a:pPr algn="l">{run_look(size, TEXT, True, "a:defRPr")}</a:pPr><a:r>'
        f"{run_look(size, TEXT, True, 'a:rPr')}<a:t>{escape(words)}</a:t></a:r></a:p>"
        for words in lines
    )
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr rot="0" vert="horz"/><a:lstStyle/>{paragraphs}</c:rich></c:tx><c:layout>'
        '<c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0.005"/><c:y val="0.01"/></c:manualLayout>'
        '</c:layout><c:overlay val="0"/></c:title>'
    )


def _layout(plot: Plot, look: Look) -> str:
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{plot.x:.4f}"/><c:y val="{plot.y:.4f}"/><c:w val="{plot.wide:.4f}"/><c:h val="{plot.tall:.4f}"/>'
        "</c:manualLayout></c:layout>"
    )


def _lines(series: str) -> str:
    return f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>{_AXES}</c:lineChart>'


def _bars(series: str, chart: Chart) -> str:
    direction = "bar" if chart.kind == "bar" else "col"
    return (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="60"/><c:overlap val="-4"/>{_AXES}</c:barChart>'
    )


def _category_axis(chart: Chart, look: Look) -> str:
    is_bar = chart.kind == "bar"
    return (
        f'<c:catAx><c:axId val="2118791784"/><c:scaling><c:orientation val="{"maxMin" if is_bar else "minMax"}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"l" if is_bar else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{PALE[1:]}"/></a:solidFill></a:ln></c:spPr>'
        f"{run_look(look.size, TEXT if is_bar else QUIET)}"
        '<c:crossAx val="2140495176"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="60"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="0"/></c:catAx>'
    )


def _value_axis(chart: Chart, look: Look, plot: Plot, labelled: bool) -> str:
    code = ("0%" if plot.step > 0.0099 else "0.0%") if chart.unit == "%" else "0"
    lines = f'<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{RULE[1:]}"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>'
    return (
        '<c:valAx><c:axId val="2140495176"/><c:scaling><c:orientation val="minMax"/>'
        f'<c:max val="{plot.high!r}"/><c:min val="{plot.low!r}"/></c:scaling><c:delete val="{int(labelled)}"/>'
        f'<c:axPos val="{"t" if chart.kind == "bar" else "l"}"/>{"" if labelled else lines}'
        f'<c:numFmt formatCode="{code}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        '<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{run_look(look.size, QUIET)}"
        '<c:crossAx val="2118791784"/><c:crosses val="min"/><c:crossBetween val="between"/>'
        f'<c:majorUnit val="{plot.step!r}"/></c:valAx>'
    )


def _legend(look: Look) -> str:
    return f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{run_look(look.size, QUIET)}</c:legend>'
