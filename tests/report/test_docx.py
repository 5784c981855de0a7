"""The report as Word, opened again: its form by GB/T 9704—2012, every number and cell, pictures, odd texts, same bytes."""

import io
import time
import zipfile
from datetime import datetime

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from msgspec.structs import replace
from PIL import Image

from metrics.report.document import Chart, Column, Document, Heading, Number, Paragraph, Table, plain
from metrics.report.docx import write
from tests.report.sample import BY_BRANCH, DOCUMENT, ODD, STAMP, TREND

MM = 36_000  # English metric units
FONTS = {
    "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312", "Heading 3": "仿宋_GB2312", "Body Text": "仿宋_GB2312",
    "Caption": "黑体", "表内文字": "仿宋_GB2312", "注": "仿宋_GB2312",
}  # fmt: skip
SIZES = {"Title": 22, "Heading 1": 16, "Heading 2": 16, "Heading 3": 16, "Body Text": 16, "Caption": 12, "Footer": 14}


@pytest.fixture(scope="module")
def made() -> bytes:
    return write(DOCUMENT)


@pytest.fixture(scope="module")
def word(made) -> WordFile:
    return opened(made)


def opened(made: bytes) -> WordFile:
    return docx.Document(io.BytesIO(made))


def again(*blocks, annex=(), **changed) -> WordFile:
    """Return a report of these blocks alone, written and opened again."""
    return opened(write(replace(DOCUMENT, blocks=tuple(blocks), annex=tuple(annex), **changed)))


def texts(word: WordFile) -> list[str]:
    return [paragraph.text for paragraph in word.paragraphs]


def cells(table: WordTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def in_print(document: Document) -> list[Table]:
    return [table for table in document.tables if table.only != "xlsx"]


def named(word: WordFile, style: str) -> list[WordParagraph]:
    return [paragraph for paragraph in word.paragraphs if paragraph.style.name == style]


def test_every_paragraph_heading_and_note_is_there_in_order(word):
    found = iter(texts(word))
    for block in DOCUMENT.blocks:
        wanted = {
            Heading: lambda b: [b.text],
            Paragraph: lambda b: [plain(b.text)],
            Chart: lambda b: [b.caption, *b.notes],
            Table: lambda b: [b.caption, *b.notes] if b.only != "xlsx" else [],
        }[type(block)](block)
        for words in wanted:
            assert words in found, words  # each after the one before
    assert texts(word)[0].replace("\n", "") == DOCUMENT.title


def test_every_cell_is_the_text_of_the_document(word):
    wanted = in_print(DOCUMENT)
    assert len(word.tables) == len(wanted)
    for table, written in zip(wanted, word.tables, strict=True):
        head, *rows = cells(written)
        assert head == [column.name for column in table.columns]
        assert rows == [[plain(cell) for cell in row] for row in table.rows]


def test_every_number_is_printed(word):
    printed = "\n".join([*texts(word), *(cell for table in word.tables for row in cells(table) for cell in row)])
    outside_board = replace(DOCUMENT, board=None)
    assert [number.text for number in outside_board.numbers() if number.text not in printed] == []


def test_the_page_is_that_of_an_official_document(word):
    (section,) = word.sections
    sizes = (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
        section.right_margin,
    )  # fmt: skip
    assert [round(size / MM) for size in sizes] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == "579"  # 28.95 points, 22 of them in 225 mm
    assert 22 * 28.95 <= 225 / 25.4 * 72 < 23 * 28.95
    body = word.styles["Body Text"]
    assert body.paragraph_format.line_spacing.pt == 28.95
    assert body.paragraph_format.line_spacing_rule == docx.enum.text.WD_LINE_SPACING.EXACTLY
    character = 16 + int(body.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * character <= 156 / 25.4 * 72 < 29 * character


@pytest.mark.parametrize("name", FONTS)
def test_fonts_are_named_for_chinese_and_for_digits_on_styles_and_runs(word, name):
    faces = [word.styles[name].element.rPr.rFonts]
    faces += [run._r.rPr.rFonts for paragraph in named(word, name) for run in paragraph.runs if run.text]
    for face in faces:
        assert face.get(qn("w:eastAsia")) == FONTS[name]
        assert face.get(qn("w:ascii")) == face.get(qn("w:hAnsi")) == "Times New Roman"


def test_no_font_comes_from_a_theme_or_from_the_template(made):
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        for name in parts.namelist():
            text = parts.read(name)
            if name.startswith("word/") and name.endswith(".xml") and "theme" not in name:
                assert b"asciiTheme" not in text and b"eastAsiaTheme" not in text
            assert b"python-docx" not in text and b"2013-12" not in text, name


@pytest.mark.parametrize("name", SIZES)
def test_sizes(word, name):
    style = word.styles[name]
    assert style.font.size.pt == SIZES[name]
    assert bool(style.font.bold) == (name == "Heading 3")
    assert str(style.font.color.rgb) == "000000"


def test_paragraphs_stand_as_they_should(word):
    def indents(style: str) -> dict[str, str]:
        found = word.styles[style].element.pPr.ind
        return {} if found is None else {key.split("}")[1]: value for key, value in found.attrib.items()}

    for style in ("Body Text", "Heading 1", "Heading 2", "Heading 3"):
        assert indents(style) == {"firstLineChars": "200", "firstLine": "640"}
    assert indents("Date")["rightChars"] == "400"
    assert word.styles["Body Text"].paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY
    assert word.styles["Title"].paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    levels = [word.styles[f"Heading {i}"].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) for i in (1, 2, 3)]
    assert levels == ["0", "1", "2"]
    assert [p.text for p in named(word, "主送机关")] == ["各分局，局机关各科室，执法支队："]
    assert [p.text for p in named(word, "Date")] == ["2025年10月8日"]
    assert [p.text for p in named(word, "Heading 2")] == ["（一）受理与办结"]


def test_who_signs_stands_in_the_middle_over_the_day():
    def middle(unit: str) -> float:
        day = "2025年10月8日"
        word = again(Paragraph((unit,), "signature"), Paragraph((day,), "date"))
        right = int(named(word, "Signature")[0]._p.pPr.ind.get(qn("w:rightChars"))) / 100
        return right + sum(0.5 if one.isascii() else 1 for one in unit) / 2

    day = 4 + (7 * 0.5 + 3) / 2  # 2025年10月8日: seven digits, three characters
    assert middle("黄石市生态环境局") == middle("某局") == day


def test_a_long_title_is_parted_at_a_pause_near_its_middle():
    first = named(again(), "Title")[0].text
    assert first == "关于2025年9月全市\n生态环境信访投诉办理情况的通报"
    assert named(again(title="短标题"), "Title")[0].text == "短标题"


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages_with_the_stamp(word):
    (section,) = word.sections
    assert word.settings.odd_and_even_pages_header_footer
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        number, stamp = footer.paragraphs
        assert number.text == "— 1 —" and number._p.pPr.jc.get(qn("w:val")) == align
        assert "".join(code.text for code in number._p.iter(qn("w:instrText"))).strip() == "PAGE"
        kinds = [mark.get(qn("w:fldCharType")) for mark in number._p.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"]
        assert number.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "宋体"
        assert stamp.text == STAMP.words and stamp.style.font.size.pt == 9


@pytest.mark.parametrize(
    ("is_demo", "edition", "mark"),
    [(True, 0, "演示数据"), (False, 2, "第2版"), (True, 3, "演示数据　第3版"), (False, 0, "")],
)
def test_the_mark_stands_over_every_page(is_demo, edition, mark):
    (section,) = again(is_demo=is_demo, edition=edition).sections
    assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == mark


def test_tables_are_real_ones_with_a_head_on_every_page(word):
    for table, written in zip(in_print(DOCUMENT), word.tables, strict=True):
        first, *others = (row._tr.trPr for row in written.rows)
        assert first.find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:tblHeader")) is None for row in others)
        assert all(row.find(qn("w:cantSplit")) is not None for row in (first, *others))
        assert sum(column.width for column in written.columns) <= 156.1 * MM
        caption = written._tbl.getprevious()
        assert WordParagraph(caption, word).text == table.caption
        assert WordParagraph(caption, word).style.name == "Caption" and caption.pPr.find(qn("w:keepNext")) is not None


def test_numbers_stand_right_and_words_left(word):
    for row in word.tables[0].rows[1:]:
        aligned = [cell.paragraphs[0]._p.pPr.jc.get(qn("w:val")) for cell in row.cells]
        assert aligned == ["left", "right", "right", "right", "right"]


def test_only_what_is_overdue_is_red():
    columns = (Column("分局"), Column("超期", "count"))
    word = again(
        Table(
            "x", "表1  超期", columns, (("甲", Number("3", 3, state="late")), ("待归属", Number("1", 1, state="red")))
        )
    )
    colours = [str(cell.paragraphs[0].runs[0].font.color.rgb) for row in word.tables[0].rows[1:] for cell in row.cells]
    assert colours == ["None", "B0413E", "5B6875", "None"]


@pytest.mark.parametrize("many", [1, 3, 8, 12])
def test_a_table_fits_between_the_margins_and_its_numbers_stay_whole(many):
    columns = tuple(Column(f"第{i}项按期办结率", "share") for i in range(many))
    words = (Column("分局"), Column("依据"))
    row = ("开发区·铁山区分局", "《信访工作条例》第三十四条" * 8, *(Number("100.0%", 1.0) for _ in columns))
    word = again(Table("x", "表1  宽表", (*words, *columns), (row,) * 3))
    (table,) = word.tables
    widths = [column.width.pt for column in table.columns]
    size = table.rows[1].cells[-1].paragraphs[0].runs[0].font.size.pt
    assert sum(widths) <= 442.3 and size >= 7
    assert all(width - 2 * 3.6 >= 6 * 0.5 * size for width in widths)  # six half-width characters: 100.0%


def test_a_table_without_rows_says_so():
    word = again(Table("x", "表1  超期", (Column("编号"), Column("天数", "days")), ()))
    assert cells(word.tables[0]) == [["编号", "天数"], ["无", ""]]


def test_what_a_table_leaves_out_is_said(word):
    assert "另有3项未列出，见看板。" in texts(word)
    assert [words for words in texts(word) if "Excel" in words] == ["明细台账（内部）见随附的Excel文件。"]
    assert not any("=2+3" in row for table in word.tables for row in cells(table))


def test_captions_count_themselves(word):
    found = {paragraph.text: paragraph for paragraph in named(word, "Caption")}
    assert list(found) == [
        block.caption for block in DOCUMENT.everything
        if isinstance(block, Chart) or (isinstance(block, Table) and block.only != "xlsx")
    ]  # fmt: skip
    codes = ["".join(code.text for code in one._p.iter(qn("w:instrText"))) for one in found.values()]
    assert [code.split()[:2] for code in codes] == [["SEQ", caption[0]] for caption in found]
    assert all(
        one.style.paragraph_format.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER for one in found.values()
    )


def test_pictures_fit_say_what_they_show_and_stay_with_their_caption(word):
    charts = DOCUMENT.charts
    assert len(word.inline_shapes) == len(charts)
    for chart, shape in zip(charts, word.inline_shapes, strict=True):
        assert 150 * MM < shape.width <= 156 * MM
        about = shape._inline.docPr
        assert about.get("descr") == chart.alt and about.get("name") == chart.caption
        paragraph = shape._inline.getparent().getparent().getparent()
        assert WordParagraph(paragraph, word).style.paragraph_format.keep_with_next
        assert WordParagraph(paragraph.getnext(), word).text == chart.caption
        part = word.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        with Image.open(io.BytesIO(part.blob)) as picture:
            assert round(picture.width / (shape.width / MM) * 25.4) == 300
            low, high = picture.convert("L").getextrema()
            assert low < 60 and high == 255


def test_a_picture_higher_than_a_page_is_made_smaller():
    long = replace(BY_BRANCH, categories=tuple(f"第{i}分局" for i in range(60)), series=())
    long = replace(long, series=tuple(replace(s, values=(9.0,) * 60, texts=("9",) * 60) for s in BY_BRANCH.series))
    (shape,) = again(long).inline_shapes
    assert shape.height <= 190 * MM and shape.width < 120 * MM


def test_each_annex_begins_a_page_and_is_listed_before_the_signature():
    blocks = (Paragraph(("正文。",)), Paragraph(("某局",), "signature"), Paragraph(("2025年10月8日",), "date"))
    annex = (Heading("附件1  口径说明"), Paragraph(("甲。",)), Heading("附件2  对账"), Paragraph(("乙。",)))
    word = again(*blocks, annex=annex)
    assert texts(word)[1:] == [
        "正文。", "附件：1. 口径说明", "2. 对账", "某局", "2025年10月8日", "附件1", "口径说明", "甲。", "附件2", "对账", "乙。",
    ]  # fmt: skip
    listed = named(word, "附件说明")
    assert [p.paragraph_format.space_before is not None for p in listed] == [True, False]  # a line left free before
    assert [p._p.pPr.ind is not None and p._p.pPr.ind.get(qn("w:hangingChars")) for p in listed] == ["300", False]
    assert all(p.style.paragraph_format.page_break_before for p in named(word, "附件标记"))
    assert [p.text for p in named(word, "附件标题")] == ["口径说明", "对账"]
    assert texts(again(annex=(Paragraph(("甲。",)),)))[1:] == ["附件", "甲。"]
    assert "附件" not in "".join(texts(again(Paragraph(("正文。",)))))


def test_odd_texts_stay_texts(word):
    assert any(ODD in words for words in texts(word))
    odd = again(Paragraph((ODD, "\x00\x0b\ud800甲", "<w:p/>")), Heading("&lt;", 2), title="<b>&")
    assert texts(odd) == ["<b>&", f"{ODD} 甲<w:p/>", "&lt;"]
    table = again(Table("x", '表1  "<', (Column("<b>"),), (("=2+3",), (None,)))).tables[0]
    assert cells(table) == [["<b>"], ["=2+3"], [""]]


def test_a_report_with_nothing_in_it_is_still_a_file():
    word = again(title="", stamp=replace(STAMP, as_of_words="未知"))
    assert texts(word) == [""] and word.core_properties.created.year == 2000


def test_the_same_report_gives_the_same_bytes(made):
    time.sleep(2.1)  # the clock of a zip counts in steps of two seconds
    assert write(DOCUMENT) == made
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.testzip() is None and parts.namelist()[0] == "[Content_Types].xml"


def test_properties_are_those_of_the_report(word):
    about = word.core_properties
    assert (about.title, about.author, about.last_modified_by) == (
        DOCUMENT.title,
        "黄石市生态环境局",
        "黄石市生态环境局",
    )
    assert about.comments == STAMP.words and about.version == STAMP.version
    assert about.created.replace(tzinfo=None) == about.modified.replace(tzinfo=None) == datetime(2025, 10, 31, 10)


def test_without_a_chinese_font_the_numbers_of_a_picture_are_printed(monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    word = opened(write(DOCUMENT))
    assert len(word.inline_shapes) == 0
    assert len(word.tables) == len(in_print(DOCUMENT)) + len(DOCUMENT.charts)
    (said,) = [words for words in texts(word) if TREND.caption in words and "没有中文字体" in words]
    assert said.endswith("。") and TREND.caption in texts(word)
    rows = cells(word.tables[0])
    assert rows[0] == ["时间", "信访总量", "均值"] and rows[1] == ["2024年10月", "103", "91"]
    assert rows[9] == ["2025年6月", "", "91"] and rows[12] == ["2025年9月", "86", "91"]
    assert ["大气", "50件，58.1%"] in cells(word.tables[4])
    assert set(TREND.notes) <= set(texts(word))
