"""查询: any KPI under any conditions, by one or two fields, over any periods: as a picture, a table and a list of cases."""

import streamlit as st

from data.store import Store
from pages.parts import explore, explore_filters, frame, panels

screen = explore_filters.narrowed(frame.begin("查询", "explore"))
asked, saved = st.columns([86, 14], vertical_alignment="center")
with asked:
    question = explore.ask(screen)
with saved:
    explore.saved(Store())
explore_filters.editors(screen)
answer = explore.answer(screen, question)

picture, numbers = st.columns([54, 46])
with picture, panels.panel("picture"):
    explore.chart(screen, answer)
with numbers, panels.panel("numbers"):
    explore.table(screen, answer)
with panels.panel("cases"):
    explore.cases(screen, answer)
