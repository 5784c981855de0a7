"""The formats of a report: ending → name."""

from collections.abc import Sequence
from pathlib import Path

from data.errors import UserError

FORMATS = {"docx": "Word", "xlsx": "Excel", "html": "网页", "pdf": "PDF", "pptx": "幻灯片", "png": "图片"}


def check(formats: Sequence[str]) -> None:
    """Refuse a format that there is none of. Raises UserError."""
    if unknown := [name for name in formats if name not in FORMATS]:
        raise UserError(f"没有“{unknown[0]}”这种格式，可选：{'、'.join(FORMATS)}。")


def format_of(name: str) -> str:
    """Return which format a file of a report is of."""
    return Path(name).suffix.removeprefix(".")
