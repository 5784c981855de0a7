"""管理: accounts and access settings. Reads the accounts and the list of branches, never a version of the data."""

import streamlit as st

from pages.parts import admin_accounts, admin_log, admin_settings, frame, panels

store = frame.begin_plain("管理", "admin")
left, right = st.columns([64, 36])
with left, panels.panel("accounts"):
    admin_log.said()
    admin_accounts.draw(store)
with right, panels.panel("access_settings"):
    admin_settings.draw(store)
