"""Tables of the slides: PowerPoint's own, thin rules only, in the largest type in which all rows fit; lengths in points.

PowerPoint makes a row higher where its words wrap, so widths and lines are worked out here first. Rows that have no room
are left out, never the total, and counted.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Pt

from metrics.charts.base import COLOURS, PALE, QUIET, RULE, TEXT
from metrics.report.document import Cell, Column, Number, Table, plain
from metrics.report.office import LATE, em, wrapped
from metrics.report.slide_words import write_words

_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
_SIDE, _ABOVE = 5.0, 3.0  # margins within a cell
_LINE = 1.5  # of a row, in sizes of its type: fonts that stand in for a missing one are higher
_BOLD = 1.08  # width of bold type
_NUMERIC = ("count", "share", "days", "number")
_LEAST = 5.0  # characters of a column of words
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_STATES = {"late": LATE, "red": COLOURS["worse"], "yellow": COLOURS["worse"], "grey": QUIET}


class _Fit(NamedTuple):
    """Rows that fit, with the size of their type, the widths of columns and the heights of rows, the head first."""

    rows: list[tuple[Cell, ...]]
    size: float
    widths: list[float]
    heights: list[float]


def add_table(
    shapes: SlideShapes, table: Table, box: tuple[float, float, float, float], most: int
) -> tuple[float, int]:
    """Add a table into a box (left, top, width, height); return where it ends and how many rows are left out."""
    left, top, width, height = box
    fit = _fitted(table, width, height, most)
    many = len(table.columns)
    frame = shapes.add_table(len(fit.rows) + 1, many, Pt(left), Pt(top), Pt(sum(fit.widths)), Pt(sum(fit.heights)))
    frame.name = table.caption or table.id
    grid = frame.table
    grid.first_row, grid.horz_banding = True, False
    grid._tbl.tblPr[-1].text = _NO_STYLE
    for i, wide in enumerate(fit.widths):
        grid.columns[i].width = Pt(wide)
    for i, row in enumerate(([column.name for column in table.columns], *fit.rows)):
        grid.rows[i].height = Pt(fit.heights[i])
        is_total = table.last_is_total and i == len(fit.rows) and i > 0
        for j, value in enumerate(row):
            _fill(grid.cell(i, j), value, table.columns[j], fit.size, is_head=not i, is_total=is_total)
    return top + sum(fit.heights), len(table.rows) - len(fit.rows) + table.more


def _fitted(table: Table, width: float, height: float, most: int) -> _Fit:
    """Return the largest type in which the most rows fit."""
    best: _Fit | None = None
    for size in _SIZES:
        fit = _at_size(table, size, width, height, most)
        if len(fit.rows) == min(most, len(table.rows)) and len(fit.heights) and _is_calm(fit):
            return fit
        best = fit if best is None or len(fit.rows) >= len(best.rows) else best
    return best


def _is_calm(fit: _Fit) -> bool:
    """Say whether no row has more than one line, or the type is as small as it may get."""
    return max(fit.heights[1:], default=0) < 2 * fit.size * _LINE or fit.size <= 11


def _at_size(table: Table, size: float, width: float, height: float, most: int) -> _Fit:
    rows = list(table.rows)
    totals = [rows.pop()] if table.last_is_total and rows else []
    heads = tuple(column.name for column in table.columns)
    widths = _widths(table.columns, [heads, *rows[:most], *totals], size, width)
    fixed = [_height(row, widths, size) for row in (heads, *totals)]
    kept, heights = [], []
    for row in rows[: most - len(totals)]:
        tall = _height(row, widths, size)
        if sum(fixed) + sum(heights) + tall > height:
            break
        kept.append(row)
        heights.append(tall)
    return _Fit([*kept, *totals], size, widths, [fixed[0], *heights, *fixed[1:]])


def _widths(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], size: float, width: float) -> list[float]:
    """Return widths that fill the line: columns get what they need, and where that is too much words wrap."""
    needs = [max(em(plain(row[i])) for row in rows) * _BOLD * size + 2 * _SIDE + 2 for i in range(len(columns))]
    if sum(needs) <= width:
        return [need + (width - sum(needs)) / len(needs) for need in needs]
    least = [need if column.kind in _NUMERIC else min(need, _LEAST * size + 2 * _SIDE) for need, column in zip(needs, columns, strict=True)]  # fmt: skip
    left, wanted = width - sum(least), sum(needs) - sum(least)
    if left <= 0 or wanted <= 0:
        return [need * width / sum(needs) for need in needs]
    return [low + left * (need - low) / wanted for low, need in zip(least, needs, strict=True)]


def _height(row: Sequence[Cell], widths: Sequence[float], size: float) -> float:
    lines = max(len(wrapped(plain(cell), size, wide - 2 * _SIDE)) for cell, wide in zip(row, widths, strict=True))
    return lines * size * _LINE + 2 * _ABOVE


def _fill(cell: object, value: Cell, column: Column, size: float, is_head: bool, is_total: bool) -> None:
    cell.margin_left = cell.margin_right = Pt(_SIDE)
    cell.margin_top = cell.margin_bottom = Pt(_ABOVE)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    colour = QUIET if is_head else _STATES.get(value.state, TEXT) if isinstance(value, Number) else TEXT
    side = PP_ALIGN.RIGHT if column.kind in _NUMERIC else PP_ALIGN.LEFT
    write_words(cell.text_frame, plain(value), size, colour, is_total, side)
    properties = cell._tc.get_or_add_tcPr()
    for i, line in enumerate(_rules(is_head, is_total)):
        properties.insert(i, line)


def _rules(is_head: bool, is_total: bool) -> list[etree._Element]:
    """Return the rules of a cell: none at its sides, a thin one below, a darker one under the head and over the total."""
    return [
        _rule("lnL", ""),
        _rule("lnR", ""),
        _rule("lnT", QUIET if is_total else ""),
        _rule("lnB", QUIET if is_head else PALE if is_total else RULE),
    ]


def _rule(side: str, colour: str) -> etree._Element:
    inside = f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>' if colour else "<a:noFill/>"
    return parse_xml(f'<a:{side} {nsdecls("a")} w="{9525 if colour else 0}">{inside}</a:{side}>')
