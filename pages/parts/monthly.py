"""The page 月报: which report, in which edition, and the report as it will be."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import streamlit as st

from data.errors import UserError
from data.store import Reader, Store
from metrics.report import board as one_page_board
from metrics.report import editions, html, making, packs, subject
from metrics.report.document import Document, day_words, from_json, to_json
from metrics.report.editions import Edition
from pages.parts import access, board, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import show

KINDS = {"month": "月报", "quarter": "季报", "half": "半年报", "year": "年报"}
CITY = "全市"
_BOARD = {1280: 980, 1920: 1320}  # width of a board → pixels that the picture on it may take
_PAPER = 640  # height of the preview in pixels: what a screen of 768 leaves


@dataclass(frozen=True)
class Chosen:
    """The report that the page shows. edition: the frozen one that is shown; None for a draft from the data in force."""

    store: Store
    reader: Reader
    key: str
    branch: str
    document: Document
    frozen: tuple[Edition, ...]
    edition: Edition | None

    @property
    def words(self) -> str:
        """The period in words."""
        return self.document.period_words


def choose(screen: Screen) -> Chosen:
    """Draw the choice of kind, period, branch and edition; stop the page with a sentence where nothing can be made."""
    store, reader = Store(), screen.reader
    known = query.ask(reader, subject.keys, query.first_day(reader) or reader.as_of.date())
    with st.container(key="report_choice", horizontal=True, vertical_alignment="center", gap="small"):
        kind = st.segmented_control(
            "种类", list(KINDS), default="month", format_func=KINDS.get, key="kind", bind="query-params",
            label_visibility="collapsed", required=True,
        )  # fmt: skip
        kind = kind if kind in KINDS else "month"
        names = {words(reader, key): key for key in known[kind]}
        first = words(reader, query.ask(reader, subject.last_complete_month)) if kind == "month" else next(iter(names))
        name = st.selectbox(
            "报告期", list(names), index=list(names).index(first) if first in names else 0, key=f"of_{kind}",
            bind="query-params", label_visibility="collapsed", width=170,
        )  # fmt: skip
        branches = [CITY, *packs.branches(reader)] if access.may("report") else list(reader.scope.branches or ())
        whose = st.selectbox(
            "范围", branches, key="whose", bind="query-params", label_visibility="collapsed", width=190
        )
        whose = whose if whose in branches else branches[0]
        key, branch = names.get(name, names[first]), "" if whose == CITY else whose
        try:
            frozen = tuple(editions.editions(store, key, branch))
            edition = _choose_edition(frozen)
            if edition is None and not access.may("report"):
                _none_yet(name, branch)
            made = editions.document(edition) if edition else _draft(store, reader, key, branch)
        except UserError as error:
            show(markup.wrong(str(error)))
            st.stop()
    return Chosen(store, reader, key, branch, made, frozen, edition)


def words(reader: Reader, key: str) -> str:
    """Return a period in words, with its cut-off while it is not over: 2025年9月, 2025年下半年（截至10月31日）."""
    about = query.ask(reader, subject.subject, key)
    return about.period_words if about.period.complete else f"{about.period_words}（{about.period.cut_words}）"


def _choose_edition(frozen: tuple[Edition, ...]) -> Edition | None:
    """Return the frozen edition to show, the newest unless another or a draft is asked for; None where there is none."""
    if not frozen:
        show('<span class="tag">草稿</span>')
        return None
    names: dict[str, Edition | None] = {f"定稿第{edition.number}版": edition for edition in reversed(frozen)}
    names |= {"按现有数据的草稿": None} if access.may("report") else {}
    name = st.selectbox(
        "版本", list(names), key="edition", bind="query-params", label_visibility="collapsed", width=170
    )
    return names.get(name, frozen[-1])


def _none_yet(name: str, branch: str) -> NoReturn:
    """Tell a branch that its notice is not frozen yet, and stop the page; drafts are not its own to see."""
    show(markup.state("还没有定稿", f"{name}给{branch}的通报还没有定稿；信访办定稿后在这里看。"))
    st.stop()


def _draft(store: Store, reader: Reader, key: str, branch: str) -> Document:
    with st.spinner("正在写报告……"):
        own, corrected = making.parts(store, reader, key, branch)
        return query.ask(reader, making.written, key, branch, own, corrected)


def preview(chosen: Chosen) -> None:
    """Draw the report as it will be; its numbers lead to their definition and cases in a new tab."""
    state = frozen_words(chosen.edition) if chosen.edition else "草稿，未定稿"
    show(markup.title(chosen.document.title, f"{state}；点报告里的数字，看口径和案件"))
    st.iframe(_page(to_json(chosen.document), _dashboard()), height=_PAPER, alt=chosen.document.title)


@lru_cache(maxsize=32)
def _page(document: bytes, dashboard: str) -> str:
    """Return the report, given as JSON, as a page; kept, for its charts take half a second and every click shows it again."""
    return html.write(from_json(document), dashboard, embedded=True).decode()


def one_page(chosen: Chosen) -> None:
    """Draw the report as a board: its one page of figures, as wide as the board; a notice to a branch has none."""
    document = chosen.document
    if document.board is None:
        show(markup.nothing("给一个分局的通报没有一图读懂，请退出截图模式，在“取文件”里下载图片。"))
        return
    drawn = one_page_board.page(document.board, document.stamp, document.is_demo)
    scale = _BOARD[board.width()] / one_page_board.WIDE
    fitted = drawn.replace("</head>", f"<style>html{{zoom:{scale:.4f}}}</style></head>", 1)
    st.iframe(fitted, height=round(one_page_board.HIGH * scale), alt=document.board.title)


def _dashboard() -> str:
    """Return the address of the dashboard as the viewer has it: a frame's links need a whole one."""
    return (st.context.url or "").rpartition("/")[0]


def frozen_words(edition: Edition) -> str:
    """Return which edition it is, when it was frozen and by whom: 第1版，2025年10月8日由张三定稿."""
    kept = edition.manifest
    return f"第{kept.number}版，{day_words(kept.frozen_at)}由{kept.author}定稿"


def choose_part(parts: list[str]) -> str:
    """Draw the switch between what can be done with the report, and return what is chosen."""
    name = st.segmented_control(
        "做什么", parts, default=parts[0], key="part", bind="query-params", label_visibility="collapsed", required=True
    )
    return name if name in parts else parts[0]
