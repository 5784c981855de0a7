"""The sheet of an official document as GB/T 9704—2012 has it, for Word: page, grid, styles, page number, marks.

The styles of python-docx's template are replaced whole: they carry a theme's fonts, which would win over ours. Fonts are
only named, never embedded; beside each name stands the one that Windows has (仿宋 for 仿宋_GB2312). The grid holds 22
lines; its 28 characters are reached by letters set a quarter of a point closer, for a grid of characters makes LibreOffice
tear every line apart, and Word every number.
"""

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.package import OpcPackage
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import _Footer, _Header
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from metrics.report.pen import readable

LATIN = "Times New Roman"
FANGSONG, HEITI, KAITI, SONGTI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
WIDTH = 442.2  # points between the margins: 156 mm
PITCH = 28.95  # points from line to line: 22 lines in 225 mm
_CHARACTERS = 28
_BODY = 16.0  # 3号
_INSTEAD = {FANGSONG: "仿宋", KAITI: "楷体", TITLE: "小标宋", HEITI: "SimHei", SONGTI: "SimSun", LATIN: ""}
_NOT_OURS = ("thumbnail", "extended-properties", "customXml", "stylesWithEffects", "numbering")


class Look(NamedTuple):
    """A style: name as Word has it, Chinese font, size in points; first, left, right: indents in characters; line: exact
    distance of lines in points, 0 for single; outline: level in the navigation pane, 0 for none."""

    name: str
    font: str = FANGSONG
    size: float = _BODY
    bold: bool = False
    align: str = "both"
    line: float = PITCH
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    outline: int = 0
    keep: bool = False
    new_page: bool = False
    base: str = "Normal"


LOOKS = {
    "Normal": Look("Normal", base=""),
    "Title": Look("Title", TITLE, 22, align="center", line=33, after=PITCH),
    "Heading1": Look("heading 1", HEITI, first=2, outline=1, keep=True),
    "Heading2": Look("heading 2", KAITI, first=2, outline=2, keep=True),
    "Heading3": Look("heading 3", FANGSONG, bold=True, first=2, outline=3, keep=True),
    "BodyText": Look("Body Text", first=2),
    "Addressee": Look("主送机关"),
    "Annexes": Look("附件说明", left=5, keep=True),
    "Signature": Look("Signature", align="right", right=2, before=PITCH, keep=True),
    "Date": Look("Date", align="right", right=4),
    "AnnexMark": Look("附件标记", HEITI, align="left", keep=True, new_page=True),
    "AnnexTitle": Look("附件标题", TITLE, 22, align="center", line=33, before=12, after=18, outline=1, keep=True),
    "Caption": Look("caption", HEITI, 12, align="center", line=20, before=4, after=4),
    "Picture": Look("图", align="center", line=0, before=8, keep=True),
    "Cell": Look("表内文字", size=10.5, align="left", line=0),
    "Note": Look("注", size=10.5, line=16, after=2),
    "Header": Look("header", HEITI, 10.5, align="right", line=0),
    "Footer": Look("footer", SONGTI, 14, align="right", line=0),
    "Stamp": Look("页脚说明", SONGTI, 9, align="center", line=12, before=4),
}


def dress(word: WordFile) -> None:
    """Give a new file its page, its styles and nothing of the template's."""
    _set_styles(word)
    _set_page(word)
    _set_settings(word)
    _drop_leftovers(word)


def say(paragraph: Paragraph, words: str, style: str, **look: object) -> Run:
    """Add words to a paragraph in the fonts of its style, named on the run too; look: bold, size, colour of the run."""
    run = paragraph.add_run(printable(words))
    set_fonts(run, LOOKS[style].font)
    for name, value in look.items():
        setattr(run.font, name, value)
    return run


def printable(words: str) -> str:
    """Return words without characters that XML cannot hold; line ends become spaces."""
    return readable(words)


def set_fonts(run: Run, chinese: str) -> None:
    """Set the fonts of a run: digits and letters in Times New Roman, all else in a Chinese font."""
    run._r.get_or_add_rPr().insert(0, parse_xml(_fonts(chinese)))


def indent(paragraph: Paragraph, side: str, characters: float, size: float) -> None:
    """Indent a paragraph (left, right, hanging) by characters, which Word prefers, and by as many points of `size`."""
    edges = paragraph._p.get_or_add_pPr().get_or_add_ind()
    edges.set(qn(f"w:{side}Chars"), str(round(characters * 100)))
    edges.set(qn(f"w:{side}"), str(round(characters * size * 20)))


def add_field(paragraph: Paragraph, code: str, shown: str, style: str) -> None:
    """Add a field that Word counts itself (PAGE, SEQ), showing `shown` until it does."""
    for kind in ("begin", "", "separate", "shown", "end"):
        run = say(paragraph, shown if kind == "shown" else "", style)
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif not kind:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)


def add_edges(word: WordFile, stamp: str, mark: str) -> None:
    """Write the page number (odd pages right, even pages left) with the stamp under it, and the mark over the page."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for header in (section.header, section.even_page_header):
        say(_only_paragraph(header, "Header"), mark, "Header")
    for footer, align, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        number = _only_paragraph(footer, "Footer")
        number.alignment = align
        setattr(number.paragraph_format, f"{side}_indent", Pt(14))
        say(number, "— ", "Footer")
        add_field(number, "PAGE", "1", "Footer")
        say(number, " —", "Footer")
        say(footer.add_paragraph(style=LOOKS["Stamp"].name), stamp, "Stamp")


def _only_paragraph(edge: _Header | _Footer, style: str) -> Paragraph:
    edge.is_linked_to_previous = False
    paragraph = edge.paragraphs[0]
    paragraph.style = LOOKS[style].name
    return paragraph


def _set_page(word: WordFile) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(16)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round((WIDTH / _CHARACTERS - _BODY) * 4096)))


def _set_settings(word: WordFile) -> None:
    settings = word.settings.element
    for one in settings.iter(qn("w:compatSetting")):
        if one.get(qn("w:name")) == "compatibilityMode":
            one.set(qn("w:val"), "15")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    settings.find(qn("w:characterSpacingControl")).set(qn("w:val"), "compressPunctuation")
    for name in ("w:savePreviewPicture", "w:rsids"):
        settings.remove(settings.find(qn(name)))


def _drop_leftovers(word: WordFile) -> None:
    """Take out what the template brought: its preview, its properties of 2013, its numbering."""
    package: OpcPackage = word.part.package
    for rels in (package.rels, word.part.rels):
        for name in [key for key, rel in rels.items() if rel.reltype.endswith(_NOT_OURS)]:
            del rels[name]
        for rel in rels.values():
            if rel.reltype.endswith("fontTable"):
                rel.target_part._blob = _font_table()


def _font_table() -> bytes:
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}>" + (f"<w:altName w:val={quoteattr(other)}/>" if other else "") + "</w:font>"
        for name, other in _INSTEAD.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


def _set_styles(word: WordFile) -> None:
    styles = word.styles.element
    for child in list(styles):
        styles.remove(child)
    language = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    styles.append(
        parse_xml(
            f'<w:docDefaults {nsdecls("w")}><w:rPrDefault><w:rPr>{_fonts(FANGSONG, "")}<w:sz w:val="32"/>'
            f'<w:szCs w:val="32"/>{language}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        )
    )
    for ident, look in LOOKS.items():
        styles.append(parse_xml(_style(ident, look)))
    for kind, ident, name in (
        ("character", "DefaultFont", "Default Paragraph Font"),
        ("table", "TableNormal", "Normal Table"),
    ):
        styles.append(
            parse_xml(
                f'<w:style {nsdecls("w")} w:type="{kind}" w:default="1" w:styleId="{ident}"><w:name w:val="{name}"/>'
                '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
            )
        )


def _fonts(chinese: str, names: str = nsdecls("w")) -> str:
    return f'<w:rFonts {names} w:hint="eastAsia" w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{chinese}" w:cs="{LATIN}"/>'


def _style(ident: str, look: Look) -> str:
    """Return a paragraph style as XML, its parts in the order that the schema asks for."""
    kind = 'w:default="1"' if not look.base else "" if look.name.isascii() else 'w:customStyle="1"'
    head = f'<w:style {nsdecls("w")} w:type="paragraph" {kind} w:styleId="{ident}"><w:name w:val="{look.name}"/>'
    head += f'<w:basedOn w:val="{look.base}"/>' if look.base else ""
    head += '<w:next w:val="BodyText"/>' if look.outline or ident == "Title" else ""
    return f"{head}<w:qFormat/><w:pPr>{_paragraph_xml(look)}</w:pPr><w:rPr>{_run_xml(look)}</w:rPr></w:style>"


def _paragraph_xml(look: Look) -> str:
    snaps = look.size == _BODY and look.line == PITCH
    line = f'w:line="{round(look.line * 20)}" w:lineRule="exact"' if look.line else 'w:line="240" w:lineRule="auto"'
    indents = {"left": look.left, "right": look.right, "firstLine": look.first}
    indent = "".join(
        f' w:{name}Chars="{round(chars * 100)}" w:{name}="{round(chars * look.size * 20)}"'
        for name, chars in indents.items()
        if chars
    )
    return "".join(
        (
            "<w:keepNext/>" if look.keep else "",
            "<w:pageBreakBefore/>" if look.new_page else "",
            "" if snaps else '<w:snapToGrid w:val="0"/>',
            f'<w:spacing w:before="{round(look.before * 20)}" w:after="{round(look.after * 20)}" {line}/>',
            f"<w:ind{indent}/>" if indent else "",
            f'<w:jc w:val="{look.align}"/>',
            f'<w:outlineLvl w:val="{look.outline - 1}"/>' if look.outline else "",
        )
    )


def _run_xml(look: Look) -> str:
    size = round(look.size * 2)
    weight = '<w:b w:val="1"/>' if look.bold else '<w:b w:val="0"/>'
    closer = '<w:spacing w:val="-5"/>' if look.size == _BODY else ""  # a quarter of a point, so that 28 fit anywhere
    return f'{_fonts(look.font, "")}{weight}<w:color w:val="000000"/>{closer}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
