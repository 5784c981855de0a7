"""总览: what happened, what it was divided by, what needs attention, in one screen."""

import streamlit as st

from pages.parts import cards, frame, lists, markup, overview, panels

screen = frame.begin("环境信访总览", "./", of_whom=True)
cards.leading(screen)
overview.strip(screen)

volume, branches, attention = st.columns([30, 37, 33])
with volume, panels.panel("volume"):
    panels.trend(screen, "cases_total", 180)
    overview.caveats(screen)
with branches, panels.panel("branches"):
    markup.show(overview.branch_title(screen), lists.branches(screen))
with attention, panels.panel("attention"):
    markup.show(overview.attention_title(screen), lists.attention(screen, limit=9))

satisfaction, pollution, channel, gaps = st.columns([30, 24, 24, 22])
with satisfaction, panels.panel("satisfaction"):
    panels.trend(screen, "satisfaction_rate", 200)
with pollution, panels.panel("pollution"):
    overview.mix(screen, "mix_pollution", "pollution")
with channel, panels.panel("channel"):
    overview.mix(screen, "mix_channel", "channel")
with gaps, panels.panel("gaps"):
    overview.gaps(screen)
