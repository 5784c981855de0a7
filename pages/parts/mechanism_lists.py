"""The lists of the page of how the bureau works: what is late, leaders, the activities of the period; all to take away."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from metrics import workings
from metrics.activities import LETTER, MISSED, Activity
from pages.parts import markup, query, taken
from pages.parts.frame import Screen
from pages.parts.lists import short
from pages.parts.markup import esc, link, show
from pages.parts.mechanism import CSS, day_words, read, unfit

ALL_KINDS = "全部类别"
_MOST, _MOST_URGENT, _MOST_CASES = 60, 9, 3


def urgent(screen: Screen) -> None:
    """Draw what is past its day and not done: supervision letters without an answer first."""
    found = read(screen)
    rows = sorted(found.urgent, key=lambda one: (one.kind != LETTER, one.day))
    letters = sum(one.kind == LETTER for one in rows)
    title = f"逾期未反馈的督办{letters}件" if letters else "没有逾期未反馈的督办"
    more = f"，另{len(rows) - letters}项近12个月内计划了没有记录" if len(rows) > letters else ""
    show(markup.title(title + more, f"督办在前，最早的在前；截至{day_words(found.now)}"))
    if not rows:
        show(markup.nothing("没有过期未完成的事项。"))
        return
    known = _known(screen, rows[:_MOST_URGENT])
    heads = (("类别", ""), ("主题", ""), ("分局", ""), ("计划", "n"), ("状态", "n"))
    lines = [
        f'<tr><td>{esc(one.kind)}</td><td class="cut" title="{esc(one.subject)}">{_subject(screen, one, known)}</td>'
        f'<td>{esc("、".join(one.branches))}</td><td class="n">{_short_day(one.planned, found.now)}</td>'
        f'<td class="n {"overdue" if one.kind == LETTER else "concern"}">{esc(_state(one, found.now))}</td></tr>'
        for one in rows[:_MOST_URGENT]
    ]
    show(markup.grid(heads, lines))
    if len(rows) > _MOST_URGENT:
        show(markup.notes([f"另有{len(rows) - _MOST_URGENT}项，见下方清单。"]))


def _state(one: Activity, now: date) -> str:
    return f"逾期{(now - one.planned).days}天" if one.kind == LETTER else "没有记录"


def _subject(screen: Screen, one: Activity, known: dict[str, date]) -> str:
    """Return the subject, as a link to its first case where there is one."""
    number = next((number for number in one.cases if number in known), None)
    return link(_case_link(screen, number, known), esc(one.subject)) if number else esc(one.subject)


def leaders(screen: Screen) -> None:
    """Draw what each leader has in charge and has done in the period."""
    rows = query.ask(screen.reader, workings.leaders, screen.period, screen.where)
    visits, unsolved = sum(row.visits for row in rows), sum(row.unsolved for row in rows)
    title = f"领导带案下访{visits}次，包保件未解决{unsolved}件" if rows else "领导包保、下访、研判"
    sub = f"{screen.period.plain_words}；包保件为期末在册数；一次由几位领导参加的各计一次"
    show(markup.title(title, sub, more=link(screen.link("backlog"), "包保件清单", css="more")))
    if not rows:
        show(markup.nothing("台账里没有写明领导。"))
        return
    heads = (
        ("领导", ""),
        ("包保件", "n"),
        ("未解决", "n"),
        ("研判会", "n"),
        ("下访/计划", "n"),
        ("签发督办", "n"),
        ("最近下访", "n"),
    )
    lines = [
        markup.row(
            [
                (row.name, ""), (row.key_cases or "", "n"), (row.unsolved or "", "n concern"), (row.meetings or "", "n"),
                (f"{row.visits}/{row.planned}" if row.visits or row.planned else "", "n"), (row.letters or "", "n"),
                (_short_day(row.last_visit, screen.reader.as_of.date()), "n"),
            ]
        )
        for row in rows
    ]  # fmt: skip
    show(markup.grid(heads, lines))
    take_away(screen, workings.leader_frame(rows), "领导包保与下访", "领导包保台账、研判会、带案下访、督办函台账")


def listed(screen: Screen) -> None:
    """Draw the activities of the period, the latest first, with the cases that they are about."""
    found = read(screen)
    with st.container(horizontal=True, vertical_alignment="center"):
        kind = st.segmented_control(
            "类别", [ALL_KINDS, *found.kinds], default=ALL_KINDS, key="kind", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    rows = [one for one in found.listed if kind in (None, ALL_KINDS, one.kind)]
    few = f"，列出最近{_MOST}项" if len(rows) > _MOST else ""
    sub = "计划、发出或完成在期内的；日期新的在前；信访件编号点开即为该件"
    show(markup.title(f"{screen.period.plain_words}{'' if kind in (None, ALL_KINDS) else kind}{len(rows)}项{few}", sub))
    if not rows:
        show(markup.nothing("所选统计期内没有这类活动；可换一个统计期或类别。"))
        return
    known = _known(screen, rows[:_MOST])
    heads = (
        ("类别", ""),
        ("主题", ""),
        ("分局", ""),
        ("领导／授课", ""),
        ("发出", "n"),
        ("计划", "n"),
        ("完成", "n"),
        ("状态", ""),
        ("涉及信访件", ""),
    )
    show(markup.grid(heads, [_line(screen, one, known, found.now) for one in rows[:_MOST]]))
    take_away(screen, workings.to_frame(rows, found.now), "工作台账", f"类别：{kind or ALL_KINDS}{unfit(screen)}")


def _line(screen: Screen, one: Activity, known: dict[str, date], now: date) -> str:
    days = "".join(f'<td class="n">{_short_day(day, now)}</td>' for day in (one.issued, one.planned, one.held))
    state = one.state(now)
    css = "overdue" if state == MISSED and one.kind == LETTER else CSS.get(state, "quiet")
    return (
        f'<tr><td>{esc(one.kind)}</td><td class="cut" title="{esc(one.outcome or one.subject)}">{esc(one.subject)}</td>'
        f"<td>{esc('、'.join(one.branches))}</td><td>{esc(one.leader)}</td>{days}"
        f'<td><span class="{css}">{esc(one.state_words(now))}</span></td><td class="numbers">{_cases(screen, one, known)}</td></tr>'
    )


def _cases(screen: Screen, one: Activity, known: dict[str, date]) -> str:
    shown = [
        link(_case_link(screen, number, known), esc(short(number)), number) if number in known
        else f'<span class="few" title="库中没有编号{esc(number)}">{esc(short(number))}</span>'
        for number in one.cases[:_MOST_CASES]
    ]  # fmt: skip
    more = f" 等{len(one.cases)}件" if len(one.cases) > _MOST_CASES else ""
    return "、".join(shown) + more


def _known(screen: Screen, rows: Sequence[Activity]) -> dict[str, date]:
    """Return the related numbers that are cases of the store, with their days of receipt."""
    numbers = tuple(dict.fromkeys(number for one in rows for number in one.cases))
    return query.ask(screen.reader, workings.received_on, numbers)


def _case_link(screen: Screen, number: str, known: dict[str, date]) -> str:
    return screen.link("cases", kpi="cases_total", span=str(known[number]), group=f"case_no:{number}")


def take_away(screen: Screen, table: pd.DataFrame, name: str, words: str) -> None:
    """Draw the downloads of a list; of the filters a ledger has the branch only."""
    branches = "、".join(screen.where.get("branch"))
    taken.pair(screen, table, name, words, filtered=f"分局：{branches}" if branches else "")


def _short_day(day: date | None, now: date) -> str:
    """Return a day without its year where that is the current one."""
    if day is None:
        return ""
    return f"{day.month}月{day.day}日" if day.year == now.year else f"{day:%Y-%m-%d}"
