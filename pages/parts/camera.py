"""The process that draws one board: python -m pages.parts.camera, the order as JSON on stdin, the PNG on stdout.

It looks before it shoots and afterwards: the page must have finished, Chinese must be drawn as Chinese, and no chart or
table of the picture may be blank, for Chromium can return an empty picture without a word. What the user can mend is
one sentence on stderr with exit code REFUSED.
"""

import io
import json
import os
import sys

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as TooSlow

from data.errors import UserError
from pages.parts.capture import REFUSED

TRIES = 3
HIGHEST = 16_000  # pixels; above, Chromium leaves the rest of a picture empty
PALE = 64  # a part whose lightest and darkest pixel differ by less holds nothing but paper and watermark
_QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--no-default-browser-check", "--no-proxy-server", "--hide-scrollbars",
]  # fmt: skip
_BOARD = '[data-testid="stMainBlockContainer"]'
_WITHOUT_TOOLS = '.st-key-board_tools, [data-testid="stStatusWidget"] { display: none !important; }'
_IS_FINISHED = """() => {
    const state = document.querySelector("[data-test-script-state]");
    if (!state || state.dataset.testScriptState !== "notRunning" || !document.querySelector(".board_head")) return false;
    if (document.querySelector("[data-testid=stSkeleton]") || document.fonts.status !== "loaded") return false;
    if (document.querySelector("[data-stale=true]")) return false;
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")];
    if (!charts.every(chart => chart.querySelector(".main-svg"))) return false;
    const measured = [...document.querySelectorAll("[data-testid=stElementContainer]")]
        .map(box => box.getBoundingClientRect()).map(box => [box.width, box.height, box.top].join()).join();
    const same = measured === window.measuredBefore;
    window.measuredBefore = measured;
    window.sameFor = same ? (window.sameFor || 0) + 1 : 0;
    return window.sameFor >= 4;
}"""
# Chinese without a font is drawn as boxes, all alike; so is a character that no font has.
_READS_CHINESE = """() => {
    const family = getComputedStyle(document.querySelector(".board_head h1")).fontFamily;
    const drawn = character => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 64;
        const pen = canvas.getContext("2d");
        pen.font = "48px " + family;
        pen.textBaseline = "top";
        pen.fillText(character, 4, 4);
        return pen.getImageData(0, 0, 64, 64).data.join();
    };
    const [first, second, none, blank] = ["信", "访", "\\u{10FFFD}", " "].map(drawn);
    return first !== second && ![first, second].includes(none) && ![first, second].includes(blank);
}"""
_PARTS = """() => [...document.querySelectorAll(".js-plotly-plot, .grid, .card, .board_head")]
    .map(part => part.getBoundingClientRect()).filter(box => box.width > 8 && box.height > 8)
    .map(box => [box.left, box.top + window.scrollY, box.right, box.bottom + window.scrollY])"""


def main() -> int:
    """Draw the board that stdin orders; return the exit code."""
    order = json.load(sys.stdin)
    try:
        with sync_playwright() as playwright:
            picture = draw(playwright, **order)
    except UserError as error:
        sys.stderr.buffer.write(str(error).encode())
        return REFUSED
    sys.stdout.buffer.write(picture)
    return 0


def draw(
    playwright: Playwright, origin: str, page: str, width: int, scale: int, browser: str, cookies: dict[str, str]
) -> bytes:
    """Return the PNG of the board at `origin` + `page`, seen with `cookies`. Raises UserError with what to do."""
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    try:
        running = playwright.chromium.launch(executable_path=browser, args=[*_QUIET, *as_root])
    except BrowserError as error:
        raise UserError(f"浏览器“{browser}”没有启动，请确认它能正常打开网页。") from error
    try:
        opened, height = _open(running.new_context(**_looks(width, scale)), origin, page, cookies)
        if height * scale > HIGHEST:
            scale = max(1, HIGHEST // int(height))
            opened, height = _open(running.new_context(**_looks(width, scale)), origin, page, cookies)
        if height * scale > HIGHEST:
            raise UserError(f"这一页高{height:.0f}像素，一张图放不下；请缩小筛选范围后再出图。")
        if not opened.evaluate(_READS_CHINESE):
            raise UserError(
                "运行看板的电脑上没有中文字体，图中的汉字会成为方框，所以没有出图；请安装字体：Debian、Ubuntu 装 fonts-noto-cjk，"
                "麒麟、统信装 fonts-noto-cjk 或文泉驿，Windows 装“中文（简体）补充字体”。"
            )
        return _shoot(opened, width, height, scale)
    finally:
        running.close()


def _looks(width: int, scale: int) -> dict[str, object]:
    """Return how the browser looks at the board; it is low, so that a short board has no paper below it.

    The page's own policy would forbid the questions that are asked of it here.
    """
    size = {"width": width, "height": 400}
    asks = {"ignore_https_errors": True, "bypass_csp": True}
    return {"viewport": size, "device_scale_factor": scale, "locale": "zh-CN", **asks}


def _open(context: BrowserContext, origin: str, page: str, cookies: dict[str, str]) -> tuple[Page, float]:
    """Open the board, nothing but the own server answering, and wait until it is finished; return it and its height."""
    allowed = (origin, "data:", "blob:")
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(allowed) else route.abort())
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
    opened = context.new_page()
    try:
        opened.goto(origin + page, wait_until="domcontentloaded", timeout=30_000)
        opened.wait_for_selector(".board_head", state="attached", timeout=60_000)
        opened.add_style_tag(content=_WITHOUT_TOOLS)
        opened.wait_for_function(_IS_FINISHED, polling=150, timeout=60_000)
    except TooSlow as error:
        raise UserError("页面迟迟没有画完，没有出图；请稍后再试。") from error
    except BrowserError as error:
        raise UserError("看板没有应答，没有出图；请刷新本页后再试。") from error
    if opened.query_selector("[data-testid=stException]"):
        raise UserError("页面出错，没有出图；详情已记入服务器日志。")
    return opened, opened.locator(_BOARD).bounding_box()["height"]


def _shoot(opened: Page, width: int, height: float, scale: int) -> bytes:
    """Return the PNG of the whole board, looked at after it was taken."""
    parts = opened.evaluate(_PARTS)
    clip = {"x": 0, "y": 0, "width": width, "height": round(height)}
    for _ in range(TRIES):
        png = opened.screenshot(full_page=True, clip=clip, animations="disabled", timeout=60_000)
        if is_whole(png, parts, width * scale, round(height) * scale, scale):
            return png
        opened.wait_for_timeout(700)
    raise UserError(f"浏览器{TRIES}次画出的图都有空白，没有出图；请关闭一些程序后再试。")


def is_whole(png: bytes, parts: list[list[float]], width: int, height: int, scale: int) -> bool:
    """Whether a picture has its size in pixels and every part (left, top, right, bottom in CSS pixels) holds something."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("L")
    boxes = [tuple(round(edge * scale) for edge in part) for part in parts]
    return picture.size == (width, height) and not any(
        _is_pale(picture.crop(box)) for box in boxes or [(0, 0, *picture.size)]
    )


def _is_pale(part: Image.Image) -> bool:
    low, high = part.getextrema()
    return high - low < PALE


if __name__ == "__main__":
    sys.exit(main())
