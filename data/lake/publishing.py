"""Sends the version in force to the lake under the bureau's name: whole or not at all, and only what may leave.

The version is written as Parquet into a folder of the store, by this DuckDB, and taken up by that of the lake.
"""

import hmac
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from data.access.audit import action
from data.dates import now
from data.errors import UserError
from data.lake import columns
from data.lake.address import LakeAddress, check_bureau, check_share
from data.lake.bridge import ask
from data.locking import alone
from data.scope import ALL
from data.store import Reader, Store

WAIT_SECONDS = 120  # for other publishers
# Settings that change a figure; where bureaus differ in them, the lake's figures follow those of the store that fetches.
COMPARED = (
    "month_start_day", "deadline_compare", "rating_basis", "count_rejected", "due_soon_days", "cohort_days",
    "first_resolution_days", "repeat_site_days", "repeat_site_cases", "suspected_days", "suspected_times",
)  # fmt: skip


@dataclass(frozen=True)
class Published:
    """What became of a publication. rows: of the bureau in the lake afterwards, by table; counts as of an import.

    only_in_lake: rows of the bureau that the store does not have; they stay unless replaced. removed: those replaced.
    """

    bureau: str
    version: str
    snapshot: int
    changed: bool
    rows: dict[str, int]
    new: int
    updated: int
    unchanged: int
    older: int
    removed: int
    only_in_lake: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def publish(store: Store, lake: LakeAddress, bureau: str | None = None, replace: bool = False) -> Published:
    """Merge the version in force into the lake under the bureau's name. Raises UserError, and the lake is as it was.

    bureau: by default what the lake's file says, else the name of the unit. replace: the lake shall have exactly the rows
    of this version, whatever it had of the bureau.
    """
    reader = store.reader(ALL)
    if reader is None:
        raise UserError("数据仓是空的，没有可上报的；请先导入数据。")
    if reader.is_demo:
        raise UserError("演示数据不能上报到数据湖，请先导入正式数据。")
    if reader.is_of_bureaus:
        raise UserError("这个数据仓本身取自数据湖，不能再上报；请在各单位自己的数据仓上报。")
    bureau = check_bureau(bureau or lake.bureau or reader.settings.get("unit_name", ""))
    check_share(lake.data_path, writing=True)
    told = {"lake": str(lake), "bureau": bureau, "version": reader.version} | ({"replace": "是"} if replace else {})
    with work_folder(store) as folder, action(store, "lake_publish", told) as end:
        _export(reader, folder, store.secret_key(), bureau)
        answer = ask(lake, _request(store, reader, folder, bureau, replace))
        done = Published(bureau, reader.version, **answer)
        end.update(snapshot=done.snapshot, new=done.new, updated=done.updated, removed=done.removed)
    return done


@contextmanager
def work_folder(store: Store) -> Iterator[Path]:
    """Give an empty folder for one publication or fetch at a time; what a killed one left goes first."""
    folder = store.folder / "lake-work"
    with alone(store.folder / "lake.lock", "另一个上报或取数正在进行，请等它完成后再试。"):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(mode=0o700)
            yield folder
        except OSError as error:
            raise UserError(f"数据仓“{store.folder}”不能写入（{error.strerror}），请检查权限或磁盘。") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _export(reader: Reader, folder: Path, secret: bytes, bureau: str) -> None:
    """Write what goes up as one Parquet file per table."""
    selects = {table: columns.export_sql(table) for table in columns.STAYS}
    selects["branches"] = "SELECT branch, kind, sort, enabled FROM branches"
    for table, select in selects.items():
        values = {"salt": columns.salt(secret, bureau), "as_of": reader.as_of}
        used = {name: value for name, value in values.items() if f"${name}" in select}
        reader.query(f"COPY ({select}) TO {quoted(folder / f'{table}.parquet')}", used)


def _request(store: Store, reader: Reader, folder: Path, bureau: str, replace: bool) -> dict[str, object]:
    publication = {
        "store_id": hmac.digest(store.secret_key(), b"lake store", "sha256").hex()[:16],
        "version": reader.version,
        "version_at": reader.meta["published_at"],
        "as_of": reader.as_of.isoformat(timespec="microseconds"),
        "published_at": now().isoformat(timespec="seconds"),
        "settings": json.dumps({name: reader.settings[name] for name in COMPARED if name in reader.settings}),
    }
    return {
        "action": "publish",
        "bureau": bureau,
        "replace": replace,
        "wait": WAIT_SECONDS,
        "folder": str(folder.absolute()),
        "tables": columns.lake_columns(),
        "publication": publication,
    }


def quoted(path: Path) -> str:
    """Return a path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
