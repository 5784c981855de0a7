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

from data.errors import UserError
from data.store import Reader, Store
from metrics import edition, parameters, periods
from metrics.engine import Figure, Where
from metrics.periods import Period
from pages.parts import board, filters, markup, query
from pages.parts.markup import address, esc

PRODUCT = "环境信访看板"
STYLE = Path(__file__).parent / "style.css"
MENU = {
    "./": "总览",
    "branches": "分局",
    "satisfaction": "满意率",
    "backlog": "积案与督办",
    "hotspots": "重复与热点",
    "mechanism": "工作机制",
    "explore": "查询",
    "monthly": "月报",
    "cases": "案件",
    "definitions": "指标口径",
    "imports": "数据导入",
    "quality": "数据质量",
    "settings": "设置",
}


@dataclass(frozen=True)
class Screen:
    """What a page needs to know: the store it reads, the filters, and how to link on."""

    reader: Reader
    period: Period
    where: Where
    pairs: tuple[tuple[str, str], ...] = ()

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


def begin(title: str, here: str) -> Screen:
    """Draw the top of a page with its filters and return its Screen; stop the page where there is nothing to show."""
    menu, reader = _open(title)
    if reader is None:
        _menu(menu, here, None, kept())
        _heading(title, "尚未导入数据")
        _nothing_yet()
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
    menu, reader = _open(title)
    if reader and board.width():
        with menu:
            board.head(reader, title, here, [as_of_words(reader)])
        return reader
    _menu(menu, here, reader, kept())
    _heading(title, as_of_words(reader) if reader else "尚未导入数据")
    return reader


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


def _open(title: str) -> tuple[st.delta_generator.DeltaGenerator, Reader | None]:
    st.set_page_config(page_title=f"{title} · {PRODUCT}", layout="wide", initial_sidebar_state="collapsed")
    st.html(STYLE)
    menu = st.container()
    try:
        return menu, Store().reader()
    except UserError as error:
        markup.show(markup.wrong(str(error)))
        st.stop()


def _menu(place: st.delta_generator.DeltaGenerator, here: str, reader: Reader | None, pairs: tuple) -> None:
    entries = "".join(
        f'<a href="{esc(address(page, pairs))}"{" aria-current=page" if page == here else ""}>{name}</a>'
        for page, name in MENU.items()
    )
    mark = '<span class="demo">演示数据</span>' if reader and reader.is_demo else ""
    with place:
        markup.show(
            f'<header class="top"><span class="brand">黄石市{PRODUCT}</span>',
            f'<nav aria-label="菜单">{entries}</nav>{board.switch(here) if reader else ""}{mark}</header>',
        )


def _heading(title: str, words: str) -> None:
    markup.show(f'<div class="head"><h1>{esc(title)}</h1><p>{esc(words)}</p></div>')
