"""The parts of the page on data quality: reconciliation, quarantine, warnings, unmatched and unknown values."""

import streamlit as st

from data.corrections import quarantine_xlsx
from data.errors import UserError
from data.reference import Reference
from data.refreshing import assign_branch
from data.rules import RULES
from data.store import Store
from metrics.reconcile import Check
from pages.parts import access, downloads, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import esc, link, show

_SHOWN = 200  # the workbook holds all of them


def reconciliation(screen: Screen) -> None:
    """Draw the totals that must agree, each counted in two independent ways."""
    checks = query.checks(screen.reader, screen.period)
    wrong = [check for check in checks if not check.ok]
    title = "对账：全部一致" if not wrong else f"对账：{len(wrong)}项不一致"
    heads = (("核对", ""), ("一种算法", ""), ("", "n"), ("另一种算法", ""), ("", "n"), ("", "n"))
    show(
        markup.title(title, f"{screen.period.words}，不受分局、渠道和污染类型筛选影响"),
        markup.grid(heads, [_check(check) for check in checks], "loose checks"),
    )


def _check(check: Check) -> str:
    verdict = '<span class="better">一致</span>' if check.ok else '<span class="concern">不一致</span>'
    more = "" if check.ok or not check.explanation else f'<div class="sub">{esc(check.explanation)}</div>'
    return (
        f"<tr><td>{esc(check.name)}{more}</td><td>{esc(check.left_words)}</td><td class='n'>{check.left}</td>"
        f"<td>{esc(check.right_words)}</td><td class='n'>{check.right}</td><td class='n'>{verdict}</td></tr>"
    )


def quarantine(screen: Screen) -> None:
    """Draw the rows that count nowhere, with their reasons, and the workbook in which to correct them."""
    rows = query.table(screen.reader, "quarantine")
    show(markup.title(f"隔离区：{len(rows)}行", "不计入任何指标。下载后在原列改正，再到“数据导入”页上传即可"))
    if rows.empty:
        show(markup.nothing("没有被隔离的行。"))
        return
    downloads.button(
        "下载更正表",
        lambda _: quarantine_xlsx(screen.reader),  # goes back into the import: nothing may be added to it
        "隔离待更正.xlsx",
        what={"内容": "隔离待更正", "行数": len(rows)},
        permission="import",
        key="get_quarantine",
    )
    heads = (("文件", ""), ("工作表", ""), ("行号", "n"), ("原因", ""))
    lines = [
        markup.row([(case["文件"], ""), (case["工作表"] or "", ""), (case["行号"], "n"), (case["原因"], "")])
        for case in rows.head(_SHOWN).to_dict("records")
    ]
    show(markup.grid(heads, lines, "loose"))
    if len(rows) > _SHOWN:
        show(markup.notes([f"这里显示前{_SHOWN}行，更正表含全部{len(rows)}行。"]))


def warnings(screen: Screen) -> None:
    """Draw the remarks by rule; such rows count, but somebody should look."""
    rules = query.table(screen.reader, "warnings").to_dict("records")
    lines = [
        f'<tr><td>{esc(RULES.get(rule["规则"], rule["规则"]))}<div class="sub">例：{esc(rule["举例"])}</div></td>'
        f'<td class="n">{rule["行数"]}</td><td class="n">{rule["文件数"]}</td></tr>'
        for rule in rules
    ]
    body = (
        markup.grid((("提示", ""), ("行", "n"), ("文件", "n")), lines, "loose")
        if lines
        else markup.nothing("没有提示。")
    )
    show(markup.title("提示", "这些行已计入指标，请核实"), body)


def unmatched(screen: Screen) -> None:
    """Draw the branch names that no list knows; their cases count under 待归属."""
    rows = query.table(screen.reader, "unmatched").to_dict("records")
    more = (
        link(screen.link("cases", kpi="cases_total", group="branch:待归属"), "所选统计期的案件", css="more")
        if rows
        else ""
    )
    lines = [markup.row([(r["原文"], ""), (r["件数"], "n"), (r["最近文件"] or "", "")]) for r in rows[:_SHOWN]]
    heads = (("分局的写法", ""), ("件数", "n"), ("最近的文件", ""))
    body = markup.grid(heads, lines, "loose") if lines else markup.nothing("全部分局都已对应。")
    show(markup.title("待归属的分局", "计入总量；指定一次属于哪个分局，以后都认得", more=more), body)
    _assign([r["原文"] for r in rows if r["原文"] != query.BLANK_NAME])


def _assign(names: list[str]) -> None:
    """Let the clerk say which branch a name means; the cases move there in a new version."""
    if not names or not access.may("define"):
        return
    store = Store()
    branches = [branch.branch for branch in Reference(store.reference_folder).branches if branch.enabled]
    with st.container(horizontal=True):
        alias = st.selectbox("写法", names, None, placeholder="选一种写法", label_visibility="collapsed", key="alias")
        branch = st.selectbox(
            "分局", branches, None, placeholder="属于哪个分局", label_visibility="collapsed", key="means"
        )
        if st.button("归入", disabled=not (alias and branch), key="assign"):
            try:
                assign_branch(store, alias, branch)
            except UserError as error:
                show(markup.wrong(str(error)))
            else:
                st.rerun()


def unknown(screen: Screen) -> None:
    """Draw the values that no table knows; they stand apart and change no denominator."""
    rows = query.table(screen.reader, "unknown").to_dict("records")
    lines = [markup.row([(r["字段"], ""), (r["原文"] or "", ""), (r["件数"], "n")]) for r in rows[:_SHOWN]]
    heads = (("字段", ""), ("没见过的取值", ""), ("件数", "n"))
    body = markup.grid(heads, lines, "loose") if lines else markup.nothing("没有未识别的取值。")
    show(markup.title("未识别的取值", "单独成类，不并入任何已有类别"), body)
