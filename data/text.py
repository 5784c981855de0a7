"""Text as people type it, made comparable: full-width characters, zero-width characters, the many middle dots.

Columns repeat themselves, so both functions remember what they were last asked.
"""

import re
import unicodedata
from functools import lru_cache

# Characters that are seen by nobody and break every comparison: controls, zero-width, byte-order mark, soft hyphen.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_MIDDLE_DOTS = re.compile("[•・･‧∙⋅●．](?=[\u4e00-\u9fff])")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()} | {
    0x3000: " ",
    0xA0: " ",
}
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=1 << 16)
def clean(text: str) -> str:
    """Return `text` without invisible characters and outer space, full-width letters and digits made half-width.

    Punctuation is left as it was written, so that a sentence still reads as a sentence.
    """
    if text.isascii():
        return text.strip() if text.isprintable() else _INVISIBLE.sub("", text).strip()
    return _INVISIBLE.sub("", text).translate(_FULL_WIDTH).strip()


@lru_cache(maxsize=1 << 16)
def comparable(text: str) -> str:
    """Return the form in which headings, values and branch names are compared: NFKC, no space, one middle dot."""
    text = _MIDDLE_DOTS.sub(
        "·", _SPACE.sub("", _INVISIBLE.sub("", text))
    )  # the full-width dot before NFKC makes it a point
    return _MIDDLE_DOTS.sub("·", unicodedata.normalize("NFKC", text))
