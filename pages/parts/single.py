"""The page of one case. Its redacted text is read only when asked for, and each look is recorded first."""

import streamlit as st

from data.access import audit
from data.errors import UserError
from data.store import Store
from metrics import one_case
from metrics.one_case import OneCase
from pages.parts import access, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import esc, show

SOURCE, NUMBER = "source", "no"


def address(source: str, number: str) -> str:
    """Return the relative address of a case's page."""
    return markup.address("case", [(SOURCE, source), (NUMBER, number)])


def read(screen: Screen) -> OneCase:
    """Return the case that the address names; stop the page with a sentence where there is none to be seen."""
    source, number = (st.query_params.get(name, "") for name in (SOURCE, NUMBER))
    found = query.ask(screen.reader, one_case.one_case, source, number)
    if found is None:
        show(markup.state("没有这件", "编号不对，或这件不在您可以看的范围内；请从案件列表进入。"))
        st.stop()
    return found


def head(case: OneCase) -> None:
    """Draw which case it is."""
    show(markup.title(case.number, f"来源：{case.source}；姓名、电话、住址不在库中以原文保存"))


def facts(case: OneCase) -> None:
    """Draw what is known of the case."""
    show(markup.title("办理情况"), markup.facts(case.facts))


def days(screen: Screen, case: OneCase) -> None:
    """Draw its moments in order; those after the cut-off are limits that lie ahead."""
    as_of = screen.reader.as_of
    rows = [
        markup.row([(label, ""), (f"{day:%Y-%m-%d %H:%M}".removesuffix(" 00:00"), "n")], "ahead" if day > as_of else "")
        for label, day in case.days
    ]
    show(markup.title("时间"), markup.grid((("", ""), ("", "n")), rows))


def texts(screen: Screen, case: OneCase) -> None:
    """Draw the redacted texts when they are asked for by somebody who may read them."""
    show(markup.title("反映内容与办理结果", "导入时已隐去姓名、电话、证件号、住址；每次查看都有记录"))
    if not access.may("text"):
        show(markup.nothing("您的角色不能看正文。"))
    elif not case.texts:
        show(markup.nothing("导出文件里没有正文。"))
    elif st.button("查看脱敏正文", key=f"read_{case.source}_{case.number}"):
        try:
            audit.record(Store(), "text", {"来源": case.source, "信访件编号": case.number})
        except UserError as error:
            access.stop(error)
        for label, text in one_case.texts(screen.reader, case.source, case.number):
            show(f"<p class='text'><b>{esc(label)}</b>　{esc(text)}</p>")
