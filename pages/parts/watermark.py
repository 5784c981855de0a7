"""The watermark of every page: unit, name, account and moment, pale, tiled over everything, and never in the way of a click."""

from html import escape
from urllib.parse import quote

import streamlit as st

_WIDE, _HIGH = 460, 260  # pixels of one tile
_FAMILY = "Microsoft YaHei,PingFang SC,Noto Sans CJK SC,sans-serif"


def draw(words: str) -> None:
    """Lay the words over the page; nothing where there are none."""
    if words:
        st.html(f"<style>{layer(words)}</style>")


def layer(words: str) -> str:
    """Return the style of the layer: fixed over the whole window, above the content, blind to the mouse; it prints too."""
    return (
        '.stApp::after{content:"";position:fixed;inset:0;z-index:999990;pointer-events:none;'
        f'background-image:url("data:image/svg+xml,{quote(tile(words))}")}}'
    )


def tile(words: str) -> str:
    """Return one tile as SVG."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{_WIDE}' height='{_HIGH}'><text x='{_WIDE // 2}' y='{_HIGH // 2}' "
        f"text-anchor='middle' transform='rotate(-20 {_WIDE // 2} {_HIGH // 2})' font-family='{_FAMILY}' font-size='14' "
        f"fill='#1B2430' fill-opacity='0.055'>{escape(words, quote=True)}</text></svg>"
    )
