"""单件: one case closely: its days in order, what is known of it, and its redacted text for those who may read it."""

import streamlit as st

from pages.parts import frame, panels, single

screen = frame.begin_without_filters("单件", "case")
case = single.read(screen)
single.head(case)
known, days = st.columns([60, 40])
with known, panels.panel("known"):
    single.facts(case)
with days, panels.panel("days"):
    single.days(screen, case)
with panels.panel("texts"):
    single.texts(screen, case)
