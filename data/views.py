"""Saved views: a name and the query string of a page, one small text file each, beside the versions in the store.

Imports do not touch them. A file is written under another name first and then linked to its own, so that it is there
whole or not at all and never takes the place of another one unasked. What is read back is checked like an address.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from data import readonly
from data.access.audit import action
from data.access.viewer import actor
from data.errors import UserError
from data.store import Store

LONGEST_NAME, LONGEST_QUERY = 40, 4000  # characters
_ENDING = ".txt"
_NAME = re.compile(r"[\w（）()《》、·—\- ]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # names that Windows keeps to itself


@dataclass(frozen=True)
class View:
    """One saved view; `query` is a query string without its question mark."""

    name: str
    query: str


def views(store: Store) -> list[View]:
    """Return the saved views by name; files that are none are passed over."""
    found = []
    for path in sorted(_folder(store).glob(f"*{_ENDING}")):
        try:
            query = path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if len(query) <= LONGEST_QUERY and _is_name(path.stem):
            found.append(View(path.stem, _clean(query)))
    return found


def save(store: Store, name: str, query: str, replace: bool = False) -> View:
    """Keep a view under a name. Raises UserError for an odd name, or one that is taken unless it may be replaced."""
    readonly.refuse()
    name = " ".join(name.split())
    if not _is_name(name):
        raise UserError(f"名称“{name[:LONGEST_NAME]}”不能用：请用{LONGEST_NAME}个字以内的汉字、字母、数字和短横线。")
    view = View(name, _clean(query))
    if len(view.query) > LONGEST_QUERY:
        raise UserError("筛选条件太多，无法保存，请减少一些。")
    folder = _folder(store)
    folder.mkdir(parents=True, exist_ok=True)
    target, written = folder / f"{name}{_ENDING}", folder / f".{os.getpid()}.new"
    try:
        with written.open("w", encoding="utf-8") as out:
            out.write(view.query + "\n")
            out.flush()
            os.fsync(out.fileno())
        with action(store, "view_saved", {"name": name, "query": view.query}):
            if replace:
                written.replace(target)
            else:
                _link(written, target)
    finally:
        written.unlink(missing_ok=True)
    return view


def delete(store: Store, name: str) -> None:
    """Delete a view. Raises UserError when there is none of that name."""
    path = _folder(store) / f"{name}{_ENDING}"
    if not _is_name(name) or not path.exists():
        raise UserError(f"没有名为“{name[:LONGEST_NAME]}”的已存查询，可能已被删除。")
    with action(store, "view_deleted", {"name": name}):
        path.unlink()


def is_reserved(name: str) -> bool:
    """Say whether Windows keeps a name to itself, so that no file may have it."""
    return bool(_RESERVED.fullmatch(name))


def _link(written: Path, target: Path) -> None:
    try:
        target.hardlink_to(written)
    except FileExistsError as error:
        raise UserError(f"已有名为“{target.stem}”的查询，请换个名称，或勾选“替换同名的”。") from error


def _clean(query: str) -> str:
    """Return a query string made anew from its pairs, so that nothing but pairs is in it."""
    return urlencode(parse_qsl(query.replace("\n", " ")))


def _is_name(name: str) -> bool:
    fits = 0 < len(name) <= LONGEST_NAME and _NAME.fullmatch(name) and name == name.strip()
    return bool(fits) and not is_reserved(name)


def _folder(store: Store) -> Path:
    """Return where the views of the viewer's colleagues are: those who see everything, or the same branches."""
    branches = actor().scope.branches
    if branches is None:
        return store.folder / "views"
    return store.folder / "views" / hashlib.sha256("\n".join(branches).encode()).hexdigest()[:16]
