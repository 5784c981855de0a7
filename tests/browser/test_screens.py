"""What only a browser shows: cold links, filters over pages, Chinese everywhere, nothing from outside, what fits."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page

from data.access.viewer import local
from metrics.catalog import CATALOG
from pages.parts.frame import MENU, SERVED_ONLY
from tests.browser.conftest import PAGES

# What may stand in Latin letters: names of products and formats, KPI ids, n, and the file names of the test itself.
ALLOWED = {"excel", "csv", "tsv", "txt", "xlsx", "xls", "ods", "html", "htm", "mb", "sheet", "http", "cn", "tab", "esc"}
ALLOWED |= {local().account.lower()}  # the watermark names who sits at the machine
ALLOWED |= {part for kpi in CATALOG for part in kpi.split("_")}
WATERMARK = """(() => {
    const style = getComputedStyle(document.querySelector(".stApp"), "::after");
    return [style.position, style.pointerEvents, style.backgroundImage];
})()"""
FILTERS = "?period=2025年9月&branch=下陆区分局&branch=大冶市分局&channel=网络&pollution=大气"


@pytest.mark.parametrize("page", [*PAGES, "passport?kpi=satisfaction_rate", "cases?kpi=ontime_close_rate&part=rest"])
def test_a_cold_link_to_any_page_works_in_chinese_and_within_its_width(screen, page):
    """One look at each page: it is whole, Chinese, watermarked, not wider than the screen, and asked nobody outside."""
    drawn = screen.open(page)
    assert drawn.locator(".top nav a").count() == len(MENU) - len(SERVED_ONLY)
    assert not drawn.locator("[data-testid=stException]").count()
    assert drawn.evaluate("document.documentElement.lang") == "zh-CN"
    assert not re.search("streamlit", drawn.title(), re.IGNORECASE)
    assert _english(_shown(drawn)) == set()
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    over = drawn.evaluate(
        "[...document.querySelectorAll('[class*=st-key-panel_], .cards, .strip, .grid')]"
        ".filter(box => box.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert over == 0
    position, events, picture = drawn.evaluate(WATERMARK)
    assert (position, events) == ("fixed", "none") and f"本机（{local().account}）" in unquote(picture)
    assert screen.errors == [] and screen.outside == []


def test_no_english_in_what_opens(screen):
    drawn = screen.open()
    drawn.locator("[data-testid=stMultiSelect]").first.click()
    drawn.wait_for_timeout(300)
    shown = _shown(drawn)
    drawn.keyboard.type("没有的分局")
    drawn.get_by_text("没有匹配项").wait_for()
    assert _english(shown + _shown(drawn)) == set()


def test_the_calendars_are_chinese(screen):
    drawn = screen.open("?period=自选起止日")
    drawn.locator("[data-testid=stDateInput]").first.click()
    drawn.wait_for_timeout(400)
    assert _english(_shown(drawn)) == set()
    drawn = screen.open("imports")
    drawn.locator("[data-testid=stDateTimeInput] button").last.click()
    drawn.wait_for_timeout(400)
    assert _english(_shown(drawn)) == set()


def _shown(drawn: Page) -> str:
    """Return the visible text and the visible elements' hints; the names of icons are glyphs, not words."""
    return drawn.evaluate(
        """() => {
            const icons = [...document.querySelectorAll("[data-testid=stIconMaterial]")].map(e => e.innerText);
            const text = icons.reduce((text, icon) => text.replace(icon, ""), document.body.innerText);
            const hinted = [...document.querySelectorAll("[title], [placeholder], [aria-label]")];
            const hints = hinted.filter(e => e.offsetParent).map(e => [e.title, e.placeholder, e.ariaLabel].join(" "));
            return [text, ...hints].join("\\n");
        }"""
    )


def _english(text: str) -> set[str]:
    """Return the Latin words but those allowed, file names, the names of versions, and case numbers."""
    text = re.sub(r"[\w.-]+\.(csv|xlsx|xls|ods|html)|(?<=版本)[0-9a-f]+|\b[A-Z]+-?\d[\w-]*", "", text, flags=re.ASCII)
    return {word for word in re.findall(r"[A-Za-z]{2,}", text) if word.lower() not in ALLOWED}


def test_filters_stay_in_the_address_and_go_along_to_every_page(screen):
    drawn = screen.open(FILTERS)
    for name in ("分局", "案件"):
        drawn.locator(".top nav a", has_text=re.compile(f"^{name}$")).click()
        drawn = screen.settle()
        here = unquote(drawn.url)
        for part in FILTERS.removeprefix("?").split("&"):
            assert part in here, name
        assert "2025年9月" in drawn.locator(".head p").first.inner_text()
        assert drawn.locator("[data-testid=stMultiSelect]").first.inner_text().count("分局") == 2


def test_a_filter_chosen_by_hand_survives_page_back_and_reload(screen):
    drawn = screen.open()
    drawn.locator("[data-testid=stMultiSelect]").first.click()
    drawn.get_by_role("option", name="下陆区分局").click()
    drawn.keyboard.press("Escape")
    screen.settle()
    assert "branch=下陆区分局" in unquote(drawn.url)
    total = drawn.locator(".card .big").first.inner_text()
    drawn.locator(".top nav a", has_text="数据质量").click()
    screen.settle()
    assert "branch=下陆区分局" in unquote(drawn.url)
    drawn.go_back()
    screen.settle()
    assert drawn.locator(".card .big").first.inner_text() == total
    drawn.reload()
    screen.settle()
    assert drawn.locator(".card .big").first.inner_text() == total


def test_days_of_ones_own_stay_in_the_address(screen):
    drawn = screen.open("?period=自选起止日&days=2025-03-01&days=2025-03-15")
    assert "2025年3月1日—15日" in drawn.locator(".head p").first.inner_text()
    drawn.locator(".card").first.click()
    screen.settle()
    assert "days=2025-03-01&days=2025-03-15" in drawn.url
    assert "2025年3月1日—15日" in drawn.locator(".figure").inner_text()


@pytest.mark.parametrize("number", (1, 4))
def test_passport_with_one_click_and_cases_with_two(screen, number):
    drawn = screen.open()
    card = drawn.locator(".card").nth(number)
    name, value = card.locator(".name").inner_text().removesuffix("ⓘ").strip(), card.locator(".big").inner_text()
    card.click()
    screen.settle()
    assert name in drawn.locator(".figure").inner_text()
    assert drawn.locator(".figure .big").inner_text() == value
    drawn.locator(".chips a").first.click()
    screen.settle()
    shown = drawn.locator(".title h2").first.inner_text()
    counted = re.search(r"：(\d+)件$", shown)
    assert name in shown and counted
    if int(counted[1]):
        drawn.locator("[data-testid=stDataFrame]").wait_for()


@pytest.mark.parametrize(("screen", "fold"), [((1366, 768), 768), ((1920, 1080), 1080)], indirect=["screen"])
def test_what_matters_stands_above_the_fold_and_rows_end_at_one_height(screen, fold):
    drawn = screen.open()
    what = [".cards", ".strip", ".st-key-panel_branches .grid", ".st-key-panel_attention"]
    if fold == 1080:
        what += [f".st-key-panel_{name}" for name in ("satisfaction", "pollution", "channel", "gaps")]
    for place in what:
        box = drawn.locator(place).first.bounding_box()
        assert box["y"] + box["height"] <= fold, place
    for row in (("volume", "branches", "attention"), ("satisfaction", "pollution", "channel", "gaps")):
        boxes = [drawn.locator(f".st-key-panel_{name}").bounding_box() for name in row]
        ends = [box["y"] + box["height"] for box in boxes]
        assert max(ends) - min(ends) <= 1


def test_the_unfinished_month_is_hollow_and_the_focus_is_seen(screen):
    drawn = screen.open()
    drawn.locator(".st-key-panel_volume .js-plotly-plot").get_by_text("截至22日").wait_for()
    fills = drawn.locator(".st-key-panel_volume .point").evaluate_all("points => points.map(p => p.style.fill)")
    assert fills[-1] == "rgb(255, 255, 255)" and fills[-3] != fills[-1]
    drawn.locator(".card").first.focus()
    drawn.keyboard.press("Tab")
    outline = drawn.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert drawn.evaluate("document.activeElement.className") == "card" and outline == "solid"


def test_cases_can_be_taken_away(screen):
    drawn = screen.open("cases?kpi=overdue_open")
    for label, ending in (("下载 Excel", ".xlsx"), ("下载 CSV", ".csv")):
        with drawn.expect_download() as download:
            drawn.get_by_role("button", name=label).click()
        assert download.value.suggested_filename.endswith(ending)
        assert download.value.path().stat().st_size > 100
