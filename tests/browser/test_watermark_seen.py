"""The watermark in a browser: over every page, in no one's way."""

from urllib.parse import unquote

from data.access.viewer import local
from tests.browser.conftest import PAGES

LAYER = """(() => {
    const style = getComputedStyle(document.querySelector(".stApp"), "::after");
    return [style.position, style.pointerEvents, style.backgroundImage];
})()"""


def test_it_lies_over_every_page_and_what_is_under_it_can_be_clicked(screen):
    for page in PAGES:
        position, events, picture = screen.open(page).evaluate(LAYER)
        assert (position, events) == ("fixed", "none"), page
        assert f"本机（{local().account}）" in unquote(picture), page
    screen.page.locator(".top nav a", has_text="分局").first.click()
    screen.settle()
    assert "branches" in screen.page.url
