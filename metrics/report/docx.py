"""Writes a report as Word in the form of an official document (GB/T 9704—2012), every part a real one of Word's.

Headings are headings, so that the navigation pane shows them; captions count with fields; tables are tables. Where the
machine has no Chinese font no picture can be drawn: its numbers are printed as a table then, and the file is complete.
"""

import io
import re
from datetime import timedelta

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from data.errors import UserError
from metrics.report import drawing, office_marks
from metrics.report.document import Block, Chart, Document, Heading, Paragraph, Table, plain
from metrics.report.drawing_parts import as_table
from metrics.report.packing import timeless
from metrics.report.paper import LOOKS, add_edges, add_field, dress, indent, printable, say
from metrics.report.paper_tables import add_table

_WIDEST, _HIGHEST = Mm(156), Mm(190)
_CAPTION = re.compile(r"(表|图)(\d+)(.*)", re.S)
_ANNEX = re.compile(r"(附件\d*)\s*(.*)", re.S)
_TITLE_LINE = 20  # characters of 22 points between the margins
_PAUSE = re.compile(r"年|月|季度|全市|分局|投诉|办理|环境")
_LONG_NUMBER = re.compile(r"[!-~]{12,}")
_STYLES = {"addressee": "Addressee", "note": "Note", "signature": "Signature", "date": "Date"}
_HEADINGS = {1: "Heading1", 2: "Heading2", 3: "Heading3"}
_CHINA = timedelta(hours=8)
_LONGEST = 255  # characters of a property


def write(document: Document, mark: str = "") -> bytes:
    """Return the report as a .docx file; the same document and watermark always give the same bytes."""
    word = docx.Document()
    dress(word)
    _set_properties(word, document)
    add_edges(word, document.stamp.words, document.mark)
    office_marks.in_word(word, mark)
    _add(word, _balanced(document.title), "Title")
    _add_body(word, document)
    _add_annex(word, document)
    made = io.BytesIO()
    word.save(made)
    return timeless(made.getvalue())


def _add(word: WordFile, words: str, style: str) -> WordParagraph:
    paragraph = word.add_paragraph(style=LOOKS[style].name)
    first, *more = words.split("\n")
    say(paragraph, first, style)
    for line in more:
        paragraph.runs[-1].add_break()
        say(paragraph, line, style)
    return paragraph


def _balanced(title: str) -> str:
    """Return a title of two lines broken at a pause near its middle, as the form asks, not where the line is full."""
    if len(title) <= _TITLE_LINE:
        return title
    pauses = [found.end() for found in _PAUSE.finditer(title) if 0 < len(title) - found.end() <= _TITLE_LINE]
    pauses = [at for at in pauses if at <= _TITLE_LINE]
    middle = min(pauses, key=lambda at: abs(at - len(title) / 2), default=0)
    return f"{title[:middle]}\n{title[middle:]}" if middle else title


def _add_body(word: WordFile, document: Document) -> None:
    annexes = [found for block in document.annex if (found := _annex_name(block))]
    signed = next((plain(b.text) for b in document.blocks if isinstance(b, Paragraph) and b.style == "date"), "")
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.style == "signature":
            word.paragraphs[-1].paragraph_format.keep_with_next = True  # a signature never stands alone on a page
            _list_annexes(word, annexes)
            annexes = []
            _sign(_add(word, plain(block.text), "Signature"), plain(block.text), signed)
        else:
            _add_block(word, block)
    _list_annexes(word, annexes)
    _name_left_out(word, document.blocks)


def _annex_name(block: Block) -> str:
    found = _ANNEX.fullmatch(block.text) if isinstance(block, Heading) else None
    return found[2] if found else ""


def _list_annexes(word: WordFile, names: list[str]) -> None:
    """Write which annexes follow, before the signature."""
    for i, name in enumerate(names, 1):
        number = f"{i}. " if len(names) > 1 else ""
        paragraph = _add(word, f"{'附件：' if i == 1 else ''}{number}{name}", "Annexes")
        if i == 1:
            indent(paragraph, "hanging", 3, LOOKS["Annexes"].size)
            paragraph.paragraph_format.space_before = Pt(LOOKS["Annexes"].line)


def _sign(paragraph: WordParagraph, unit: str, day: str) -> None:
    """Set who signs in the middle over the day, which ends four characters from the right."""
    if day:
        half = (_characters(day) - _characters(unit)) / 2
        indent(paragraph, "right", max(0.0, LOOKS["Date"].right + half), LOOKS["Date"].size)


def _characters(words: str) -> float:
    return sum(0.5 if one.isascii() else 1.0 for one in words)


def _add_annex(word: WordFile, document: Document) -> None:
    """Add what follows after 附件, each annex on a page of its own."""
    if document.annex and not any(_annex_name(block) for block in document.annex):
        _add(word, "附件", "AnnexMark")
    for block in document.annex:
        if _annex_name(block):
            mark, name = _ANNEX.fullmatch(block.text).groups()
            _add(word, mark, "AnnexMark")
            _add(word, name, "AnnexTitle")
        else:
            _add_block(word, block)
    _name_left_out(word, document.annex)


def _add_block(word: WordFile, block: Block) -> None:
    if isinstance(block, Heading):
        _add(word, block.text, _HEADINGS[min(block.level, 3)])
    elif isinstance(block, Paragraph):
        paragraph = _add(word, plain(block.text), _STYLES.get(block.style, "BodyText"))
        if block.style in ("body", "item") and _LONG_NUMBER.search(plain(block.text)):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT  # or the line before the number is torn apart
    elif isinstance(block, Chart):
        _add_chart(word, block)
    elif block.only != "xlsx":
        _add_table(word, block)


def _name_left_out(word: WordFile, blocks: tuple[Block, ...]) -> None:
    """Write which tables are in the workbook only."""
    names = [block.caption for block in blocks if isinstance(block, Table) and block.only == "xlsx"]
    if names:
        _add(word, f"{'、'.join(names)}见随附的Excel文件。", "Note")


def _add_table(word: WordFile, table: Table) -> None:
    _add_caption(word, table.caption).paragraph_format.keep_with_next = True
    add_table(word, table)
    more = f"另有{table.more}项未列出，见看板。" if table.more else ""
    for words in filter(None, (more, *table.notes)):
        _add(word, words, "Note")
    if not table.notes and not more:
        _add(word, "", "Note")


def _add_chart(word: WordFile, chart: Chart) -> None:
    """Add a picture with its caption under it; without a font, its numbers with a sentence that says why."""
    try:
        picture = drawing.png(chart)
    except UserError:
        _add(
            word, f"这台电脑上没有中文字体，“{chart.caption}”没有画成图，数据列表如下。", "Note"
        ).paragraph_format.keep_with_next = True
        _add_table(word, as_table(chart))
        return
    paragraph = word.add_paragraph(style=LOOKS["Picture"].name)
    shape = paragraph.add_run().add_picture(io.BytesIO(picture))
    scale = min(1.0, _WIDEST / shape.width, _HIGHEST / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")  # or LibreOffice leaves an eighth of an inch
    properties = shape._inline.docPr
    properties.set("name", printable(chart.caption))
    properties.set("descr", printable(chart.alt or chart.title))
    caption = _add_caption(word, chart.caption)
    caption.paragraph_format.keep_with_next = bool(chart.notes)
    for note in chart.notes:
        _add(word, note, "Note")


def _add_caption(word: WordFile, words: str) -> WordParagraph:
    """Add 表1 … or 图1 … as a caption whose number Word can count."""
    found = _CAPTION.fullmatch(words)
    if not found:
        return _add(word, words, "Caption")
    kind, number, rest = found.groups()
    paragraph = _add(word, kind, "Caption")
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", number, "Caption")
    say(paragraph, rest, "Caption")
    return paragraph


def _set_properties(word: WordFile, document: Document) -> None:
    about, moment = word.core_properties, document.stamp.moment - _CHINA
    about.title, about.subject, about.category = document.title[:_LONGEST], document.period_words, "信访通报"
    about.author = about.last_modified_by = document.unit_name
    about.comments, about.keywords, about.language = document.stamp.words[:_LONGEST], document.mark, "zh-CN"
    about.version, about.revision = document.stamp.version, max(1, document.edition)
    about.created = about.modified = moment
