"""数据质量: do the totals agree, and what could not be read, placed or understood."""

import streamlit as st

from pages.parts import frame, panels, qualities

screen = frame.begin("数据质量", "quality")
agree, unmatched = st.columns([60, 40])
with agree, panels.panel("agree"):
    qualities.reconciliation(screen)
with unmatched, panels.panel("unmatched"):
    qualities.unmatched(screen)
    qualities.unknown(screen)

quarantine, warnings = st.columns([60, 40])
with quarantine, panels.panel("quarantine"):
    qualities.quarantine(screen)
with warnings, panels.panel("warnings"):
    qualities.warnings(screen)
