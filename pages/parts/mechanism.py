"""The page of how the bureau works: the choice of view, the matrix of months, the branches, what to do without a ledger."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from metrics import activities, workings
from metrics.activities import AHEAD, LATE, MISSED, Cell, Overview
from metrics.fields import criterion
from pages.parts import filters, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import address, esc, link, show

LEDGERS, ASSESSMENT = "工作台账", "分局评估"
_TEMPLATES = {"研判会": "研判会台账", "带案下访": "带案下访台账", "督办": "督办函台账", "培训": "培训台账"}
CSS = {MISSED: "concern", LATE: "late", AHEAD: "ahead"}


def choose_view(screen: Screen) -> str:
    """Draw the choice between the ledgers and the assessment of branches; return it. One branch alone is not assessed."""
    if not screen.is_whole:
        return LEDGERS
    chosen = st.segmented_control(
        "内容", [LEDGERS, ASSESSMENT], default=LEDGERS, key="view", bind="query-params", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or LEDGERS


def is_empty(screen: Screen) -> bool:
    """Say whether no activity has been imported yet."""
    return query.ask(screen.reader, activities.is_empty)


def how_to_begin(screen: Screen) -> None:
    """Draw which templates to fill and where they are."""
    names = "、".join(f"“{name}”" for name in _TEMPLATES.values())
    here = link(screen.link("imports"), "数据导入")
    show(
        markup.state(
            "还没有工作台账", "登记研判会、带案下访、督办函、培训后，这里逐月对照计划与完成，并可与任一指标的走势并列。"
        ),
        f"<p>到{here}页下载{esc(names)}的空白模板，一行一次，计划时间和完成时间分开填，填好后在同一页上传。"
        "编号自拟，同一编号再次导入即更新；已有台账的列名对得上也可以直接上传。</p>",
    )


def read(screen: Screen) -> Overview:
    """Return the page's reading of the chosen period and branches."""
    return query.ask(screen.reader, workings.overview, screen.period, screen.where)


def unfit(screen: Screen) -> str:
    """Return which filters the ledgers cannot follow, in words."""
    chosen = [criterion("cases", name).label for name in screen.where.names if name != "branch"]
    return f"；台账没有{'、'.join(chosen)}，未按其筛选" if chosen else ""


def months(screen: Screen) -> None:
    """Draw the matrix of months and kinds: done of planned, what is missing marked, what lies ahead hollow."""
    found = read(screen)
    words = (
        f"各月为 完成/计划，按计划的月份（督办按要求反馈的月份），+为计划外；截至{day_words(found.now)}{unfit(screen)}"
    )
    heads = [("", ""), *((_month_head(month, number == 0), "n") for number, month in enumerate(found.months))]
    rows = [_kind_row(screen, kind, cells, found.months, found.now) for kind, cells in found.kinds.items()]
    rows.append(_training_row(found))
    legend = '<p class="sub"><b class="concern">橙色</b>过期没有完成　<span class="late">带下划线</span>迟了才完成　<span class="ahead">虚框</span>尚未到期</p>'
    show(markup.title(workings.headline(found), words), markup.grid(heads, rows, "months"), legend)
    show(markup.notes(_training_words(found)))


def _month_head(month: date, is_first: bool) -> str:
    return f"{month.year}年{month.month}月" if is_first or month.month == 1 else f"{month.month}月"


def _kind_row(screen: Screen, kind: str, cells: Sequence[Cell], months: Sequence[date], now: date) -> str:
    inner = "".join(
        _cell(cell, _month_link(screen, month, kind, now)) for cell, month in zip(cells, months, strict=True)
    )
    return f"<tr><td>{esc(kind)}</td>{inner}</tr>"


def _cell(cell: Cell, href: str = "") -> str:
    """Return one number of a matrix; what is missed is orange, what came late underlined, what lies ahead hollow."""
    told = [
        f"{many}项{words}"
        for many, words in ((cell.missed, "过期没有完成"), (cell.late, "迟了"), (cell.ahead, "未到期"))
        if many
    ]
    text = (
        f'<span class="{CSS.get(cell.state, "")}" title="{"，".join(told)}">{esc(cell.text)}</span>'
        if cell.text
        else ""
    )
    return f'<td class="n">{link(href, text) if href and text else text}</td>'


def _month_link(screen: Screen, month: date, kind: str, now: date) -> str:
    """Return the address of the month's own list; empty for months that cannot be chosen."""
    label = f"{month.year}年{month.month}月"
    if month > now or label not in filters.period_options(screen.reader):
        return ""
    others = [pair for pair in screen.pairs if pair[0] not in ("period", "days")]
    return address("mechanism", [("period", label), ("kind", kind), *others])


def _training_row(found: Overview) -> str:
    signs = dict.fromkeys(found.training.kept, ("✓", "", "当月办了培训"))
    signs |= dict.fromkeys(found.training.missed, ("缺", "concern", "当月没有办培训"))
    signs |= dict.fromkeys(found.training.pending, ("待", "ahead", "当月还没有办，月份未完"))
    cells = (signs.get(month, ("", "", "")) for month in found.months)
    inner = "".join(
        f'<td class="n"><span class="{css}" title="{words}">{sign}</span></td>' for sign, css, words in cells
    )
    return f'<tr class="rule"><td>每月一培训</td>{inner}</tr>'


def _training_words(found: Overview) -> list[str]:
    missed = "、".join(f"{month.year}年{month.month}月" for month in found.training.missed)
    return [f"没有办培训的月份：{missed}（拖到次月办的，当月仍算缺）。"] if missed else []


def branches(screen: Screen) -> None:
    """Draw done of planned for each branch and kind in the period."""
    found = read(screen)
    kinds = list(found.kinds)
    sub = f"{screen.period.plain_words}，完成/计划；几个分局一起的各计一次，合计只计一次"
    rows = [f"<tr><td>{esc(name)}</td>{''.join(map(_cell, cells))}</tr>" for name, cells in found.branches.items()]
    rows.append(f'<tr class="total"><td>合计</td>{"".join(map(_cell, found.total))}</tr>')
    heads = [("分局", ""), *((kind, "n") for kind in kinds)]
    show(markup.title("各分局的计划与完成", sub), markup.grid(heads, rows, "months"))


def day_words(day: date) -> str:
    """Return a day in words."""
    return f"{day.year}年{day.month}月{day.day}日"
