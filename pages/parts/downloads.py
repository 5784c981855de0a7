"""The one way to take a file away: who may, with whose watermark, and recorded before the file is made.

A file is made when it is fetched, in a thread of its own, so who is looking is remembered from when the button was drawn.
An exception there reaches the viewer as one fixed sentence (pages/parts/translate.js) and no file.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from data.access import audit
from data.access.viewer import acting
from data.store import Store
from pages.parts import access


def button(
    label: str,
    make: Callable[[str], bytes],
    file: str,
    mime: str | None = None,
    *,
    what: Mapping[str, object],
    permission: str = "export",
    event: str = "export",
    **options: Any,
) -> None:
    """Draw a download; nothing for who may not.

    make: gets the words of the watermark, empty where there is none, and returns the file. what: what the log keeps beside the
    file's name. permission: a key of roles.PERMISSIONS; event: one of audit.EVENTS.
    """
    who = access.viewer()
    if not who.may(permission):
        return
    mark = access.mark()

    def made() -> bytes:
        with acting(who):
            audit.record(Store(), event, {"文件": file, **what})
            return make(mark)

    st.download_button(label, made, file, mime, on_click="ignore", **options)
