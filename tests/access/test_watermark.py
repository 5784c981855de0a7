"""The watermark is in every kind of file that leaves the house, spoils none, and can do nothing but be read."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader

from metrics import export, watermark
from metrics.charts import CONFIG
from metrics.report import docx, html, pptx, produce, xlsx
from tests.report.sample import DOCUMENT

WORDS = "某市生态环境局 李某（li.mou） 2026-11-23 18:05"
HOSTILE = "=1+1</svg><script>alert(1)</script>&P \"' <b>"


@pytest.fixture(scope="module")
def document():
    return DOCUMENT


def parts(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        names = [name for name in opened.namelist() if name.endswith((".xml", ".rels", ".vml"))]
        return "\n".join(opened.read(name).decode("utf-8") for name in names)


@pytest.mark.parametrize("write", [docx.write, pptx.write, xlsx.write])
def test_the_words_are_in_the_office_formats(document, write):
    assert WORDS in parts(write(document, WORDS))
    assert WORDS not in parts(write(document)) and write(document, "") == write(document)


@pytest.mark.parametrize("write", [docx.write, pptx.write, xlsx.write])
def test_hostile_words_are_words(document, write):
    made = write(document, HOSTILE)
    assert "<script>" not in parts(made)
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None


def test_the_web_page_and_its_print_have_it(document):
    plain = html.write(document).decode()
    page = watermark.in_html(plain, WORDS)
    assert "pointer-events:none" in page and page.count("data:image/svg+xml") == 1
    assert watermark.in_html(plain, "") == plain
    assert "<script" not in watermark.in_html(plain, HOSTILE)
    made = produce.produce(document, ("pdf", "png"), mark=WORDS)
    assert made.missing == ()
    (pdf,) = (data for name, data in made.files.items() if name.endswith(".pdf"))
    (bare,) = produce.produce(document, ("pdf",)).files.values()
    pages = [PdfReader(io.BytesIO(data)).pages for data in (bare, pdf)]
    assert len(pages[0]) == len(pages[1]) > 0
    for before, after in zip(*pages, strict=True):  # on every page there is more to draw, and not a word less to read
        assert len(after.get_contents().get_data()) > len(before.get_contents().get_data())
        assert before.extract_text() == after.extract_text()


def test_pictures_have_it_and_stay_readable(document):
    made = produce.produce(document, ("png",)).files
    for name, picture in made.items():
        marked = watermark.in_png(picture, WORDS)
        before, after = (Image.open(io.BytesIO(data)).convert("L") for data in (picture, marked))
        assert before.size == after.size, name
        change = ImageChops.difference(before, after)
        assert change.getbbox() is not None
        _, high = change.getextrema()
        assert high < 48 and ImageStat.Stat(change).mean[0] < 2, name  # pale, and little of it
    assert watermark.in_png(picture, "") is picture


def test_lists_have_it_in_margin_background_and_notes():
    frame = pd.DataFrame({"分局": ["下陆区分局"], "件数": [3]})
    book = openpyxl.load_workbook(io.BytesIO(export.to_xlsx(frame, ["某清单"], mark=WORDS)))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert f"导出：{WORDS}" in cells and 3 in cells and WORDS in book.active.oddFooter.left.text
    with zipfile.ZipFile(io.BytesIO(export.to_xlsx(frame, mark=WORDS))) as opened:
        assert any(name.startswith("xl/media/") for name in opened.namelist())
    assert f"导出：{WORDS}" in export.to_csv(frame, mark=WORDS).decode("utf-8-sig")
    rows = iter([("下陆区分局", 3)])
    assert f"导出：{WORDS}" in export.rows_to_csv(["分局", "件数"], rows, mark=WORDS).decode("utf-8-sig")
    assert WORDS not in export.to_csv(frame).decode("utf-8-sig")


def test_a_footer_takes_no_code_from_a_name():
    frame = pd.DataFrame({"件数": [3]})
    text = parts(export.to_xlsx(frame, mark="&P&D李某"))
    assert "&amp;&amp;P&amp;&amp;D李某" in text


def test_a_chart_has_no_picture_download_of_its_own():
    """It would be without the watermark, which lies over the page; 截图模式 makes the pictures."""
    assert CONFIG["displayModeBar"] is False
