"""案件: the cases that a figure counts, to read and to take away."""

import streamlit as st

from pages.parts import caselist, drill, explore_filters, frame

screen = explore_filters.narrowed(frame.begin("案件", "cases"))
target = drill.target(screen)
cases = caselist.read(screen, target)
head, tools = st.columns([70, 30], vertical_alignment="center")
with head:
    caselist.head(screen, target, cases)
with tools:
    everything = caselist.tools(screen, target, cases)
caselist.table(cases, everything)
