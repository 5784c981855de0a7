"""定稿 and 更正: the editions there are, what later imports make of the frozen figures, and the next edition."""

import streamlit as st

from data.errors import UserError
from metrics.report import making, revisions
from pages.parts import access, markup
from pages.parts.markup import show
from pages.parts.monthly import Chosen, frozen_words

_MOST = 40  # changed figures listed; the rest is counted


def draw(chosen: Chosen) -> None:
    """Draw the editions, the changes since the last of them, and the form that freezes the next."""
    if said := st.session_state.pop("frozen", ""):
        show(markup.done(said))
    _editions(chosen)
    if chosen.frozen:
        _changes(chosen)
    _freeze(chosen)


def _editions(chosen: Chosen) -> None:
    show(markup.title("定稿", "定稿后，数字、文字、口径、数据版本和每个文件从此不变"))
    if not chosen.frozen:
        show(markup.nothing("还没有定稿。"))
        return
    rows = [
        markup.row(
            [
                (frozen_words(edition), ""),
                (f"数据版本{edition.version[:6]}，口径{edition.manifest.definitions}", "quiet"),
                (edition.manifest.reason, ""),
            ]
        )
        for edition in reversed(chosen.frozen)
    ]
    show(markup.grid((("版次", ""), ("依据", ""), ("更正原因", "")), rows, "loose"))


def _changes(chosen: Chosen) -> None:
    try:
        found = making.changes(chosen.store, chosen.frozen[-1], chosen.reader)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if not found:
        show(markup.title("更正说明", "按现有数据重算"), markup.nothing("与现有数据一致，没有数字变化。"))
        return
    show(markup.title(f"后来的导入改变了{len(found)}个数字", "定稿不变；下一期报告会附更正说明，也可以在下面出更正版"))
    sentences = revisions.sentences(found)
    show(markup.notes(sentences[:_MOST]))
    if len(sentences) > _MOST:
        show(f'<p class="sub">另有{len(sentences) - _MOST}个</p>')


def _freeze(chosen: Chosen) -> None:
    number = len(chosen.frozen) + 1
    words = f"出更正版（第{number}版）" if chosen.frozen else "定稿"
    with st.form(f"freeze_{chosen.key}_{chosen.branch}_{number}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            author = access.author("定稿人", width=150, key=f"author_{chosen.key}_{chosen.branch}_{number}")
            reason = st.text_input("更正原因", placeholder="必填，写进记录") if chosen.frozen else ""
        sure = st.checkbox("已核对数字、文字和对账", key=f"sure_{chosen.key}_{chosen.branch}_{number}")
        asked = st.form_submit_button(words, type="primary")
    if not asked:
        return
    if not sure:
        show(markup.wrong("请先核对数字、文字和对账，再勾选确认。"))
        return
    try:
        with st.status("正在定稿……") as status:
            edition, made = making.freeze(
                chosen.store, chosen.reader, chosen.key, chosen.branch, author, reason,
                lambda name: status.update(label=f"正在生成：{name}"), access.mark(),
            )  # fmt: skip
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    missing = "".join(f"　{sentence}" for sentence in made.missing)
    st.session_state["frozen"] = (
        f"{chosen.words}已定稿为第{edition.number}版，共{len(edition.file_names)}个文件。{missing}"
    )
    st.rerun()
