"""截图模式: every page as a clean board of fixed width, to be sent to a phone or put on a slide.

Whether a page is a board stands in its address (board=1280), so a board is a link like any other. The page itself is
drawn by the same code; its looks come from board.css, which hides what can only be clicked, shows a chosen option as
plain words, and opens the scroll box. What a style sheet cannot do is done here: the heading that says the filters in
words, the watermark, the links around the board, and tables that are HTML in full instead of a box that scrolls.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data.errors import UserError
from data.store import Reader
from metrics.charts.enlarged import enlarged
from pages.parts import access, capture, downloads, markup
from pages.parts.markup import address, esc, link

ZOOM = {1280: 1.25, 1920: 1.4}  # how much larger the type of a board is than that of a page
WIDTHS = tuple(ZOOM)
KEY = "board"
ROWS = 60  # more than this nobody reads in a picture
_STYLE = Path(__file__).parent / "board.css"
_PRODUCT = "环境信访看板"


def width() -> int:
    """Return the width of the board that the address asks for, in pixels; 0 for an ordinary page."""
    given = st.query_params.get(KEY, "")
    return next((wide for wide in WIDTHS if given == str(wide)), 0)


def switch(here: str) -> str:
    """Return the link that shows this very page, with all that its address says, as a board."""
    return link(_here(here, WIDTHS[0]), "截图模式", "按固定宽度显示本页，便于截图、投屏", "to_board")


def _here(here: str, wide: int) -> str:
    """Return the address of the page that is open, as a board of a width or, with 0, as an ordinary page."""
    given = st.query_params
    pairs = [(key, value) for key in given if key != KEY for value in given.get_all(key)]
    return address(here, [*pairs, (KEY, str(wide))] if wide else pairs)


def head(reader: Reader, title: str, here: str, words: list[str]) -> None:
    """Draw the links around the board, its heading and its watermark; `words` are the parts of the line below."""
    st.html(_STYLE)
    st.html(f"<style>{_measures(width())}{_watermark(reader, words[-1])}</style>")
    _tools(here, title)
    mark = '<span class="demo">演示数据</span>' if reader.is_demo else ""
    markup.show(
        f'<div class="head board_head"><h1>{esc(title)}</h1><span class="unit">{esc(_unit(reader))}</span>{mark}</div>',
        f'<p class="board_words">{"".join(f"<span>{esc(part)}</span>" for part in words)}</p>',
    )


def say(words: str) -> None:
    """Draw words under the heading of a board that an ordinary page says by its widgets; nothing on such a page."""
    if width():
        markup.show(f'<p class="board_words">{esc(words)}</p>')


def _unit(reader: Reader) -> str:
    return reader.settings.get("unit_name", "")


def _measures(wide: int) -> str:
    """Return what differs between the widths: at 1280 columns stand two and two, at 1920 the page as it is, larger."""
    zoom = ZOOM[wide]
    cards, column, table_column = (3, 400, 540) if wide == WIDTHS[0] else (6, 0, 0)
    return (
        f":root{{--board:{wide / zoom:.3f}px;--zoom:{zoom};--cards:{cards};--column:{column}px;"
        f"--table:{table_column}px}}"
        f"@media print{{@page{{size:{wide}px {round(wide * 1.414)}px;margin:0}}}}"
    )


def _watermark(reader: Reader, words: str) -> str:
    """Return the style of a pale text over the whole board: whose, who looks at it, as of when, which version."""
    whose = " · ".join(filter(None, (_unit(reader), _PRODUCT, "演示数据" if reader.is_demo else "")))
    lines = [*filter(None, (whose, access.mark())), words]
    drawn = "".join(f"<tspan x='310' dy='22'>{esc(line)}</tspan>" for line in lines)
    drawn = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='620' height='300'><text y='125' text-anchor='middle' "
        "transform='rotate(-17 310 150)' font-family='Microsoft YaHei,PingFang SC,Noto Sans CJK SC,sans-serif' "
        f"font-size='15' fill='#1B2430' fill-opacity='0.055'>{drawn}</text></svg>"
    )
    return f'[data-testid="stMainBlockContainer"]::after{{background-image:url("data:image/svg+xml,{quote(drawn)}")}}'


@st.fragment
def _tools(here: str, title: str) -> None:
    """Draw the widths, the way back and the button for the picture; none of it is part of the picture."""
    chosen = width()
    widths = "".join(
        f'<a href="{esc(_here(here, wide))}"{" aria-current=true" if wide == chosen else ""}>{wide}</a>'
        for wide in WIDTHS
    )
    with st.container(key="board_tools", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<div class="chips">{widths}{link(_here(here, 0), "退出")}</div>', width="content")
        if access.may("export"):
            _picture(_here(here, chosen), chosen, title)


def _picture(here: str, wide: int, title: str) -> None:
    """Draw the button that makes the picture, then the one that takes it away."""
    made = st.session_state.get("board_picture")
    if st.button("存为图片", key="board_shoot"):
        made = None
        with st.spinner("正在出图，约需10秒"):
            try:
                made = (here, capture.shoot(own_address(), here, wide, access.cookies()))
            except UserError as error:
                markup.show(markup.wrong(f"{error}{capture.BY_HAND}"))
        st.session_state["board_picture"] = made
    if made and made[0] == here:
        picture = made[1]
        label = f"下载图片（{picture.width}×{picture.height}）"
        name = f"{title}_{wide}.png"
        downloads.button(
            label,
            lambda _: picture.png,
            name,
            "image/png",
            what={"内容": title, "地址": here},
            key="board_get",
            type="primary",
        )


def own_address() -> str:
    """Return where this server answers on this very machine, from its own settings, never from what a visitor sends."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    listens = st.get_option("server.address") or ""
    host = (
        "127.0.0.1" if listens in ("", "0.0.0.0", "::", "localhost") else f"[{listens}]" if ":" in listens else listens
    )
    return f"{scheme}://{host}:{st.get_option('server.port')}/{base + '/' if base else ''}"


def fitted(chart: go.Figure) -> go.Figure:
    """Return a chart with the type that the page or the board has."""
    return enlarged(chart, ZOOM[width()]) if width() else chart


def fold(label: str, expanded: bool = False) -> AbstractContextManager:
    """Return a part that is folded away until wanted; on a board it lies open."""
    return st.container() if width() else st.expander(label, expanded=expanded)


def table(frame: pd.DataFrame, columns: list[str] | None = None, many: int | None = None, **options: Any) -> Any:
    """Draw a table: on a page as st.dataframe with `options`, on a board whole as HTML; return what st.dataframe does.

    columns: which to show, in this order; all when None. many: how many rows there are, where `frame` holds the
    first of them only. On a board stand the first ROWS, and how many of how many.
    """
    if not width():
        return st.dataframe(frame, column_order=columns, **options)
    shown = frame[columns] if columns else frame
    heads = [(name, "n" if pd.api.types.is_numeric_dtype(shown[name]) else "") for name in shown.columns]
    rows = [
        markup.row((_text(cell), css) for cell, (_, css) in zip(record, heads, strict=True))
        for record in shown.head(ROWS).itertuples(index=False)
    ]
    whole = len(frame) if many is None else many
    counted = f"列出前{len(rows)}行，共{whole}行" if whole > len(rows) else f"共{whole}行"
    markup.show(markup.grid(heads, rows, "loose whole"), f'<p class="sub">{counted}</p>')
    return None


def _text(cell: object) -> str:
    """Return a cell as it is read: no seconds, no hour at midnight, nothing where there is nothing."""
    if cell is None or pd.isna(cell) is True:
        return ""
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return str(cell)
