"""PDF and picture of the board: by the machine's browser, the same bytes each time, and a sentence where it cannot be."""

import io
import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from data.errors import UserError
from metrics.report import board, browser, html, printing
from tests.report.sample import BOARD, DOCUMENT, ODD, STAMP
from tests.report.test_board_html import crowded

ROOT = Path(__file__).parents[2]
NEEDS_SHELL = pytest.mark.skipif(os.name != "posix", reason="a script as a browser needs a shell")


@pytest.fixture(scope="module")
def chromium():
    """Leave out what needs a browser where there is none, except where CI must have it."""
    if browser.find_browser() is None:
        pytest.fail(browser.MISSING) if os.environ.get("CI") == "true" else pytest.skip(browser.MISSING)


@pytest.fixture(scope="module")
def pdf(chromium):
    return printing.pdf(html.write(DOCUMENT))


@pytest.fixture(scope="module")
def pages(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages


def _squeezed(words):
    return "".join(unicodedata.normalize("NFKC", words).split())


def test_the_pdf_is_a4_and_has_every_number_and_sentence(pages):
    text = _squeezed("".join(page.extract_text() for page in pages))
    printed = [n.text for block in (*DOCUMENT.blocks, *DOCUMENT.annex) for n in _numbers(block)]
    assert len(printed) == 14 and all(_squeezed(words) in text for words in printed)
    assert _squeezed(ODD) in text and "现将2025年9月全市生态环境信访投诉办理情况通报如下。" in text
    assert all(abs(page.mediabox.width - 595.3) < 1 and abs(page.mediabox.height - 841.9) < 1 for page in pages)


def _numbers(block):
    parts = getattr(block, "text", ()) if not hasattr(block, "rows") else [cell for row in block.rows for cell in row]
    return [] if getattr(block, "only", "") else [part for part in parts if hasattr(part, "fact")]


def test_every_page_has_its_number_the_stamp_and_the_mark(pages):
    assert len(pages) > 2
    for i, page in enumerate(pages, 1):
        text = _squeezed(page.extract_text())
        assert f"—{i}—" in text and STAMP.version in text and "演示数据" in text


def test_on_paper_there_is_the_official_document_alone(pages):
    text = _squeezed("".join(page.extract_text() for page in pages))
    assert not [words for words in ("目录", "数字出处", "跳到正文", "图中的数字", "查看口径") if words in text]


def test_links_that_would_lead_nowhere_on_paper_are_none(pages):
    assert not [link for page in pages for link in page.get("/Annots", [])]


def test_the_pdf_says_whose_it_is_and_carries_the_cut_off_as_its_date(pdf):
    about = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert about.title == DOCUMENT.title and about.author == DOCUMENT.unit_name and about.subject == STAMP.words
    assert about["/CreationDate"] == about["/ModDate"] == "D:20251031180000+08'00'"
    assert b"file:///" not in pdf


def test_the_pdf_has_the_same_bytes_at_another_time_of_another_process(pdf, tmp_path):
    time.sleep(2.1)
    made = tmp_path / "again.pdf"
    asked = (
        "import sys; from pathlib import Path; from metrics.report import html, printing; from tests.report.sample "
        "import DOCUMENT; Path(sys.argv[1]).write_bytes(printing.pdf(html.write(DOCUMENT)))"
    )
    # as from cron: no display, no home folder, another time zone
    keep = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "PROGRAMFILES", "LOCALAPPDATA") if name in os.environ
    }
    subprocess.run(
        [sys.executable, "-c", asked, str(made)], cwd=ROOT, env=keep | {"TZ": "America/New_York"}, check=True
    )
    assert made.read_bytes() == pdf


@pytest.mark.parametrize("shown", [BOARD, crowded()], ids=["sample", "crowded"])
def test_the_board_is_a_picture_of_exactly_its_size_and_again_the_same(shown, chromium):
    page = board.page(shown, STAMP, True)
    first = printing.board_png(page)
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == (1920, 1080) and picture.format == "PNG"
        drawn = picture.convert("L")
        for box in (
            (36, 22, 900, 78),
            (36, 168, 330, 334),
            (36, 350, 1080, 660),
            (36, 690, 1080, 900),
            (1100, 350, 1880, 600),
        ):
            low, high = drawn.crop(box).getextrema()
            assert high - low > 100, box
    assert printing.board_png(page) == first


def test_a_blank_picture_is_refused(chromium):
    with pytest.raises(UserError, match="不完整"):
        printing.board_png("<html><body></body></html>")


def test_characters_that_are_all_alike_are_refused(chromium):
    unreadable = "<html><head><style>div { color: #fff !important }</style></head><body><h1>信访</h1></body></html>"
    with pytest.raises(UserError, match="不完整"):
        printing.board_png(unreadable)


@NEEDS_SHELL
def test_a_browser_that_never_ends_is_ended_with_its_children(tmp_path, monkeypatch):
    slow = tmp_path / browser.NAMES[0]
    slow.write_text(f"#!/bin/sh\n/bin/sleep 300 & echo $! > {tmp_path}/child\nwait\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    began = time.monotonic()
    with pytest.raises(UserError, match=r"超过1秒.*已中止"):
        browser.make(b"<p>", "pdf", [], seconds=1)
    assert time.monotonic() - began < 10
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the browser's child still runs")


@NEEDS_SHELL
def test_a_browser_that_writes_nothing_or_rubbish_is_tried_thrice_and_refused(tmp_path, monkeypatch):
    broken = tmp_path / browser.NAMES[0]
    broken.write_text(
        f'#!/bin/sh\necho x >> {tmp_path}/tries\nfor a; do case "$a" in --print-to-pdf=*) echo no > "${{a#*=}}";; esac; done\n'
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(UserError, match="没有打印出PDF"):
        printing.pdf(b"<p>")
    assert (tmp_path / "tries").read_text() == "x\n" * 3


def test_without_a_browser_a_sentence_says_so(tmp_path, monkeypatch):
    for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for make in (lambda: printing.pdf(b"<p>"), lambda: printing.board_png("<p>")):
        with pytest.raises(UserError, match="没有找到 Chrome、Edge 或 Chromium"):
            make()


def test_without_a_chinese_font_nothing_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    for make in (lambda: printing.pdf(b"<p>"), lambda: printing.board_png("<p>")):
        with pytest.raises(UserError, match="没有中文字体"):
            make()
