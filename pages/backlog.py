"""积案与督办: what is late and with whom, the backlog and key cases list by list, how old the work in hand is, how it flows."""

import streamlit as st

from pages.parts import frame, in_hand, ledgers, panels, standing

screen = frame.begin("积案与督办", "backlog")
in_hand.leading(screen)

closing, acceptance, levels = st.columns([39, 32, 29])
with closing, panels.panel("closing"):
    in_hand.listing(screen, "close")
with acceptance, panels.panel("acceptance"):
    in_hand.listing(screen, "accept")
with levels, panels.panel("levels"):
    in_hand.levels(screen)

batches, stock, leaders = st.columns([37, 27, 36])
with batches, panels.panel("batches"):
    ledgers.batches(screen)
with stock, panels.panel("stock"):
    ledgers.stock(screen)
with leaders, panels.panel("leaders"):
    ledgers.leaders(screen)

ledgers.lines(screen)

ages, flow = st.columns([50, 50])
with ages, panels.panel("ages"):
    standing.ages(screen)
with flow, panels.panel("flow"):
    standing.flow(screen)

month_ends, ledger_months = st.columns([50, 50])
with month_ends, panels.panel("months"):
    standing.month_ends(screen)
with ledger_months, panels.panel("ledger_months"):
    ledgers.months(screen)

suspects, rush = st.columns([50, 50])
with suspects, panels.panel("suspects"):
    standing.suspects(screen)
with rush, panels.panel("rush"):
    standing.month_end_rush(screen)
