"""Entries of the audit log in words, as rows of a table, and as the files of the command line.

The page makes its files with metrics/export.py, watermark and all; data/ may not reach up there.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import xlsxwriter

from data import schema
from data.access.audit import EVENTS, STATES, Entry
from data.access.roles import role_of
from data.errors import UserError

HEADINGS = ("序号", "时间", "账号", "姓名", "角色", "地址", "会话", "事件", "结果", "内容", "校验值")
_WIDTHS = (8, 20, 14, 12, 10, 16, 10, 14, 8, 80, 20)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What the keys of `what` are called; most are those of addresses. One that is not here is shown as it is.
_KEYS = {
    "account": "账号",
    "after": "改为",
    "all_columns": "全部列",
    "author": "署名",
    "before": "原为",
    "begun": "开始于第几条",
    "branch": "分局",
    "branches": "分局",
    "channel": "渠道",
    "days": "起止日",
    "demo": "演示数据",
    "edition": "第几版",
    "enabled": "启用",
    "entries": "条数",
    "event": "事件",
    "file": "文件",
    "files": "文件",
    "filter": "筛选",
    "format": "格式",
    "from": "自",
    "group": "分组",
    "head": "末尾校验值",
    "key": "期次",
    "kpi": "指标",
    "name": "名称",
    "page": "页面",
    "part": "部分",
    "period": "统计期",
    "pollution": "污染类型",
    "problem": "问题",
    "profile": "导入格式",
    "quarantined": "隔离",
    "query": "条件",
    "reason": "原因",
    "role": "角色",
    "rows": "行数",
    "setting": "设置",
    "span": "统计期",
    "to": "至",
    "version": "版本",
    "what": "内容",
    "where": "条件",
    "why": "失败原因",
}
# Conditions as an address has them, field~value and field:value; people know the fields by their labels.
_CONDITIONS = ("where", "group", "query")
_FIELD = re.compile(r"\b[a-z][a-z_]+(?=[=~:]|[<>!]=)")


def words(entry: Entry) -> str:
    """Return what was done in words: 文件：6月.xlsx；行数：12."""
    told = ((key, _FIELD.sub(_label, value) if key in _CONDITIONS else value) for key, value in entry.what.items())
    return "；".join(f"{_KEYS.get(key, key)}：{value}" for key, value in told if value)


def _label(found: re.Match) -> str:
    field = schema.field_of("cases", found[0])
    return field.label if field else found[0]


def role_words(entry: Entry) -> str:
    """Return the name of the role in which somebody acted; of a role that there is no longer, its key."""
    try:
        return role_of(entry.role).name
    except KeyError:
        return entry.role


def rows(entries: Iterable[Entry]) -> Iterator[tuple]:
    """Yield one row per entry, in the order of HEADINGS."""
    for one in entries:
        event, state = EVENTS.get(one.event, one.event), STATES[one.state]
        who = one.account, one.name, role_words(one), one.address, one.session
        yield one.seq, f"{one.at:%Y-%m-%d %H:%M:%S}", *who, event, state, words(one), one.hash


def write(path: Path, entries: Sequence[Entry], notes: Sequence[str]) -> None:
    """Write entries into a .csv or .xlsx file, the notes above them. Raises UserError for another ending or a full disk."""
    writers = {".csv": _csv, ".xlsx": _xlsx}
    if path.suffix.lower() not in writers:
        raise UserError(f"文件“{path.name}”应以 .csv 或 .xlsx 结尾，请改一下 --out。")
    try:
        path.write_bytes(writers[path.suffix.lower()](list(rows(entries)), notes))
    except OSError as error:
        raise UserError(f"“{path}”写不进去（{error.strerror}），请检查文件夹与磁盘空间，或换一个 --out。") from error


def _csv(table: Sequence[tuple], notes: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([*([_defused(note)] for note in notes), [], HEADINGS])
    writer.writerows([seq, *map(_defused, texts)] for seq, *texts in table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: Sequence[tuple], notes: Sequence[str]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold = book.add_worksheet("审计日志"), book.add_format({"bold": True, "bottom": 1})
        for number, note in enumerate(notes):
            sheet.write_string(number, 0, _defused(note))
        top = len(notes) + 1
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(top, column, heading, bold)
        for number, (seq, *texts) in enumerate(table, start=top + 1):
            sheet.write_number(number, 0, seq)
            for column, text in enumerate(texts, start=1):
                sheet.write_string(number, column, _defused(text))
        sheet.freeze_panes(top + 1, 0)
        sheet.autofilter(top, 0, top + len(table), len(HEADINGS) - 1)
    return out.getvalue()


def _defused(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
