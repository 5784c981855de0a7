"""Where a lake is: the PostgreSQL of its catalogue and the folder of its Parquet files. Never a password.

Written as one line, postgres://kpi@db.example:5432/kpi?data_path=/mnt/lake, or as a TOML file with the same names; by
default what KPI_LAKE says, else reference/lake.toml in the store. The password comes from PGPASSFILE or PGPASSWORD, as
with every program of PostgreSQL, so that no command line, log or backup has it.
"""

import os
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from data.errors import UserError
from data.schema import BUREAU_MARK
from data.store import Store

_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_EXAMPLE = "postgres://kpi@10.0.0.5:5432/kpi?data_path=/mnt/lake"
_LONGEST_BUREAU = 40


@dataclass(frozen=True)
class LakeAddress:
    """A lake: parameters of the connection by their libpq names, the folder of its data, the bureau where a file says it."""

    connection: tuple[tuple[str, str], ...]
    data_path: Path
    bureau: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """The connection as the variables that libpq reads: nothing to be quoted, nothing on a command line."""
        return {_VARIABLES[name]: value for name, value in self.connection}

    def __str__(self) -> str:
        """Return the lake as it may be shown and logged."""
        known = dict(self.connection)
        return f"{known.get('host', '本机')}/{known['dbname']}"


def find_lake(text: str | None, store: Store) -> LakeAddress:
    """Return the lake that a command line names, else KPI_LAKE, else the store's own file. Raises UserError."""
    own = store.reference_folder / "lake.toml"
    text = text or os.environ.get("KPI_LAKE") or (str(own) if own.exists() else "")
    if not text:
        raise UserError(f"没有指定数据湖：请用 --lake {_EXAMPLE}，或设环境变量 KPI_LAKE，或在数据仓里写“{own}”。")
    if text.startswith(("postgres://", "postgresql://")):
        return _checked(_from_line(text), "数据湖地址")
    return _checked(_from_file(Path(text)), f"数据湖文件“{text}”")


def check_bureau(name: str) -> str:
    """Return the name of a bureau without blanks around it. Raises UserError for one that cannot be told from its branches."""
    name = name.strip()
    if not name or len(name) > _LONGEST_BUREAU or not name.isprintable() or BUREAU_MARK.strip() in name or "/" in name:
        raise UserError(
            f"单位名称“{name[:_LONGEST_BUREAU]}”不能用：请用不含“·”和“/”的{_LONGEST_BUREAU}个字以内的名称。"
        )
    return name


def check_share(folder: Path, writing: bool) -> None:
    """Raises UserError where the share is not there, or does not take a file."""
    if not folder.is_dir():
        raise UserError(f"数据湖的共享文件夹“{folder}”不存在或没有挂载，请检查 data_path 和共享盘。")
    if not writing:
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as tried:
            tried.write(b"-")
    except OSError as error:
        raise UserError(
            f"数据湖的共享文件夹“{folder}”不能写入（{error.strerror}），没有上报；请检查权限或磁盘。"
        ) from error


def _from_line(text: str) -> dict[str, object]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UserError(f"数据湖地址写法不对，应像 {_EXAMPLE}。") from error
    found = dict(parse_qsl(parts.query))
    if parts.password is not None:
        found["password"] = ""
    given = {"host": parts.hostname, "port": port, "dbname": unquote(parts.path.strip("/")), "user": parts.username}
    return found | {name: unquote(str(value)) for name, value in given.items() if value}


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UserError(f"数据湖文件“{path}”读不出来（{error.strerror}）；也可直接写地址，如 {_EXAMPLE}。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"数据湖文件“{path}”不是正确的 TOML，请对照 docs/lake.md 改正。") from error


def _checked(found: dict[str, object], where: str) -> LakeAddress:
    if "password" in found:
        raise UserError(f"{where}里不要写口令：请把口令放进 PGPASSFILE 指的文件（或环境变量 PGPASSWORD），再删去它。")
    if unknown := sorted(set(found) - {*_VARIABLES, "data_path", "bureau"}):
        raise UserError(
            f"{where}里有不认识的项：{'、'.join(unknown)}，可用的有：{'、'.join(_VARIABLES)}、data_path、bureau。"
        )
    if missing := [name for name in ("dbname", "data_path") if not found.get(name)]:
        raise UserError(f"{where}缺少 {'、'.join(missing)}，应像 {_EXAMPLE}。")
    if "://" in str(found["data_path"]):
        raise UserError(f"{where}的 data_path 应是各台机器都能打开的文件夹（共享盘），不能是网址。")
    connection = tuple((name, str(found[name])) for name in _VARIABLES if found.get(name))
    return LakeAddress(connection, Path(str(found["data_path"])).absolute(), str(found.get("bureau", "")))
