"""积案与督办: what is late and with whom, the backlog and key cases list by list, how old the work in hand is, how it flows."""

import streamlit as st

from pages.parts import frame, in_hand, ledgers, panels

screen = frame.begin("积案与督办", "backlog")
in_hand.leading(screen)

closing, acceptance, levels = st.columns([42, 26, 32])
with closing, panels.panel("closing"):
    in_hand.listing(screen, "close")
with acceptance, panels.panel("acceptance"):
    in_hand.listing(screen, "accept")
with levels, panels.panel("levels"):
    in_hand.levels(screen)

batches, stock, leaders = st.columns([36, 28, 36])
with batches, panels.panel("batches"):
    ledgers.batches(screen)
with stock, panels.panel("stock"):
    ledgers.stock(screen)
with leaders, panels.panel("leaders"):
    ledgers.leaders(screen)

ages, flow = st.columns([50, 50])
with ages, panels.panel("ages"):
    in_hand.ages(screen)
with flow, panels.panel("flow"):
    in_hand.flow(screen)

months, suspects = st.columns([50, 50])
with months, panels.panel("months"):
    in_hand.month_ends(screen)
with suspects, panels.panel("suspects"):
    in_hand.suspects(screen)

ledgers.lines(screen)
