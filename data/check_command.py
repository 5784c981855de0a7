"""python -m data check [--repair] | prune [--dry-run]: whether a store is whole, and which old versions may go."""

import argparse
import json
import sys
from dataclasses import asdict

from data.pruning import prune
from data.repairing import repair
from data.store import Store
from data.verifying import check


def add_to(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands to those of python -m data."""
    checker = commands.add_parser("check", parents=[shared], help="检查数据仓是否完好")
    checker.add_argument("--repair", action="store_true", help="修复不会丢失内容就能修复的")
    checker.add_argument("--json", action="store_true")
    checker.set_defaults(run=_check)

    pruner = commands.add_parser("prune", parents=[shared], help="按设置的规则清理旧版本")
    pruner.add_argument("--dry-run", action="store_true", help="只列出会删去的版本")
    pruner.add_argument("--json", action="store_true")
    pruner.set_defaults(run=_prune)


def _check(options: argparse.Namespace, store: Store) -> int:
    findings, done = check(store, _progress), []
    if options.repair and findings:
        done = repair(store, findings)
        findings = check(store, _progress) if done else findings
    _clear_progress()
    code = 1 if findings else 0
    if options.json:
        found = {
            "store": str(store.folder),
            "sound": not findings,
            "versions": len(store.versions()),
            "findings": [asdict(finding) for finding in findings],
            "done": done,
        }
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return code
    for sentence in done:
        print(sentence)
    for finding in findings:
        print(finding.words, file=sys.stderr)
    if not findings:
        print(f"数据仓“{store.folder}”完好：{len(store.versions())}个版本都能读出，与导入记录一致。")
    return code


def _prune(options: argparse.Namespace, store: Store) -> int:
    done = prune(store, options.dry_run)
    if options.json:
        found = {"dry_run": options.dry_run, **asdict(done)}
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for name, why in done.kept.items():
        print(f"保留 {name}（{why}）")
    for name in done.removed:
        print(f"{'将删去' if options.dry_run else '已删去'} {name}")
    for name in done.left:
        print(f"留待下次 {name}（正在被别的程序打开）")
    freed = f"{done.freed / (1 << 20):.1f}MB"
    if not done.removed:
        print("没有可清理的旧版本。")
    else:
        print(f"将腾出{freed}，没有改动任何文件。" if options.dry_run else f"已腾出{freed}。")
    return 0


def _progress(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K检查 {what}（{done + 1}／{of}）…", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
