"""截图模式: the address decides, the filters are said in words, tables are whole, and a picture is refused with reasons."""

import io
import os
import re
import sys
import time
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image, ImageDraw

from data.errors import UserError
from data.store import Store
from metrics.edition import edition
from metrics.report import browser
from pages.parts import board, camera, capture
from tests.pages.conftest import PAGES, ROOT, WITHOUT_CASES, html


@pytest.mark.parametrize("page", [page for page in PAGES if page not in WITHOUT_CASES])
@pytest.mark.parametrize("wide", ["1280", "1920"])
def test_every_page_is_a_board_when_the_address_says_so(page, wide, opened, city):
    test = opened(page, city, board=wide)
    assert not test.exception
    drawn = html(test)
    assert 'class="head board_head"' in drawn and "<header" not in drawn
    assert '<span class="demo">演示数据</span>' in drawn
    assert f"--board:{int(wide) / board.ZOOM[int(wide)]:.3f}px" in drawn
    assert "数据截至2025年10月22日18时 · 版本000001 · 口径版本" in drawn


@pytest.mark.parametrize("wide", ["", "0", "1281", "999999", "1280;", "<b>"])
def test_any_other_width_is_an_ordinary_page(wide, opened, city):
    drawn = html(opened("app.py", city, board=wide))
    assert "<header" in drawn and "board_head" not in drawn


def test_the_filters_are_said_in_words(opened, city):
    given = {"period": "2025年9月", "branch": ["下陆区分局", "大冶市分局"], "channel": "网络"}
    drawn = html(opened("app.py", city, board="1280", **given))
    words = re.search(r'<p class="board_words">(.*?)</p>', drawn)[1]
    assert "统计期：2025年9月" in words
    for value in ("下陆区分局", "大冶市分局", "网络"):
        assert value in words
    assert "筛选：无" in html(opened("app.py", city, board="1280"))


def test_the_conditions_of_a_query_are_said_too(opened, city):
    given = {"where": "site_name~某厂", "period": "2025年9月"}
    for page in ("pages/explore.py", "pages/cases.py"):
        drawn = html(opened(page, city, board="1280", **given))
        words = re.findall(r'<p class="board_words">(.*?)</p>', drawn)
        assert len(words) == 2 and words[1].startswith("条件：") and "某厂" in words[1]
        assert "筛选：无" not in words[0]


def test_figures_are_those_of_the_page(opened, city):
    def figures(drawn: str) -> list[str]:
        return re.findall(r'class="(?:big|n)[^"]*">(.*?)</', drawn)

    page, shown = (html(opened("app.py", city, **given)) for given in ({}, {"board": "1280"}))
    assert figures(page) == figures(shown) and len(figures(page)) > 30


def test_the_edition_of_the_definitions_stands_on_page_and_board(opened, city):
    words = f"口径版本{edition(Store(city).reader())}"
    assert words in html(opened("app.py", city)) and words in html(opened("app.py", city, board="1920"))


def test_the_way_in_keeps_all_that_the_address_says(opened, city):
    drawn = html(
        opened("pages/passport.py", city, kpi="overdue_open", branch=["下陆区分局", "大冶市分局"], period="2025年9月")
    )
    (here,) = re.findall(r'<a href="([^"]*)" title="[^"]*" class="to_board">截图模式</a>', drawn)
    assert here.startswith("passport?") and "kpi=overdue_open" in here and here.endswith("board=1280")
    assert here.count("branch=") == 2 and "period=" in here


def test_the_way_out_and_the_other_width_keep_it_too(opened, city):
    drawn = html(opened("pages/cases.py", city, kpi="overdue_open", board="1280"))
    chips = re.search(r'<div class="chips">(<a href="cases.*?)</div>', drawn)[1]
    assert re.findall(r'href="([^"]*)"', chips) == [
        "cases?kpi=overdue_open&amp;board=1280",
        "cases?kpi=overdue_open&amp;board=1920",
        "cases?kpi=overdue_open",
    ]


def test_what_an_address_brings_is_never_markup(opened, city):
    drawn = html(opened("app.py", city, board="1280", evil='"><script>x</script>'))
    assert "<script>" not in drawn


def test_a_table_is_whole_and_says_how_many_of_how_many(opened, city):
    given = {"kpi": "cases_total", "period": "2025年9月"}
    many = int(re.search(r"：(\d+)件</h2>", html(opened("pages/cases.py", city, **given)))[1])
    test = opened("pages/cases.py", city, board="1280", **given)
    drawn = html(test)
    rows = re.search(r'<table class="grid loose whole">.*?<tbody>(.*?)</tbody>', drawn)[1].count("<tr")
    assert rows == min(many, board.ROWS) and not test.dataframe
    assert (f"列出前{board.ROWS}行，共{many}行" if many > board.ROWS else f"共{many}行") in drawn


def test_no_part_draws_a_box_that_scrolls_or_a_chart_of_its_own():
    for path in (ROOT / "pages").rglob("*.py"):
        text = path.read_text("utf-8")
        assert "st.dataframe(" not in text or path.name in ("board.py", "audit_log.py"), path
        for given in re.findall(r"st\.plotly_chart\(\s*([\w.]+)", text):
            assert given == "board.fitted", path


def test_an_empty_store_has_no_board(opened, tmp_path):
    test = opened("app.py", tmp_path / "nothing", board="1280")
    assert not test.exception and "还没有数据" in html(test)


def test_without_a_browser_the_button_says_how_to_do_it_by_hand(opened, city, monkeypatch):
    test = opened("app.py", city, board="1280")
    monkeypatch.setenv("PATH", "/nowhere")
    test.button(key="board_shoot").click().run()
    drawn = html(test)
    assert "没有找到 Chrome、Edge 或 Chromium" in drawn and "按 F12" in drawn and "系统截图" in drawn
    assert not test.exception and not test.get("download_button")


def test_a_browser_is_found_by_name_or_where_windows_puts_it(tmp_path, monkeypatch):
    for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find_browser() is None
    edge = tmp_path / "x86" / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path / "x86"))
    assert browser.find_browser() == str(edge)
    named = tmp_path / "google-chrome"
    named.touch(0o755)
    assert browser.find_browser() == str(named)


def test_the_server_knows_its_own_address_whatever_a_visitor_says():
    before = st.get_option("server.baseUrlPath")
    try:
        st.config.set_option("server.baseUrlPath", "/kpi/")
        assert board.own_address() == f"http://127.0.0.1:{st.get_option('server.port')}/kpi/"
    finally:
        st.config.set_option("server.baseUrlPath", before)


def _is_gone(process: int) -> bool:
    """Say whether a killed process is gone, or a zombie, within a few seconds: the kernel takes a moment."""
    for _ in range(50):
        try:
            if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name != "posix", reason="looks for the process under /proc")
def test_a_process_that_hangs_is_ended_with_its_children(tmp_path):
    told = tmp_path / "child"
    hanging = f"import subprocess, time; c = subprocess.Popen(['sleep', '60']); open({str(told)!r}, 'w').write(str(c.pid)); time.sleep(60)"
    start = time.monotonic()
    with pytest.raises(UserError, match="出图超过"):
        capture._run([sys.executable, "-c", hanging], b"", 3)
    assert time.monotonic() - start < 20
    assert _is_gone(int(told.read_text()))


def test_what_the_camera_refuses_is_said_and_what_breaks_is_not_shown():
    with pytest.raises(UserError, match=r"^请装字体$"):
        capture._run(
            [sys.executable, "-c", f"import sys; sys.stderr.write('请装字体'); sys.exit({capture.REFUSED})"], b"", 60
        )
    with pytest.raises(UserError) as caught:
        capture._run([sys.executable, "-c", "raise ValueError('secret')"], b"", 60)
    assert "secret" not in str(caught.value)


def _png(size: tuple[int, int], *drawn: tuple[int, int, int, int]) -> bytes:
    picture = Image.new("RGB", size, "white")
    for box in drawn:
        ImageDraw.Draw(picture).rectangle(box, fill="#1B2430")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def test_a_picture_is_whole_only_when_each_part_holds_something():
    parts = [[0, 0, 50, 20], [0, 30, 50, 60]]  # in CSS pixels; the picture has two pixels for each
    first, second = (10, 10, 30, 30), (10, 70, 30, 90)
    assert camera.is_whole(_png((100, 120), first, second), parts, 100, 120, 2)
    assert not camera.is_whole(_png((100, 120), first), parts, 100, 120, 2)  # the lower part is blank
    assert not camera.is_whole(_png((100, 120)), [], 100, 120, 2)  # all is blank
    assert not camera.is_whole(_png((100, 100), first, second), parts, 100, 120, 2)  # cut off below
