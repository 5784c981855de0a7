"""What every page begins with: looks, menu, title line, shared filters, and the states in which there is nothing to show.

Links are ordinary links that carry the filters in their address. Streamlit's own page links drop bound filters on the
way and leave the address of the former page behind on "back"; an ordinary link is right in every case, can be opened in
a new tab and be sent to a colleague. See docs/decisions/004-ordinary-links.md.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import streamlit as st

from data import readonly
from data.access import audit
from data.errors import UserError
from data.store import Reader, Store
from metrics import edition, parameters, periods, sentences
from metrics.engine import Figure, Where
from metrics.periods import Period
from pages.parts import access, board, filters, markup, query, watermark
from pages.parts.markup import address, esc

PRODUCT = "环境信访看板"
STYLE = Path(__file__).parent / "style.css"


@dataclass(frozen=True)
class MenuEntry:
    """A page: its name and the permission (a key of roles.PERMISSIONS) that it asks for."""

    name: str
    permission: str


MENU = {
    "./": MenuEntry("总览", "figures"),
    "branches": MenuEntry("分局", "figures"),
    "satisfaction": MenuEntry("满意率", "figures"),
    "backlog": MenuEntry("积案与督办", "figures"),
    "hotspots": MenuEntry("重复与热点", "figures"),
    "mechanism": MenuEntry("工作机制", "figures"),
    "explore": MenuEntry("查询", "figures"),
    "monthly": MenuEntry("月报", "figures"),
    "cases": MenuEntry("案件", "cases"),
    "definitions": MenuEntry("指标口径", "figures"),
    "imports": MenuEntry("数据导入", "import"),
    "quality": MenuEntry("数据质量", "report"),
    "settings": MenuEntry("设置", "define"),
    "audit": MenuEntry("审计", "audit"),
    "admin": MenuEntry("管理", "accounts"),
}
UNLISTED = {"passport": MenuEntry("指标详情", "figures"), "case": MenuEntry("单件", "cases")}
_EVENTS = {"cases": "drill", "passport": "drill", "case": "drill", "explore": "query"}  # the rest are pages
_RECORDED = "recorded"
SERVED_ONLY = ("audit", "admin")  # nobody needs them who sits alone at the machine


@dataclass(frozen=True)
class Screen:
    """What a page needs to know: the store it reads, the filters, and how to link on."""

    reader: Reader
    period: Period
    where: Where
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the viewer sees all branches, so that one can be compared with the others."""
        return self.reader.scope.branches is None

    def link(self, page: str, **extra: str) -> str:
        """Return the address of a page with the filters and `extra` in its query string."""
        return address(page, [*extra.items(), *self.pairs])

    def passport(self, figure: Figure) -> str:
        """Return the address of a figure's passport."""
        return self.link("passport", **self._naming(figure))

    def cases(self, figure: Figure, part: str = "denominator") -> str:
        """Return the address of the cases that a part of a figure counts."""
        return self.link("cases", **self._naming(figure), part=part)

    def _naming(self, figure: Figure) -> dict[str, str]:
        """Return what names a figure in an address; its period only where the filters do not say it."""
        named = {"kpi": figure.kpi.id}
        if figure.period != self.period:
            named["span"] = figure.period.label
        if figure.group:
            named["group"] = markup.group_text(figure.group)
        return named


def begin(title: str, here: str, of_whom: bool = False) -> Screen:
    """Draw the top of a page with its filters and return its Screen; stop the page where there is nothing to show.

    of_whom: the title begins with whose cases these are: 全市, or the viewer's branches.
    """
    menu, reader = _open(title, here)
    if reader is None:
        _menu(menu, here, None, kept())
        _heading(title, "尚未导入数据")
        _nothing_yet()
    title = sentences.whole(reader) + title if of_whom else title
    if board.width():
        chosen = filters.draw(reader)  # out of sight, for the address says what is chosen
        with menu:
            board.head(reader, title, here, [*_chosen_words(chosen), as_of_words(reader)])
    else:
        left, right = st.columns([43, 57], vertical_alignment="center")
        with right:
            chosen = filters.draw(reader)
        with left:
            _heading(title, f"{chosen.period.plain_words} · {as_of_words(reader)}")
        _menu(menu, here, reader, chosen.pairs)
    _record(title, here)
    return Screen(reader, chosen.period, chosen.where, chosen.pairs)


def _chosen_words(chosen: filters.Filters) -> list[str]:
    """Return what is chosen in words; conditions of a query are said by the page that reads them."""
    is_free = not chosen.where and "where" not in st.query_params
    filtered = [f"筛选：{chosen.where.words or '无'}"] if chosen.where or is_free else []
    return [f"统计期：{chosen.period.plain_words}", *filtered]


def begin_without_filters(title: str, here: str) -> Screen:
    """Draw the top of a page that has its own choice of period; stop the page where there is nothing to show."""
    reader = begin_without_data(title, here)
    if reader is None:
        _nothing_yet()
    this_year = periods.year_to_date(reader.as_of, parameters.start_day(reader))
    return Screen(reader, this_year, Where(), kept())


def _nothing_yet() -> NoReturn:
    markup.show(markup.state("还没有数据", "请在“数据导入”页上传各系统的导出文件；导入完成后，这里显示指标。"))
    st.stop()


def begin_without_data(title: str, here: str) -> Reader | None:
    """Draw the top of a page that works on an empty store as well; return the reader, or None."""
    menu, reader = _open(title, here)
    if reader and board.width():
        with menu:
            board.head(reader, title, here, [as_of_words(reader)])
    else:
        _menu(menu, here, reader, kept())
        _heading(title, as_of_words(reader) if reader else "尚未导入数据")
    _record(title, here)
    return reader


def begin_plain(title: str, here: str) -> Store:
    """Draw the top of a page that reads no version of the store, only its accounts or its log; return the store."""
    menu = _start(title, here)
    _menu(menu, here, None, ())
    _heading(title, "")
    _record(title, here)
    watermark.draw(access.mark())
    return Store()


def kept() -> tuple[tuple[str, str], ...]:
    """Return the filters in the address as they stand, for pages that hand them on without using them."""
    return tuple((key, value) for key in filters.KEYS for value in st.query_params.get_all(key))


def as_of_words(reader: Reader) -> str:
    """Return the cut-off, the version and the edition of the definitions, as every page and every download states them."""
    definitions = query.ask(reader, edition.edition)
    return f"数据截至{moment(reader.as_of)} · 版本{reader.version[:6]} · 口径版本{definitions}"


def moment(when: datetime) -> str:
    """Return a moment in words: 2025年10月31日18时."""
    return f"{when.year}年{when.month}月{when.day}日{when.hour}时"


def _start(title: str, here: str) -> st.delta_generator.DeltaGenerator:
    """Set up the page, make sure that the viewer may see it, and return where its menu goes."""
    st.set_page_config(page_title=f"{title} · {PRODUCT}", layout="wide", initial_sidebar_state="collapsed")
    st.html(STYLE)
    menu = st.container()
    entry = MENU.get(here) or UNLISTED[here]
    if not access.needs(entry.permission):
        _menu(menu, here, None, ())
        access.refuse(entry.permission, title)
    return menu


def _open(title: str, here: str) -> tuple[st.delta_generator.DeltaGenerator, Reader | None]:
    menu = _start(title, here)
    try:
        reader = access.reader()
    except UserError as error:
        access.stop(error)
    if not board.width():  # a board has its own, with version and cut-off
        watermark.draw(access.mark())
    return menu, reader


def _menu(place: st.delta_generator.DeltaGenerator, here: str, reader: Reader | None, pairs: tuple) -> None:
    who = access.viewer()
    listed = {
        page: entry.name
        for page, entry in MENU.items()
        if who.may(entry.permission) and not (who.is_local and page in SERVED_ONLY)
    }
    entries = "".join(
        f'<a href="{esc(address(page, pairs))}"{" aria-current=page" if page == here else ""}>{name}</a>'
        for page, name in listed.items()
    )
    mark = '<span class="demo">演示数据</span>' if reader and reader.is_demo else ""
    mark += _reading_mark(reader) if access.is_reading_server() else ""
    account = "" if who.is_local else markup.link(access.ACCOUNT, esc(who.name), "改密码、退出", "to_board")
    with place:
        markup.show(
            f'<header class="top"><span class="brand">黄石市{PRODUCT}</span>',
            f'<nav aria-label="菜单">{entries}</nav>{board.switch(here) if reader else ""}{mark}{account}</header>',
        )


def _reading_mark(reader: Reader | None) -> str:
    """Return the words that say that nothing can be changed here, and which version is still on its way."""
    awaited = Store().awaited() if reader else None
    words = f"只读 · 新版本{awaited[:6]}传送中" if awaited else "只读"
    return f'<span class="demo" title="{esc(readonly.WORDS)}">{esc(words)}</span>'


def _record(title: str, here: str) -> None:
    """Keep in the audit log that this page was looked at and under what conditions, once while nothing changes."""
    given = st.query_params
    conditions = {key: "、".join(given.get_all(key)) for key in given if key != board.KEY}
    if st.session_state.get(_RECORDED) == (here, conditions):
        return
    try:
        audit.record(Store(), _EVENTS.get(here, "page"), conditions | {audit.PAGE: title})
    except UserError as error:
        access.stop(error)
    st.session_state[_RECORDED] = (here, conditions)


def _heading(title: str, words: str) -> None:
    markup.show(f'<div class="head"><h1>{esc(title)}</h1><p>{esc(words)}</p></div>')
