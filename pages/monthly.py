"""月报: choose the period, read the report as it will be, complete its text, check it, take it away, freeze it."""

import streamlit as st

from pages.parts import board, frame, monthly, monthly_checks, monthly_files, monthly_freeze, monthly_texts
from pages.parts.panels import panel

PARTS = {
    "取文件": monthly_files.draw,
    "改文字": monthly_texts.draw,
    "对账": monthly_checks.draw,
    "定稿与更正": monthly_freeze.draw,
}

chosen = monthly.choose(frame.begin_without_filters("月报", "monthly"))
if board.width():
    monthly.one_page(chosen)
else:
    paper, work = st.columns([62, 38])
    with paper, panel("paper"):
        monthly.preview(chosen)
    with work, panel("work"):
        PARTS[monthly.choose_part(list(PARTS))](chosen)
