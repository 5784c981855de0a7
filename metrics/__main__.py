"""The command line of metrics: list, show, report, prepare, spc, docs. Names, JSON keys and exit codes are fixed; other programs call it.

Exit codes: 0 done; 1 the user can mend it (one Chinese sentence on stderr); 2 usage.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data import derived, readonly
from data.errors import UserError
from data.store import Reader, Store, default_folder
from metrics import docs, periods, spcfile
from metrics.catalog import CATALOG
from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.parameters import start_day
from metrics.periods import Period
from metrics.report import arguments as arguments_of_report
from metrics.sources import SOURCES
from metrics.tables import aligned, figure_headings, figure_rows

_PIECES = {"month": periods.months, "quarter": periods.quarters, "year": periods.years}
_DEFAULT_MONTHS = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        store = Store(Path(options.store)) if options.store else Store()
        readonly.check(store.folder, store.access_folder)
        return options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m metrics", description="信访指标：清单、取数、报告、口径文档")
    _add_store(parser, None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="list|show|report|prepare|spc|docs")

    listing = commands.add_parser("list", help="列出全部指标")
    listing.add_argument("--json", action="store_true", help="以 JSON 输出")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="按统计期和分组取数")
    show.add_argument("kpi", nargs="+", metavar="KPI", help="指标代码或名称")
    show.add_argument("--from", dest="first", metavar="2025-01", help="起（2025、2025Q1、2025-01 或 2025-01-15）")
    show.add_argument("--to", dest="last", metavar="2025-09", help="止；省略则到数据截止日")
    show.add_argument(
        "--every", choices=("month", "quarter", "year", "total"), default="month", help="统计期，默认按月"
    )
    show.add_argument(
        "--by", action="append", default=[], metavar="FIELD", help="分组字段，如 branch、channel、pollution"
    )
    show.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="筛选；同字段的值为或，其余为且。除 字段=值 外，可写 received_at>=2025-01-01、persons<=5（范围）、"
        "site_name~化工 废气（含这些词）、closed_at=（为空）、closed_at!=（不为空）；含 > < ! 的要加引号",
    )
    show.add_argument("--compare", metavar="yoy|mom|2022", help="对比：同比、环比或某一年")
    output = show.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="以 JSON 输出")
    output.add_argument("--csv", action="store_true", help="以 CSV 输出")
    show.set_defaults(run=_show)

    series = commands.add_parser("spc", help="任一序列的控制图（XmR），以 JSON 进出")
    series.add_argument("file", metavar="FILE.json|-", help="含 y 数组的 JSON 对象；- 为标准输入")
    series.set_defaults(run=_spc)

    report = arguments_of_report.add_to(commands)

    prepare = commands.add_parser("prepare", help="整理当前版本，使页面和取数更快；导入很大的数据后用")
    prepare.add_argument("--json", action="store_true", help="以 JSON 输出")
    prepare.set_defaults(run=_prepare)

    document = commands.add_parser("docs", help="生成 docs/kpi.md")
    document.add_argument("--check", action="store_true", help="只检查是否最新")
    document.set_defaults(run=_docs)
    for command in (listing, show, series, report, prepare, document):
        _add_store(command, argparse.SUPPRESS)
    return parser


def _add_store(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument("--store", type=Path, default=default, metavar="DIR", help="数据仓目录，默认取 KPI_STORE")


def _list(options: argparse.Namespace) -> int:
    if options.json:
        keys = ("id", "name", "kind", "unit", "formula")
        entries = [
            {key: getattr(kpi, key) for key in keys} | {"source": "；".join(SOURCES[key].words for key in kpi.source)}
            for kpi in CATALOG.values()
        ]
        print(json.dumps(entries, ensure_ascii=False, indent=2))
        return 0
    rows = [[kpi.id, kpi.name, kpi.unit, kpi.formula] for kpi in CATALOG.values()]
    print(aligned([["代码", "指标", "单位", "算法"], *rows]))
    return 0


def _show(options: argparse.Namespace) -> int:
    where = Where.parse(options.where)
    by = tuple(name for text in options.by for name in text.split(","))
    reader = _reader(options)
    figures = measure(reader, options.kpi, _periods(reader, options), by, where, options.compare)
    if options.json:
        print(json.dumps([as_json(figure, bool(options.compare)) for figure in figures], ensure_ascii=False, indent=2))
    elif options.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([figure_headings(figures), *figure_rows(figures)])
    else:
        print(aligned([figure_headings(figures), *figure_rows(figures)]))
        print(f"数据截至{reader.as_of:%Y-%m-%d %H:%M}，版本{reader.version}" + (f"，{where.words}" if where else ""))
    return 0


def _spc(options: argparse.Namespace) -> int:
    print(json.dumps(spcfile.answer(spcfile.read(options.file)), ensure_ascii=False, allow_nan=False))
    return 0


def _prepare(options: argparse.Namespace) -> int:
    reader, began = _reader(options), time.monotonic()
    if not derived.keep(reader):
        raise UserError(
            f"“{derived.folder_of(reader.path)}”写不进去，或另一个进程正在整理；取数照常，只是慢一些，请稍后再试。"
        )
    took, path = round(time.monotonic() - began, 1), derived.path_of(reader)
    if options.json:
        print(json.dumps({"version": reader.version, "file": str(path), "bytes": path.stat().st_size, "seconds": took}))
    else:
        print(f"已整理版本{reader.version}，用时{took}秒。")
    return 0


def _docs(options: argparse.Namespace) -> int:
    return docs.check() if options.check else docs.write()


def _reader(options: argparse.Namespace) -> Reader:
    reader = Store(options.store or default_folder()).reader()
    if reader is None:
        raise UserError(
            "数据仓里还没有数据，请先用 python -m data import 导入，或用 python -m data demo 生成演示数据。"
        )
    return reader


def _periods(reader: Reader, options: argparse.Namespace) -> list[Period]:
    """Return the periods asked; by default the twelve months that end with as_of, or twelve up to the end given."""
    day, as_of = start_day(reader), reader.as_of
    last = periods.parse(options.last, day)[1] if options.last else periods.month_holding(as_of, day).last
    if options.first:
        first = periods.parse(options.first, day)[0]
    else:
        ending = min(last, as_of.date())
        first = periods.months_later(periods.month_holding(ending, day).first, 1 - _DEFAULT_MONTHS)
    if options.every == "total":
        return [periods.span(first, last, as_of, day)]
    return _PIECES[options.every](first, last, as_of, day)


def as_json(figure: Figure, with_compare: bool) -> dict[str, object]:
    """Return a figure in the shape of the contract; `to` is the last day that was counted."""
    found = {"kpi": figure.kpi.id} | _days(figure.period)
    found |= {"complete": figure.period.complete, "group": figure.group}
    found |= {key: getattr(figure, key) for key in ("numerator", "denominator", "value", "text")}
    if not with_compare:
        return found
    base = figure.comparison
    keys = ("numerator", "denominator", "value", "change", "text")
    compare = None if base is None else _days(base.period) | {key: getattr(base, key) for key in keys}
    if base is not None and base.caution:
        compare["crossing"] = base.caution
    return found | {"compare": compare}


def _days(period: Period) -> dict[str, str]:
    return {"period": period.label, "from": _iso(period.first), "to": _iso(period.cut)}


def _iso(day: date) -> str:
    return day.isoformat()


if __name__ == "__main__":
    sys.exit(main())
