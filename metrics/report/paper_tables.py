"""A table of a report as a Word table: real rows and cells, the head repeated on each page, no row cut in two.

Widths are worked out from the longest entry of each column, in points, so that numbers are never broken; a table that is
too wide gets smaller type, and last of all its words wrap.
"""

import math
import re
from collections.abc import Sequence

from docx.document import Document as WordFile
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from data.schema import UNMATCHED_BRANCH
from metrics.report.document import Cell, Column, Number, Table, plain
from metrics.report.paper import HEITI, LOOKS, WIDTH, printable, say, set_fonts

_SIZES = (12.0, 10.5, 9.0, 8.0, 7.0)
_PADDING = 3.6  # points at each side of a cell
_EDGES = 2 * _PADDING + 1
_KEPT_TOGETHER = 260.0  # points; a table no higher than this goes to the next page rather than being parted
_WORDS = 5  # characters of a text column that always fit on a line
_READABLE = 9.0  # points; not smaller for the sake of a table's length
_PAGE = 420.0  # points of a page for a table
_WHOLE = re.compile(r"[!-~]+")  # what Word does not break: numbers, numbers of cases
_CHANGE = re.compile(r"[^（）]+")  # 上升62.5%（增加5件）: at the bracket only
_RATIO = re.compile(r"[\d.,/%—~ ]*[/%][\d.,/%—~ ]*")  # 77/78, 80.3%—99.6%: stands right, as numbers do
_LATE, _GREY = RGBColor(0xB0, 0x41, 0x3E), RGBColor(0x5B, 0x68, 0x75)
_BORDERS = (("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4))


def add_table(word: WordFile, table: Table) -> WordTable:
    """Add a table at the end of the file, as wide as it needs, at most 156 mm."""
    size, widths = fitted(table)
    rows = table.rows or ((("无",) + ("",) * (len(table.columns) - 1)),)
    made = word.add_table(len(rows) + 1, len(table.columns))
    _dress(made, widths, table.caption)
    heads = [column.name for column in table.columns]
    cells = list(made._cells)  # asked for once: python-docx counts them anew for each row
    many = len(table.columns)
    for i, row in enumerate((heads, *rows)):
        is_total = table.last_is_total and i == len(rows) and bool(table.rows)
        for column, cell, value, width in zip(
            table.columns, cells[i * many : (i + 1) * many], row, widths, strict=True
        ):
            cell.width, cell.vertical_alignment = Pt(width), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            _fill(cell, value, column, size, is_head=not i, is_total=is_total)
        _keep(made.rows[i]._tr, is_head=not i)
    together = _height([[plain(row[i]) for row in rows] for i in range(many)], widths, size) <= _KEPT_TOGETHER
    for i, cell in enumerate(cells):
        if i < many or (together and (i < len(cells) - many or table.notes or table.more)):
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    return made


def fitted(table: Table) -> tuple[float, list[float]]:
    """Return the size of the type and the widths of the columns, both in points.

    The largest type in which numbers stay whole is taken; a table that would run over a page gets smaller type too.
    """
    columns = [[plain(row[i]) for row in table.rows] for i in range(len(table.columns))]
    sizes = [size for size in _SIZES if size <= (12.0 if len(columns) <= 5 else 10.5)]
    for size in sizes:
        needs = [_needed(column, cells) * size + _EDGES for column, cells in zip(table.columns, columns, strict=True)]
        widths = _shared(needs, columns, size)
        if sum(needs) <= WIDTH and (size <= _READABLE or _height(columns, widths, size) <= _PAGE):
            return size, widths
    return sizes[-1], [need * min(1.0, WIDTH / sum(needs)) for need in needs]


def _needed(column: Column, cells: Sequence[str]) -> float:
    """Return the least width of a column in characters: numbers whole, words wrapped, the head in two or three lines."""
    wrapped = {"text": _WORDS, "change": 0}.get(column.kind, math.inf)
    pattern = _CHANGE if column.kind == "change" else _WHOLE
    whole = max((_em(part) for cell in cells for part in pattern.findall(cell)), default=1)
    longest = max((_em(cell) for cell in cells), default=1)
    head = _em(column.name)
    return max(min(longest, wrapped), whole, head / 3 if head > 6 else head / 2, 2)


def _shared(needs: Sequence[float], columns: Sequence[Sequence[str]], size: float) -> list[float]:
    """Return widths that fill the line: what is left goes to the columns with the most words; a small table stays narrow."""
    natural = [max((_em(cell) for cell in cells), default=1) * size + _EDGES for cells in columns]
    widths = list(needs)
    for _ in range(4):  # a column that has got enough leaves its share to the others
        left = WIDTH - sum(widths)
        weights = [
            sum(map(_em, cells)) if width < wish else 0.0
            for width, wish, cells in zip(widths, natural, columns, strict=True)
        ]
        if left <= 0 or not sum(weights):
            break
        widths = [
            min(wish, width + left * weight / sum(weights)) if weight else width
            for width, wish, weight in zip(widths, natural, weights, strict=True)
        ]
    goal = WIDTH * 0.6 if len(needs) <= 3 and sum(widths) < WIDTH * 0.6 else WIDTH
    return [width + max(0.0, goal - sum(widths)) / len(needs) for width in widths]


def _height(columns: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> float:
    """Return about how high the rows of a table are together, in points."""
    lines = [
        max(math.ceil(_em(cell) * size / (width - _EDGES)) or 1 for cell, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]
    return sum(lines) * size * 1.35


def _em(words: str) -> float:
    """Return how wide words are, in characters: a Latin letter or a digit counts for half a Chinese character."""
    return sum(0.55 if ord(one) < 0x2E80 and one not in "—…“”" else 1.0 for one in words)


def _fill(cell: _Cell, value: Cell, column: Column, size: float, is_head: bool, is_total: bool) -> None:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.style = LOOKS["Cell"].name
    is_words = column.kind == "text" and not _RATIO.fullmatch(plain(value))
    align = "center" if is_head else "left" if is_words else "right"
    paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{align}"/>'))
    colour = _LATE if isinstance(value, Number) and value.state == "late" else None
    run = say(paragraph, plain(value), "Cell", size=Pt(size))
    if is_head or is_total:
        run._r.rPr.remove(run._r.rPr.rFonts)
        set_fonts(run, HEITI)
    if colour or plain(value) == UNMATCHED_BRANCH:
        run.font.color.rgb = colour or _GREY


def _keep(row: OxmlElement, is_head: bool) -> None:
    """Keep a row in one piece; repeat the head on every page."""
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def _dress(made: WordTable, widths: Sequence[float], caption: str) -> None:
    """Give a table its widths, rules, margins and a name for screen readers."""
    rules = "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>' for side, size in _BORDERS)
    total = round(math.fsum(widths) * 20)
    new = parse_xml(
        f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="30" w:type="dxa"/><w:left w:w="{round(_PADDING * 20)}" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>'
        f'<w:right w:w="{round(_PADDING * 20)}" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0420"/></w:tblPr>'
    )
    name = OxmlElement("w:tblCaption")
    name.set(qn("w:val"), printable(caption))
    new.append(name)
    made._tbl.replace(made._tbl.tblPr, new)
    for column, width in zip(made._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Pt(width)
