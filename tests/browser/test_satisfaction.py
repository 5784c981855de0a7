"""满意率 in the browser: what is seen first, nothing cut off, Chinese only, from a branch to its cases, lists to take away."""

import re

import pytest

WHAT = (".cards", ".st-key-panel_trend", ".st-key-panel_branches", ".st-key-panel_funnel")


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080)], indirect=True)
def test_rates_branches_and_funnel_are_seen_first_and_nothing_is_cut_off(screen):
    drawn = screen.open("satisfaction")
    drawn.locator(".st-key-panel_funnel .js-plotly-plot").wait_for()
    height = drawn.viewport_size["height"]
    for place in WHAT:
        box = drawn.locator(place).first.bounding_box()
        assert box["y"] < height * 0.6, place
    rows = drawn.locator(".st-key-panel_branches tbody tr")
    last = rows.nth(rows.count() - 1).bounding_box()
    assert last["y"] + last["height"] <= height
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    outside = drawn.evaluate(
        """[...document.querySelectorAll('[class*=st-key-panel_]')].filter(panel => {
            const right = panel.getBoundingClientRect().right;
            return [...panel.querySelectorAll('.grid, .whisker b, .bars')].some(e => e.getBoundingClientRect().right > right);
        }).map(panel => panel.className)"""
    )
    assert outside == []
    _every_branch_is_named_beside_its_point(drawn)


def _every_branch_is_named_beside_its_point(drawn):
    chart = drawn.locator(".st-key-panel_funnel .js-plotly-plot")
    chart.locator(".annotation-text").first.wait_for()
    names = " ".join(chart.locator(".annotation-text").all_text_contents())
    for branch in ("大冶市分局", "下陆区分局", "黄石港区分局", "西塞山区分局", "开发区·铁山区分局", "阳新县分局"):
        assert branch in names
    boxes = [each.bounding_box() for each in chart.locator(".annotation-text").all()]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            assert across <= 2 or down <= 2, "two names lie on each other"


def test_from_a_branch_to_its_dissatisfied_cases(screen):
    drawn = screen.open("satisfaction?period=2024年")
    first = drawn.locator(".st-key-panel_branches tbody tr").first
    many = first.locator("td").last.inner_text()
    first.locator("td").last.locator("a").click()
    screen.settle()
    assert re.search(r"：(\d+)件$", drawn.locator(".title h2").first.inner_text())[1] == many
    drawn.locator("[data-testid=stDataFrame]").wait_for()


def test_the_rates_switch_and_stay_in_the_address(screen):
    drawn = screen.open("satisfaction")
    drawn.get_by_text("近12个月滚动", exact=True).click()
    screen.settle()
    drawn.locator(".st-key-panel_trend h2", has_text="群众满意率：近12个月滚动").wait_for()
    drawn.get_by_text("参评率", exact=True).click()
    screen.settle()
    drawn.locator(".st-key-panel_trend h2", has_text="群众参评率：近12个月滚动").wait_for()
    drawn.reload()
    screen.settle()
    drawn.locator(".st-key-panel_trend h2", has_text="群众参评率：近12个月滚动").wait_for()


def test_the_list_can_be_taken_away_with_what_it_is(screen):
    drawn = screen.open("satisfaction?period=2025年9月")
    panel = drawn.locator(".st-key-panel_dissatisfied")
    with drawn.expect_download() as download:
        panel.get_by_role("button", name="下载 CSV").click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    assert download.value.suggested_filename == "不满意件_2025-09.csv"
    assert (
        text.startswith("不满意件　2025年9月")
        and "口径：评为不满意的初件" in text
        and "数据截至2025年10月22日18时" in text
    )
    listed = int(re.search(r"不满意(\d+)件", panel.locator("h2").inner_text())[1])
    assert len(text.split("\r\n\r\n", 1)[1].strip().splitlines()) == listed + 1
    with drawn.expect_download() as download:
        panel.get_by_role("button", name="下载 Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
