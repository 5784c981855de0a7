"""Takes a changed reference list into the cases that are already there, as a new version like any import.

The clerk meets it as "which branch is this?": an unmatched name is given a branch once, and is known from then on.
"""

import csv

import duckdb

from data.dates import now
from data.deriving import derive, set_meta
from data.errors import UserError
from data.importing import only_import
from data.reference import Reference
from data.store import Store
from data.versionfile import create_tables

_ALIAS_COLUMNS = ("alias", "branch", "from", "to")


def assign_branch(store: Store, alias: str, branch: str) -> str:
    """Add `alias` as a name of `branch` to the store's own list, refresh, and return the new version.

    Raises UserError when there is no such branch, or nothing to refresh.
    """
    known = [b.branch for b in Reference(store.reference_folder).branches if b.enabled]
    if branch not in known:
        raise UserError(f"分局名录里没有“{branch}”，可选：{'、'.join(known)}。")
    if not alias.strip():
        raise UserError("空白的责任分局不能指定，请在原表里补填后重新导入。")
    path = store.reference_folder / "branch_aliases.csv"
    rows = []
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = [row for row in csv.DictReader(opened) if row["alias"] != alias]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, _ALIAS_COLUMNS, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows([*rows, {"alias": alias, "branch": branch}])
    temporary.replace(path)
    return refresh(store)


def refresh(store: Store) -> str:
    """Publish a version of the same rows under the reference lists as they are now, and return its name."""
    with only_import(store):
        reader = store.reader()
        if reader is None:
            raise UserError("数据仓是空的，请先导入数据。")
        with store.draft(reader) as (built, version):
            with duckdb.connect(str(built)) as connection:
                create_tables(connection)
                derive(connection, Reference(store.reference_folder))
                set_meta(connection, {"published_at": now().isoformat(timespec="seconds")})
            store.publish(built, version)
        return version
