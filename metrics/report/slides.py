"""The pieces of a slide: words, figures, tables and charts, in Chinese type and the product's colours; lengths in inches.

Fonts are named for both scripts, for PowerPoint takes the Latin name for digits and the East Asian one for Chinese.
"""

from pptx.chart.axis import CategoryAxis
from pptx.chart.chart import Chart as SlideChart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation
from pptx.text.text import Font, TextFrame
from pptx.util import Inches, Length, Pt

from metrics.charts.base import COLOURS, LINE, MEAN, PALE, QUIET, TEXT
from metrics.report.document import Chart, Document, Series, Table, Tile, plain
from metrics.report.drawing_parts import known, office_range, period_words, text_at

Box = tuple[float, float, float, float]  # left, top, width, height in inches
_FONT = "Microsoft YaHei"
_SURFACE, _ACCENT, _LATE = "#F4F6F9", "#1F5FA8", "#B0413E"
_STATES = {
    "green": COLOURS["better"], "yellow": COLOURS["worse"], "red": COLOURS["worse"], "grey": PALE, "late": _LATE, "": PALE,
}  # fmt: skip
_STATE_WORDS = {
    "green": "达标",
    "yellow": "未达标",
    "red": "越过红线",
    "grey": "件数少，不评判",
    "late": "超期",
    "": "",
}
_KINDS = {
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
}
_ROW = 0.37
_NAMED = 12  # categories that an axis names
_LINES = {
    "centre": (MEAN, 1.0, MSO_LINE.ROUND_DOT),
    "target": (QUIET, 1.0, MSO_LINE.DASH),
    "low": (PALE, 0.75, None),
    "high": (PALE, 0.75, None),
}


class Slide:
    """One empty slide, drawn from the top to the foot."""

    def __init__(self, deck: Presentation, document: Document, number: int) -> None:
        self.document, self.number = document, number
        self.slide = deck.slides.add_slide(deck.slide_layouts[6])  # the layout without placeholders
        self.shapes = self.slide.shapes

    def fill(self) -> None:
        """Give the slide the colour of the product's surfaces."""
        self.slide.background.fill.solid()
        self.slide.background.fill.fore_color.rgb = _rgb(_SURFACE)

    def title(self, words: str) -> None:
        size = Pt(26 if len(words) <= 40 else 20)
        self.words(words, (0.6, 0.4, 12.1, 0.75), size, bold=True, middle=True)
        line = self.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(0.6), Inches(1.13), Inches(12.1), Pt(1.5))
        _paint(line, _ACCENT)

    def words(
        self,
        words: str,
        box: Box,
        size: Length,
        bold: bool = False,
        quiet: bool = False,
        middle: bool = False,
        right: bool = False,
        spaced: bool = False,
    ) -> None:
        """Write words into a box, a paragraph for each line; nothing where there are none."""
        if not words:
            return
        frame = self.shapes.add_textbox(*(Inches(part) for part in box)).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = 0
        if middle:
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        _fill(frame, words, size, bold, QUIET if quiet else TEXT, right, spaced)

    def tile(self, tile: Tile, box: Box) -> None:
        """Draw one figure with what was counted, its change and its state by the target."""
        left, top, width, height = box
        card = self.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(part) for part in box))
        _paint(card, "#FFFFFF", PALE)
        bar = self.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(left), Inches(top), Inches(0.07), Inches(height))
        _paint(bar, _STATES[tile.state])
        inner = left + 0.2
        self.words(tile.name, (inner, top + 0.05, width - 0.3, 0.35), Pt(14))
        self.words(tile.figure.text, (inner, top + 0.4, width - 0.3, 0.7), Pt(32), bold=True)
        self.words("，".join(filter(None, [tile.change, tile.signal])), (inner, top + 1.1, width - 0.3, 0.55), Pt(12))
        counted = "　".join(filter(None, [tile.counted, _STATE_WORDS[tile.state]]))
        self.words(counted, (inner, top + 1.68, width - 0.3, 0.35), Pt(12), quiet=True)

    def table(self, table: Table, place: tuple[float, float, float], most: int) -> int:
        """Draw a table's first rows, a total always; return how many rows are left out."""
        rows = list(table.rows)
        total = rows.pop() if table.last_is_total and rows else None
        shown = rows[: most - bool(total)]
        left_out = len(rows) - len(shown)
        shown += [total] if total else []
        left, top, width = place
        frame = self.shapes.add_table(
            len(shown) + 1,
            len(table.columns),
            Inches(left),
            Inches(top),
            Inches(width),
            Inches(_ROW * (len(shown) + 1)),
        )
        grid = frame.table
        frame._element.graphic.graphicData.tbl[0][
            -1
        ].text = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # thin lines, no fill
        grid.first_row, grid.horz_banding = False, False
        for i, part in enumerate(_widths(table, width)):
            grid.columns[i].width = Inches(part)
        size = Pt(12 if len(table.columns) < 9 else 10.5)
        for row, cells in enumerate([[column.name for column in table.columns], *shown]):
            grid.rows[row].height = Inches(_ROW)
            for i, cell in enumerate(cells):
                box = grid.cell(row, i)
                box.margin_top = box.margin_bottom = Inches(0.03)
                box.vertical_anchor = MSO_ANCHOR.MIDDLE
                bold = row == 0 or (total is not None and row == len(shown))
                right = table.columns[i].kind in ("count", "share", "days", "number")
                _fill(box.text_frame, plain(cell), size, bold, TEXT, right)
        return left_out

    def chart(self, chart: Chart, box: Box) -> None:
        """Draw a chart as PowerPoint's own."""
        if not any(known(series) for series in chart.series):
            self.words("没有数据", box, Pt(16), quiet=True, middle=True)
            return
        data = CategoryChartData(number_format="0.0%" if chart.unit == "%" else "General")
        data.categories = [period_words(name) for name in chart.categories]
        for series in chart.series:
            data.add_series(series.name, series.values)
        drawn = self.shapes.add_chart(_KINDS[chart.kind], *(Inches(part) for part in box), data)
        drawn._element.nvGraphicFramePr.cNvPr.set("descr", chart.alt or chart.title)
        _dress(drawn.chart, chart)

    def notes(self, words: str) -> None:
        self.slide.notes_slide.notes_text_frame.text = words

    def foot(self, with_stamp: bool = True) -> None:
        """Write the stamp, the mark and the number of the slide."""
        words = self.document.stamp.words if with_stamp else ""
        marked = "　".join(filter(None, [self.document.mark, words]))
        self.words(marked, (0.6, 6.95, 11.2, 0.35), Pt(9), quiet=True)
        self.words(str(self.number), (12.0, 6.95, 0.7, 0.35), Pt(10), quiet=True, right=True)


def _widths(table: Table, width: float) -> list[float]:
    """Return the widths of the columns: by their longest words, together `width`."""
    longest = [
        min(max([len(column.name) * 1.1, *(len(plain(row[i])) for row in table.rows)]), 22) + 2
        for i, column in enumerate(table.columns)
    ]
    return [width * part / sum(longest) for part in longest]


def _dress(drawn: SlideChart, chart: Chart) -> None:
    """Give a chart its colours, labels and axes; no legend where one series is enough."""
    _type(drawn.font, 11, QUIET)
    drawn.has_title = False
    plot = drawn.plots[0]
    for own, series in zip(plot.series, chart.series, strict=True):
        if chart.kind == "line":
            _dress_line(own, chart, series)
        else:
            own.format.fill.solid()
            own.format.fill.fore_color.rgb = _rgb(PALE if series.role == "former" else LINE)
        _label(own, series, chart.kind)
    if chart.kind != "line":
        plot.gap_width, plot.overlap = 60, -5
    shown = [series for series in chart.series if series.role in ("main", "former", "target")]
    drawn.has_legend = len(shown) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        for i, series in enumerate(chart.series):
            if series not in shown:
                _leave_out(drawn, i)
    values, names = drawn.value_axis, drawn.category_axis
    names.format.line.color.rgb = _rgb(PALE)
    names.has_major_gridlines = False
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    values.format.line.fill.background()
    values.has_major_gridlines = chart.kind == "line"
    values.visible = chart.kind == "line"
    if chart.kind == "line":
        values.major_gridlines.format.line.color.rgb = _rgb("#E6EAEF")
        values.minimum_scale, values.maximum_scale = office_range(chart)
        values.tick_labels.number_format = "0%" if chart.unit == "%" else "0"
        values.tick_labels.number_format_is_linked = False
    if chart.kind == "bar":
        names.reverse_order = True
    elif len(chart.categories) > _NAMED:
        _name_each(names, -(-len(chart.categories) // (_NAMED // 2)))


def _name_each(axis: CategoryAxis, step: int) -> None:
    """Name only every so many categories, so that the names stand upright beside each other."""
    skip = axis._element.makeelement(qn("c:tickLblSkip"), {"val": str(step)})
    axis._element.find(qn("c:noMultiLvlLbl")).addprevious(skip)


def _dress_line(own: object, chart: Chart, series: Series) -> None:
    own.smooth = False
    line = own.format.line
    if series.role in _LINES:
        colour, width, dash = _LINES[series.role]
        line.color.rgb, line.width, own.marker.style = _rgb(colour), Pt(width), XL_MARKER_STYLE.NONE
        if dash:
            line.dash_style = dash
        return
    line.color.rgb, line.width = _rgb(PALE if series.role == "former" else LINE), Pt(2)
    own.marker.style, own.marker.size = XL_MARKER_STYLE.CIRCLE, 6
    for i in range(len(series.values)):
        mark = chart.marks[i] if i < len(chart.marks) and series.role == "main" else ""
        fill = "#FFFFFF" if i == chart.unfinished else COLOURS.get(mark, LINE)
        marker = own.points[i].marker
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 8 if mark else 6
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = _rgb(fill)
        marker.format.line.color.rgb = _rgb(COLOURS.get(mark, LINE))


def _label(own: object, series: Series, kind: str) -> None:
    """Write the printed texts beside their values."""
    for i in range(len(series.values)):
        if words := text_at(series, i):
            label = own.points[i].data_label
            _fill(label.text_frame, words, Pt(11), series.role == "main", TEXT)
            label.position = XL_LABEL_POSITION.ABOVE if kind == "line" else XL_LABEL_POSITION.OUTSIDE_END


def _leave_out(drawn: SlideChart, index: int) -> None:
    """Take a series out of the legend."""
    legend = drawn.legend._element
    entry = legend.makeelement(qn("c:legendEntry"), {})
    for tag, value in (("c:idx", str(index)), ("c:delete", "1")):
        entry.append(entry.makeelement(qn(tag), {"val": value}))
    legend.insert(1, entry)  # after the position


def _fill(
    frame: TextFrame, words: str, size: Length, bold: bool, colour: str, right: bool = False, spaced: bool = False
) -> None:
    """Write words into a frame, a paragraph for each line."""
    for i, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        _type(run.font, size.pt, colour)
        run.font.bold = bold
        if right:
            paragraph.alignment = PP_ALIGN.RIGHT
        if spaced:
            paragraph.space_after = Pt(10)


def _type(font: Font, size: float, colour: str) -> None:
    """Name the typeface for Latin letters and for Chinese, with size in points and colour."""
    font.name, font.size = _FONT, Pt(size)
    font.color.rgb = _rgb(colour)
    properties = font._element
    for tag in ("a:ea", "a:cs"):
        if (named := properties.find(qn(tag))) is None:
            named = properties.makeelement(qn(tag), {})
            properties.find(qn("a:latin")).addnext(named) if tag == "a:ea" else properties.find(qn("a:ea")).addnext(
                named
            )
        named.set("typeface", _FONT)


def _paint(shape: object, colour: str, edge: str = "") -> None:
    shape.fill.solid()
    shape.fill.fore_color.rgb = _rgb(colour)
    shape.shadow.inherit = False
    if edge:
        shape.line.color.rgb, shape.line.width = _rgb(edge), Pt(0.75)
    else:
        shape.line.fill.background()


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
