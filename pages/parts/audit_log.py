"""The audit log on the screen: chosen by days, account, event and failure, checked at a click, taken away as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from data.access import audit, audit_files
from data.access.audit import EVENTS
from data.dates import now
from data.errors import UserError
from data.store import Store
from metrics import export
from pages.parts import downloads, markup
from pages.parts.markup import show

SHOWN_ROWS, HEIGHT, ROW = 500, 560, 30
ALL_EVENTS = "全部事件"
_LAST_DAYS = timedelta(days=6)  # and today
_COLUMNS = ("序号", "时间", "账号", "姓名", "角色", "地址", "事件", "结果", "内容")
_WIDTHS = {
    "序号": 64,
    "时间": 142,
    "账号": 84,
    "姓名": 72,
    "角色": 62,
    "地址": 104,
    "事件": 104,
    "结果": 48,
    "内容": 600,
}


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for; `event` is its code, empty for all."""

    since: date
    until: date
    account: str = ""
    event: str = ""
    failed: bool = False

    @property
    def words(self) -> str:
        """The choice in Chinese, as the files carry it."""
        said = [f"{self.since}至{self.until}"]
        said += [f"账号：{self.account}"] if self.account else []
        said += [f"事件：{EVENTS[self.event]}"] if self.event else []
        return "；".join([*said, *(["只看失败与拒绝"] if self.failed else [])])


def draw(store: Store) -> None:
    """Draw the log as chosen, newest first, with the check and the files."""
    show(markup.title("审计日志", "谁、何时、从哪里、做了什么、成功与否；只增不改，每条与前一条相扣"))
    with st.container(horizontal=True, vertical_alignment="center", key="audit_tools"):
        asked = _asked()
        checked = st.button("核验日志链", key="verify")
        for label, ending, write in (
            ("导出 Excel", "xlsx", export.rows_to_xlsx),
            ("导出 CSV", "csv", export.rows_to_csv),
        ):
            downloads.button(
                label,
                lambda mark, write=write: file(store, asked, write, mark),
                f"审计日志_{asked.since}至{asked.until}.{ending}",
                what={"filter": asked.words},
                permission="audit",
                event="audit_export",
                key=f"get_audit_{ending}",
            )
    if checked:
        _verify(store)
    _table(_found(store, asked, SHOWN_ROWS + 1))


def _asked() -> Asked:
    today = now().date()
    default, common = (today - _LAST_DAYS, today), {"bind": "query-params", "label_visibility": "collapsed"}
    days = st.date_input("日期", default, key="logged", format="YYYY-MM-DD", width=220, **common)
    days = tuple(days) if isinstance(days, tuple | list) else (days,)
    account = st.text_input("账号", key="account", placeholder="全部账号", width=150, max_chars=40, **common)
    events = {ALL_EVENTS: "", **{name: code for code, name in EVENTS.items()}}
    event = st.selectbox("事件", list(events), key="event", width=150, **common)
    failed = st.toggle("只看失败与拒绝", key="failed", bind="query-params")
    since, until = (days[0], days[-1]) if days else default
    return Asked(since, until, (account or "").strip(), events.get(event, ""), failed)


def _found(store: Store, asked: Asked, limit: int | None = None) -> list[audit.Entry]:
    chosen = asked.since, asked.until, asked.account, asked.event, asked.failed
    return audit.entries(store, *chosen, limit)


def _table(found: list[audit.Entry]) -> None:
    if not found:
        show(markup.nothing("所选日期与条件下没有记录。"))
        return
    if len(found) > SHOWN_ROWS:
        show(markup.remarks([f"这里显示最新{SHOWN_ROWS}条，导出的文件含全部。"]))
    frame = pd.DataFrame(audit_files.rows(found[:SHOWN_ROWS]), columns=audit_files.HEADINGS)
    st.dataframe(
        frame,
        column_order=_COLUMNS,
        column_config={name: st.column_config.Column(width=width) for name, width in _WIDTHS.items()},
        hide_index=True,
        height=min(HEIGHT, ROW * (len(frame) + 1) + 6),
        row_height=ROW,
        placeholder="",
        key="audit_log",
    )


def _verify(store: Store) -> None:
    """Check the chain, keep in the log that it was checked, and say what was found."""
    try:
        verdict = audit.verify(store)
        audit.record(store, "audit_verify", verdict.told, ok=verdict.ok)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if verdict.ok:
        show(markup.done(verdict.words))
    else:
        show(markup.wrong(verdict.words), markup.notes(verdict.problems[1:]))


def file(store: Store, asked: Asked, write: Callable[..., bytes], mark: str = "") -> bytes:
    """Return the file of all entries that are asked for; `write` is a writer of metrics/export.py."""
    notes = ["审计日志", f"范围：{asked.words}", f"导出时刻：{now():%Y-%m-%d %H:%M}"]
    return write(audit_files.HEADINGS, audit_files.rows(_found(store, asked)), notes, mark=mark)
