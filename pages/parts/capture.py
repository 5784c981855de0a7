"""A picture of a board: who draws it, and what may go wrong on the way.

A browser of this machine draws it, in a process of its own (pages/parts/camera.py), from the very address that the
viewer has open: what is in the picture is what is on the screen. The process may take its time but never hang: it is
ended with all its children.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError
from metrics.report.browser import find_browser

BY_HAND = (
    "也可以手工截：在 Chrome 或 Edge 里按 F12，再按 Ctrl+Shift+P，输入 screenshot，选“截取完整尺寸的屏幕截图”；"
    "或按 Ctrl+P 打印为 PDF；或用系统截图（Windows 徽标键+Shift+S）。"
)
REFUSED = 3  # exit code of the camera when stderr is a sentence for the user
SCALE = 2  # pixels of the picture per pixel of the board
SECONDS = 120  # the longest a picture may take
_ROOT = Path(__file__).parents[2]
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """A finished picture; width and height in pixels."""

    png: bytes
    width: int
    height: int


def shoot(origin: str, page: str, wide: int, cookies: dict[str, str], seconds: float = SECONDS) -> Picture:
    """Return the picture of a board: `origin` is where the server answers, `page` the rest of the address, `wide` its width.

    cookies: the viewer's own, so that the picture shows what the viewer may see; they go to the process by its input.
    Raises UserError with what to do when there is no browser, no Chinese font, or nothing came out of it.
    """
    browser = find_browser()
    if browser is None:
        raise UserError("运行看板的电脑上没有找到 Chrome、Edge 或 Chromium，不能直接出图；请安装其中一个。")
    order = {
        "origin": origin,
        "page": page.removeprefix("./"),
        "width": wide,
        "scale": SCALE,
        "browser": browser,
        "cookies": cookies,
    }
    if not _one_at_a_time.acquire(timeout=seconds):
        raise UserError("别人正在出图，请稍后再试。")
    try:
        return _develop(_run([sys.executable, "-m", "pages.parts.camera"], json.dumps(order).encode(), seconds))
    finally:
        _one_at_a_time.release()


def _run(command: list[str], order: bytes, seconds: float) -> bytes:
    """Return what a process writes; end it with all its children when it takes longer. Raises UserError."""
    of_its_own = {"start_new_session": True} if os.name == "posix" else {}
    process = subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **of_its_own
    )
    try:
        picture, words = process.communicate(order, seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        raise UserError(f"出图超过{seconds:.0f}秒，已中止；请缩小筛选范围后再试。") from None
    if process.returncode == 0:
        return picture
    said = words.decode("utf-8", "replace")
    if process.returncode == REFUSED:
        raise UserError(said.strip())
    print(said, file=sys.stderr)
    raise UserError("出图没有成功，详情已记入服务器日志。")


def _end(process: subprocess.Popen) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    process.communicate()


def _develop(png: bytes) -> Picture:
    """Return the picture with its size, which a PNG says in its first chunk."""
    return Picture(png, int.from_bytes(png[16:20]), int.from_bytes(png[20:24]))
