"""Prints the web page of a report to PDF and draws the one-page board to PNG, with the machine's own browser.

The same page gives the same bytes: a browser stamps its PDF with the moment and with its own name, so the moment is
overwritten in place and what the file says of itself is written anew behind it, as PDF's incremental update allows. A
picture is looked at afterwards: Chromium can return an empty one without a word, and a page without a Chinese font is
full of boxes. For that three characters are drawn below the board, looked at, and cut off.
"""

import io
import re
from html import unescape

from PIL import Image

from data.errors import UserError
from metrics.report import browser
from metrics.report.board import HIGH, WIDE
from metrics.report.fonts import check_drawn, chinese_font

_TRIES = 3
_PDF = ["--no-pdf-header-footer", "--print-to-pdf-no-header", "--print-to-pdf=OUT"]
_PROBE = 96  # pixels of each of the characters that are drawn below the board
_PNG = [f"--window-size={WIDE},{HIGH + 300}", "--screenshot=OUT"]
_PROBED = "".join(
    f'<div style="position:absolute;left:{_PROBE * i}px;top:{HIGH}px;width:{_PROBE}px;height:{_PROBE}px;'
    f'font-size:64px;line-height:{_PROBE}px;overflow:hidden;color:#000;background:#fff">{one}</div>'
    for i, one in enumerate(("信", "访", "&#x10FFFD;", "&nbsp;"))
)
_DATES = re.compile(rb"D:\d{14}(?=[+\-Z])")
_IDS = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\]")
_FACT_LINK = re.compile(rb'(<a class="fact[^"]*") href="#[^"]*"')  # what they lead to is not printed


def pdf(html: bytes) -> bytes:
    """Return a page printed on A4; title and author are those of the page, the date is the cut-off of its data.

    Raises UserError where there is no browser or no Chinese font, or nothing came of it.
    """
    _check_machine()
    page = _FACT_LINK.sub(rb"\1", html)
    for _ in range(_TRIES):
        made = browser.make(page, "pdf", _PDF)
        if made and made.startswith(b"%PDF-") and b"%%EOF" in made[-64:]:
            return _stamped(made, html.decode("utf-8"))
    raise UserError("浏览器没有打印出PDF，请关闭一些程序后再试，或打开网页版按 Ctrl+P 打印。")


def board_png(html: str) -> bytes:
    """Return the picture of a board, 1920 × 1080 pixels.

    Raises UserError where there is no browser or no Chinese font, or the picture is not what it should be.
    """
    _check_machine()
    page = html.replace("</body>", f"{_PROBED}</body>").encode("utf-8")
    for _ in range(_TRIES):
        made = browser.make(page, "png", _PNG)
        if made and (cut := _cut(made)):
            return cut
    raise UserError("画出的一图读懂不完整，没有写入报告；请关闭一些程序后再试。")


def _check_machine() -> None:
    if browser.find_browser() is None:
        raise UserError(browser.MISSING)
    chinese_font()


def _cut(made: bytes) -> bytes | None:
    """Return the board out of a picture; None when it is blank, too small or its Chinese is boxes."""
    with Image.open(io.BytesIO(made)) as picture:
        drawn = picture.convert("RGB")
    if drawn.width != WIDE or drawn.height < HIGH + _PROBE:
        return None
    cells = [drawn.crop((_PROBE * i, HIGH, _PROBE * (i + 1), HIGH + _PROBE)).tobytes() for i in range(4)]
    if cells[0] == cells[1] or set(cells[:2]) & set(cells[2:]):
        return None
    out = io.BytesIO()
    drawn.crop((0, 0, WIDE, HIGH)).save(out, "PNG", optimize=False)
    try:
        check_drawn(out.getvalue())
    except UserError:
        return None
    return out.getvalue()


def _stamped(made: bytes, html: str) -> bytes:
    """Return a PDF that says of itself what the page says, and no moment of printing."""
    moment = _moment(html)
    made = _DATES.sub(b"D:" + moment, made)
    made = _IDS.sub(
        lambda found: found[0].replace(found[1], b"0" * len(found[1])).replace(found[2], b"0" * len(found[2])), made
    )
    trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref\s*(\d+)\s*%%EOF\s*$", made, re.S)
    info = trailer and re.search(rb"/Info (\d+) 0 R", trailer[1])
    if not trailer or not info:
        return made  # a browser that writes its files another way: the date is fixed all the same
    words = {"Title": _said(html, r"<title>(.*?)</title>"), "Author": _said(html, r'<meta name="author" content="([^"]*)"'),
             "Subject": _said(html, r'<meta name="description" content="([^"]*)"'), "Creator": "环境信访看板"}  # fmt: skip
    entries = b"".join(
        b"/%s <FEFF%s>\n" % (name.encode(), text.encode("utf-16-be").hex().upper().encode())
        for name, text in words.items()
    )
    stamp = b"(D:" + moment + b"+08'00')"
    number = info[1]
    at = len(made) + 1
    made += b"\n%s 0 obj\n<<%s/CreationDate %s\n/ModDate %s>>\nendobj\n" % (number, entries, stamp, stamp)
    table = b"xref\n0 1\n0000000000 65535 f \n%s 1\n%010d 00000 n \ntrailer\n<<%s\n/Prev %s>>\n" % (
        number,
        at,
        trailer[1].strip(),
        trailer[2],
    )
    return made + table + b"startxref\n%d\n%%%%EOF\n" % len(made)


def _said(html: str, where: str) -> str:
    found = re.search(where, html, re.S)
    return unescape(found[1]).strip() if found else ""


def _moment(html: str) -> bytes:
    """Return the cut-off that the page names, 数据截至2025年10月31日18时, as PDF writes it; local time."""
    found = re.search(r"数据截至(\d+)年(\d+)月(\d+)日(?:(\d+)时)?(?:(\d+)分)?", html)
    parts = [int(part or 0) for part in found.groups()] if found else [2000, 1, 1, 0, 0]
    return ("{:04d}{:02d}{:02d}{:02d}{:02d}00".format(*parts)).encode()
