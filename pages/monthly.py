"""月报: choose the period, read the report as it will be, complete its text, check it, take it away, freeze it."""

import streamlit as st

from pages.parts import access, board, frame, monthly, monthly_checks, monthly_files, monthly_freeze, monthly_texts
from pages.parts.panels import panel

PARTS = {
    "取文件": (monthly_files.draw, "export"),
    "改文字": (monthly_texts.draw, "freeze"),
    "对账": (monthly_checks.draw, "report"),
    "定稿与更正": (monthly_freeze.draw, "freeze"),
}

chosen = monthly.choose(frame.begin_without_filters("月报", "monthly"))
if board.width():
    monthly.one_page(chosen)
elif parts := {name: draw for name, (draw, permission) in PARTS.items() if access.may(permission)}:
    paper, work = st.columns([62, 38])
    with paper, panel("paper"):
        monthly.preview(chosen)
    with work, panel("work"):
        parts[monthly.choose_part(list(parts))](chosen)
else:
    with panel("paper"):
        monthly.preview(chosen)
