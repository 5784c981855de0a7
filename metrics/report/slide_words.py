"""Words on slides: each run names its font for Latin letters and for Chinese, for PowerPoint asks for both."""

from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.text.text import Font, TextFrame
from pptx.util import Pt

from metrics.report.office import FONT
from metrics.report.pen import readable


def write_words(
    frame: TextFrame, words: str, size: float, colour: str, bold: bool = False, side: PP_ALIGN = PP_ALIGN.LEFT,
    after: float = 0.0,
) -> None:  # fmt: skip
    """Write words into an empty frame, a paragraph for each line, with `after` points between them."""
    for i, line in enumerate(words.split("\n")):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.alignment = side
        if after:
            paragraph.space_after = Pt(after)
        if line:
            run = paragraph.add_run()
            run.text = readable(line)
            run.font.bold = bold
            dress(run.font, size, colour)
        dress(Font(paragraph._p.get_or_add_endParaRPr()), size, colour)  # an empty line is as high as this says


def dress(font: Font, size: float, colour: str) -> None:
    """Set font, size in points and colour of a run."""
    font.name, font.size, font.color.rgb = FONT, Pt(size), rgb(colour)
    before = font._element.find(qn("a:latin"))
    for tag in ("a:ea", "a:cs"):
        named = font._element.makeelement(qn(tag), {"typeface": FONT})
        before.addnext(named)
        before = named


def rgb(colour: str) -> RGBColor:
    """Return a colour such as #1F5FA8 as python-pptx knows it."""
    return RGBColor.from_string(colour.removeprefix("#"))
