"""The watermark in Word and in slides: words behind the text, where each of them keeps what every page shares.

Word has them as WordArt in the header, slides as boxes on the master; both stay editable text, and are drawn by LibreOffice
and WPS too.
"""

from xml.sax.saxutils import quoteattr

from docx.document import Document as WordFile
from docx.oxml import parse_xml as parse_word
from pptx.oxml import parse_xml as parse_slide
from pptx.presentation import Presentation
from pptx.util import Pt

from metrics import watermark
from metrics.report.pen import readable, width_of

_HEIGHTS = (-230, 0, 230)  # points below the middle of a page of Word
_SIZE = 15  # points
_WORD = """<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">
<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>
<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>
<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="PowerPlusWaterMarkObject{id}" o:spid="_x0000_s{spid}" type="#_x0000_t136" alt=""
 style="position:absolute;margin-left:0;margin-top:{below}pt;width:{width:.0f}pt;height:{height}pt;rotation:{angle};z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:page;mso-position-vertical:center;mso-position-vertical-relative:page"
 o:allowincell="f" fillcolor="#EEF0F2" stroked="f"><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string={words}/></v:shape>
</w:pict></w:r>"""
_SLIDE = """<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr><p:cNvPr id="{id}" name="watermark {id}"/>
<p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm rot="{rotation}"><a:off x="{x}" y="{y}"/>
<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>
<p:txBody><a:bodyPr wrap="none" anchor="ctr"/><a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="zh-CN" sz="1400"><a:solidFill>
<a:srgbClr val="1B2430"><a:alpha val="9000"/></a:srgbClr></a:solidFill></a:rPr><a:t/></a:r></a:p></p:txBody></p:sp>"""


def in_word(word: WordFile, words: str) -> None:
    """Write the words pale and slanting behind every page; nothing where there are none."""
    if not words:
        return
    section, words = word.sections[0], readable(words)
    for side, header in enumerate((section.header, section.even_page_header)):
        for number, below in enumerate(_HEIGHTS):
            one = side * len(_HEIGHTS) + number + 1
            drawn = _WORD.format(
                id=one, spid=2048 + one, below=below, width=min(width_of(words, _SIZE), 480), height=_SIZE + 3,
                angle=watermark.ANGLE % 360, words=quoteattr(words),
            )  # fmt: skip
            header.paragraphs[0]._p.append(parse_word(drawn))


def in_slides(deck: Presentation, words: str) -> None:
    """Write the words pale and slanting behind every slide; nothing where there are none."""
    if not words:
        return
    width, height = deck.slide_width, deck.slide_height
    shapes = deck.slide_master.shapes._spTree
    for number in range(6):
        place = {
            "x": width * (0.03 + 0.48 * (number % 2)),
            "y": height * (0.14 + 0.3 * (number // 2)),
            "width": width * 0.44,
        }
        rotation = (watermark.ANGLE % 360) * 60_000  # sixty-thousandths of a degree
        whole = {name: round(length) for name, length in place.items()}
        box = parse_slide(_SLIDE.format(id=9000 + number, rotation=rotation, height=Pt(30), **whole))
        box.find(".//{http://schemas.openxmlformats.org/drawingml/2006/main}t").text = readable(words)
        shapes.append(box)
