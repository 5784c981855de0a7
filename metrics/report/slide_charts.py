"""Charts of the slides: PowerPoint's own, each with a workbook of its numbers in which a text is never a formula.

python-pptx keeps the place; its own workbook would run a branch called “=1+1”, and its charts name no Chinese fonts.
"""

import io

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Pt

from metrics.report.document import Chart
from metrics.report.native_chart import Look, Place, axis_names, chart_xml, shown
from metrics.report.pen import readable

_SHEET = "Sheet1"
_KINDS = {
    "line": XL_CHART_TYPE.LINE_MARKERS, "column": XL_CHART_TYPE.COLUMN_CLUSTERED, "bar": XL_CHART_TYPE.BAR_CLUSTERED,
}  # fmt: skip


def add_chart(shapes: SlideShapes, chart: Chart, left: float, top: float, look: Look) -> tuple[str, bytes]:
    """Add a chart to a slide, in points; return the name of its part in the file and what has to stand there."""
    place = CategoryChartData()
    place.categories = [name[-1] for name in axis_names(chart)]
    for series in shown(chart):
        place.add_series("", series.values)
    frame = shapes.add_chart(_KINDS[chart.kind], Pt(left), Pt(top), Pt(look.width), Pt(look.height), place)
    about = frame._element.nvGraphicFramePr.cNvPr
    about.set("name", readable(chart.caption or chart.title))
    about.set("descr", readable(chart.alt or chart.title))
    part = frame.chart.part
    frame.chart.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    (relation,) = part.rels
    end = f'<c:externalData r:id="{relation}"><c:autoUpdate val="0"/></c:externalData>'
    return str(part.partname).lstrip("/"), chart_xml(chart, Place(_SHEET), look, end)


def _workbook(chart: Chart) -> bytes:
    """Return the workbook behind a chart: what its axis says in the first columns, then its series."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, rows = book.add_worksheet(_SHEET), axis_names(chart)
        form = book.add_format({"num_format": "0.0%" if chart.unit == "%" else "General"})
        for i, row in enumerate(rows, 1):
            for j, words in enumerate(row):
                sheet.write_string(i, j, words)
        for j, series in enumerate(shown(chart), len(rows[0])):
            sheet.write_string(0, j, readable(series.name))
            for i, value in enumerate(series.values, 1):
                if value is not None:
                    sheet.write_number(i, j, value, form)
    return out.getvalue()
