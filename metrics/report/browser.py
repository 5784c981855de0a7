"""Finds the machine's Chromium, Chrome or Edge, and lets it print or draw one page of ours without a window.

Its own command line is enough for pages that need no script, so nothing has to be installed besides the browser. It gets
a folder of its own for profile and home, so it works from cron with no home folder at all, and it may ask nobody
anything: no name is resolved. It is ended with all its children when it takes too long. Debian's chromium-headless-shell
is the same engine without windows; where it is installed it goes first, for it starts with half the work.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from data.errors import UserError

NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "microsoft-edge-stable",
)  # fmt: skip
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_WINDOWS_PLACES = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_QUIET = (
    "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-default-apps",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
    "--no-first-run", "--no-default-browser-check", "--no-proxy-server", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--force-device-scale-factor=1", "--lang=zh-CN",
)  # fmt: skip
_HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
SECONDS = 120  # the longest that one page may take
MISSING = "这台电脑上没有找到 Chrome、Edge 或 Chromium，不能打印网页；请安装其中一个，其他格式不受影响。"


def find_browser() -> str | None:
    """Return the path of a Chromium, Chrome or Edge of this machine; None when there is none."""
    on_path = (shutil.which(name) for name in NAMES)
    installed = (
        Path(os.environ[folder], place)
        for folder in _WINDOWS_FOLDERS
        if folder in os.environ
        for place in _WINDOWS_PLACES
    )
    return next((found for found in on_path if found), None) or next((str(p) for p in installed if p.is_file()), None)


def make(html: bytes, ending: str, options: list[str], seconds: float = SECONDS) -> bytes | None:
    """Return the file that the browser makes of a page, None when it made none.

    ending: of the file, such as pdf. options: its command line, in which OUT stands for the file. Raises UserError
    where there is no browser, or it takes longer than `seconds`.
    """
    browser = find_browser()
    if browser is None:
        raise UserError(MISSING)
    with tempfile.TemporaryDirectory(prefix="report-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, out = folder / "page.html", folder / f"page.{ending}"
        page.write_bytes(html)
        options = [option.replace("OUT", str(out)) for option in options]
        _run(
            [browser, *_QUIET, *_as_root(), f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()],
            folder,
            seconds,
        )
        return out.read_bytes() if out.is_file() else None


def _as_root() -> list[str]:
    """Return what Chromium asks of root on Linux, such as in a container."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Run a browser to its end; how it ends says little, so that is left to who looks at its file. Raises UserError."""
    posix = os.name == "posix"
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | (dict.fromkeys(_HOMES, str(folder)) if posix else {}), start_new_session=posix,
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise UserError(f"浏览器超过{seconds:.0f}秒没有画完，已中止；请关闭一些程序后再试。") from None
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a browser and whatever it started; some of its processes outlive the first one."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    process.wait()
