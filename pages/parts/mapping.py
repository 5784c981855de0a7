"""The mapping of a format that is not known: once, by the user, saved beside the store and found by itself from then on.

Only headings are shown; the cells below them may hold personal data and stay in the file.
"""

import tempfile
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.errors import UserError
from data.limits import UPLOAD
from data.opening import read_headings
from data.profiles import load_profiles, save_user_profile
from data.schema import CASE_FIELDS, KEYS
from data.store import Store
from data.text import comparable
from pages.parts import markup
from pages.parts.markup import show

NONE = "（无此列）"
FIRST = (
    "case_no",
    "received_at",
    "accepted_at",
    "due_given_at",
    "closed_at",
    "replied_at",
    "status",
    "branch",
    "channel",
    "pollution",
    "pollution_sub",
    "industry",
    "site_name",
    "site_address",
    "rating",
    "rating_state",
    "rated_at",
    "petitioner_name",
    "petitioner_phone",
    "content",
)


def draw(unknown: list[UploadedFile]) -> None:
    """Draw the mapping of the first file whose format is not known."""
    file = unknown[0]
    headings = _headings(file)
    show(
        markup.title(f"对应列名：{file.name}", "这种格式还不认识。对应一次并保存，以后自动识别；“信访件编号”必须对应"),
    )
    if not headings:
        show(markup.nothing("没有找到表头，请确认文件里有一行列名。"))
        return
    with st.form("mapping", border=False):
        name = st.text_input("格式名称", placeholder="例如：某某平台导出", key="format_name", width=320)
        chosen = _fields(headings)
        as_is = st.checkbox("分局名称照原样采用，不与分局名录核对", key="as_is")
        if st.form_submit_button("保存为导入格式", type="primary"):
            _save(name, chosen, as_is)


def _headings(file: UploadedFile) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="kpi-upload-") as folder:
        path = Path(folder) / f"0{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getbuffer())
        try:
            return max((sheet["headings"] for sheet in read_headings(path, file.name, UPLOAD)), key=len, default=[])
        except UserError as error:
            show(markup.wrong(str(error)))
            return []


def _fields(headings: list[str]) -> dict[str, str]:
    """Draw one choice per field, the usual ones first; return field → heading."""
    known = _known_headings()
    fields = sorted(CASE_FIELDS, key=lambda field: FIRST.index(field.name) if field.name in FIRST else len(FIRST))
    first, rest = fields[: len(FIRST)], fields[len(FIRST) :]
    chosen = _choices(first, headings, known)
    with st.expander("其他字段"):
        chosen |= _choices(rest, headings, known)
    return {field: heading for field, heading in chosen.items() if heading != NONE}


def _choices(fields: list, headings: list[str], known: dict[str, set[str]]) -> dict[str, str]:
    columns = st.columns(4)
    options = [NONE, *headings]
    chosen = {}
    for number, field in enumerate(fields):
        guess = next((h for h in headings if comparable(h) in known.get(field.name, set())), NONE)
        must = "（必填）" if field.name == KEYS["cases"][-1] else ""
        with columns[number % 4]:
            chosen[field.name] = st.selectbox(
                f"{field.label}{must}", options, options.index(guess), key=f"map_{field.name}"
            )
    return chosen


def _known_headings() -> dict[str, set[str]]:
    """Return field → every heading under which a known format has it, the field's own label included."""
    known = {field.name: {comparable(field.label)} for field in CASE_FIELDS}
    for profile in load_profiles(Store()):
        if profile.table == "cases":
            for field, headings in profile.columns.items():
                known[field] |= {comparable(heading) for heading in headings}
    return known


def _save(name: str, chosen: dict[str, str], as_is: bool) -> None:
    try:
        save_user_profile(Store(), name, chosen, options={"branches": "as-is"} if as_is else None)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    st.session_state.pop("preview_key", None)
    st.rerun()
