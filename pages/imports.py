"""数据导入: upload, look, import, and go back; the formats that are not known yet are mapped here once."""

import streamlit as st

from pages.parts import frame, history, mapping, panels, uploads

reader = frame.begin_without_data("数据导入", "imports")
work, aside = st.columns([62, 38])
with work, panels.panel("upload"):
    batch = uploads.choose()
    unknown = uploads.preview(batch)
if unknown:
    with work, panels.panel("mapping"):
        mapping.draw(unknown)
with aside, panels.panel("history"):
    history.versions(reader)
    history.imports(reader)
with aside, panels.panel("templates"):
    history.templates()
