"""Writes a report as slides for a meeting: at most eight, with PowerPoint's own charts and tables, so that they can be edited.

A title is a finding. What does not fit on a slide stands in the Word file, and the slide says so. Which slides there are
follows from what the document has: a notice to a branch has no board and so no slide of figures.
"""

import io
import zipfile
from collections.abc import Iterable
from itertools import islice

import pptx
from pptx.presentation import Presentation
from pptx.util import Pt

from metrics.charts.base import QUIET, TEXT
from metrics.report import office_marks
from metrics.report.document import Block, Chart, Document, Fact, Heading, Number, Paragraph, Table, plain
from metrics.report.office import FONT
from metrics.report.packing import timeless, zipped
from metrics.report.pen import readable
from metrics.report.slides import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Slide

MOST_SLIDES = 8
KEY_TABLES = (
    "overdue",
    "warnings",
    "due_soon",
    "key_case_solve_rate",
    "key_cases",
    "backlog_resolve_rate",
    "backlog",
)  # ids of lists, the most urgent first
_TREND = "cases_total"
_MOST_ROWS, _MOST_LISTED, _MOST_SITES = 12, 8, 5
_MOST_BESIDE = 13  # periods of a line that takes half the slide
_ROOM_FOR_CHART = 150.0
_MOST_SOURCES = 30
_LONGEST_PROPERTY = 255  # characters
_EMPTY_FONT = b'<a:ea typeface=""/>'
_WIDE = RIGHT - LEFT


def write(document: Document, mark: str = "") -> bytes:
    """Return the report as a .pptx file; the same document and watermark always give the same bytes."""
    deck = pptx.Presentation()
    _widen(deck)
    office_marks.in_slides(deck, mark)
    parts = _Show(deck, document).drawn()
    about = deck.core_properties
    said = {
        "title": document.title, "subject": document.period_words, "author": document.unit_name, "category": "信访通报",
        "last_modified_by": document.unit_name, "comments": document.stamp.words, "keywords": document.mark,
    }  # fmt: skip
    for name, words in said.items():
        setattr(about, name, readable(words)[:_LONGEST_PROPERTY])
    about.created = about.modified = document.stamp.moment
    made = io.BytesIO()
    deck.save(made)
    with zipfile.ZipFile(made) as archive:
        whole = zipped({name: _part(name, archive.read(name), parts) for name in archive.namelist()})
    return timeless(whole, document.stamp.moment)


def _part(name: str, data: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a part of the file: charts are our own, and the theme names a Chinese font for what is added later."""
    if name.startswith("ppt/theme/"):
        return data.replace(_EMPTY_FONT, f'<a:ea typeface="{FONT}"/>'.encode())
    return parts.get(name, data)


def _widen(deck: Presentation) -> None:
    """Make the slides 16:9; the places on the master and its layouts are those of 4:3."""
    factor = Pt(WIDTH) / deck.slide_width
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.shapes:
            if shape._element.spPr.find("{*}xfrm") is not None:  # others take theirs from the master
                shape.left, shape.width = round(shape.left * factor), round(shape.width * factor)


class _Show:
    """The slides of one report; what is shown on one is not shown again."""

    def __init__(self, deck: Presentation, document: Document) -> None:
        self._deck, self._document = deck, document
        self._parts: dict[str, bytes] = {}
        self._charts = list(document.charts)
        self._tables = {table.id: table for table in document.tables if table.only != "xlsx"}

    def drawn(self) -> dict[str, bytes]:
        """Draw the slides and return the parts of their charts."""
        self._cover()
        self._figures()
        self._trend()
        self._quality()
        self._branches()
        self._features()
        self._key_items()
        self._asked()
        return self._parts

    def _slide(self, kicker: str, finding: str, sources: Iterable[str]) -> Slide:
        slide = Slide(self._deck, self._document, self._parts)
        slide.title(kicker, finding)
        slide.foot()
        slide.notes("\n".join([*sources, self._document.stamp.words]))
        return slide

    def _take(self, *kinds: str, name: str = "") -> list[Chart]:
        """Return the charts of these kinds that are on no slide yet, or the one with this id, and count them as shown."""
        found = [chart for chart in self._charts if chart.kind in kinds and (not name or chart.id == name)]
        self._charts = [chart for chart in self._charts if chart not in found]
        return found

    def _cover(self) -> None:
        document = self._document
        slide = Slide(self._deck, document, self._parts)
        signed = [plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.style == "date"]
        slide.cover(document.title, (document.unit_name, *signed[-1:]), document.stamp.words)
        slide.foot()

    def _figures(self) -> None:
        board = self._document.board
        if board is None:
            return
        slide = self._slide("主要指标", board.sentence, self._sources(tile.figure for tile in board.tiles))
        wide, tall = (_WIDE - 40) / 3, (BOTTOM - TOP - 26) / 2
        for i, tile in enumerate(board.tiles[:6]):
            slide.tile(tile, (LEFT + (wide + 20) * (i % 3), TOP + 6 + (tall + 18) * (i // 3), wide, tall))

    def _trend(self) -> None:
        """Draw the number of cases over time, or what else comes first over time."""
        lines = self._take("line", name=_TREND) or self._take("line")
        if lines:
            first, *others = lines
            self._charts = [*others, *self._charts]
            slide = self._slide("走势", first.title, self._behind(first))
            slide.chart(first, (LEFT, TOP, _WIDE, BOTTOM - TOP), 14)

    def _quality(self) -> None:
        lines = self._take("line")
        if lines:
            shown = lines[:2]
            findings = "；".join(chart.title for chart in shown)
            slide = self._slide("办理质效", findings, [line for chart in shown for line in self._behind(chart)])
            self._beside(slide, shown)

    def _beside(self, slide: Slide, charts: list[Chart], width: float = _WIDE) -> None:
        """Draw one chart, or two: long lines under each other, all else side by side."""
        if len(charts) == 1:
            slide.chart(charts[0], (LEFT, TOP, width, BOTTOM - TOP), 14)
            return
        many = max(len(chart.categories) for chart in charts)
        is_long = many > _MOST_BESIDE and all(chart.kind == "line" for chart in charts)
        wide, tall = (width, (BOTTOM - TOP - 10) / 2) if is_long else ((width - 24) / 2, BOTTOM - TOP)
        for i, chart in enumerate(charts):
            left, top = (LEFT, TOP + i * (tall + 10)) if is_long else (LEFT + i * (wide + 24), TOP)
            slide.chart(chart, (left, top, wide, tall), 11, _name(chart.caption))

    def _branches(self) -> None:
        """Draw the table of the branches, and under a short one their chart."""
        table = self._tables.get("branches")
        if table is None:
            return
        charts = [chart for chart in self._charts if chart.id == "branches"]
        finding = charts[0].title if charts else _name(table.caption)
        numbers = [cell for row in table.rows for cell in row if isinstance(cell, Number)]
        slide = self._slide("分局情况", finding, self._sources(numbers))
        kept = _ROOM_FOR_CHART if charts and len(table.rows) <= 8 else 0.0
        end, left_out = slide.table(table, (LEFT, TOP, _WIDE, BOTTOM - TOP - 22 - kept), _MOST_ROWS)
        more = [f"另有{left_out}个单位，见Word。"] if left_out else []
        slide.words("　".join([*more, *table.notes]), (LEFT, end + 3, _WIDE, 18), (10.0, 9.0, 8.0), QUIET)
        if kept and BOTTOM - end - 26 >= _ROOM_FOR_CHART * 0.9:
            for chart in self._take("column", "bar", "line", name="branches")[:1]:
                slide.chart(chart, (LEFT, end + 26, _WIDE, BOTTOM - end - 26), 11)

    def _features(self) -> None:
        """Draw what it was about, and beside it the places that are heard of again and again."""
        charts = self._take("bar", "column")
        sites = self._tables.get("sites")
        if not charts:
            return
        charts.sort(key=lambda chart: chart.kind != "bar")
        shown = charts[: 1 if sites else 2]
        findings = "；".join(chart.title for chart in shown)
        slide = self._slide("问题特点", findings, [line for chart in shown for line in self._behind(chart)])
        self._beside(slide, shown, _WIDE * 0.54 if sites else _WIDE)
        if sites:
            left = LEFT + _WIDE * 0.54 + 28
            self._list(slide, _first_columns(sites, 3), (left, TOP, RIGHT - left, BOTTOM - TOP), _MOST_SITES)

    def _key_items(self) -> None:
        """Draw what the report says of the key items, and the lists of cases."""
        said = [words for words in _section(self._document.blocks, "重点事项") if words]
        tables = [self._tables[name] for name in KEY_TABLES if name in self._tables and self._tables[name].rows]
        if not said and not tables:
            return
        finding = next((words for words in said if "超期" in words), said[0] if said else _name(tables[0].caption))
        numbers = [cell for table in tables for row in table.rows for cell in row if isinstance(cell, Number)]
        slide = self._slide("重点事项", finding, self._sources(numbers))
        others = [words for words in said if words != finding]
        top = TOP + 4
        if others:
            tall = (BOTTOM - TOP) * (0.34 if tables else 1.0)
            sizes = (16.0, 14.0, 13.0, 12.0) if tables else (22.0, 20.0, 18.0, 16.0, 14.0, 12.0)
            top = slide.lines(others, (LEFT, top, _WIDE, tall), sizes, "项") + 6
        for i, table in enumerate(tables[:2]):
            rows = [len(one.rows) + 3 for one in tables[i:2]]
            room = (BOTTOM - top) * rows[0] / sum(rows)
            top = self._list(slide, table, (LEFT, top, _WIDE, room), _MOST_LISTED) + 14

    def _list(self, slide: Slide, table: Table, box: tuple[float, float, float, float], most: int) -> float:
        """Draw a list under its name; what does not fit is counted beside the name. Return where it ends."""
        left, top, width, height = box
        end, left_out = slide.table(table, (left, top + 24, width, height - 24), most)
        more = f"（另有{left_out}项，见Word）" if left_out else ""
        slide.words(_name(table.caption) + more, (left, top, width, 22), (14.0, 12.0, 10.0), TEXT, bold=True)
        return end

    def _asked(self) -> None:
        lines = [
            plain(b.text) for b in self._document.blocks if isinstance(b, Paragraph) and b.edited == "requirements"
        ]
        if lines:
            slide = self._slide("下一步", "下一步工作要求", [])
            slide.lines(lines, (LEFT, TOP + 8, _WIDE, BOTTOM - TOP - 8), (24.0, 22.0, 20.0, 18.0, 16.0, 14.0), "条")

    def _sources(self, numbers: Iterable[Number]) -> list[str]:
        """Return where numbers come from, a line for each."""
        facts = {fact.id: fact for fact in self._document.facts}
        return _lines(facts[name] for name in dict.fromkeys(number.fact for number in numbers) if name in facts)

    def _behind(self, chart: Chart) -> list[str]:
        """Return what a chart counts, and the figures of the report that it is of."""
        about = f"{_name(chart.caption)}：{chart.subtitle}"
        return [about, *_lines(fact for fact in self._document.facts if fact.kpi == chart.id and not fact.group)]


def _lines(facts: Iterable[Fact]) -> list[str]:
    found = []
    for fact in facts:
        counted = f"（{fact.numerator}/{fact.denominator}）" if fact.denominator else ""
        group = "、".join(fact.group.values())
        found.append(f"{fact.period_words}{group}{fact.name}：{fact.shown}{counted}")
    more = len(found) - _MOST_SOURCES
    return [*islice(found, _MOST_SOURCES), *([f"另有{more}项，见Excel的“数字出处”。"] if more > 0 else [])]


def _section(blocks: Iterable[Block], words: str) -> list[str]:
    """Return the paragraphs under the heading of the first level that has these words."""
    found, inside = [], False
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = words in block.text
        elif inside and isinstance(block, Paragraph) and block.style in ("body", "item"):
            found.append(plain(block.text))
    return found


def _name(caption: str) -> str:
    """Return a caption without its number: 表1  各分局办理情况."""
    return caption.partition("  ")[2] or caption


def _first_columns(table: Table, many: int) -> Table:
    rows = tuple(row[:many] for row in table.rows)
    return Table(table.id, table.caption, table.columns[:many], rows, table.notes, table.last_is_total, "", table.more)
