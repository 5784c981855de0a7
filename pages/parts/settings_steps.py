"""Step changes on the page of settings: recorded with author and reason, proposed by the data, never applied by it."""

from functools import partial

import streamlit as st

from data.errors import UserError
from data.reference import Reference, editing
from data.schema import UNMATCHED_BRANCH
from data.store import Reader
from metrics import parameters, periods, proposals
from metrics.catalog import CATALOG
from metrics.engine import fits
from metrics.periods import Period
from metrics.proposals import Proposal
from metrics.steps import Step
from pages.parts import access, markup, query, settings_log
from pages.parts.markup import show

CITY = "全市"
_MONTHS = 60
_HEADS = (("自", ""), ("指标", ""), ("范围", ""), ("原因", ""), ("登记人", ""), ("状态", ""))


def draw(reader: Reader | None) -> None:
    """Draw the step changes in force, what the data proposes, and the forms that record one or take one away."""
    show(
        markup.title(
            "阶跃变化", "自某月起水平变了、且写得出原因时登记：均值和控制限从该月另算，以前的月份保留。不会自动登记"
        )
    )
    try:
        rows = Reference(settings_log.folder()).kept("steps")
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if reader is None:
        show(markup.nothing("导入数据后才能登记。"))
        return
    months = tuple(_months(reader))
    shown = [_row(reader, row, months) for row in rows]
    show(markup.grid(_HEADS, shown, "loose") if shown else markup.nothing("还没有登记的阶跃变化。"))
    adding, removing = st.tabs(["登记", "删除"])
    with adding:
        _add(reader, months)
    with removing:
        _remove(rows)


def _months(reader: Reader) -> list[Period]:
    this_year = periods.year_to_date(reader.as_of, parameters.start_day(reader))
    return query.months_before(reader, this_year, _MONTHS)


def _row(reader: Reader, row: dict, months: tuple[Period, ...]) -> str:
    step = Step(row["starts_on"], row["kpi"], row["branch"], row["author"], row["reason"])
    state = query.ask(reader, proposals.standing, step, months)
    cells = (*_cells(row), row["reason"], row["author"], state)
    return markup.row([(text, "") for text in cells])


def _cells(row: dict) -> tuple[str, str, str]:
    return row["starts_on"].isoformat(), CATALOG[row["kpi"]].name, row["branch"] or CITY


def _add(reader: Reader, months: tuple[Period, ...]) -> None:
    names = {kpi.name: kpi.id for kpi in CATALOG.values() if not kpi.split_by and not kpi.base}
    with st.container(horizontal=True):
        kpi = names[st.selectbox("指标", list(names), key="step_kpi", width=280)]
        branches = [name for name in query.dimension_values(reader, "branch") if name != UNMATCHED_BRANCH]
        cut = branches if fits(CATALOG[kpi].relation, ["branch"]) else []
        where = st.selectbox("范围", [CITY, *cut], key="step_branch", width=200)
    branch = "" if where == CITY else where
    found = query.ask(reader, proposals.proposals, kpi, branch, months)
    show(markup.remarks([_proposed(found)]))
    options = {month.plain_words: month for month in reversed(months[1:])}
    with st.form("add_step", border=False):
        month = st.selectbox(
            "自哪个月起", list(options), None, key=f"step_month_{kpi}_{branch}_{settings_log.fresh()}", width=200
        )
        author, reason = settings_log.signed()
        saves = st.form_submit_button("登记", type="primary")
    if not saves:
        return
    if month is None:
        settings_log.refuse("请选择自哪个月起。")
    row = {"starts_on": options[month].first, "kpi": kpi, "branch": branch, "reason": reason, "author": author}
    texts = {name: str(value) for name, value in row.items()}
    edit = partial(editing.set_row, name="steps", row=texts)
    settings_log.save(edit, "登记阶跃变化", "", "，".join(_cells(row)), author, reason)


def _proposed(found: list[Proposal]) -> str:
    if not found:
        return "数据：末段没有持续偏在均值一侧的月份。"
    return f"数据提示：{found[0].words}，若确有原因可登记；没有原因就不登记。"


def _remove(rows: list[dict]) -> None:
    if not rows:
        show(markup.nothing("没有可删除的阶跃变化。"))
        return
    options = {"，".join(_cells(row)): row for row in rows}
    with st.form("remove_step", border=False):
        label = st.selectbox("阶跃变化", list(options), key="step_gone")
        with st.container(horizontal=True):
            author = access.author("修改人", key="step_gone_author", width=150, max_chars=20)
            reason = st.text_input("原因", key=f"step_gone_reason_{settings_log.fresh()}", max_chars=200)
        removes = st.form_submit_button("删除")
    if removes:
        key = {name: str(options[label][name]) for name in ("starts_on", "kpi", "branch")}
        edit = partial(editing.remove_row, name="steps", key=key)
        settings_log.save(edit, "删除阶跃变化", label, "", author, reason)
