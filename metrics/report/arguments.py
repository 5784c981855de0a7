"""The options of the command `report`. What it does is loaded when it is called: drawing and Word take a second to load."""

import argparse
from pathlib import Path

from data.errors import UserError
from metrics.report import subject
from metrics.report.formats import FORMATS

KINDS = {
    "month": ("月报", "2025-09"),
    "quarter": ("季报", "2025Q3"),
    "half": ("半年报", "2025H1"),
    "year": ("年报", "2025"),
}


def add_to(commands: argparse._SubParsersAction) -> argparse.ArgumentParser:
    """Add the command to a command line and return its parser."""
    parser = commands.add_parser("report", help="生成月报、季报、半年报、年报")
    key = parser.add_mutually_exclusive_group(required=True)
    for kind, (words, example) in KINDS.items():
        key.add_argument(f"--{kind}", metavar=example, help=words)
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--branch", default="", metavar="分局", help="给一个分局的通报；省略为全市")
    whose.add_argument("--all-branches", action="store_true", help="给每个分局的通报，合为一个 zip")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="写到哪个文件夹，默认当前文件夹")
    parser.add_argument(
        "--format", default=",".join(FORMATS), metavar=",".join(FORMATS), help="要哪些格式，用逗号隔开，默认全部"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--version", metavar="V", help="用哪个数据版本，默认当前版本")
    which.add_argument("--draft", action="store_true", help="已定稿的，也按当前数据重做一份草稿")
    which.add_argument("--freeze", action="store_true", help="定稿：数字、文字、口径和数据版本从此不变")
    parser.add_argument("--author", default="", metavar="姓名", help="定稿人")
    parser.add_argument("--reason", default="", metavar="原因", help="更正定稿的原因，再次定稿时必填")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=_run)
    return parser


def _run(options: argparse.Namespace) -> int:
    from metrics.report import command

    options.key = _key(options)
    return command.run(options)


def _key(options: argparse.Namespace) -> str:
    """Return the period that was asked for. Raises UserError where it is not of the kind that the option is for."""
    kind, key = next((kind, given) for kind in KINDS if (given := getattr(options, kind)))
    if subject.parsed(key)[0] != kind:
        raise UserError(f"--{kind} 后面应写成 {KINDS[kind][1]} 的样子，现为“{key}”。")
    return key
