"""Upload, dry run, import. An uploaded file is on disk only while it is being read, in a folder of its own.

What a dry run found is kept in the session under the files and options it was made with, so that drawing the page
again does not read the files again.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.errors import UnknownFormat, UserError
from data.importing import import_files
from data.limits import UPLOAD
from data.opening import open_file
from data.profiles import load_profiles
from data.result import ImportResult
from data.rules import RULES
from data.store import Store
from pages.parts import markup
from pages.parts.markup import show, unmarked

AUTOMATIC = "自动识别格式"
ENDINGS = ("csv", "tsv", "txt", "xlsx", "xls", "ods", "html", "htm")


@dataclass(frozen=True)
class Chosen:
    """The uploaded files and the options for reading them."""

    files: tuple[UploadedFile, ...]
    profile: str | None
    as_of: datetime | None

    @property
    def key(self) -> tuple:
        """What a dry run was made with: the files, the options, and the version it was compared with."""
        return tuple(file.file_id for file in self.files), self.profile, self.as_of, Store().current()


def choose() -> Chosen:
    """Draw the upload and its options, and return what was chosen."""
    show(markup.title("上传导出文件", "可一次选多个文件，作为一批同时生效或都不生效；原件读完即删，不留存"))
    files = st.file_uploader(
        "导出文件", ENDINGS, accept_multiple_files=True, key=f"files_{_round()}", label_visibility="collapsed"
    )
    try:
        formats = [AUTOMATIC, *(profile.name for profile in load_profiles(Store()))]
    except UserError as error:
        show(markup.wrong(str(error)))
        st.stop()
    with st.container(horizontal=True):
        profile = st.selectbox("文件格式", formats, key="profile", width=240)
        moment = st.datetime_input(
            "数据截至（留空则取文件名或标题中的时间）", None, key="as_of", format="YYYY-MM-DD", width=300
        )
    return Chosen(tuple(files), None if profile == AUTOMATIC else profile, moment)


def preview(batch: Chosen) -> list[UploadedFile]:
    """Draw what a dry run finds, and the button that imports; return the files whose format is not known."""
    _say_done()
    if not batch.files:
        return []
    if st.session_state.get("preview_key") != batch.key:
        st.session_state["preview"] = _look(batch)
        st.session_state["preview_key"] = batch.key
    result, problems, unknown = st.session_state["preview"]
    for sentence in problems:
        show(markup.wrong(sentence))
    if result is not None:
        show(_files_table(result), _counts(result), _caution(batch, result))
        label = f"导入这{len(result.files)}张表" if not problems else "请先处理上面的文件"
        if st.button(label, type="primary", disabled=bool(problems) or not result.files, key="import"):
            _import(batch)
    return [file for file in batch.files if file.file_id in unknown]


def _look(batch: Chosen) -> tuple[ImportResult | None, list[str], set[str]]:
    """Return the dry run of the readable files, a sentence for each other file, and the ids of unknown formats."""
    problems, unknown, readable = [], set(), []
    with _on_disk(batch.files) as paths, st.spinner("正在试读…"):
        for file, path in zip(batch.files, paths, strict=True):
            try:
                open_file(path, file.name, _profiles(batch), bool(batch.profile), batch.as_of, UPLOAD)
                readable.append((file.name, path))
            except UserError as error:
                problems.append(str(error))
                unknown |= {file.file_id} if isinstance(error, UnknownFormat) else set()
        try:
            return (_run(batch, readable, dry_run=True) if readable else None), problems, unknown
        except UserError as error:
            return None, [*problems, str(error)], unknown


def _profiles(batch: Chosen) -> list:
    profiles = load_profiles(Store())
    return [profile for profile in profiles if batch.profile in (None, profile.name)]


def _run(batch: Chosen, readable: list[tuple[str, Path]], dry_run: bool, progress=lambda *_: None) -> ImportResult:
    names, paths = [name for name, _ in readable], [path for _, path in readable]
    return import_files(paths, Store(), batch.profile, batch.as_of, dry_run, progress, names, limits=UPLOAD)


def _import(batch: Chosen) -> None:
    """Import for good, with progress; the page is drawn anew afterwards."""
    bar = st.progress(0.0, text="开始导入")

    def progress(what: str, done: int, of: int | None) -> None:
        share = done / of if of else 0.0
        bar.progress(min(share, 1.0), text=unmarked(f"{what}　{done}行" if done else what))

    try:
        with _on_disk(batch.files) as paths:
            result = _run(batch, list(zip((file.name for file in batch.files), paths, strict=True)), False, progress)
    except UserError as error:
        bar.empty()
        show(markup.wrong(str(error)))
        return
    st.session_state["imported"] = result
    st.session_state["upload_round"] = _round() + 1  # an upload box with a new key is an empty one
    st.rerun()


def _round() -> int:
    return st.session_state.get("upload_round", 0)


def _say_done() -> None:
    """Draw once what the last import did."""
    result: ImportResult | None = st.session_state.pop("imported", None)
    if result is None:
        return
    what = f"已发布版本{result.version}" if result.is_published else "内容与库中一致，没有发布新版本"
    show(markup.done(f"导入完成：{what}。{_sum(result)}"))


def _sum(result: ImportResult) -> str:
    counts = result.counts
    return (
        f"读取{result.rows_read}行：新增{counts.new}件、更新{counts.updated}件、未变{counts.unchanged}件、"
        f"较旧未用{counts.older}件，隔离{result.quarantined}行。"
    )


def _files_table(result: ImportResult) -> str:
    heads = (("文件", ""), ("识别为", ""), ("编码", ""), ("表头", "n"), ("读取", "n"), ("可导入", "n"), ("隔离", "n"))
    rows = [
        markup.row(
            [
                (f"{f.file}　{f.sheet or ''}", ""),
                (f.profile, ""),
                (f"{f.format} {f.encoding or ''}", ""),
                (f"第{f.header_row}行", "n"),
                (f.rows_read, "n"),
                (f.accepted, "n"),
                (f.quarantined or "", "n overdue"),
            ]
        )
        for f in result.files
    ]
    return markup.title("试读结果（尚未导入）", f"数据截至{result.as_of:%Y-%m-%d %H:%M}") + markup.grid(
        heads, rows, "loose"
    )


def _counts(result: ImportResult) -> str:
    """Return what the import would do, and what is remarkable about the files."""
    rules = [f"{RULES.get(rule, rule)}：{many}行" for rule, many in (result.rejections + result.warnings).most_common()]
    sentences = [_sum(result), *(f"{kind}" for kind in rules)]
    if result.unmatched_branches:
        names = "、".join(f"{name}（{many}件）" for name, many in result.unmatched_branches.most_common(12))
        sentences.append(f"未能对应的分局：{names}，将列入待归属。")
    if result.unknown_headings:
        sentences.append(f"没有用到的列：{'、'.join(result.unknown_headings[:20])}。")
    notes = [note for file in result.files for note in file.notes]
    return markup.notes([*sentences, *notes, *result.notes])


def _caution(batch: Chosen, result: ImportResult) -> str:
    """Return a warning when nothing but the upload tells when the files were exported."""
    if batch.as_of or abs(datetime.now() - result.as_of) > timedelta(hours=1):
        return ""
    return markup.wrong("文件名和标题里没有导出时间，现按上传时刻计；若不是刚导出的，请先填写“数据截至”。")


@contextmanager
def _on_disk(files: tuple[UploadedFile, ...]) -> Iterator[list[Path]]:
    """Give the files' paths in a folder that is removed whatever happens."""
    with tempfile.TemporaryDirectory(prefix="kpi-upload-") as folder:
        paths = []
        for number, file in enumerate(files):
            path = Path(folder) / f"{number}{Path(file.name).suffix.lower()}"
            path.write_bytes(file.getbuffer())
            paths.append(path)
        yield paths
