"""查询 in a browser: clicks into charts, typing, reload, back and cold links show the same view."""

import json
import re
from urllib.parse import unquote

import pytest

from tests.browser.conftest import wait_until


def conditions(drawn) -> list[str]:
    return re.findall(r"where=([^&]*)", unquote(drawn.url))


def title(drawn) -> str:
    return drawn.locator(".st-key-panel_picture h2").inner_text()


def many(drawn) -> str:
    return drawn.locator(".st-key-panel_cases h2").inner_text()


def click(screen, place: str, number: int):
    """Click a bar or point of the chart, as Plotly's own layer over it takes the click."""
    before = title(screen.page) + screen.page.url
    screen.page.wait_for_timeout(1500)
    box = screen.page.locator(f".st-key-panel_picture {place}").nth(number).bounding_box()
    at = box["x"] + min(box["width"] / 2, 20), box["y"] + box["height"] / 2
    screen.page.mouse.move(*at)
    screen.page.mouse.click(*at)
    now = "document.querySelector('.st-key-panel_picture h2')?.innerText + location.href"
    wait_until(screen.page, f"{now} !== {json.dumps(before)}")
    return screen.settle()


def test_a_click_on_a_bar_filters_and_back_and_reload_know_it(screen):
    drawn = screen.open("explore")
    first = title(drawn), many(drawn)
    drawn = click(screen, ".barlayer .point path", 1)
    assert conditions(drawn) == ["branch=下陆区分局"] and many(drawn) != first[1]
    filtered = title(drawn), many(drawn)
    drawn.reload()
    screen.settle()
    assert (title(drawn), many(drawn)) == filtered
    drawn.go_back()
    drawn.get_by_text(first[0]).wait_for()
    screen.settle()
    assert (title(drawn), many(drawn)) == first and conditions(drawn) == []
    assert screen.errors == [] and screen.outside == []


def test_a_click_on_a_point_takes_its_month_and_its_group(screen):
    drawn = screen.open("explore?every=按月&by=污染类型")
    drawn = click(screen, ".scatterlayer .trace >> nth=0 >> .point", 2)
    assert "period=2025年3月" in unquote(drawn.url) and conditions(drawn) == ["pollution=大气"]
    assert "2025年3月" in drawn.locator(".head p").first.inner_text()


def test_it_answers_while_one_types_and_keeps_the_focus(screen):
    drawn = screen.open("explore")
    drawn.locator(".st-key-add_condition input").click()
    drawn.keyboard.type("被反映对象")
    drawn.keyboard.press("Enter")
    screen.settle()
    field = drawn.locator(".st-key-condition_site_name_text input")
    field.click()
    drawn.keyboard.type("某")
    wait_until(drawn, "decodeURIComponent(location.href).includes('site_name~某')")
    screen.settle()
    drawn.keyboard.type("厂")
    wait_until(drawn, "decodeURIComponent(location.href).includes('site_name~某厂')")
    screen.settle()
    assert field.input_value() == "某厂" and conditions(drawn) == ["site_name~某厂"]


def test_a_cold_link_reproduces_the_whole_view_and_its_numbers_lead_to_cases(screen):
    link = "explore?kpi_name=群众满意率&by=责任分局&by_too=渠道&every=按年&period=2024年&channel=网络&channel=微信"
    drawn = screen.open(f"{link}&where=received_at>=2024-02-01&where=site_name~厂&where=closed_at!=")
    chosen = drawn.locator(".st-key-question input[role=combobox]").evaluate_all("all => all.map(one => one.value)")
    assert chosen[:3] == ["群众满意率", "责任分局", "渠道"]
    assert drawn.locator(".st-key-every [aria-checked=true], .st-key-every [kind*=Active]").first.inner_text() == "按年"
    assert len(conditions(drawn)) == 3 and "2024年" in drawn.locator(".head p").first.inner_text()
    counted = drawn.locator(".st-key-answer_rows tr.total td").last.locator("a").last
    number = counted.inner_text()
    counted.click()
    screen.settle()
    assert drawn.locator(".title h2").first.inner_text().endswith(f"：{number}件")
    assert drawn.locator(".chips").inner_text().count("✕") == 3
    drawn.locator(".chips a", has_text="被反映对象").click()
    screen.settle()
    assert drawn.locator(".chips").inner_text().count("✕") == 2 and len(conditions(drawn)) == 2


@pytest.mark.parametrize(("screen", "fold"), [((1366, 768), 768), ((1920, 1080), 1080)], indirect=["screen"])
def test_the_picture_stands_above_the_fold_and_nothing_scrolls_sideways(screen, fold):
    drawn = screen.open("explore?where=channel=网络&where=received_at>=2025-02-01")
    box = drawn.locator(".st-key-panel_picture .js-plotly-plot").bounding_box()
    assert box["y"] + box["height"] <= fold
    assert drawn.locator("[data-testid=stMain]").evaluate("box => box.scrollWidth <= box.clientWidth + 1")


def test_the_files_hold_what_is_asked(screen):
    drawn = screen.open("explore?where=channel=网络")
    counted = int(re.search(r"(\d+)件", many(drawn))[1])
    with drawn.expect_download() as download:
        drawn.get_by_role("button", name="下载 CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert "筛选：渠道：网络" in lines[1] and "口径：" in lines[2] and "数据截至" in lines[3]
    assert len(lines) == counted + 7
