"""截图模式 in a real browser: the width, nothing cut off or left to click, the same texts as the page, and the picture."""

import io
import re
from urllib.parse import unquote

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from pages.parts import board, capture
from tests.browser.conftest import Screen, wait_until

BOARDS = (
    "",
    "branches",
    "satisfaction",
    "backlog",
    "hotspots",
    "mechanism",
    "explore",
    "cases?kpi=cases_total",
    "passport?kpi=satisfaction_rate",
    "definitions",
    "imports",
    "quality",
    "settings",
)
BLOCK = "[data-testid=stMainBlockContainer]"
# What sticks out of its panel or of the board, what is longer than its box, what can be clicked, what ends in dots.
FAULTS = """() => {
    const found = [], edge = document.querySelector("[data-testid=stMainBlockContainer]").getBoundingClientRect().right;
    const away = "svg, template, .st-key-filters, .st-key-board_tools";
    for (const part of document.querySelectorAll("[data-testid=stMainBlockContainer] *")) {
        const box = part.getBoundingClientRect(), style = getComputedStyle(part);
        if (!box.width || !box.height || part.closest(away)) continue;
        const panel = part.closest("[class*=st-key-panel_]");
        const what = `${part.tagName} ${part.className} ${part.textContent.slice(0, 30)}`;
        if (box.right > (panel ? panel.getBoundingClientRect().right : edge) + 1) found.push("sticks out: " + what);
        const isLonger = part.scrollWidth > part.clientWidth + 2 || part.scrollHeight > part.clientHeight + 2;
        if (isLonger && style.overflow !== "visible" && part.clientWidth) found.push("cut off: " + what);
        if (part.matches("button:not([data-selected=true]), textarea, canvas, input[type=checkbox]")) found.push("to click: " + what);
        if (part.matches("header.top, .top *, [data-testid=stDataFrame]")) found.push("not for a board: " + what);
    }
    return found.slice(0, 8);
}"""
# Figures and words of ours, and the words in the charts.
TEXTS = """() => [...document.querySelectorAll(".card .big, .grid td, .strip, .title h2, .js-plotly-plot text")]
    .map(part => part.textContent.trim()).filter(Boolean)"""


def board_of(path: str, wide: int) -> str:
    return f"{path}{'&' if '?' in path else '?'}board={wide}"


def finished(drawn: Page) -> Page:
    """Wait until the charts stand and no text comes any more."""
    wait_until(
        drawn,
        "[...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(box => box.querySelector('.main-svg'))",
    )
    texts: list[str] = []
    while texts != (texts := drawn.evaluate(TEXTS)) or not texts:
        drawn.wait_for_timeout(800)
    return drawn


@pytest.mark.parametrize(
    ("path", "wide"), [*((path, board.WIDTHS[0]) for path in BOARDS), ("branches", board.WIDTHS[1])]
)
def test_a_board_has_its_width_and_nothing_is_cut_off(screen, path, wide):
    drawn = finished(screen.open(board_of(path, wide)))
    assert drawn.locator(BLOCK).bounding_box()["width"] == pytest.approx(wide, abs=0.6)
    assert drawn.evaluate(FAULTS) == []
    assert drawn.locator(".board_head h1").is_visible()
    assert not drawn.locator("[data-testid=stException]").count()
    assert screen.errors == [] and screen.outside == []
    page_height = drawn.evaluate("document.documentElement.scrollHeight")
    assert (
        page_height >= drawn.locator(BLOCK).bounding_box()["height"] - 1
    )  # the page itself is as long, no box scrolls
    for chart in drawn.locator("[data-testid=stPlotlyChart]").all():
        box = chart.bounding_box()
        svg = chart.locator(".main-svg").first.bounding_box()
        assert svg["width"] == pytest.approx(box["width"], abs=3) and svg["height"] <= box["height"] + 2


@pytest.mark.parametrize("path", ["", "satisfaction"])
def test_a_board_says_what_the_page_says_and_prints_whole(screen, path):
    """On paper the board keeps its width, the tools are gone, and no chart is cut."""
    page = finished(screen.open(path)).evaluate(TEXTS)
    drawn = finished(screen.open(board_of(path, 1280)))
    assert len(page) > 20
    assert sorted(drawn.evaluate(TEXTS)) == sorted(page)
    drawn.emulate_media(media="print")
    assert not drawn.locator(".st-key-board_tools").is_visible()
    pdf = drawn.pdf(prefer_css_page_size=True, print_background=True)
    boxes = {tuple(map(float, box.split())) for box in re.findall(r"/MediaBox \[([\d. ]+)\]", pdf.decode("latin-1"))}
    assert {round(box[2]) for box in boxes} == {960}  # 1280 CSS pixels in points
    assert drawn.evaluate(FAULTS) == []


def test_the_switch_keeps_filters_and_choices(screen):
    drawn = screen.open("branches?branch=下陆区分局&period=2025年9月")
    chosen = drawn.locator(".st-key-window button", has_text="近12个月")
    chosen.click()
    screen.settle()
    drawn.locator("a.to_board").click()
    drawn = screen.settle()
    here = unquote(drawn.url)
    for part in ("branch=下陆区分局", "period=2025年9月", "window=近12个月", "board=1280"):
        assert part in here
    assert "下陆区分局" in drawn.locator(".board_words").inner_text()
    assert drawn.locator(".st-key-window button:visible").all_inner_texts() == ["近12个月"]
    drawn.get_by_role("link", name="1920").click()
    assert "board=1920" in screen.settle().url
    drawn.get_by_role("link", name="退出").click()
    here = unquote(screen.settle().url)
    assert "board" not in here and "branch=下陆区分局" in here and drawn.locator(".top nav").is_visible()


def test_the_picture_is_what_the_screen_shows(screen, browser):
    path, wide = "satisfaction?branch=下陆区分局", 1920
    drawn = screen.open(board_of(path, wide))
    drawn.get_by_role("button", name="存为图片").click()
    with drawn.expect_download(timeout=150_000) as download:
        drawn.get_by_role("button", name=re.compile("下载图片")).click(timeout=150_000)
    assert download.value.suggested_filename.endswith(f"_{wide}.png")
    with Image.open(download.value.path()) as opened:
        picture = opened.convert("L")
    assert picture.width == wide * capture.SCALE
    context = browser.new_context(
        locale="zh-CN", viewport={"width": wide, "height": 900}, device_scale_factor=capture.SCALE
    )
    seen = finished(Screen(context.new_page(), screen.address).open(board_of(path, wide)))
    seen.add_style_tag(content=".st-key-board_tools { display: none !important; }")
    height = round(seen.locator(BLOCK).bounding_box()["height"])
    assert picture.height == height * capture.SCALE
    shot = seen.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": wide, "height": height})
    context.close()
    with Image.open(io.BytesIO(shot)) as opened:
        differs = ImageChops.difference(picture, opened.convert("L")).point(lambda value: 255 * (value > 48))
    assert differs.histogram()[255] / (picture.width * picture.height) < 0.001
    ink = picture.point(lambda value: 255 * (value < 128)).histogram()[255]
    assert ink / (picture.width * picture.height) > 0.005


def test_chinese_is_never_drawn_as_boxes(browser, address, tmp_path, monkeypatch):
    """A machine without a Chinese font draws no picture and says which package is missing."""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts/truetype/dejavu</dir><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>",
        "utf-8",
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(fonts))
    with pytest.raises(capture.UserError, match=r"没有中文字体.*fonts-noto-cjk"):
        capture.shoot(address, "quality?board=1280", 1280, {})


def test_a_server_that_does_not_answer_is_said_in_a_sentence(browser):
    with pytest.raises(capture.UserError, match="看板没有应答"):
        capture.shoot("http://127.0.0.1:9/", "?board=1280", 1280, {})
