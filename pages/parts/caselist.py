"""The list of cases behind a figure. Only fields that may be shown come out of the reader; nobody is named.

A page reads the first rows and the count, never a million rows; the files are written row by row from all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data.errors import UserError
from metrics import cases, export
from pages.parts import board, explore_filters, markup, query, single
from pages.parts.downloads import button
from pages.parts.drill import PARTS, Target
from pages.parts.frame import Screen, as_of_words
from pages.parts.markup import esc, link, show

SHOWN_ROWS = 1000  # more than anybody scrolls; the files hold all of them
SLOW_ROWS = 100_000  # from here on a workbook takes minutes
HEIGHT, ROW = 580, 30  # pixels: the list ends above the fold at 1366 × 768
_SOURCE, _NUMBER, _ONE = "来源系统", "信访件编号", "单件"
MAIN = (
    _ONE,
    _NUMBER,
    "登记时间",
    "责任分局",
    "渠道",
    "污染类型",
    "被反映对象",
    "办理状态",
    "受理时间",
    "办结期限",
    "办结时间",
    "满意度",
    "初重件",
)


@dataclass(frozen=True)
class Cases:
    """The first cases of a list, and how many there are."""

    first: pd.DataFrame
    many: int


def read(screen: Screen, wanted: Target, rows: int = SHOWN_ROWS, many: int | None = None) -> Cases:
    """Return the cases that the address asks for; stop the page with a sentence where there can be none.

    many: how many there are, where that is known.
    """
    asked = (wanted.kpi.id, wanted.period, wanted.group, screen.where, wanted.part)
    try:
        first = query.ask(screen.reader, cases.cases_behind, *asked, rows)
        if many is None or len(first) < rows:
            many = len(first) if len(first) < rows else query.ask(screen.reader, cases.count_behind, *asked)
    except UserError as error:
        show(markup.wrong(str(error)))
        st.stop()
    return Cases(first, many)


def words(screen: Screen, wanted: Target) -> list[str]:
    """Return what the list is, as the files carry it: figure, part, period, filter, definition, cut-off."""
    part = PARTS[wanted.part] if wanted.kpi.kind == "share" else ""
    return [
        f"{wanted.title}　{part}　{wanted.period.words}".replace("　　", "　"),
        f"筛选：{screen.where.words or '无'}",
        f"口径：{wanted.kpi.formula}；{wanted.kpi.period_words}",
        as_of_words(screen.reader),
    ]


def head(screen: Screen, wanted: Target, found: Cases) -> None:
    """Draw what the list is, how many cases it has, and the way to the other parts of the same figure."""
    title, filtered, definition, _ = words(screen, wanted)
    here = {"kpi": wanted.kpi.id, "group": markup.group_text(wanted.group)}
    here |= {"span": wanted.period.label} if wanted.period != screen.period else {}
    named = {key: value for key, value in here.items() if value}
    chips = [link(screen.link("passport", **named), "口径")]
    if wanted.kpi.kind == "share" and wanted.kpi.condition:
        chips += [
            f'<a href="{esc(screen.link("cases", **named, part=part))}"{" aria-current=true" if part == wanted.part else ""}>{name}</a>'
            for part, name in PARTS.items()
        ]
    show(
        markup.title(f"{title}：{found.many}件", f"{definition}　{filtered}"),
        f'<div class="chips">{"".join(chips)}{explore_filters.chips(screen, "cases", **named, part=wanted.part)}</div>',
    )


def tools(screen: Screen, wanted: Target, found: Cases) -> bool:
    """Draw the downloads and the switch for all columns; return whether all columns are wanted."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        everything = st.toggle("全部列", key="all_columns")
        downloads(screen, wanted, found, words(screen, wanted))
    return everything


def downloads(screen: Screen, wanted: Target, found: Cases, notes: Sequence[str]) -> None:
    """Draw the downloads of all cases; without a workbook where there are more than a worksheet holds."""
    name = f"{wanted.kpi.name}_{wanted.period.label}".replace("/", "至")
    fits = found.many + len(notes) + 2 <= export.MOST_ROWS
    if not fits:
        show(f'<span class="quiet">{found.many}件超过 Excel 的行数上限，请下载 CSV</span>')
    elif found.many > SLOW_ROWS:
        show(f'<span class="quiet">{found.many}件，生成 Excel 需几分钟，CSV 较快</span>')
    ways = (("下载 Excel", "xlsx", export.rows_to_xlsx), ("下载 CSV", "csv", export.rows_to_csv))
    for label, ending, write in ways if fits else ways[1:]:
        button(
            label,
            _file(screen, wanted, notes, write),
            f"{name}.{ending}",
            what={"内容": notes[0], "筛选": notes[1], "件数": found.many},
            key=f"get_{ending}",
        )


def _file(screen: Screen, wanted: Target, notes: Sequence[str], write: Callable[..., bytes]) -> Callable[[str], bytes]:
    """Return what makes the file when it is asked for."""
    asked = (wanted.kpi, wanted.period, wanted.group, screen.where, wanted.part)
    return lambda mark: write(*cases.every_case_behind(screen.reader, *asked), notes, mark=mark)


def table(found: Cases, everything: bool, height: int = HEIGHT) -> None:
    """Draw the list itself."""
    frame = found.first
    if frame.empty:
        show(markup.state("没有信访件", "所选统计期与筛选条件下没有这样的信访件；可放宽上方的筛选。"))
        return
    if found.many > len(frame) and not board.width():
        show(markup.notes([f"这里显示前{len(frame)}件，下载的文件含全部{found.many}件。"]))
    times = frame.select_dtypes("datetime").columns
    columns = {name: st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=124) for name in times}
    if not board.width() and {_SOURCE, _NUMBER} <= set(frame.columns):
        frame = frame.assign(**{_ONE: [_address(*pair) for pair in zip(frame[_SOURCE], frame[_NUMBER], strict=True)]})
        columns[_ONE] = st.column_config.LinkColumn(display_text="查看", width=52)
    board.table(
        frame,
        None if everything else [name for name in MAIN if name in frame.columns] or None,
        found.many,
        hide_index=True,
        height=min(height, ROW * (len(frame) + 1) + 6),
        row_height=ROW,
        column_config=columns,
        placeholder="",
    )


def _address(source: str, number: str | None) -> str | None:
    return single.address(source, number) if number else None
