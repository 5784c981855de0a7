"""工作机制: what was planned and what done, month by month; these days beside any KPI; the assessment of branches."""

import streamlit as st

from pages.parts import access, frame, mechanism, mechanism_card, mechanism_form, mechanism_lists, mechanism_marks
from pages.parts.panels import panel

screen = frame.begin("工作机制", "mechanism")
if mechanism.choose_view(screen) == mechanism.ASSESSMENT:
    with panel("scorecard"):
        mechanism_card.draw(screen)
    if access.may("define"):
        with panel("scheme"):
            mechanism_form.draw(screen)
elif mechanism.is_empty(screen):
    mechanism.how_to_begin(screen)
else:
    months, urgent = st.columns([64, 36])
    with months, panel("months"):
        mechanism.months(screen)
    with urgent, panel("urgent"):
        mechanism_lists.urgent(screen)
    marked, people = st.columns([58, 42])
    with marked, panel("marked"):
        mechanism_marks.draw(screen)
    with people:
        with panel("leaders"):
            mechanism_lists.leaders(screen)
        with panel("branches_kinds"):
            mechanism.branches(screen)
    with panel("activities"):
        mechanism_lists.listed(screen)
