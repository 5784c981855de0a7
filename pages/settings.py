"""设置: targets and thresholds, known breaks, step changes, settings; every change is signed and listed."""

import streamlit as st

from pages.parts import (
    frame,
    panels,
    settings_breaks,
    settings_log,
    settings_steps,
    settings_targets,
    settings_values,
)

PARTS = {
    "目标与阈值": settings_targets.draw,
    "已知断点": settings_breaks.draw,
    "阶跃变化": settings_steps.draw,
    "计算设置": settings_values.draw,
}

reader = frame.begin_without_data("设置", "settings")
part = settings_log.choose(list(PARTS))
work, aside = st.columns([62, 38])
with work, panels.panel("settings"):
    settings_log.said()
    PARTS[part](reader)
with aside, panels.panel("changes"):
    settings_log.changes()
