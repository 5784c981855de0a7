"""The audit log: who did what, when, from where, and whether it went well. Nobody can switch it off.

What is to be recorded is written before it is done: `action` leaves a "begun" entry before its block and an "ok" or
"failed" one after it, and where the log cannot be written (a full disk) the block does not run. Texts are redacted
like those of a case, for a name typed as a search word must not live on here. Nothing is ever deleted by the product.
The bytes are data/access/chain.py, the check is data/access/proof.py.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote_plus

import msgspec

from data import readonly, schema
from data.access import chain, proof
from data.access.proof import Verdict
from data.access.viewer import Viewer, actor
from data.errors import UserError
from data.privacy import mask_lone_names, redact
from data.text import clean

__all__ = ["EVENTS", "STATES", "Entry", "Verdict", "action", "entries", "record", "verify"]

PAGE = "页面"  # the key of a page's own title, which nobody has typed
EVENTS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "locked": "账号锁定",
    "sign_out": "退出登录",
    "idle_out": "闲置退出",
    "password": "改密码",
    "page": "打开页面",
    "query": "查询",
    "drill": "下钻案件",
    "export": "导出",
    "text": "看正文",
    "import": "导入数据",
    "refresh": "重新整理数据",
    "rollback": "换用版本",
    "define": "改口径与设置",
    "target": "改目标",
    "branch_list": "改分局名录",
    "freeze": "定稿",
    "report_text": "改月报文字",
    "view_saved": "保存查询",
    "view_deleted": "删除查询",
    "account": "账号变更",
    "access_setting": "改安全设置",
    "audit_export": "导出审计日志",
    "audit_verify": "核验审计日志",
    "backup": "备份",
    "restore": "恢复",
    "repair": "修复数据仓",
    "prune": "清理旧版本",
    "lake_publish": "上报数据湖",
    "lake_fetch": "取数据湖",
    "lake_tidy": "清理数据湖",
    "refused": "拒绝访问",
}
STATES = {"ok": "成功", "failed": "失败", "begun": "开始"}
LONGEST, MOST_KEYS = 400, 24  # characters of a text, texts of an entry
# What is recorded here was typed, or stood in an address: a word that is a name alone is masked as well.
_TYPED = frozenset({"page", "query", "drill", "text", "export", "refused", "view_saved", "view_deleted"})
_ENCODED = re.compile("%[0-9A-Fa-f]{2}")
_CLOCK_ERROR = timedelta(days=1)  # how far entries may be out of order


class HasLog(Protocol):
    """A store, as far as the log needs one: data/store.py records here too, and must not be imported from here."""

    @property
    def access_folder(self) -> Path: ...


@dataclass(frozen=True)
class Entry:
    """One entry as it was written; `what` in the words of its caller, `previous` and `hash` the seals of the chain."""

    seq: int
    at: datetime
    account: str
    name: str
    role: str
    address: str
    session: str
    event: str
    what: dict[str, str]
    state: Literal["ok", "failed", "begun"]
    previous: str
    hash: str


def record(
    store: HasLog, event: str, what: Mapping[str, object] | None = None, ok: bool = True, by: Viewer | None = None
) -> Entry:
    """Write one entry and return it; `by` is whoever acts in this thread unless told. Raises UserError, nothing written."""
    return _write(store, event, what or {}, "ok" if ok else "failed", by)


@contextmanager
def action(
    store: HasLog, event: str, what: Mapping[str, object] | None = None, by: Viewer | None = None
) -> Iterator[dict[str, object]]:
    """Write an entry before the block and one after it that says how it went; gives a dict for what is known only then.

    Raises UserError where the first cannot be written, or the store is only read here, and the block does not run; or the last, and the block has run.
    """
    if event in readonly.CHANGES:
        readonly.refuse()
    begun = _write(store, event, what or {}, "begun", by)
    told: dict[str, object] = {"begun": begun.seq}
    try:
        yield told
    except BaseException as error:
        why = str(error) if isinstance(error, UserError) else type(error).__name__
        with suppress(UserError):  # the "begun" entry stands, and the caller must hear of the first error
            _write(store, event, {**told, "why": why}, "failed", by)
        raise
    try:
        _write(store, event, told, "ok", by)
    except chain.Unwritable as error:
        raise UserError(f"操作已完成，但审计日志没有记下结果（{error.reason}），请检查磁盘空间。") from error


def entries(
    store: HasLog,
    since: date | None = None,
    until: date | None = None,
    account: str = "",
    event: str = "",
    failed: bool = False,
    limit: int | None = None,
) -> list[Entry]:
    """Return entries, newest first, of the days from `since` to `until`; failed: only what went wrong or was refused."""
    found: list[Entry] = []
    for one in _newest_first(store, since, until):
        day = one.at.date()
        if (since and day < since) or (until and day > until) or (account and one.account != account):
            continue
        if (event and one.event != event) or (failed and not is_failure(one)):
            continue
        found.append(one)
        if limit is not None and len(found) >= limit:
            break
    return found


def is_failure(entry: Entry) -> bool:
    """Say whether an entry tells of something that went wrong or was refused."""
    return entry.state == "failed" or entry.event in ("sign_in_failed", "locked", "refused")


def verify(store: HasLog) -> Verdict:
    """Check the whole chain; nothing is written."""
    return proof.verify(store.access_folder)


def _write(store: HasLog, event: str, what: Mapping[str, object], state: str, by: Viewer | None) -> Entry:
    if event not in EVENTS:
        raise ValueError(f"no such event: {event}")
    who = by or actor()
    hidden = _masked if event in _TYPED else _redacted
    fields = {
        **{name: _redacted(getattr(who, name)) for name in ("account", "name", "role", "address", "session")},
        "event": event,
        "what": {
            hidden(key)[:40]: (_redacted if key == PAGE else hidden)(value)
            for key, value in list(what.items())[:MOST_KEYS]
        },
        "state": state,
    }
    return _entry(chain.append(store.access_folder, fields))


def _redacted(value: object) -> str:
    text = redact(_plain(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _masked(value: object) -> str:
    text = _redacted(_decoded(_plain(value)))
    return _redacted(mask_lone_names(text, _own_words()))


def _decoded(text: str) -> str:
    """Return a part of an address as people read it: %E7%8E%8B hides a name from whoever looks for it; values of values too."""
    for _ in range(3):
        text = unquote_plus(text) if _ENCODED.search(text) else text
    return text


def _plain(value: object) -> str:
    """Return a value as one line of text without what nobody sees, of a length that can be redacted at once."""
    if isinstance(value, (list, tuple, set, frozenset)):
        value = "、".join(map(str, value))
    text = str(value)[: 10 * LONGEST].encode("utf-8", "replace").decode()
    shown = "".join(letter if letter.isprintable() else " " if letter.isspace() else "" for letter in text)
    return " ".join(clean(shown).split())


@cache
def _own_words() -> frozenset[str]:
    """Return the words of our own lists that would pass for names, such as 满意 and 来信."""
    fields = [field for table in schema.TABLES.values() for field in table]
    return frozenset(word for field in fields for word in (field.label, *field.values))


def _newest_first(store: HasLog, since: date | None, until: date | None) -> Iterator[Entry]:
    for path in reversed(chain.month_files(store.access_folder)):
        if since and path.stem[-7:] < f"{since:%Y-%m}":
            return
        if until and (first := _first(path)) and first.at.date() > until + _CLOCK_ERROR:
            continue
        for line in chain.backwards(path):
            if one := _entry(line):
                if since and one.at.date() < since - _CLOCK_ERROR:
                    return
                yield one


def _first(path: Path) -> Entry | None:
    with path.open("rb") as opened:
        return _entry(opened.readline())


def _entry(line: bytes) -> Entry | None:
    """Return a line as an entry; None for one that is damaged: `verify` tells of it."""
    try:
        return msgspec.json.decode(line, type=Entry)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
