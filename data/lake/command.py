"""python -m data publish | fetch | tidy-lake: a bureau's cases up into the lake, and the lake down as a version."""

import argparse
import json
import sys
import time
from collections.abc import Callable

from data.dates import now
from data.errors import UserError
from data.lake.address import find_lake
from data.lake.fetching import Fetched, fetch
from data.lake.publishing import publish
from data.lake.upkeep import tidy
from data.schema import LABELS
from data.store import Store


def add_to(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands to those of python -m data."""
    lake = argparse.ArgumentParser(add_help=False, parents=[shared])
    lake.add_argument(
        "--lake", metavar="LAKE", help="数据湖：postgres://用户@主机/库?data_path=共享文件夹，或 .toml 文件"
    )
    lake.add_argument("--json", action="store_true")

    publisher = commands.add_parser("publish", parents=[lake], help="把当前版本上报到数据湖（多个单位汇总用）")
    publisher.add_argument("--bureau", metavar="名称", help="以什么单位名称上报，默认取设置“单位名称”")
    publisher.add_argument(
        "--replace", action="store_true", help="以当前版本整个替换湖里本单位的数据（撤回错误导入后用）"
    )
    publisher.set_defaults(run=_publish)

    fetcher = commands.add_parser("fetch", parents=[lake], help="把数据湖取成本数据仓的一个版本（汇总单位用）")
    fetcher.add_argument("--snapshot", metavar="N", type=_number, help="取第N号快照，默认最新")
    fetcher.add_argument("--every", metavar="分钟", type=_minutes, help="每隔几分钟取一次，直到按 Ctrl+C")
    fetcher.set_defaults(run=_fetch)

    keeper = commands.add_parser("tidy-lake", parents=[lake], help="清理数据湖的旧快照和无用文件")
    keeper.add_argument("--keep-days", metavar="天数", type=_minutes, default=90, help="保留多少天的快照，默认90")
    keeper.set_defaults(run=_tidy)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise argparse.ArgumentTypeError(f"快照号“{text}”应是整数")
    return int(text)


def _minutes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise argparse.ArgumentTypeError(f"“{text}”应是1至36500的整数")
    return int(text)


def _publish(options: argparse.Namespace, store: Store) -> int:
    done = publish(store, find_lake(options.lake, store), options.bureau, options.replace)
    if options.json:
        print(json.dumps(done.as_json(), ensure_ascii=False, indent=1))
        return 0
    state = f"湖的快照 {done.snapshot}" if done.changed else "内容没有变化，湖没有改动"
    print(f"已上报“{done.bureau}”，版本 {done.version}，{state}：{_rows(done.rows)}")
    print(f"  新增 {done.new}，更新 {done.updated}，未变 {done.unchanged}，旧于湖中 {done.older}，删去 {done.removed}")
    if done.only_in_lake:
        print(f"  湖里另有本单位 {done.only_in_lake} 行是这个版本没有的，仍保留；要以这个版本为准请加 --replace")
    return 0


def _fetch(options: argparse.Namespace, store: Store) -> int:
    if not options.every:
        _show(fetch(store, find_lake(options.lake, store), options.snapshot), options.json)
        return 0
    if options.snapshot is not None:
        raise UserError("--every 总是取最新的，不能和 --snapshot 一起用。")
    return _keep_fetching(options.every * 60, lambda: _show(fetch(store, find_lake(options.lake, store)), options.json))


def _keep_fetching(seconds: float, once: Callable[[], None]) -> int:
    """Fetch again and again; what went wrong is said and tried again the next time."""
    try:
        while True:
            try:
                once()
            except UserError as error:
                print(f"{now():%Y-%m-%d %H:%M} {error}", file=sys.stderr, flush=True)
            time.sleep(seconds)
    except KeyboardInterrupt:
        return 0


def _show(found: Fetched, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found.as_json(), ensure_ascii=False, indent=1), flush=True)
        return
    if not found.changed:
        print(f"湖的快照仍是 {found.snapshot}，版本 {found.version} 不变", flush=True)
        return
    print(f"已取数据湖快照 {found.snapshot}，版本 {found.version}，数据截至 {found.as_of.replace('T', ' ')}")
    for one in found.bureaus:
        print(f"  {one['bureau']}：{_rows(one['rows'])}，{one['published_at'].replace('T', ' ')} 上报")
    for note in found.notes:
        print(f"  注意：{note}")
    sys.stdout.flush()


def _rows(rows: dict[str, int]) -> str:
    return "，".join(f"{LABELS[table]} {count} 行" for table, count in rows.items())


def _tidy(options: argparse.Namespace, store: Store) -> int:
    done = tidy(store, find_lake(options.lake, store), options.keep_days)
    words = f"已清理数据湖：过期快照 {done['expired']} 个，删去文件 {done['removed']} 个"
    print(json.dumps(done, ensure_ascii=False) if options.json else words)
    return 0
