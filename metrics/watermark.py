"""The watermark: the words (unit, name, account, moment) pale, slanting and tiled, in whatever leaves the house.

Empty words change no byte. What a browser draws takes one SVG tile; pictures are painted over; the formats of the
office suites get the words where each keeps what stands behind a page.
"""

import io
from functools import lru_cache
from html import escape
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont

from metrics.report.fonts import chinese_font

ANGLE = -20  # degrees; rising to the right
_WIDE, _HIGH = 460, 260  # CSS pixels of one tile
_OPACITY = 0.055  # black on white: seen in a projection, never in the way of a figure
_FAMILY = "Microsoft YaHei,PingFang SC,Noto Sans CJK SC,Source Han Sans SC,sans-serif"


def tile(words: str) -> str:
    """Return one tile as SVG."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDE}' height='{_HIGH}'><text x='{_WIDE // 2}' y='{_HIGH // 2}' "
        f"text-anchor='middle' transform='rotate({ANGLE} {_WIDE // 2} {_HIGH // 2})' font-family='{_FAMILY}' font-size='14' "
        f"fill='#1B2430' fill-opacity='{_OPACITY}'>{escape(words, quote=True)}</text></svg>"
    )


def layer(selector: str, words: str) -> str:
    """Return the style that lays the words over everything in `selector`, on paper too, and never takes a click."""
    return (
        f'{selector}::after{{content:"";position:fixed;top:0;right:0;bottom:0;left:0;z-index:999990;pointer-events:none;'
        f'background-image:url("data:image/svg+xml,{quote(tile(words))}");print-color-adjust:exact;'
        "-webkit-print-color-adjust:exact}"
    )


def in_html(page: str, words: str) -> str:
    """Return a page of ours with the words over it."""
    return page.replace("</head>", f"<style>{layer('body', words)}</style></head>", 1) if words else page


def in_png(picture: bytes, words: str) -> bytes:
    """Return a PNG with the words painted over it; its other properties stay. Raises UserError without a Chinese font."""
    if not words:
        return picture
    with Image.open(io.BytesIO(picture)) as opened:
        dpi, base = opened.info.get("dpi"), opened.convert("RGBA")
    scale = max(1.0, base.width / 1366)
    stamp = _stamp(words, round(15 * scale))
    over = Image.new("RGBA", base.size, (0, 0, 0, 0))
    across, down = round(stamp.width * 1.15), max(round(stamp.height * 1.25), round(150 * scale))
    for row, top in enumerate(range(-down // 3, base.height, down)):
        for left in range(-across * (row % 2) // 2, base.width, across):
            over.paste(stamp, (left, top), stamp)
    out = io.BytesIO()
    Image.alpha_composite(base, over).convert("RGB").save(out, "PNG", **({"dpi": dpi} if dpi else {}))
    return out.getvalue()


def background(words: str) -> bytes:
    """Return a picture to be tiled behind a worksheet. Raises UserError without a Chinese font."""
    stamp = _stamp(words, 15)
    sheet = Image.new("RGB", (stamp.width + 60, stamp.height + 80), "white")
    sheet.paste(stamp, (30, 40), stamp)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


@lru_cache(maxsize=8)
def _stamp(words: str, size: int) -> Image.Image:
    face = chinese_font()
    font = ImageFont.truetype(str(face), size, index=face.index)
    left, top, right, bottom = font.getbbox(words)
    flat = Image.new("RGBA", (right - left + 8, bottom - top + 8), (27, 36, 48, 0))
    ImageDraw.Draw(flat).text((4 - left, 4 - top), words, font=font, fill=(27, 36, 48, round(255 * _OPACITY * 1.4)))
    return flat.rotate(-ANGLE, expand=True, resample=Image.Resampling.BICUBIC)
