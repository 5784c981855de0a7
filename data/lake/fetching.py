"""Fetches one snapshot of the lake as a version like any other, for the pages and the command line of a province.

A version that lies in the store is read without PostgreSQL, never changes under a reader, and says by its snapshot what
of the lake it holds. What a city worked out with its own terms (limits, repeats, branches) comes as it is; what only a
reader's settings decide follows those of this store, the same for all. Names that two cities may share carry the
bureau in front: branches, case numbers, places.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from data.access.audit import action
from data.dates import now
from data.deriving import derive, set_meta
from data.errors import UserError
from data.importing import only_import
from data.lake import columns
from data.lake.address import LakeAddress, check_share
from data.lake.bridge import ask
from data.lake.publishing import COMPARED, quoted, work_folder
from data.reference import Reference
from data.reference.settings import SETTINGS
from data.schema import BUREAU_MARK
from data.scope import ALL
from data.store import Reader, Store
from data.versionfile import create_tables

_PREFIXED = {
    "cases": ("case_no", "repeat_of", "branch", "site_name"),
    "backlog": ("case_no", "branch"),
    "key_cases": ("case_no", "branch"),
}


@dataclass(frozen=True)
class Fetched:
    """What a fetch came to; version None where the lake had nothing new. bureaus: rows and day of each; notes for people."""

    snapshot: int
    changed: bool
    version: str | None
    as_of: str | None
    bureaus: list[dict[str, object]]
    notes: list[str]

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def fetch(store: Store, lake: LakeAddress, snapshot: int | None = None) -> Fetched:
    """Publish the lake's newest snapshot, or the one asked for, as a version of the store. Raises UserError.

    A store that has files of its own is refused: its cases would be gone with the new version.
    """
    check_share(lake.data_path, writing=False)
    reader = store.reader(ALL)
    _refuse_own_data(store, reader)
    known = reader.meta.get("lake_snapshot") if reader and reader.meta.get("lake") == _identity(lake) else None
    with work_folder(store) as folder:
        request = {"action": "fetch", "snapshot": snapshot, "known": int(known) if known else None}
        answer = ask(lake, request | {"tables": columns.lake_columns(), "folder": str(folder.absolute())})
        number = int(answer["snapshot"])
        if not answer["changed"]:
            return Fetched(number, False, reader.version, reader.as_of.isoformat(), [], [])
        told = {"lake": str(lake), "snapshot": number}
        with only_import(store), action(store, "lake_fetch", told) as end:
            _refuse_own_data(store, store.reader(ALL))
            version = end["version"] = _build(store, lake, folder, number, answer["publications"])
    return _fetched(store.reader(ALL, version), number, answer["publications"])


def _refuse_own_data(store: Store, reader: Reader | None) -> None:
    if reader is not None and not reader.is_demo and not reader.is_of_bureaus:
        raise UserError(f"数据仓“{store.folder}”里有自己导入的数据，不能再取数据湖的；请用 --store 另指一个文件夹。")


def _identity(lake: LakeAddress) -> str:
    return f"{lake} {lake.data_path}"


def _build(store: Store, lake: LakeAddress, folder: Path, number: int, publications: list[dict]) -> str:
    """Build and publish the version, and return its name."""
    with store.draft(None) as (built, version):
        with duckdb.connect(str(built)) as connection:
            create_tables(connection)
            for table in columns.STAYS:
                connection.execute(f"INSERT INTO {table} BY NAME {_select(table, folder)}")
            _branches(connection, folder)
            _imports(connection, version, publications)
            meta = {
                "as_of": max(one["as_of"] for one in publications),
                "published_at": now().isoformat(timespec="seconds"),
                "is_demo": "false",
                "lake": _identity(lake),
                "lake_snapshot": str(number),
            }
            set_meta(connection, meta | {"as_of": datetime.fromisoformat(meta["as_of"]).isoformat()})
            derive(connection, Reference(store.reference_folder))
            _check(connection, publications)
        store.publish(built, version)
    return version


def _select(table: str, folder: Path) -> str:
    """Return the rows of a table with the bureau in front of what two bureaus may have of one name."""
    mark = f"bureau || '{BUREAU_MARK}' || "
    replaced = {name: f"{mark}{name}" for name in _PREFIXED[table]}
    if table == "cases":
        replaced["co_branches"] = f"list_transform(co_branches, lambda one: {mark}one)"
    columns_ = ", ".join(f"{value} AS {name}" for name, value in replaced.items())
    key = ", source || '|' || bureau || '" + BUREAU_MARK + "' || case_no AS case_key" if table == "cases" else ""
    file = quoted(folder / f"{table}.parquet")
    return (
        f"SELECT * EXCLUDE (bureau, row_key, state) REPLACE ({columns_}){key} FROM read_parquet({file}) ORDER BY bureau"
    )


def _branches(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """List the branches of every bureau, and those that only rows of an older publication name."""
    mark = f"bureau || '{BUREAU_MARK}' || branch"
    file = quoted(folder / "branches.parquet")
    connection.execute(
        f"INSERT INTO branches SELECT {mark}, kind, row_number() OVER (ORDER BY bureau, sort, branch), enabled, FALSE "
        f"FROM read_parquet({file})"
    )
    used = " UNION ".join(f"SELECT branch FROM {table} WHERE branch IS NOT NULL" for table in columns.STAYS)
    connection.execute(
        "INSERT INTO branches SELECT branch, '分局', (SELECT count(*) FROM branches) + row_number() OVER (ORDER BY branch), "
        f"TRUE, FALSE FROM ({used}) WHERE branch NOT IN (SELECT branch FROM branches)"
    )


def _imports(connection: duckdb.DuckDBPyConnection, version: str, publications: list[dict]) -> None:
    """Record the newest publication of each bureau as the import that it stands for."""
    for number, one in enumerate(publications, 1):
        rows = sum(one["rows"].values())
        connection.execute(
            "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            [number, version, one["published_at"], one["as_of"], rows, rows, one["new"], one["updated"],
             rows - one["new"] - one["updated"], 0],
        )  # fmt: skip
        connection.execute(
            "INSERT INTO import_files VALUES (?, ?, '', '数据湖', '', ?, 'lake', NULL, NULL, 0, ?, ?, ?, 0)",
            [number, one["bureau"], one["bureau"], one["as_of"], rows, rows],
        )


def _check(connection: duckdb.DuckDBPyConnection, publications: list[dict]) -> None:
    """Refuse a version that has not as many rows as the bureaus have published."""
    for table in columns.STAYS:
        wanted = sum(one["rows"][table] for one in publications)
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if found != wanted:
            raise UserError(f"取自数据湖的“{table}”有{found}行，而上报记录共{wanted}行，没有采用，请重试。")


def _fetched(reader: Reader, number: int, publications: list[dict]) -> Fetched:
    last = max(one["as_of"] for one in publications)
    notes = []
    for one in publications:
        behind = (datetime.fromisoformat(last) - datetime.fromisoformat(one["as_of"])).days
        if behind:
            notes.append(f"“{one['bureau']}”的数据截至{one['as_of'][:10]}，比最新的单位早{behind}天")
        for name in COMPARED:
            own, theirs = reader.settings.get(name), one["settings"].get(name)
            if theirs is not None and own is not None and theirs != own:
                words = SETTINGS[name].words
                notes.append(
                    f"“{one['bureau']}”的设置“{words}”是 {theirs}，这里按 {own} 统一计算，与该单位自己的数字可能不同"
                )
    bureaus = [
        {"bureau": one["bureau"], "version": one["version"], "as_of": one["as_of"], "published_at": one["published_at"]}
        | {"rows": one["rows"]}
        for one in publications
    ]
    return Fetched(number, True, reader.version, reader.as_of.isoformat(), bureaus, notes)
