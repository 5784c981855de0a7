"""重复与热点 in a browser: warnings before the fold, from the ranking to one place and on to its cases, nothing cut off."""

import re

import pytest

from tests.browser.test_screens import _english, _shown


def _fits(drawn) -> None:
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    over = "[...document.querySelectorAll('[class*=st-key-panel_], .grid')].filter(b => b.getBoundingClientRect().right > innerWidth + 1)"
    assert drawn.evaluate(f"{over}.length") == 0


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080)], indirect=True)
def test_warnings_and_the_top_of_the_ranking_are_seen_without_scrolling(screen):
    drawn = screen.open("hotspots")
    height = drawn.viewport_size["height"]
    for name in ("alerts", "repeats"):
        assert drawn.locator(f".st-key-panel_{name}").bounding_box()["y"] < height / 3
    first = drawn.locator(".st-key-panel_sites tbody tr").first.bounding_box()
    assert first["y"] + first["height"] < height
    _fits(drawn)
    assert screen.errors == [] and screen.outside == []


def test_from_the_ranking_to_a_place_its_dates_and_its_cases(screen):
    drawn = screen.open("hotspots?period=2025年9月")
    name = drawn.locator(".st-key-panel_sites tbody a").first.inner_text()
    drawn.locator(".st-key-panel_sites tbody a").first.click()
    drawn.get_by_role("heading", name=name).wait_for()
    screen.settle()
    drawn.locator(".st-key-panel_over_time .js-plotly-plot").wait_for()
    assert "period=" in drawn.url
    _fits(drawn)
    screen.open(drawn.url.removeprefix(screen.address) + "&after=2025-06-30")
    drawn.get_by_text("整改前90天").first.wait_for()
    drawn.get_by_text("按月").click()
    drawn.get_by_text("近36个月").wait_for()
    drawn.locator(".st-key-panel_cases tbody a").first.click()
    drawn.get_by_text("信访总量").first.wait_for()
    assert screen.errors == []


def test_any_place_can_be_looked_up(screen):
    drawn = screen.open("hotspots")
    drawn.locator(".st-key-find input").fill("采石")
    drawn.get_by_role("option", name="某采石场").click()
    drawn.get_by_role("heading", name="某采石场").wait_for()
    assert "site=" in drawn.url


def test_no_english_is_left_on_a_place(screen):
    drawn = screen.open("hotspots?site=某采石场")
    shown = re.sub("口径版本[0-9a-f]+", "", _shown(drawn))  # a hash may look like a word
    assert _english(shown) == set()
