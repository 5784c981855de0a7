"""工作机制 in the browser: the matrix seen first, nothing cut off, Chinese only, marks by hand, from a month to its list."""

import re

import pytest

from tests.browser.test_screens import _english, _shown

PANELS = ("months", "urgent", "marked", "leaders", "branches_kinds", "activities")


def nothing_leaves_its_panel(drawn) -> list[str]:
    """Return the panels out of which a table runs."""
    return drawn.evaluate(
        """[...document.querySelectorAll('[class*=st-key-panel_]')].filter(panel => {
            const right = panel.getBoundingClientRect().right;
            return [...panel.querySelectorAll('.grid, .notes, .js-plotly-plot')].some(e => e.getBoundingClientRect().right > right);
        }).map(panel => panel.className)"""
    )


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080)], indirect=True)
def test_months_and_what_is_late_are_seen_first_and_nothing_is_cut_off(screen):
    drawn = screen.open("mechanism")
    drawn.locator(".st-key-panel_marked .js-plotly-plot").wait_for()
    height = drawn.viewport_size["height"]
    for name in PANELS[:2]:
        box = drawn.locator(f".st-key-panel_{name}").bounding_box()
        assert box["y"] + box["height"] <= height * 0.75, name
    assert "没有培训" in drawn.locator(".st-key-panel_months h2").inner_text()
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    assert nothing_leaves_its_panel(drawn) == []


def test_a_cell_leads_to_the_month_and_back_again(screen):
    drawn = screen.open("mechanism")
    row = drawn.locator(".st-key-panel_months tbody tr", has_text="研判会")
    row.locator("a", has_text="1/1").last.click()
    drawn = screen.settle()
    assert re.search(r"2025年\d+月研判会1项", drawn.locator(".st-key-panel_activities h2").inner_text())
    drawn.go_back()
    drawn = screen.settle()
    assert "kind=" not in drawn.url


def test_marks_of_chosen_activities_stand_over_the_trend_and_in_the_address(screen):
    drawn = screen.open("mechanism")
    drawn.locator(".st-key-panel_marked .js-plotly-plot").wait_for()
    chart = drawn.locator(".st-key-panel_marked .js-plotly-plot")
    assert chart.locator(".annotation-text", has_text="▾").count() > 10
    drawn.get_by_label("主题含").fill("下陆区")
    drawn.get_by_label("主题含").press("Enter")
    drawn.locator(".st-key-panel_marked .notes", has_text="主题含“下陆区”").wait_for()
    screen.settle()
    many = int(re.search(r"期内(\d+)次", drawn.locator(".st-key-panel_marked .notes").inner_text())[1])
    assert chart.locator(".annotation-text", has_text="▾").count() == many  # one in a month
    assert "只并列时间，不说明因果" in drawn.locator(".st-key-panel_marked .notes").inner_text()
    assert "word=" in drawn.url
    again = screen.open(drawn.url.removeprefix(screen.address))
    again.locator(".st-key-panel_marked .notes", has_text="主题含“下陆区”").wait_for()


def test_the_list_can_be_taken_away(screen):
    drawn = screen.open("mechanism?kind=督办")
    with drawn.expect_download() as waiting:
        drawn.locator(".st-key-panel_activities").get_by_role("button", name="下载 CSV").click()
    content = waiting.value.path().read_text("utf-8-sig")
    assert "数据截至2025年10月22日18时" in content and "逾期12天未反馈" in content


def test_without_weights_the_form_is_there(screen):
    drawn = screen.open("mechanism?view=分局评估")
    assert "还没有设定评估权重" in drawn.locator(".st-key-panel_scorecard").inner_text()
    assert drawn.get_by_role("button", name="保存方案").is_disabled()
    assert _english(re.sub(r"版本[0-9a-f]+|YP\d+|PX\d+|DB\d+", "", _shown(drawn))) == set()
    assert screen.errors == [] and screen.outside == []
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
