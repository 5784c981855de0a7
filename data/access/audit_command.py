"""The audit log on the command line: python -m data audit verify | list | export. Whoever checks or takes it is in it."""

import argparse
import sys
from datetime import date
from pathlib import Path

from data.access import audit, audit_files
from data.access.audit import EVENTS, STATES, Entry
from data.errors import UserError
from data.store import Store

_LISTED = 50


def add_to(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the command to those of python -m data."""
    what = commands.add_parser("audit", help="核验、查看、导出审计日志").add_subparsers(required=True, metavar="做什么")
    what.add_parser("verify", parents=[shared], help="核验日志链是否完整").set_defaults(run=_verify)

    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--from", dest="since", metavar="2026-11-01", type=_day, help="自哪一天")
    chosen.add_argument("--to", dest="until", metavar="2026-11-30", type=_day, help="至哪一天")
    chosen.add_argument("--account", default="", metavar="账号")
    chosen.add_argument("--event", default="", metavar="事件", help="代码或名称，如 export 或 导出")
    chosen.add_argument("--failed", action="store_true", help="只要失败与被拒绝的")

    lister = what.add_parser("list", parents=[shared, chosen], help="查看，新的在前")
    lister.add_argument("--limit", type=int, default=_LISTED, metavar="N", help=f"至多几条（默认 {_LISTED}）")
    lister.set_defaults(run=_list)

    exporter = what.add_parser("export", parents=[shared, chosen], help="导出为 .csv 或 .xlsx")
    exporter.add_argument("--out", required=True, type=Path, metavar="FILE.csv|.xlsx")
    exporter.set_defaults(run=_export)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"日期“{text}”写法不对，例如 2026-11-30") from error


def _verify(options: argparse.Namespace, store: Store) -> int:
    verdict = audit.verify(store)
    print(verdict.words, *verdict.problems[1:], sep="\n", file=sys.stdout if verdict.ok else sys.stderr)
    if verdict.many or not verdict.ok:  # no log is begun by looking for one
        audit.record(store, "audit_verify", verdict.told, ok=verdict.ok)
    return 0 if verdict.ok else 1


def _list(options: argparse.Namespace, store: Store) -> int:
    found = _found(options, store, options.limit)
    for one in found:
        who = one.account if one.name == one.account else f"{one.account}（{one.name}）"
        place = f" {one.address}" if one.address else ""
        event, state = EVENTS.get(one.event, one.event), STATES[one.state]
        print(f"{one.seq} {one.at:%Y-%m-%d %H:%M:%S} {who}{place} {event} {state} {audit_files.words(one)}".rstrip())
    if not found:
        print("没有这样的记录。")
    return 0


def _export(options: argparse.Namespace, store: Store) -> int:
    found = _found(options, store)
    told = {"file": options.out.name, "entries": len(found), "from": options.since, "to": options.until}
    told |= {"account": options.account, "event": options.event}
    with audit.action(store, "audit_export", {key: value for key, value in told.items() if value}):
        audit_files.write(options.out, found, ["审计日志"])
    print(f"已导出{len(found)}条到 {options.out}。")
    return 0


def _found(options: argparse.Namespace, store: Store, limit: int | None = None) -> list[Entry]:
    codes = {name: code for code, name in EVENTS.items()}
    event = codes.get(options.event, options.event)
    if event and event not in EVENTS:
        raise UserError(f"没有事件“{options.event[:40]}”，可用：{'、'.join(codes)}。")
    return audit.entries(store, options.since, options.until, options.account, event, options.failed, limit)
