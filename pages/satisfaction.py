"""满意率: how satisfied people are and how sure that is, the branches without blame for chance, the cases to act on."""

import streamlit as st

from pages.parts import frame, panels, rated, satisfied

screen = frame.begin("满意率", "satisfaction")
satisfied.leading(screen)

if not satisfied.has_cases(screen):
    with panels.panel("trend"):
        satisfied.trend(screen)
    st.stop()

trend, branches, funnel = st.columns([27, 42, 31])
with trend, panels.panel("trend"):
    satisfied.trend(screen)
with branches, panels.panel("branches"):
    satisfied.branches(screen)
with funnel, panels.panel("funnel"):
    satisfied.funnel(screen)

unhappy, weight = st.columns([58, 42])
with unhappy, panels.panel("dissatisfied"):
    rated.dissatisfied(screen)
with weight:
    with panels.panel("one_case"):
        rated.one_case(screen)
    with panels.panel("reasons"):
        rated.reasons(screen)

waiting, formulas = st.columns([58, 42])
with waiting, panels.panel("pending"):
    rated.pending(screen)
with formulas, panels.panel("variants"):
    satisfied.variants(screen)

with panels.panel("changed"):
    rated.changed(screen)
