"""Whether one version file is sound: it opens, has its tables, every block reads, and it agrees with its own import log.

The file is opened by a connection of its own that is closed again, never by the pages' (data/attached.py): what is
looked at may be renamed or deleted afterwards. Reading every column makes DuckDB compare the checksum of every block.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import duckdb

from data.derived import quoted
from data.schema import KEYS, LABELS
from data.versionfile import SCHEMA_VERSION, all_tables, stand_in_for_missing

_NEEDED = ("meta", "cases", "imports", "import_files", "quarantine")  # in every version of every schema
_MAGIC, _MAGIC_AT = b"DUCK", 8
_WELL_MEANT = ("newer", "serialization", "version number")  # DuckDB of a file that a later DuckDB wrote


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a version file, in words."""

    kind: str
    words: str
    DAMAGED: ClassVar[str] = "damaged"  # cannot be read as a version
    UNREADABLE: ClassVar[str] = "unreadable"  # not by us, here and now
    COUNTS: ClassVar[str] = "counts"  # reads, and contradicts itself


def fault_of(path: Path) -> list[Fault]:
    """Return what is wrong with a version file; nothing for a sound one. Versions of an older schema are sound."""
    name = path.stem
    try:
        with path.open("rb") as opened:
            head = opened.read(64)
    except OSError as error:
        return [Fault(Fault.UNREADABLE, f"版本 {name} 的文件读不出来（{error.strerror}），请检查权限或磁盘。")]
    if head[_MAGIC_AT : _MAGIC_AT + 4] != _MAGIC or len(head) < struct.calcsize("<QQ"):
        return [_damaged(name, "不是数据文件")]
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute(f"ATTACH '{quoted(path)}' AS version (READ_ONLY)")
            return list(_faults(connection, name))
        except duckdb.Error as error:
            if any(word in str(error) for word in _WELL_MEANT):
                return [
                    Fault(Fault.UNREADABLE, f"版本 {name} 是更新的程序写的，本机的程序读不了，请先升级本机的程序。")
                ]
            return [_damaged(name, "有读不出来的部分")]


def published_at(path: Path) -> tuple[datetime, bool]:
    """Return when a version was published and whether it is the demonstration. Raises duckdb.Error, ValueError, KeyError."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{quoted(path)}' AS version (READ_ONLY)")
        meta = dict(connection.execute("SELECT key, value FROM version.meta").fetchall())
    return datetime.fromisoformat(meta["published_at"]), meta.get("is_demo") == "true"


def _faults(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[Fault]:
    there = _tables(connection)
    if lacking := [table for table in _NEEDED if table not in there]:
        yield _damaged(name, f"缺少表 {'、'.join(lacking)}")
        return
    stand_in_for_missing(connection, "version")  # then in the search path behind the version's own
    for table in sorted(there):
        connection.execute(f'SELECT bit_xor(hash(t)) FROM version."{table}" t').fetchone()
    connection.execute("SET search_path = 'version,memory'")
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    if int(meta.get("schema", "1")) > int(SCHEMA_VERSION):
        yield Fault(Fault.UNREADABLE, f"版本 {name} 是更新的程序写的，本机的程序读不了，请先升级本机的程序。")
        return
    try:
        datetime.fromisoformat(meta["as_of"])
    except (KeyError, ValueError):
        yield _damaged(name, "没有记下数据截止时刻")
        return
    if meta.get("schema") == SCHEMA_VERSION:
        yield from _columns(there, name)
    for what in (*_keys(connection), *_log(connection)):
        yield Fault(
            Fault.COUNTS, f"版本 {name} 与自己的导入记录对不上：{what}；请换回别的版本后重新导入，并报告此问题。"
        )


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the columns of every table that the version has."""
    sql = "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = 'version' GROUP BY ALL"
    return {table: set(columns) for table, columns in connection.execute(sql).fetchall()}


def _columns(there: dict[str, set[str]], name: str) -> Iterator[Fault]:
    with duckdb.connect(":memory:") as model:
        for table, columns in all_tables().items():
            if table in there:
                model.execute(f"CREATE TABLE {table} ({columns})")
                wanted = {row[0] for row in model.execute(f"DESCRIBE {table}").fetchall()}
                if lacking := sorted(wanted - there[table]):
                    yield _damaged(name, f"表 {table} 缺少列 {'、'.join(lacking)}")


def _keys(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for table, key in KEYS.items():
        by = ", ".join(key)
        twice = f"SELECT count(*) FROM (SELECT 1 FROM {table} GROUP BY {by} HAVING count(*) > 1)"
        if many := connection.execute(twice).fetchone()[0]:
            yield f"{LABELS[table]}有{many}个编号重复"


def _log(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Compare the log of imports with itself, with the log of files, and with the rows that are there."""
    sums = 'rows_read = accepted + quarantined AND accepted = new + updated + unchanged + "older"'
    for (batch,) in connection.execute(f"SELECT batch_no FROM imports WHERE NOT ({sums})").fetchall():
        yield f"第{batch}批的行数加不起来"
    for (file_batch,) in connection.execute(
        "SELECT DISTINCT batch_no FROM import_files WHERE rows_read <> accepted + quarantined"
    ).fetchall():
        yield f"第{file_batch}批的文件行数加不起来"
    # A file whose bytes were there already is counted in its batch without a line of its own.
    more = connection.execute(
        "SELECT f.batch_no FROM (SELECT batch_no, sum(rows_read) AS many FROM import_files GROUP BY 1) f "
        "LEFT JOIN imports i USING (batch_no) WHERE i.batch_no IS NULL OR f.many > i.rows_read"
    ).fetchall()
    for (batch,) in more:
        yield f"第{batch}批的文件行数多于该批"
    rows = sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in KEYS)
    new = connection.execute("SELECT coalesce(sum(new), 0) FROM imports").fetchone()[0]
    if rows != new:
        yield f"现有{rows}条记录，历次新增共{new}条"


def _damaged(name: str, how: str) -> Fault:
    return Fault(
        Fault.DAMAGED,
        f"版本 {name} 的文件已损坏（{how}），请从备份恢复；可用 python -m data check --repair 把它移到一边。",
    )
