"""Charts of a report as Excel's own: they stay editable, and read their numbers from the sheet that they stand on."""

from xlsxwriter.chart import Chart as ExcelChart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from metrics.charts.base import COLOURS, LINE, MEAN, PALE, QUIET, RULE, TEXT
from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import known, office_range, text_at

_KINDS = {"line": "line", "column": "column", "bar": "bar"}
_FONT = "微软雅黑"
_WIDTH, _HEIGHT = 900, 380  # pixels
_NAMED = 12  # categories that an axis names
_LINES = {
    "main": {"color": LINE, "width": 2},
    "former": {"color": PALE, "width": 1.75},
    "centre": {"color": MEAN, "width": 1, "dash_type": "round_dot"},
    "target": {"color": QUIET, "width": 1, "dash_type": "dash"},
    "low": {"color": PALE, "width": 0.75},
    "high": {"color": PALE, "width": 0.75},
}


def insert(book: Workbook, sheet: Worksheet, chart: Chart, first: int, beside: int, shown: Format) -> None:
    """Put a chart beside its numbers. first: the row of the first category; beside: the first column that is free; shown:
    the format of a limit.

    The table has the categories in its first column and the series main, former, centre, target after it; the control
    limits are written into the columns beside it, from where the chart reads them.
    """
    drawn = book.add_chart({"type": _KINDS[chart.kind]})
    last = first + len(chart.categories) - 1
    name = sheet.get_name()
    column = 1
    for series in chart.series:
        if series.role in ("low", "high"):
            at = beside + (series.role == "high")
            sheet.write_string(first - 1, at, series.name)
            for row, value in enumerate(series.values, first):
                if value is not None:
                    sheet.write_number(row, at, value, shown)
        else:
            at, column = column, column + 1
        drawn.add_series(
            {
                "name": [name, first - 1, at],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, at, last, at],
                **_looks(chart, series),
            }
        )
    _dress(drawn, chart)
    sheet.insert_chart(
        max(first - 1, 0), beside + 3, drawn, {"description": chart.alt or chart.title, "object_position": 2}
    )


def _looks(chart: Chart, series: Series) -> dict:
    labels = _labels(series)
    if chart.kind != "line":
        fill = PALE if series.role == "former" else LINE
        return {"fill": {"color": fill}, "border": {"none": True}, "gap": 60, "data_labels": labels}
    looks: dict = {"line": _LINES[series.role]}
    if series.role == "main":
        looks["marker"] = {"type": "circle", "size": 5, "fill": {"color": LINE}, "border": {"color": LINE}}
        looks["points"] = [_point(chart, i) for i in range(len(chart.categories))]
        looks["data_labels"] = labels
    return looks if labels else {key: value for key, value in looks.items() if key != "data_labels"}


def _point(chart: Chart, index: int) -> dict | None:
    """Return how one point of a line differs: a signal in its colour, the unfinished period with a dashed end."""
    if index == chart.unfinished:
        return {"line": {"color": LINE, "width": 2, "dash_type": "dash"}, "fill": {"color": "#FFFFFF"}}
    mark = chart.marks[index] if index < len(chart.marks) else ""
    return {"fill": {"color": COLOURS[mark]}, "border": {"color": COLOURS[mark]}} if mark else None


def _labels(series: Series) -> dict:
    """Return the printed texts as labels; none where the series has none."""
    texts = [text_at(series, i) for i in range(len(series.values))]
    if not any(texts):
        return {}
    custom = [
        {"value": text, "font": {"name": _FONT, "size": 9, "color": TEXT}} if text else {"delete": True}
        for text in texts
    ]
    return {"value": True, "custom": custom}


def _dress(drawn: ExcelChart, chart: Chart) -> None:
    font = {"name": _FONT, "size": 9, "color": QUIET, "bold": False}
    drawn.set_title({"name": chart.title, "name_font": {"name": _FONT, "size": 13, "color": TEXT}, "overlay": False})
    has_scale = chart.kind == "line"
    values = {
        "num_font": font,
        "major_gridlines": {"visible": has_scale, "line": {"color": RULE}},
        "line": {"none": True},
    }
    if has_scale and any(known(series) for series in chart.series):
        values["min"], values["max"] = office_range(chart)
    values |= {"num_format": "0%" if chart.unit == "%" else "0", "visible": has_scale}
    names = {"num_font": font, "line": {"color": PALE}, "major_tick_mark": "none"}
    if chart.kind == "bar":
        names["reverse"] = True
    elif len(chart.categories) > _NAMED:
        names["interval_unit"] = -(-len(chart.categories) // _NAMED)
    drawn.set_x_axis(names)  # of a bar chart this is the upright one
    drawn.set_y_axis(values)
    shown = [series for series in chart.series if series.role in ("main", "former", "target")]
    hidden = [i for i, series in enumerate(chart.series) if series.role not in ("main", "former", "target")]
    if len(shown) > 1:
        drawn.set_legend({"position": "top", "font": font, "delete_series": hidden})
    else:
        drawn.set_legend({"none": True})
    drawn.set_size({"width": _WIDTH, "height": _HEIGHT})
    drawn.set_chartarea({"border": {"none": True}})
    drawn.show_blanks_as("gap")
