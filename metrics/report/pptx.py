"""Writes a report as slides for a meeting: at most eight, with PowerPoint's own charts and tables, so that they can be edited.

A title is a finding. What does not fit on a slide stands in the Word file, and the slide says so. Which slides there are
follows from what the document has: a notice to a branch has no board and so no slide of figures.
"""

import io
from collections.abc import Callable

import pptx
from pptx.presentation import Presentation
from pptx.util import Inches, Pt

from metrics.report.document import Chart, Document, Fact, Paragraph, Table, plain
from metrics.report.packing import timeless
from metrics.report.slides import Slide

MOST_SLIDES = 8
_LISTS = ("overdue", "key_case_solve_rate", "backlog_resolve_rate", "due_soon")  # ids of tables, the most urgent first
_MOST_ROWS, _MOST_LISTED = 12, 5
_MOST_ASKED = 8


def write(document: Document) -> bytes:
    """Return the report as a .pptx file; the same document always gives the same bytes."""
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for number, draw in enumerate(_slides(document), 1):
        draw(Slide(deck, document, number))
    _describe(deck, document)
    made = io.BytesIO()
    deck.save(made)
    return timeless(made.getvalue(), document.stamp.moment)


def _slides(document: Document) -> list[Callable[[Slide], None]]:
    """Return what draws each slide, in order."""
    charts = {chart.id: chart for chart in document.charts}
    tables = {table.id: table for table in document.tables}
    trend = charts.pop("cases_total", None)
    quality = [charts.pop(name) for name in ("ontime_close_rate", "satisfaction_rate") if name in charts]
    features = [charts.pop(name) for name in ("pollution", "branches") if name in charts]
    lists = [tables[name] for name in _LISTS if name in tables]
    asked = [plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.edited == "requirements"]
    found: list[Callable[[Slide], None]] = [_cover]
    if document.board:
        found.append(_figures)
    found += [lambda slide, one=one: _charts(slide, one) for one in ([trend] if trend else [], quality) if one]
    if "branches" in tables:
        found.append(lambda slide: _branches(slide, tables["branches"]))
    if features:
        found.append(lambda slide: _charts(slide, features))
    if lists:
        found.append(lambda slide: _lists(slide, lists))
    if asked:
        found.append(lambda slide: _asked(slide, asked))
    return found[:MOST_SLIDES]


def _cover(slide: Slide) -> None:
    document = slide.document
    slide.fill()
    slide.words(document.title, (0.9, 2.4, 11.5, 1.6), Pt(38), bold=True)
    slide.words("　".join(filter(None, [document.unit_name, document.period_words])), (0.9, 4.2, 11.5, 0.6), Pt(20))
    slide.words(document.stamp.words, (0.9, 4.9, 11.5, 0.6), Pt(12), quiet=True)
    slide.foot(with_stamp=False)


def _figures(slide: Slide) -> None:
    board = slide.document.board
    slide.title("主要指标")
    slide.words(board.sentence, (0.6, 1.15, 12.1, 0.9), Pt(18))
    for i, tile in enumerate(board.tiles):
        slide.tile(tile, (0.6 + 4.1 * (i % 3), 2.2 + 2.3 * (i // 3), 3.9, 2.1))
    slide.foot()
    slide.notes(_sources(slide.document.facts, [tile.figure.fact for tile in board.tiles]))


def _charts(slide: Slide, charts: list[Chart]) -> None:
    """Draw one chart, or two side by side."""
    slide.title("；".join(chart.title for chart in charts))
    width = 12.1 / len(charts)
    for i, chart in enumerate(charts):
        left = 0.6 + i * width
        slide.words(f"{chart.caption}　{chart.subtitle}", (left, 1.2, width - 0.2, 0.6), Pt(12), quiet=True)
        slide.chart(chart, (left, 1.75, width - 0.2, 4.5))
        slide.words("　".join(chart.notes), (left, 6.3, width - 0.2, 0.5), Pt(10), quiet=True)
    slide.foot()


def _branches(slide: Slide, table: Table) -> None:
    slide.title(table.caption.partition("  ")[2] or table.caption)
    left_out = slide.table(table, (0.6, 1.3, 12.1), _MOST_ROWS)
    notes = [*table.notes, *([f"另有{left_out}行，见 Word 或 Excel。"] if left_out else [])]
    slide.words("　".join(notes), (0.6, 6.35, 12.1, 0.45), Pt(10), quiet=True)
    slide.foot()


def _lists(slide: Slide, tables: list[Table]) -> None:
    """Draw the two most urgent lists, their first lines each."""
    slide.title("重点事项")
    shown = tables[:2]
    for i, table in enumerate(shown):
        top = 1.25 + i * 2.75
        slide.words(table.caption.partition("  ")[2] or table.caption, (0.6, top, 12.1, 0.35), Pt(14), bold=True)
        left_out = slide.table(table, (0.6, top + 0.4, 12.1), _MOST_LISTED) + table.more
        if left_out:
            slide.words(f"另有{left_out}项，见 Word 或看板。", (7.6, top, 5.1, 0.35), Pt(11), quiet=True, right=True)
    slide.foot()


def _asked(slide: Slide, lines: list[str]) -> None:
    slide.title("下一步工作要求")
    shown = lines[:_MOST_ASKED]
    if len(lines) > len(shown):
        shown[-1] = f"另有{len(lines) - len(shown) + 1}条，见 Word。"
    size = Pt(22 if sum(map(len, shown)) < 260 else 16)
    slide.words("\n".join(shown), (0.6, 1.4, 12.1, 5.0), size, spaced=True)
    slide.foot()


def _sources(facts: tuple[Fact, ...], wanted: list[str]) -> str:
    """Return where the figures of a slide come from, for the speaker's notes."""
    lines = []
    for fact in facts:
        if fact.id in wanted:
            counted = f"（{fact.numerator}/{fact.denominator}）" if fact.denominator else ""
            lines.append(f"{fact.period_words}{fact.name}：{fact.shown}{counted}")
    return "\n".join(lines)


def _describe(deck: Presentation, document: Document) -> None:
    about = deck.core_properties
    about.title, about.subject, about.author = document.title, document.period_words, document.unit_name
    about.last_modified_by, about.comments, about.keywords = document.unit_name, document.stamp.words, document.mark
    about.created = about.modified = document.stamp.moment
