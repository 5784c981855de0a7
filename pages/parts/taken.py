"""The two files of a list, with what it is, its filter and its cut-off written on them."""

import pandas as pd
import streamlit as st

from metrics import export
from pages.parts import downloads
from pages.parts.frame import Screen, as_of_words

_WRITERS = (("下载 Excel", "xlsx", export.to_xlsx), ("下载 CSV", "csv", export.to_csv))


def pair(
    screen: Screen, frame: pd.DataFrame, name: str, definition: str, when: str = "", filtered: str | None = None
) -> None:
    """Draw the downloads of a frame whose headings are Chinese.

    when: its days, where they are not those of the period. filtered: the filter in words, where not all of it applies.
    """
    title, chosen = f"{name}　{when or screen.period.words}", screen.where.words if filtered is None else filtered
    notes = [title, f"筛选：{chosen or '无'}", f"口径：{definition}", as_of_words(screen.reader)]
    file = f"{name}_{screen.period.label}".replace("/", "至")
    with st.container(horizontal=True, horizontal_alignment="right", key=f"get_{name}"):
        for label, ending, write in _WRITERS:
            downloads.button(
                label,
                lambda mark, write=write: write(frame, notes, mark=mark),
                f"{file}.{ending}",
                what={"内容": title, "筛选": chosen or "无", "行数": len(frame)},
                key=f"get_{name}_{ending}",
            )
