"""The report's files: made on demand with progress, then taken one by one or all in one archive."""

import streamlit as st

from data.errors import UserError
from metrics.report import making, packs, produce
from metrics.report.formats import FORMATS, format_of
from metrics.report.packing import zipped
from metrics.report.produce import Produced
from pages.parts import access, downloads, markup
from pages.parts.markup import show
from pages.parts.monthly import Chosen, frozen_words

_KIND = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "html": "text/html",
    "pdf": "application/pdf",
    "png": "image/png",
    "zip": "application/zip",
}
_ABOUT = {
    "docx": "公文版式的 Word，可再编辑",
    "xlsx": "全部表格、可编辑的图、口径和明细台账",
    "html": "网页，旧浏览器也能看，点数字看出处",
    "pdf": "与网页相同，供打印和存档",
    "pptx": "幻灯片，图可编辑",
    "png": "每张图和一图读懂（1920×1080）",
}


def draw(chosen: Chosen) -> None:
    """Draw the files of the report shown; of a frozen one those that were kept."""
    show(markup.title(f"{chosen.words}的报告文件", "各种格式出自同一份数据，数字相同"))
    made = _kept(chosen) if chosen.edition else _made(chosen)
    if made:
        _files(chosen, made)
    else:
        show(markup.notes(f"{FORMATS[name]}：{words}" for name, words in _ABOUT.items()))
    if not chosen.branch:
        _packs(chosen)


def _kept(chosen: Chosen) -> Produced | None:
    try:
        return making.kept_files(chosen.edition)
    except UserError as error:
        show(markup.wrong(str(error)))
        return None


def _made(chosen: Chosen) -> Produced | None:
    """Return the files of a draft, made when asked for; they are gone as soon as the draft is another one.

    They carry the watermark of who makes them; those of a frozen report that of who froze it.
    """
    kept = st.session_state.get("report_files")
    if kept and kept[0] == chosen.document:
        return kept[1]
    if not st.button("生成全部格式", type="primary", key="make_files"):
        return None
    with st.status("正在生成……", expanded=True) as status:
        told = lambda words: status.update(label=f"正在生成：{words}")  # noqa: E731 - one line of progress
        made = produce.produce(chosen.document, told=told, mark=access.mark())
        status.update(label=f"已生成{len(made.files)}个文件", state="complete", expanded=False)
    st.session_state["report_files"] = (chosen.document, made)
    return made


def _files(chosen: Chosen, made: Produced) -> None:
    show(*(markup.wrong(sentence) for sentence in made.missing))
    stem = chosen.document.file_stem
    what = {"内容": chosen.document.title, "版本": frozen_words(chosen.edition) if chosen.edition else "草稿"}
    downloads.button(
        "下载全部（zip）",
        lambda _: zipped(made.files),
        f"{stem}.zip",
        _KIND["zip"],
        what=what,
        type="primary",
        key="get_all",
    )
    by_format = {name: [file for file in made.files if format_of(file) == name] for name in FORMATS}
    for name, files in by_format.items():
        if not files:
            continue
        one, label = len(files) == 1, FORMATS[name]
        taken = {file: made.files[file] for file in files}
        ending = name if one else "zip"
        with st.container(horizontal=True, vertical_alignment="center"):
            downloads.button(
                label if one else f"{label}（{len(files)}张）",
                lambda _, taken=taken: next(iter(taken.values())) if len(taken) == 1 else zipped(taken),
                f"{stem}{'' if one else f'-{label}'}.{ending}",
                _KIND[ending],
                what=what,
                key=f"get_{name}",
                width=130,
            )
            show(f'<span class="quiet">{markup.esc(_ABOUT[name])}</span>')


def _packs(chosen: Chosen) -> None:
    """Draw the notices of all branches, made when asked for."""
    show(markup.title("给各分局的通报", "每个分局一个文件夹，只含本分局的数字、案件和公开的对比表"))
    kept = st.session_state.get("report_packs")
    asked = (chosen.key, chosen.reader.key, chosen.document.stamp)
    if not kept or kept[0] != asked:
        if not st.button("生成全部分局的通报", key="make_packs"):
            return
        with st.status("正在生成……", expanded=True) as status:
            made = packs.packs(
                chosen.store,
                chosen.reader,
                chosen.key,
                told=lambda words: status.update(label=f"正在生成：{words}"),
                mark=access.mark(),
            )
            status.update(label="已生成", state="complete", expanded=False)
        kept = st.session_state["report_packs"] = (asked, made)
    made = kept[1]
    show(*(markup.wrong(sentence) for sentence in made.missing))
    for name, data in made.files.items():
        what = {"内容": f"{chosen.words}各分局通报"}
        downloads.button(
            "下载全部分局（zip）", lambda _, data=data: data, name, _KIND["zip"], what=what, key="get_packs"
        )
