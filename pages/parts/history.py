"""The versions of the store, the imports that made them, going back, and the empty templates."""

import streamlit as st

from data.errors import UserError
from data.profiles import load_profiles
from data.reference import Reference
from data.store import Reader, Store
from data.templates import template_xlsx
from pages.parts import downloads, markup, query
from pages.parts.frame import moment
from pages.parts.markup import esc, show


def versions(reader: Reader | None) -> None:
    """Draw the choice of version, and put another one in force when asked to."""
    show(markup.title("版本", "每次导入发布一个新版本，可随时退回；退回不删除任何数据"))
    store = Store()
    names = list(reversed(store.versions()))
    if reader is None or not names:
        show(markup.nothing("还没有版本。上传并导入文件后，这里列出每次导入。"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.selectbox(
            "版本",
            names,
            names.index(reader.version),
            _words,
            key=f"version_{reader.version}",
            label_visibility="collapsed",
            width=260,
        )
        if st.button("启用此版本", disabled=wanted == reader.version, key="use"):
            _use(store, wanted)


def _use(store: Store, version: str) -> None:
    try:
        store.use(version)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    st.rerun()


def _words(version: str) -> str:
    number, _, made = version.partition("-")
    return f"{number}　{made[:4]}-{made[4:6]}-{made[6:8]} {made[9:11]}:{made[11:13]}" if len(made) >= 13 else version


def imports(reader: Reader | None) -> None:
    """Draw the imports that made the version in force, newest first."""
    if reader is None:
        return
    lines = [
        f'<tr><td>{esc(_words(record["版本"]))}<div class="sub">数据截至{esc(moment(record["数据截至"]))}</div></td>'
        + "".join(f'<td class="n">{record[name]}</td>' for name in ("读取行数", "新增", "更新", "未变", "隔离"))
        + "</tr>"
        for record in query.table(reader, "imports").to_dict("records")
    ]
    heads = (("导入", ""), ("读取", "n"), ("新增", "n"), ("更新", "n"), ("未变", "n"), ("隔离", "n"))
    show(markup.grid(heads, lines, "loose") if lines else markup.nothing("当前版本没有导入记录。"))


def templates() -> None:
    """Draw the downloads of the empty ledgers."""
    show(markup.title("空白模板", "没有系统可导出的，用模板填报；带下拉选项与填写说明"))
    store = Store()
    profiles = {profile.name: profile for profile in load_profiles(store)}
    ledgers = [name for name, profile in profiles.items() if "台账" in name or profile.table != "cases"]
    reference = Reference(store.reference_folder)
    with st.container(horizontal=True):
        for name in ledgers:
            downloads.button(
                name,
                lambda _, profile=profiles[name]: template_xlsx(profile, reference),
                f"{name}模板.xlsx",
                what={"内容": "空白模板"},
                permission="import",
                key=f"template_{name}",
            )
