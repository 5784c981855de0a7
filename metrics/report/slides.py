"""One slide of a report: its title, which is a finding, words in boxes, figures, tables, charts, its foot; lengths in points.

Words are fitted into their boxes before they are written: PowerPoint would let them run over.
"""

from collections.abc import Sequence

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation
from pptx.text.text import Font, TextFrame
from pptx.util import Pt

from metrics.charts.base import COLOURS, PALE, QUIET, TEXT
from metrics.report.document import Chart, Document, Table, Tile
from metrics.report.html_parts import state_words
from metrics.report.native_chart import Look, is_drawable
from metrics.report.office import ACCENT, DEMO, LATE, LINE_HEIGHT, em, fitted, wrapped
from metrics.report.slide_charts import add_chart
from metrics.report.slide_tables import add_table
from metrics.report.slide_words import dress, rgb, write_words

WIDTH, HEIGHT = 960.0, 540.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 916.0, 118.0, 496.0  # of what stands between title and foot
_TITLE_ONLY = 5  # the layout
_SURFACE, _EDGE = "#F4F6F9", "#DDE3EA"
_DEMO_SURFACE = "#FDF5E4"
_STATES = {"green": COLOURS["better"], "yellow": COLOURS["worse"], "red": COLOURS["worse"], "late": LATE}

Box = tuple[float, float, float, float]  # left, top, width, height


class Slide:
    """A slide that is drawn from the title to the foot. parts: the charts' parts, which the file gets at last."""

    def __init__(self, deck: Presentation, document: Document, parts: dict[str, bytes]) -> None:
        self.document = document
        self._parts = parts
        self._at = len(deck.slides) + 1
        self._slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
        self._shapes = self._slide.shapes

    def title(self, kicker: str, finding: str) -> None:
        """Write what the slide is about, small, and what it says."""
        self.words(kicker, (LEFT, 20, 600, 20), (13.0,), ACCENT, bold=True)
        self._title(finding, (LEFT, 40, RIGHT - LEFT, 66), (26.0, 24.0, 22.0, 20.0, 18.0))
        self._box((LEFT, 108, RIGHT - LEFT, 1.0), ACCENT)

    def cover(self, title: str, below: Sequence[str], small: str) -> None:
        """Draw the first slide."""
        self._slide.background.fill.solid()
        self._slide.background.fill.fore_color.rgb = rgb(_SURFACE)
        self._box((LEFT, 150, 6, 150), ACCENT)
        self._title(title, (LEFT + 26, 146, 820, 130), (40.0, 36.0, 32.0, 28.0, 24.0), MSO_ANCHOR.TOP)
        self.words("　".join(filter(None, below)), (LEFT + 26, 270, 820, 32), (20.0, 16.0))
        self.words(small, (LEFT + 26, 330, 820, 60), (13.0, 11.0, 9.0), QUIET)

    def words(
        self, words: str, box: Box, sizes: tuple[float, ...], colour: str = TEXT, bold: bool = False,
        side: PP_ALIGN = PP_ALIGN.LEFT,
    ) -> None:  # fmt: skip
        """Write words on one or more lines into a box, in the largest of these sizes that fits; nothing for no words."""
        if words:
            frame = self._frame(box)
            size, kept = fitted(words, sizes, box[2], box[3])
            write_words(frame, kept, size, colour, bold, side)

    def lines(self, lines: Sequence[str], box: Box, sizes: tuple[float, ...], unit: str) -> float:
        """Write a paragraph for each line and return where they end; what does not fit in the smallest size is counted."""
        _, _, width, height = box
        for size in sizes:
            gap = size * 0.6
            tall = [_height(line, size, width) + gap for line in lines]
            if sum(tall) <= height:
                write_words(self._frame(box), "\n".join(lines), size, TEXT, after=gap)
                return box[1] + sum(tall)
        kept = list(lines)
        while len(kept) > 1 and sum(tall[: len(kept)]) + size * 2 > height:
            kept.pop()
        _, kept[-1] = fitted(kept[-1], (size,), width, height - size * 2)
        if len(kept) < len(lines):
            kept.append(f"另有{len(lines) - len(kept)}{unit}，见Word。")
        write_words(self._frame(box), "\n".join(kept), size, TEXT, after=gap)
        return box[1] + height

    def tile(self, tile: Tile, box: Box) -> None:
        """Draw one figure with its change, what was counted and its state by the target."""
        left, top, width, _ = box
        self._box(box, "#FFFFFF", _EDGE)
        self._box((left, top, width, 4), _STATES.get(tile.state, PALE))
        inner, wide = left + 16, width - 28
        self.words(tile.name, (inner, top + 14, wide, 24), (16.0, 13.0))
        figure = LATE if tile.state == "late" else TEXT
        self.words(tile.figure.text, (inner, top + 38, wide, 56), (40.0, 32.0, 26.0, 20.0), figure, bold=True)
        self.words(tile.change, (inner, top + 96, wide, 22), (14.0, 12.0, 10.0))
        self.words(tile.signal, (inner, top + 117, wide, 22), (14.0, 12.0, 10.0))
        counted = "　".join(filter(None, (tile.counted, state_words(tile.state))))
        self.words(counted, (inner, top + 142, wide, 20), (12.0, 10.0), QUIET)

    def table(self, table: Table, box: Box, most: int) -> tuple[float, int]:
        """Draw a table; return where it ends and how many of its rows are not shown."""
        return add_table(self._shapes, table, box, most)

    def chart(self, chart: Chart, box: Box, size: float, title: str = "") -> None:
        """Draw a chart as PowerPoint's own; over it its title and its unit and definition, under it its notes."""
        left, top, width, height = box
        notes = "　".join(chart.notes)
        above, below = 20.0, 15.0 if notes else 0.0
        own = min(em(title) * 13 + 14, width / 2) if title else 0.0
        self.words(title, (left, top, own, 18), (13.0, 11.0, 9.0), TEXT, bold=True)
        self.words(chart.subtitle, (left + own, top + 2, width - own, 16), (11.0, 10.0, 9.0, 8.0), QUIET)
        if is_drawable(chart):
            look = Look(width, height - above - below, size)
            name, part = add_chart(self._shapes, chart, left, top + above, look)
            self._parts[name] = part
        else:
            self.words("没有数据", (left, top + 30, width, 30), (16.0,), QUIET)
        self.words(notes, (left, top + height - below + 1, width, below), (10.0, 9.0, 8.0, 7.0), QUIET)

    def notes(self, words: str) -> None:
        """Write what the speaker sees."""
        frame = self._slide.notes_slide.notes_text_frame
        write_words(frame, words, 12, TEXT)

    def foot(self) -> None:
        """Write the stamp, the number of the slide, and that the data are invented or which edition this is."""
        mark = self.document.mark
        if mark:
            wide = 14.0 * len(mark) + 16
            self._box((RIGHT - wide, 16, wide, 22), _DEMO_SURFACE, "#E7C98F")
            self.words(mark, (RIGHT - wide, 18, wide, 20), (12.0,), DEMO, side=PP_ALIGN.CENTER)
        self.words(self.document.stamp.words, (LEFT, 508, 800, 24), (10.0, 9.0, 8.0, 7.0), QUIET)
        self._number((RIGHT - 50, 508, 50, 20))

    def _title(self, words: str, box: Box, sizes: tuple[float, ...], anchor: MSO_ANCHOR = MSO_ANCHOR.MIDDLE) -> None:
        """Write the title into the layout's own place for it, so that outlines and screen readers find it."""
        shape = self._shapes.title
        shape.left, shape.top, shape.width, shape.height = map(Pt, box)
        size, kept = fitted(words, sizes, box[2], box[3])
        frame = _plain(shape.text_frame)
        frame.vertical_anchor = anchor
        write_words(frame, kept, size, TEXT, bold=True)

    def _frame(self, box: Box) -> TextFrame:
        return _plain(self._shapes.add_textbox(*map(Pt, box)).text_frame)

    def _box(self, box: Box, colour: str, edge: str = "") -> None:
        shape = self._shapes.add_shape(MSO_SHAPE.RECTANGLE, *map(Pt, box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(colour)
        shape._element.remove(shape._element.find(qn("p:style")))  # the theme's shadow
        if edge:
            shape.line.color.rgb, shape.line.width = rgb(edge), Pt(0.75)
        else:
            shape.line.fill.background()

    def _number(self, box: Box) -> None:
        """Write the number of the slide as a field, so that it stays right when slides are moved."""
        frame = self._frame(box)
        field = parse_xml(
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="zh-CN"/><a:t>{self._at}</a:t></a:fld>'
        )
        paragraph = frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        paragraph._p.append(field)
        dress(Font(field.find(qn("a:rPr"))), 10, QUIET)


def _plain(frame: TextFrame) -> TextFrame:
    """Return an empty frame without margins whose words wrap and whose box keeps its size."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _height(words: str, size: float, width: float) -> float:
    return len(wrapped(words, size, width)) * size * LINE_HEIGHT
