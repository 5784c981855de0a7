"""Asks the program that opens the lake, and says in one sentence what it could not do.

It is another process because its DuckDB is another one, and it sees none of the product's packages (-S). Passwords go the way of
PostgreSQL, through the environment, and come back in no message.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from data.errors import UserError
from data.lake.address import LakeAddress
from data.privacy import redact

_ROOT = Path(__file__).parents[2]
_DENIED = ("authentication failed", "认证失败", "no password supplied", "role ", "pg_hba.conf", "角色")
_UNREACHABLE = ("Unable to connect", "connection to server", "could not connect")
_SHARE = (
    "Cannot open file",
    "Could not open file",
    "No space left",
    "Permission denied",
    "Could not create",
    "Failed to create",
)


def packages() -> Path:
    """Return the folder of requirements-lake.txt: KPI_LAKE_PACKAGES, else .lake beside the product."""
    return Path(os.environ.get("KPI_LAKE_PACKAGES") or _ROOT / ".lake").absolute()


def ask(lake: LakeAddress, request: dict[str, object]) -> dict[str, object]:
    """Return the answer to one request. Raises UserError; then the lake is as it was, unless the sentence says otherwise."""
    if not (packages() / "duckdb").is_dir():
        raise _without_packages()
    said = json.dumps(request | {"data_path": str(lake.data_path)}, ensure_ascii=False).encode() + b"\n"
    with subprocess.Popen(
        [sys.executable, "-E", "-S", "-m", "data.lake.engine", str(packages())],
        cwd=_ROOT,
        env=os.environ | lake.variables | {"LC_MESSAGES": "C", "PGAPPNAME": "kpi-lake"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # nothing is left over to be written to an engine that has died
    ) as engine:
        try:
            engine.stdin.write(said)  # and left open: its end would end the engine
            written, complaint = engine.stdout.read(), b""
            if not written:
                complaint = engine.stderr.read()
        except BrokenPipeError:
            written, complaint = b"", engine.stderr.read()
        finally:
            engine.kill()
    try:
        answer = json.loads(written)
    except ValueError as error:
        last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
        why = redact(last)[:200] or "没有留下原因"
        raise UserError(f"数据湖程序中断了（{why}），可能还没有写入，请再试一次；已写入的不会重复。") from error
    if "error" in answer:
        raise _in_words(lake, answer)
    return answer


def _without_packages() -> UserError:
    return UserError(
        f"没有安装数据湖组件（“{packages()}”），或与现在的 Python 不合，请在本软件文件夹运行 make lake（不需要数据湖的单位不用装）。"
    )


def _in_words(lake: LakeAddress, answer: dict[str, object]) -> UserError:
    sentences = {
        "busy": "另一个单位正在上报，等了很久还没有完，这次没有上报，请稍后再试。",
        "empty": f"数据湖“{lake}”里还没有单位上报过，请先在一个单位运行 python -m data publish。",
        "format": f"数据湖“{lake}”的格式与本软件的版本不同，没有改动；请把各单位的软件升级到同一版本。",
        "other store": "湖里这个单位的数据来自另一个数据仓，没有上报；请核对 --bureau 的单位名称，确实换了数据仓时加 --replace。",
        "no snapshot": f"数据湖里没有这个快照或它已清理，现有 {answer.get('first')} 至 {answer.get('last')}。",
        "damaged": f"数据湖里“{answer.get('bureau')}”的行数与其上报记录不符，没有采用，请该单位用 --replace 重新上报。",
    }
    kind = str(answer["error"])
    if kind == "packages":
        return _without_packages()
    return UserError(sentences[kind]) if kind in sentences else _of_engine(lake, answer)


def _of_engine(lake: LakeAddress, answer: dict[str, object]) -> UserError:
    """Say what PostgreSQL or the share refused; anything else by its own words, without what may be a person's."""
    detail = str(answer.get("detail", ""))
    if "does not exist" in detail and 'database "' in detail:
        return UserError(f"PostgreSQL 上没有数据湖“{lake}”的数据库，请先按 docs/lake.md 建立。")
    if any(sign in detail for sign in _UNREACHABLE):
        if any(sign in detail for sign in _DENIED):
            return UserError(f"PostgreSQL 不接受登录数据湖“{lake}”的用户或口令，请检查 user 和 PGPASSFILE。")
        return UserError(f"连不上数据湖“{lake}”的 PostgreSQL，没有改动；请检查地址、网络和服务是否启动。")
    if "server closed the connection" in detail or "terminating connection" in detail:
        return UserError(f"与数据湖“{lake}”的连接中途断了，可能还没有写入，请再试一次；已写入的不会重复。")
    if "permission denied for" in detail:
        return UserError(f"用户没有数据湖“{lake}”的写权限，没有改动；请数据库管理员按 docs/lake.md 授权。")
    if any(sign in detail for sign in _SHARE):
        return UserError(f"数据湖的共享文件夹“{lake.data_path}”读写失败，没有改动；请检查权限、磁盘空间和共享盘。")
    first = redact(detail.splitlines()[0] if detail else "")[:200]
    return UserError(f"数据湖没有完成（{answer.get('type')}：{first}），没有改动；请重试，仍不行请联系维护人员。")
