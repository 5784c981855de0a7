"""Takes a changed reference list into the cases that are already there, as a new version like any import.

The clerk meets it as "which branch is this?" and as the page of settings. The files are written one by one, each
whole; when no version can be made under them, they are put back as they were.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data import pruning
from data.access.audit import action
from data.dates import now
from data.deriving import derive, set_meta
from data.errors import UserError
from data.importing import only_import
from data.reference import Reference
from data.reference.editing import Change, Files, logged, set_alias
from data.reference.lists import LISTS
from data.store import Store
from data.versionfile import connect, create_tables


def assign_branch(store: Store, alias: str, branch: str) -> str:
    """Add `alias` as a name of `branch` to the store's own list, refresh, and return the new version.

    Raises UserError when there is no such branch, or nothing to refresh.
    """
    known = [b.branch for b in Reference(store.reference_folder).branches if b.enabled]
    if branch not in known:
        raise UserError(f"分局名录里没有“{branch}”，可选：{'、'.join(known)}。")
    if not alias.strip():
        raise UserError("空白的责任分局不能指定，请在原表里补填后重新导入。")
    told, folder = {"before": alias, "after": branch}, store.reference_folder
    with only_import(store), action(store, "branch_list", told), _written(folder, set_alias(folder, alias, branch)):
        return _publish(store)


def change(
    store: Store, edit: Callable[[Path], Files], what: str, before: str, after: str, author: str, reason: str
) -> str | None:
    """Change the store's own reference files, log it, and return the new version; None when there is no data yet.

    edit: returns the texts of the files from the reference folder. Raises UserError, and then nothing is changed.
    """
    folder = store.reference_folder
    with only_import(store):
        line = Change(now(), what, before, after, author, reason)
        files = edit(folder) | logged(folder, line)
        told = {"what": what, "before": before, "after": after, "author": author, "reason": reason}
        with action(store, _event(files), told), _written(folder, files):
            if store.reader() is None:
                _refuse_faulty(Reference(folder))
                return None
            return _publish(store)


def refresh(store: Store) -> str:
    """Publish a version of the same rows under the reference lists as they are now, and return its name."""
    with only_import(store), action(store, "refresh") as told:
        told["version"] = _publish(store)
        return told["version"]


def _event(files: Files) -> str:
    """Return what the audit log calls a change of these files."""
    if any(name.startswith("branch") for name in files):
        return "branch_list"
    return "target" if "targets.csv" in files else "define"


def _publish(store: Store) -> str:
    reader = store.reader()
    if reader is None:
        raise UserError("数据仓是空的，请先导入数据。")
    with store.draft(reader) as (built, version):
        with connect(built) as connection:
            create_tables(connection)
            derive(connection, Reference(store.reference_folder))
            set_meta(connection, {"published_at": now().isoformat(timespec="seconds")})
        store.publish(built, version)
    pruning.after_publish(store)
    return version


def _refuse_faulty(reference: Reference) -> None:
    """Read the lists and settings, as a version would."""
    _ = reference.settings, [reference.kept(name) for name in LISTS]


@contextmanager
def _written(folder: Path, files: Files) -> Iterator[None]:
    """Write files (None: remove), and put back what there was when the block fails."""
    former = {name: (folder / name).read_bytes() if (folder / name).exists() else None for name in files}
    try:
        for name, text in files.items():
            # Excel knows UTF-8 by its mark only; TOML may not have one.
            encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
            _replace(folder / name, None if text is None else text.encode(encoding))
        yield
    except BaseException as error:
        for name, content in former.items():
            _replace(folder / name, content)
        if isinstance(error, OSError):
            raise UserError(f"参考表“{folder}”不能写入（{error.strerror}），没有改动；请检查权限或磁盘。") from error
        raise


def _replace(path: Path, content: bytes | None) -> None:
    """Put a whole file in the place of another; a reader sees the one or the other."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
