"""Changes of the store's own reference files from the screen: what a file says after a change, and the log of changes.

Nothing is written here: each function returns the texts that the files shall have (None: no file), and
data/refreshing.py writes them all or none.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from data.errors import UserError
from data.reference import lists, settings

LOG = "changes.csv"
NOTHING = "（无）"
_LONGEST = 200


@dataclass(frozen=True)
class Change:
    """One line of the log: when, what, from what to what, by whom and why."""

    at: datetime
    what: str
    before: str
    after: str
    author: str
    reason: str


Files = dict[str, str | None]


def set_row(folder: Path, name: str, row: Mapping[str, str]) -> Files:
    """Return the file of a list in which `row` stands for its key."""
    row = {column: _plain(row.get(column) or "") for column in lists.LISTS[name].columns}
    return _file(name, lists.replaced(name, lists.own_rows(name, folder), row, row))


def set_rows(name: str, rows: Iterable[Mapping[str, str]]) -> Files:
    """Return the file of a list that holds these rows and no other; no file where there is none."""
    return _file(
        name, [{column: _plain(row.get(column) or "") for column in lists.LISTS[name].columns} for row in rows]
    )


def remove_row(folder: Path, name: str, key: Mapping[str, str]) -> Files:
    """Return the file of a list in which no row with this key is in force: a default is taken away by an empty row."""
    row = {column: key.get(column) or "" for column in lists.LISTS[name].key}
    empty = row if lists.is_default(name, row) else None
    return _file(name, lists.replaced(name, lists.own_rows(name, folder), empty, row))


def restore_row(folder: Path, name: str, key: Mapping[str, str]) -> Files:
    """Return the file of a list without any row of its own for this key: the default is in force again."""
    return _file(name, lists.replaced(name, lists.own_rows(name, folder), None, dict(key)))


def set_setting(folder: Path, name: str, value: object) -> Files:
    """Return settings.toml with a setting changed; None or the default takes its line out. Raises UserError."""
    changed = settings.own(folder / "settings.toml")
    changed.pop(name, None)
    if value is not None and settings.checked(name, value) != settings.defaults()[name]:
        changed[name] = settings.checked(name, value)
    return {"settings.toml": settings.written(changed) if changed else None}


def set_alias(folder: Path, alias: str, branch: str) -> Files:
    """Return branch_aliases.csv with `alias` as a name of `branch`, at any time."""
    path = folder / "branch_aliases.csv"
    rows = []
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = [row for row in csv.DictReader(opened) if row["alias"] != alias]
    return {path.name: _csv(["alias", "branch", "from", "to"], [*rows, {"alias": alias, "branch": branch}])}


def logged(folder: Path, change: Change) -> Files:
    """Return the log with one more line. Raises UserError where nobody says who changes it and why."""
    if not change.author.strip() or not change.reason.strip():
        raise UserError("请写明修改人和原因，口径变化要留下记录。")
    rows = [_row(one) for one in changes(folder)] + [_row(change)]
    return {LOG: _csv([field.name for field in fields(Change)], rows)}


def changes(folder: Path) -> list[Change]:
    """Return the log, oldest first. Raises UserError when it cannot be read."""
    path = folder / LOG
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        return [Change(**(row | {"at": datetime.fromisoformat(row["at"])})) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"口径变化记录“{path}”被改坏了，请改正或移走该文件后重试。") from error


def _row(change: Change) -> dict[str, str]:
    texts = {name: _plain(str(text)) for name, text in asdict(change).items()}
    return texts | {"at": change.at.isoformat(timespec="seconds")}


def _plain(text: str) -> str:
    """Return a text on one line, of reasonable length. Raises UserError for a longer one."""
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise UserError(f"文字太长（{len(text)}字），请缩短到{_LONGEST}字以内。")
    return text


def _file(name: str, rows: Iterable[Mapping[str, str]]) -> Files:
    rows = list(rows)
    return {f"{name}.csv": _csv(list(lists.LISTS[name].columns), rows) if rows else None}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
