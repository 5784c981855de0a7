"""The list of cases behind a figure. Only fields that may be shown come out of the reader; nobody is named."""

import pandas as pd
import streamlit as st

from data.errors import UserError
from metrics import export
from pages.parts import board, markup, query
from pages.parts.drill import PARTS, Target
from pages.parts.frame import Screen, as_of_words
from pages.parts.markup import esc, link, show

SHOWN_ROWS = 2000  # more than anybody scrolls; the files hold all of them
HEIGHT, ROW = 580, 30  # pixels: the list ends above the fold at 1366 × 768
MAIN = (
    "信访件编号",
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


def read(screen: Screen, wanted: Target) -> pd.DataFrame:
    """Return the cases that the address asks for; stop the page with a sentence where there can be none."""
    try:
        return query.cases_behind(screen.reader, wanted.kpi, wanted.period, wanted.group, screen.where, wanted.part)
    except UserError as error:
        show(markup.wrong(str(error)))
        st.stop()


def words(screen: Screen, wanted: Target) -> list[str]:
    """Return what the list is, as the files carry it: figure, part, period, filter, definition, cut-off."""
    part = PARTS[wanted.part] if wanted.kpi.kind == "share" else ""
    return [
        f"{wanted.title}　{part}　{wanted.period.words}".replace("　　", "　"),
        f"筛选：{screen.where.words or '无'}",
        f"口径：{wanted.kpi.formula}；{wanted.kpi.period_words}",
        as_of_words(screen.reader),
    ]


def head(screen: Screen, wanted: Target, cases: pd.DataFrame) -> None:
    """Draw what the list is, how many cases it has, and the way to the other parts of the same figure."""
    title, filtered, definition, _ = words(screen, wanted)
    here = {"kpi": wanted.kpi.id, "group": ",".join(f"{k}:{v}" for k, v in wanted.group.items())}
    here |= {"span": wanted.period.label} if wanted.period != screen.period else {}
    named = {key: value for key, value in here.items() if value}
    chips = [link(screen.link("passport", **named), "口径")]
    if wanted.kpi.kind == "share" and wanted.kpi.condition:
        chips += [
            f'<a href="{esc(screen.link("cases", **named, part=part))}"{" aria-current=true" if part == wanted.part else ""}>{name}</a>'
            for part, name in PARTS.items()
        ]
    show(
        markup.title(f"{title}：{len(cases)}件", f"{definition}　{filtered}"),
        f'<div class="chips">{"".join(chips)}</div>',
    )


def tools(screen: Screen, wanted: Target, cases: pd.DataFrame) -> bool:
    """Draw the downloads and the switch for all columns; return whether all columns are wanted."""
    notes = words(screen, wanted)
    name = f"{wanted.kpi.name}_{wanted.period.label}".replace("/", "至")
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        everything = st.toggle("全部列", key="all_columns")
        for label, ending, write in (("下载 Excel", "xlsx", export.to_xlsx), ("下载 CSV", "csv", export.to_csv)):
            st.download_button(
                label,
                lambda write=write: write(cases, notes),
                f"{name}.{ending}",
                on_click="ignore",
                key=f"get_{ending}",
            )
    return everything


def table(cases: pd.DataFrame, everything: bool) -> None:
    """Draw the list itself."""
    if cases.empty:
        show(markup.state("没有信访件", "所选统计期与筛选条件下没有这样的信访件；可放宽上方的筛选。"))
        return
    if len(cases) > SHOWN_ROWS and not board.width():
        show(markup.notes([f"这里显示前{SHOWN_ROWS}件，下载的文件含全部{len(cases)}件。"]))
    times = cases.select_dtypes("datetime").columns
    columns = {name: st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=124) for name in times}
    board.table(
        cases,
        None if everything else [name for name in MAIN if name in cases.columns] or None,
        SHOWN_ROWS,
        hide_index=True,
        height=min(HEIGHT, ROW * (len(cases) + 1) + 6),
        row_height=ROW,
        column_config=columns,
        placeholder="",
    )
