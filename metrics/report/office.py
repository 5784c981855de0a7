"""What the files for Office have in common: the font, how wide words are, formats that show a number as it is printed.

Widths are guessed without a font, for slides and workbooks are also made on machines that have no Chinese one.
"""

import re
from decimal import Decimal
from functools import lru_cache

from metrics.format import round_half_up
from metrics.report.pen import readable

FONT = "微软雅黑"
ACCENT, LATE, DEMO = "#1F5FA8", "#B0413E", "#8A5A00"  # titles and ways, what is overdue, 演示数据
LINE_HEIGHT = 1.32  # of this font, in sizes of its type
_PRINTED = re.compile(r'(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(%?)([^\d"%.,]{0,8})')
_WORD = re.compile(r"[A-Za-z0-9.,%+\-=/]+|.", re.S)
_WIDTHS = dict.fromkeys("%@MW—…“”", 1.0) | dict.fromkeys(".,:;|!'()[] -", 0.4)  # in characters
_CHINA_FROM = 0x2E80


def number_format(text: str, value: float | None) -> str:
    """Return the format in which Excel shows `value` exactly as `text`; empty where no format does, then text is written.

    Excel rounds half up what it holds of a number, which are 15 digits.
    """
    found = _PRINTED.fullmatch(text)
    if value is None or not found:
        return ""
    _, digits, decimals, percent, unit = found.groups()
    exact = Decimal(f"{value:.15g}") * (100 if percent else 1)
    rounded = round_half_up(exact, len(decimals or ""))
    written = f"{abs(rounded):,f}" if "," in digits else f"{abs(rounded):f}"
    if ("-" if rounded < 0 else "") + written + percent + unit != text or (exact < 0 and not rounded):
        return ""
    return _code("," in digits, len(decimals or ""), percent, unit)


@lru_cache(maxsize=256)
def _code(grouped: bool, decimals: int, percent: str, unit: str) -> str:
    whole = "#,##0" if grouped else "0"
    return whole + ("." + "0" * decimals if decimals else "") + percent + (f'"{unit}"' if unit else "")


def em(words: str) -> float:
    """Return how wide words are, in characters: a Latin letter or a digit counts for more than half a Chinese one.

    Rather too wide than too narrow: where the font is missing, another one takes its place.
    """
    return sum(_WIDTHS.get(one, 0.62 if ord(one) < _CHINA_FROM else 1.0) for one in words)


def wrapped(words: str, size: float, width: float) -> list[str]:
    """Return words in lines of at most `width` points, as Office will break them; numbers are not torn apart."""
    lines = [""]
    for word in _WORD.findall(readable(words)):
        for piece in [word] if em(word) * size <= width else list(word):
            if lines[-1] and em(lines[-1] + piece) * size > width:
                lines.append("")
            lines[-1] += piece
    return lines


def shortened(words: str, size: float, width: float, most: int) -> str:
    """Return words that take at most so many lines; what does not fit ends in …."""
    lines = wrapped(words, size, width)
    if len(lines) <= most:
        return readable(words)
    last = lines[most - 1]
    while last and em(last + "…") * size > width:
        last = last[:-1]
    return "".join(lines[: most - 1]) + last + "…"


def fitted(words: str, sizes: tuple[float, ...], width: float, height: float) -> tuple[float, str]:
    """Return the largest size of type in which words fit into a box in points, and the words, shortened if none does."""
    for size in sizes:
        if len(wrapped(words, size, width)) * size * LINE_HEIGHT <= height:
            return size, readable(words)
    return sizes[-1], shortened(words, sizes[-1], width, max(1, int(height / (sizes[-1] * LINE_HEIGHT))))
