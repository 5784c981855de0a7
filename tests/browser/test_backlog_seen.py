"""积案与督办 in the browser: what is late is seen first, nothing is cut off, Chinese only, lists to take away."""

import openpyxl
import pytest

from tests.browser.test_screens import _english, _shown


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080)], indirect=True)
def test_what_is_late_is_seen_first_and_nothing_is_cut_off(screen):
    drawn = screen.open("backlog")
    drawn.locator(".st-key-panel_flow .js-plotly-plot").wait_for()
    height = drawn.viewport_size["height"]
    for place in (".cards", ".st-key-panel_closing", ".st-key-panel_acceptance", ".st-key-panel_levels"):
        assert drawn.locator(place).first.bounding_box()["y"] < height * 0.4, place
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    outside = drawn.evaluate(
        """[...document.querySelectorAll('[class*=st-key-panel_]')].filter(panel => {
            const right = panel.getBoundingClientRect().right;
            return [...panel.querySelectorAll('.grid')].some(e => e.getBoundingClientRect().right > right);
        }).map(panel => panel.className)"""
    )
    assert outside == []
    assert screen.errors == [] and screen.outside == []


def test_chinese_only(screen):
    drawn = screen.open("backlog")
    assert _english(_shown(drawn)) == set()


def test_from_a_late_case_to_its_row_and_the_list_as_a_file(screen, tmp_path):
    drawn = screen.open("backlog")
    first = drawn.locator(".st-key-panel_closing tbody tr").first.locator("a")
    number = first.get_attribute("title")
    with drawn.expect_download() as started:
        drawn.locator(".st-key-panel_closing button", has_text="下载 Excel").click()
    started.value.save_as(tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    cells = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert number in cells and any("数据截至" in cell for cell in cells)
    first.click()
    screen.settle()
    assert "1件" in drawn.locator("h2").first.inner_text()
