"""A reading server: shows what an importing machine publishes, and changes nothing of the store (KPI_READ_ONLY=1).

Said by whoever sets the machine up and not guessed from rights on a folder: a copy is writable, and an import into it
would be a fork that the next copy overwrites. Accounts are the importing machine's (data/access/roster.py); sessions and
the audit log need a place of their own, KPI_ACCESS. See docs/decisions/015-reading-servers.md.
"""

import os
from pathlib import Path

from data.errors import UserError

SWITCH = "KPI_READ_ONLY"
WORDS = "这是只读服务器，只供查看；导入、改设置、定稿、保存查询和管理账号请到导入机上办理。"
WITHHELD = frozenset({"import", "define", "freeze", "accounts"})  # permissions that nobody has here
# Entries of the audit log that tell of a change of the store.
CHANGES = frozenset(
    {
        "import", "refresh", "rollback", "define", "target", "branch_list", "freeze", "report_text", "view_saved",
        "view_deleted", "backup", "restore", "repair", "prune", "lake_publish", "lake_fetch", "lake_tidy",
    }
)  # fmt: skip
_ON, _OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


def is_on() -> bool:
    """Say whether this process only reads. Raises UserError for a value that is neither yes nor no."""
    value = os.environ.get(SWITCH, "").strip().lower()
    if value not in (*_ON, *_OFF):
        raise UserError(f"环境变量 {SWITCH} 的值“{value[:20]}”看不懂，只读服务器写1，导入机不写它或写0。")
    return value in _ON


def refuse() -> None:
    """Raise UserError on a reading server; every way to change the store asks here first."""
    if is_on():
        raise UserError(WORDS)


def check(folder: Path, access_folder: Path) -> None:
    """Raise UserError where a reading server has no place of its own for sessions and audit log."""
    if is_on() and access_folder.resolve().is_relative_to(folder.resolve()):
        raise UserError(
            f"只读服务器的登录和审计日志要有自己的文件夹，请用环境变量 KPI_ACCESS 指到数据仓“{folder}”以外、本机可写的地方。"
        )
