"""The watermark of every page: over the whole window, above the content, and never in the way of a click."""

import streamlit as st

from metrics import watermark


def draw(words: str) -> None:
    """Lay the words over the page; nothing where there are none."""
    if words:
        st.html(f"<style>{watermark.layer('.stApp', words)}</style>")
