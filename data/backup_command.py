"""python -m data backup FILE | restore FILE: everything of a store in one file, and back on any machine."""

import argparse
import json
import re
import sys
from pathlib import Path

from data.backup import Progress, backup
from data.dates import now
from data.errors import UserError
from data.restoring import restore
from data.store import Store

_DATED = re.compile(r"kpi-\d{4}-\d{2}-\d{2}\.zip")
_KILLED = re.compile(rf"\.{_DATED.pattern}\.part")


def add_to(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands to those of python -m data."""
    saver = commands.add_parser("backup", parents=[shared], help="把数据仓的全部内容备份成一个文件")
    saver.add_argument("file", metavar="FILE", type=Path, help="备份文件；写文件夹则自动按日期取名")
    saver.add_argument("--keep", metavar="N", type=_many, help="FILE 是文件夹时，只留最近的N份")
    saver.add_argument("--json", action="store_true")
    saver.set_defaults(run=_backup)

    restorer = commands.add_parser("restore", parents=[shared], help="把备份恢复到一个空的数据仓文件夹")
    restorer.add_argument("file", metavar="FILE", type=Path)
    restorer.add_argument("--json", action="store_true")
    restorer.set_defaults(run=_restore)


def _many(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"份数“{text}”应是1至10000的整数")
    return int(text)


def _backup(options: argparse.Namespace, store: Store) -> int:
    folder = options.file if options.file.is_dir() else None
    if options.keep and folder is None:
        raise UserError(f"--keep 只用于文件夹，而“{options.file}”不是已有的文件夹；请先建好它，或去掉 --keep。")
    path = folder / f"kpi-{now():%Y-%m-%d}.zip" if folder else options.file
    made = backup(store, path, _progress("备份"), replace=folder is not None)
    _clear_progress()
    removed = _rotated(folder, options.keep) if folder and options.keep else []
    found = {
        "file": str(made.path),
        "bytes": made.size,
        "files": len(made.manifest.files),
        "version": made.manifest.version or None,
        "made_at": made.manifest.made_at.isoformat(),
        "removed": removed,
    }
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    print(
        f"已备份到“{made.path}”：{found['files']}个文件，{_size(made.size)}，当前版本 {made.manifest.version or '无'}。"
        "其中有全部密钥，请像数据仓一样保管。"
    )
    if removed:
        print(f"已删去旧备份：{'、'.join(removed)}")
    return 0


def _rotated(folder: Path, keep: int) -> list[str]:
    """Delete all but the newest of the dated backups, and return their names; halves go too. Raises UserError."""
    there = sorted(folder.iterdir())
    old = [path for path in there if _DATED.fullmatch(path.name)][:-keep]
    try:
        for path in (*old, *(path for path in there if _KILLED.fullmatch(path.name))):
            path.unlink()
    except OSError as error:
        raise UserError(f"备份已写好，但旧备份删不掉（{error.strerror}），请检查“{folder}”的权限。") from error
    return [path.name for path in old]


def _restore(options: argparse.Namespace, store: Store) -> int:
    done = restore(store, options.file, _progress("恢复"))
    _clear_progress()
    if options.json:
        found = {
            "store": str(done.folder),
            "files": len(done.manifest.files),
            "version": done.manifest.version or None,
            "made_at": done.manifest.made_at.isoformat(),
            "audit_ok": done.verdict.ok,
        }
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    print(
        f"已恢复到“{done.folder}”：{len(done.manifest.files)}个文件，备份于{done.manifest.made_at:%Y-%m-%d %H:%M}，"
        f"当前版本 {done.manifest.version or '无'}。所有人需要重新登录。"
    )
    print(done.verdict.words)
    return 0


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f}MB"


def _progress(what: str) -> Progress:
    """Return a callback that shows progress on a terminal, and one that does nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda name, done, of: None
    return lambda name, done, of: print(
        f"\r\033[K{what} {100 * done // max(of, 1)}% {name}", end="", file=sys.stderr, flush=True
    )


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
