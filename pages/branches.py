"""分局: any KPI over time for every branch on one scale, a ranking that is honest about few cases, one branch's profile."""

import streamlit as st

from pages.parts import branching, cards, frame, lists, markup, overview, panels

screen = frame.begin("分局", "branches")
kpi = branching.choose_kpi(screen)

together, ranking = st.columns([68, 32])
with together, panels.panel("together"):
    branching.multiples(screen, kpi)
with ranking, panels.panel("ranking"):
    branching.ranking(screen, kpi)

profile = branching.choose_branch(screen)
cards.leading(profile)
trend, pollution, attention = st.columns([34, 26, 40])
with trend, panels.panel("trend"):
    panels.trend(profile, kpi, 236, key="profile")
with pollution, panels.panel("pollution"):
    overview.mix(profile, "mix_pollution", "pollution")
with attention, panels.panel("attention"):
    markup.show(overview.attention_title(profile), lists.attention(profile, limit=8))
