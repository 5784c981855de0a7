"""The command line of the importer: python -m data import | status | use | refresh | audit | users | backup | restore | check |
prune | publish | fetch | tidy-lake | demo.

Exit codes: 0 done; 1 the user can mend it (one sentence on stderr, nothing published); 2 usage.
"""

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path

from data import backup_command, check_command, readonly
from data.access import audit_command, users_command
from data.dates import CHINA, END_OF_DAY
from data.errors import UserError
from data.importing import import_files
from data.lake import command as lake_command
from data.refreshing import refresh
from data.result import ImportResult
from data.status import status
from data.store import Store, default_folder

SAMPLES = Path(__file__).parent / "sample"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows writes GBK into a pipe, which lacks many a name
        stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    store = Store(Path(options.store) if options.store else default_folder())
    try:
        readonly.check(store.folder, store.access_folder)
        return options.run(options, store)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--store", metavar="DIR", default=argparse.SUPPRESS, help="数据仓所在文件夹（默认 KPI_STORE 或 data/store）"
    )
    parser = argparse.ArgumentParser(prog="python -m data", description="导入信访件导出文件，管理数据版本")
    parser.add_argument("--store", metavar="DIR", default=None, help="数据仓所在文件夹")
    commands = parser.add_subparsers(required=True, metavar="命令")

    importer = commands.add_parser("import", parents=[shared], help="导入一批文件")
    importer.add_argument("files", nargs="+", metavar="FILE", type=Path)
    importer.add_argument("--profile", metavar="NAME|FILE.toml", help="导入格式；不写则按表头识别")
    importer.add_argument("--as-of", metavar="2025-09-30[T18:00]", type=_moment, help="导出时刻")
    importer.add_argument("--dry-run", action="store_true", help="只核对，不发布")
    importer.add_argument("--json", action="store_true")
    importer.set_defaults(run=_import)

    shower = commands.add_parser("status", parents=[shared], help="查看当前版本与导入历史")
    shower.add_argument("--json", action="store_true")
    shower.set_defaults(run=_status)

    user = commands.add_parser("use", parents=[shared], help="换用某个版本")
    user.add_argument("version", metavar="VERSION")
    user.set_defaults(run=_use)

    refresher = commands.add_parser("refresh", parents=[shared], help="按现在的分局名录与设置重新整理已有数据")
    refresher.set_defaults(run=_refresh)

    audit_command.add_to(commands, shared)
    users_command.add_to(commands, shared)
    backup_command.add_to(commands, shared)
    check_command.add_to(commands, shared)
    lake_command.add_to(commands, shared)

    demo = commands.add_parser("demo", parents=[shared], help="用 data/sample/ 建立演示数据仓")
    demo.add_argument("--if-empty", action="store_true", help="只在数据仓为空时建立")
    demo.set_defaults(run=_demo)
    return parser


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"时刻“{text}”写法不对，例如 2025-09-30 或 2025-09-30T18:00") from error
    if moment.tzinfo:
        return moment.astimezone(CHINA).replace(tzinfo=None)
    return (
        moment
        if "T" in text or " " in text
        else moment.replace(hour=END_OF_DAY[0], minute=END_OF_DAY[1], second=END_OF_DAY[2])
    )


def _import(options: argparse.Namespace, store: Store) -> int:
    result = import_files(options.files, store, options.profile, options.as_of, options.dry_run, _progress())
    _clear_progress()
    print(json.dumps(result.as_json(), ensure_ascii=False, indent=1) if options.json else _in_words(result))
    return 0


def _status(options: argparse.Namespace, store: Store) -> int:
    found = status(store)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    if not found["version"]:
        print("数据仓是空的；请用 python -m data import 导入，或用 python -m data demo 建立演示数据。")
        return 0
    mark = "（演示数据）" if found["is_demo"] else ""
    print(f"当前版本 {found['version']}{mark}，数据截至 {found['as_of'].replace('T', ' ')}")
    for table in found["tables"]:
        print(f"  {table['name']} {table['rows']} 行")
    print(f"  隔离待更正 {found['quarantined']} 行")
    for entry in found["imports"]:
        print(
            f"  第{entry['batch_no']}批 {entry['imported_at']}：读 {entry['rows_read']}，计入 {entry['accepted']}，隔离 {entry['quarantined']}"
        )
    return 0


def _use(options: argparse.Namespace, store: Store) -> int:
    store.use(options.version)
    print(f"已换用版本 {options.version}。")
    return 0


def _refresh(options: argparse.Namespace, store: Store) -> int:
    print(f"已按现在的名录与设置整理，新版本 {refresh(store)}。")
    return 0


def _demo(options: argparse.Namespace, store: Store) -> int:
    reader = store.reader()
    if reader is not None and options.if_empty:
        return 0
    readonly.refuse()
    if reader is not None and not reader.is_demo:
        raise UserError(f"数据仓“{store.folder}”里已有正式数据，不能用演示数据覆盖；请用 --store 另指一个文件夹。")
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".csv", ".xlsx", ".xls", ".ods"))
    result = import_files(files, store, progress=_progress(), is_demo=True)
    _clear_progress()
    print(_in_words(result))
    return 0


def _in_words(result: ImportResult) -> str:
    counts = result.counts
    state = "（试导入，没有发布）" if result.dry_run else "" if result.is_published else "（内容没有变化，没有新版本）"
    lines = [
        f"版本 {result.version or '无'}{state}，数据截至 {result.as_of:%Y-%m-%d %H:%M}",
        f"读 {result.rows_read} 行 = 计入 {result.accepted} + 隔离 {result.quarantined}；"
        f"新增 {counts.new}，更新 {counts.updated}，未变 {counts.unchanged}，旧于库中 {counts.older}",
    ]
    lines += [
        f"  {f.file}{'／' + f.sheet if f.sheet else ''}：{f.profile}，读 {f.rows_read}，隔离 {f.quarantined}"
        for f in result.files
    ]
    lines += [f"  {note}" for note in result.notes]
    if result.unknown_headings:
        lines.append(f"  没有用到的列：{'、'.join(result.unknown_headings)}")
    if result.unmatched_branches:
        names = "、".join(f"{name} {count}件" for name, count in result.unmatched_branches.most_common())
        lines.append(f"  待归属：{names}")
    return "\n".join(lines)


def _progress():
    """Return a callback that shows progress on a terminal, and one that does nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda what, done, of: None
    return lambda what, done, of: print(
        f"\r\033[K{what}{f' {done} 行' if done else ''}…", end="", file=sys.stderr, flush=True
    )


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
