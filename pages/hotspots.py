"""重复与热点: early warnings, repeat petitions apart from repeat sites, the places heard of most; and one place closely."""

import streamlit as st

from pages.parts import frame, hotspots_alerts, hotspots_site, hotspots_sites
from pages.parts.panels import panel

screen = frame.begin("重复与热点", "hotspots")
if hotspots_site.is_chosen():
    place = hotspots_site.head(screen)
    over_time, compared = st.columns([68, 32])
    with compared, panel("compared"):
        found = hotspots_site.compare(screen, place)
    with over_time, panel("over_time"):
        hotspots_site.over_time(screen, place, found)
    with panel("cases"):
        hotspots_site.cases(screen, place)
else:
    alerts, repeats = st.columns([60, 40])
    with alerts, panel("alerts"):
        hotspots_alerts.draw(screen)
    with repeats, panel("repeats"):
        hotspots_sites.repeats(screen)
    with panel("sites"):
        hotspots_sites.ranking(screen)
    hints, method = st.columns(2)
    with hints, panel("hints"):
        hotspots_sites.hints(screen)
    with method, panel("method"):
        hotspots_alerts.method()
