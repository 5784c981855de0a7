"""Finds a Chinese font for pictures, and looks at a picture after it was drawn: no boxes for characters, not blank.

Matplotlib's own search reads every font of the system, takes seconds and writes into the home folder. Here the places
where Debian, Kylin, UOS and Windows keep their Chinese fonts are looked at first, then what fontconfig knows. The
environment variable KPI_FONTS names a folder to be used instead, for a machine whose font lies elsewhere.
"""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageFont

from data.errors import UserError

_PALE = 64  # a picture whose lightest and darkest pixel differ by less holds nothing but paper
_ENDINGS = (".ttc", ".ttf", ".otf")
_NO_CHARACTER = "\U0010fffd"  # no font has it: it is drawn as a box
# Preferred first; beside each its bold companion, "" where the font has none.
_KNOWN = {
    "NotoSansCJK-Regular.ttc": "NotoSansCJK-Bold.ttc",
    "NotoSansSC-Regular.otf": "NotoSansSC-Bold.otf",
    "NotoSansCJKsc-Regular.otf": "NotoSansCJKsc-Bold.otf",
    "SourceHanSansSC-Regular.otf": "SourceHanSansSC-Bold.otf",
    "SourceHanSansCN-Regular.otf": "SourceHanSansCN-Bold.otf",
    "SourceHanSans-Regular.ttc": "SourceHanSans-Bold.ttc",
    "msyh.ttc": "msyhbd.ttc",
    "msyh.ttf": "msyhbd.ttf",
    "Deng.ttf": "Dengb.ttf",
    "simhei.ttf": "",
    "wqy-microhei.ttc": "",
    "wqy-zenhei.ttc": "",
    "CESI_HT_GB18030.TTF": "",
    "DroidSansFallbackFull.ttf": "",
    "simsun.ttc": "",
    "uming.ttc": "",
}
_BOLD = {name.lower(): bold for name, bold in _KNOWN.items()}
_MISSING = (
    "这台电脑上没有中文字体，图中的汉字会成为方框，所以没有画图；请安装字体：Debian、Ubuntu 装 fonts-noto-cjk，"
    "麒麟、统信装 fonts-noto-cjk 或文泉驿，Windows 装“中文（简体）补充字体”。"
)


class Face(str):
    """The path of a font file; index: which of its faces, for a .ttc holds several (Japanese first, in Noto's)."""

    index: int

    def __new__(cls, path: str | Path, index: int = 0) -> "Face":
        face = super().__new__(cls, path)
        face.index = index
        return face


def chinese_font(bold: bool = False) -> Face:
    """Return the font to draw with; the regular one where no bold one is at hand.

    Raises UserError when the machine has no font that draws Chinese.
    """
    regular, heavy = _search(os.environ.get("KPI_FONTS", ""))
    if regular is None:
        raise UserError(_MISSING)
    return heavy if bold and heavy else regular


def check_drawn(png: bytes) -> None:
    """Look at a picture. Raises UserError when it holds nothing but paper."""
    with Image.open(io.BytesIO(png)) as picture:
        low, high = picture.convert("L").getextrema()
    if high - low < _PALE:
        raise UserError("画出的图是空白的，没有写入报告；请关闭一些程序后再试。")


def draws_chinese(path: Path, index: int = 0) -> bool:
    """Say whether a font draws 信 and 访 as characters of their own, not as boxes."""
    try:
        font = ImageFont.truetype(str(path), 32, index=index)
        first, second, none, blank = (bytes(font.getmask(one)) for one in ("信", "访", _NO_CHARACTER, " "))
    except (OSError, ValueError):
        return False
    return first != second and not {first, second} & {none, blank}


@lru_cache(maxsize=8)
def _search(folder: str) -> tuple[Face | None, Face | None]:
    """Return the first regular face that draws Chinese, and its bold companion where there is one."""
    for path in _candidates(folder):
        face = _simplified(path)
        if draws_chinese(path, face.index):
            beside = path.with_name(_BOLD.get(path.name.lower()) or path.name)
            heavy = beside != path and beside.is_file() and _simplified(beside)
            return face, heavy if heavy and draws_chinese(beside, heavy.index) else None
    return None, None


def _candidates(folder: str) -> Iterator[Path]:
    """Yield font files, the likeliest first: well-known names, then whatever is said to hold Chinese."""
    folders = [Path(folder)] if folder else _folders()
    files = {path.name.lower(): path for place in folders for path in sorted(_fonts_under(place))}
    known = [files.pop(name.lower()) for name in _KNOWN if name.lower() in files]
    yield from known
    yield from sorted(files.values()) if folder else _fontconfig()


def _fonts_under(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.lower().endswith(_ENDINGS))


def _folders() -> list[Path]:
    if sys.platform == "win32":
        own = Path(os.environ.get("LOCALAPPDATA", ""), "Microsoft", "Windows", "Fonts")
        return [own, Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")]
    home = os.environ.get("HOME")
    own = [Path(home, ".fonts"), Path(home, ".local", "share", "fonts")] if home else []
    return [*own, Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]


def _fontconfig() -> list[Path]:
    """Return the Chinese fonts that fontconfig knows; none where there is no fontconfig."""
    try:
        listed = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    names = (line.rsplit(":", 1)[0].strip() for line in listed.stdout.decode("utf-8", "replace").splitlines())
    return [Path(name) for name in sorted(names) if name.lower().endswith(_ENDINGS)]


def _simplified(path: Path) -> Face:
    """Return the face with the forms of the Mainland; the first where none says so."""
    families: list[str] = []
    while path.suffix.lower() == ".ttc" and len(families) < 32:
        try:
            families.append(ImageFont.truetype(str(path), 12, index=len(families)).getname()[0] or "")
        except OSError:
            break
    wanted = [i for i, family in enumerate(families) if family.endswith((" SC", " CN")) and "Mono" not in family]
    return Face(path, wanted[0] if wanted else 0)
