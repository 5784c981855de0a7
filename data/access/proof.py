"""Checks the chain of the audit log from its first line to HEAD, and names every place where it was touched.

Found are lines that were changed, put in, taken out, exchanged or cut from the end, and files that are gone. Whole
months may be moved away once all that is missing is older than three years; the chain then begins later. Whoever holds
the key can write another log: noting the last seal (`head`) elsewhere now and then makes that visible too.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import filelock
import msgspec

from data.access import chain
from data.access.chain import End
from data.dates import now

KEPT_YEARS = 3
_MOST_PROBLEMS = 20


@dataclass
class Verdict:
    """What became of a check: whether all is in order, how many entries from when to when, the last seal, what is wrong."""

    many: int = 0
    since: datetime | None = None
    until: datetime | None = None
    head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the log is as it was written."""
        return not self.problems

    @property
    def words(self) -> str:
        """The verdict in one sentence."""
        if self.problems:
            more = f"（共{len(self.problems)}处）" if len(self.problems) > 1 else ""
            return f"审计日志被动过：{self.problems[0]}{more}"
        if not self.many:
            return "审计日志还没有记录。"
        return f"审计日志完整：{self.many}条，自{self.since:%Y-%m-%d %H:%M}至{self.until:%Y-%m-%d %H:%M}，末尾校验值{self.head[:16]}。"

    @property
    def told(self) -> dict[str, object]:
        """What the log keeps of a check of itself."""
        return {"entries": self.many, "head": self.head} | ({"problem": self.problems[0]} if self.problems else {})


def verify(place: Path) -> Verdict:
    """Check the whole log under a store's access folder; nothing is written. What is added meanwhile is left out."""
    key, head, files = _state(place)
    found = Verdict()
    if key is None:
        if files:
            found.problems.append("密钥文件 audit.key 不在了，已有的记录无法核验，请从备份恢复该文件。")
        return found
    last, at_head = End(0, ""), False
    for name, number, line in _lines(files):
        where = f"{name} 第{number}行"
        if not chain.is_sealed(key, line):
            _add(found, f"{where}不是原来写下的内容，可能被修改或插入。")
            last = chain.end_of(line) or End(last.count + 1, "")
            continue
        entry = msgspec.json.decode(line)
        moment, own = datetime.fromisoformat(entry["at"]), chain.end_of(line)
        if problem := _break(last, entry, moment, found.many == 0 and not found.problems):
            _add(found, f"{where}（第{own.count}条，{moment:%Y-%m-%d %H:%M}）{problem}")
        last, at_head = own, at_head or own == head
        found.many, found.since, found.until, found.head = found.many + 1, found.since or moment, moment, own.hash
    _check_end(found, head, last, at_head)
    return found


def _state(place: Path) -> tuple[bytes | None, End | None, list[tuple[Path, int]]]:
    """Return key, HEAD and the files with their sizes as they are at one moment, also of a copy that is read-only."""
    if chain.month_files(place):
        with suppress(OSError, filelock.Timeout), chain.alone(place):
            return _read_state(place)
    return _read_state(place)


def _read_state(place: Path) -> tuple[bytes | None, End | None, list[tuple[Path, int]]]:
    key = chain.read_key(place)
    head = chain.read_head(place, key) if key else None
    return key, head, [(path, path.stat().st_size) for path in chain.month_files(place)]


def _lines(files: list[tuple[Path, int]]) -> Iterator[tuple[str, int, bytes]]:
    """Yield file, number and content of every whole line; one without an end is not an entry (yet)."""
    for path, size in files:
        with path.open("rb") as opened:
            for number, line in enumerate(opened, start=1):
                size -= len(line)
                if size < 0 or not line.endswith(b"\n"):
                    break
                yield path.name, number, line[:-1]


def _break(last: End, entry: dict, moment: datetime, is_first: bool) -> str:
    """Return what is wrong between an entry and the one before it, in words; nothing where they fit."""
    number, previous = entry["seq"], entry["previous"]
    if previous == chain.LOST:
        return "之前，末尾标记文件 HEAD 不在或被换过，此处以前的记录可能被删减。"
    if is_first:
        if (number == 1) == (previous == "") and (number == 1 or _is_long_ago(moment)):
            return ""
        return f"之前的{number - 1}条不在了，且不满{KEPT_YEARS}年。"
    if number > last.count + 1:
        return f"之前缺少{number - last.count - 1}条，可能被删除。"
    if number <= last.count:
        return "序号倒退，可能被调换或重复插入。"
    return "" if previous == last.hash else "与前一条接不上，前面的记录可能被换过。"


def _is_long_ago(moment: datetime) -> bool:
    today = now()
    return (moment.year + KEPT_YEARS, moment.month, moment.day) <= (today.year, today.month, today.day)


def _check_end(found: Verdict, head: End | None, last: End, at_head: bool) -> None:
    """Compare the end of the log with HEAD; a killed writer may have left HEAD one entry behind."""
    if head is None:
        _add(found, "末尾标记文件 HEAD 不在或被改动，末尾的记录可能被删减。")
    elif head.count > last.count:
        _add(found, f"末尾缺少{head.count - last.count}条（应有{head.count}条），可能被删除。")
    elif (head.count and not at_head) or last.count > head.count + 1:
        _add(found, f"末尾标记文件 HEAD（第{head.count}条）与日志对不上，可能被换过。")


def _add(found: Verdict, problem: str) -> None:
    if len(found.problems) < _MOST_PROBLEMS:
        found.problems.append(problem)
