"""The text blocks of the report, edited on the page: whom it goes to, what is left to say, what is asked for next."""

import streamlit as st

from data.errors import UserError
from metrics.report import texts
from metrics.report.texts import Texts
from pages.parts import access, markup
from pages.parts.markup import show
from pages.parts.monthly import Chosen

_AREAS = {
    "problems": ("存在问题的补充", 90, "排在自动列出的问题之后，一行一段"),
    "requirements": ("下一步工作要求", 170, "一行一条"),
    "remarks": ("其他说明", 70, "排在落款之前，一行一段"),
}


def draw(chosen: Chosen) -> None:
    """Draw the form; what is saved is in the draft at once and in the next edition, never in a frozen one."""
    about = "已定稿的各版文字不变，这里改的用于下一版" if chosen.frozen else "保存后左边的报告立即更新"
    show(markup.title("报告里由信访办写的文字", about))
    try:
        now = texts.texts(chosen.store, chosen.key, chosen.branch)
        saved = texts.history(chosen.store, chosen.key, chosen.branch)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if said := st.session_state.pop("texts_saved", ""):
        show(markup.done(said))
    with st.form(f"texts_{chosen.key}_{chosen.branch}", border=False):
        with st.container(horizontal=True):
            addressee = "" if chosen.branch else st.text_input("主送", now.addressee)
            signed_on = st.text_input("成文日期", now.signed_on, placeholder="如 2025年10月8日", width=170)
        areas = {
            name: st.text_area(label, getattr(now, name), height=height, help=words)
            for name, (label, height, words) in _AREAS.items()
        }
        with st.container(horizontal=True, vertical_alignment="bottom"):
            author = access.author("修改人", width=170)
            saves = st.form_submit_button("保存", type="primary")
    if saves:
        _save(chosen, Texts(addressee or now.addressee, **areas, signed_on=signed_on), author)
    if saved:
        show(f'<p class="sub">共改过{len(saved)}次，最近：{markup.esc(_when(saved[-1]))}</p>')


def _save(chosen: Chosen, new: Texts, author: str) -> None:
    try:
        if not author.strip():
            raise UserError("请写明修改人，报告文字的改动要留下记录。")
        texts.save(chosen.store, chosen.key, chosen.branch, new, author)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    st.session_state["texts_saved"] = "已保存。"
    st.rerun()


def _when(saved: texts.Saved) -> str:
    return f"{saved.at:%Y-%m-%d %H:%M} {saved.author}"
