"""指标详情: the passport of one figure: what it means, what it was made of, and the way to its cases."""

import streamlit as st

from pages.parts import drill, explore_filters, frame, panels, passports

screen = explore_filters.narrowed(frame.begin("指标详情", "passport"))
target = drill.target(screen)
figure = drill.figure_of(screen, target, compare="yoy")
passport = passports.read(screen, target, figure)
passports.head(screen, target, passport)

meaning, others = st.columns([55, 45])
with meaning, panels.panel("meaning"):
    passports.meaning(passport)
with others, panels.panel("others"):
    passports.variants(screen, passport)
    passports.months(screen, target)
