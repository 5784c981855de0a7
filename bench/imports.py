"""Times the import beside its floor, pandas and calamine: python bench/imports.py 100000 1000000 [--formats csv xlsx].

Each figure is of a process of its own, so that its peak memory is its own too (that of a helper process is added).
The floor of a text is DuckDB's read_csv of the same rows, all text, into a table of a file; for GB18030 it is that of
the same file in UTF-8, for DuckDB reads nothing else. That of a workbook is calamine reading the sheet into Python.
Beside the seconds stand those of the processors: on a machine that does other things as well they say more.
"""

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import exports

ROOT = Path(__file__).parents[1]
LAYOUTS = {"platform": exports.platform_rows, "hotline": exports.hotline_rows}


@dataclass(frozen=True)
class Record:
    """One measured reading of one file. memory: MB at its peak; ratio: of the seconds to those of the floor."""

    layout: str
    format: str
    rows: int
    what: str
    seconds: float
    processor: float
    memory: float
    ratio: float
    processor_ratio: float

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


def measure(rows: int, formats: list[str], folder: Path, layouts: tuple[str, ...] = tuple(LAYOUTS)) -> list[Record]:
    """Write exports of so many rows into the folder, time every reading of each, and return what was measured.

    formats: of bench.exports.FORMATS; an old workbook holds XLS_ROWS only. Files that are there already are used again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for kind in formats:
        for layout in layouts:
            many = min(rows, exports.XLS_ROWS) if kind == "xls" else rows
            records += _measured(layout, kind, many, folder)
    return records


def _measured(layout: str, kind: str, many: int, folder: Path) -> list[Record]:
    path = _export(layout, kind, many, folder)
    plain = _export(layout, "csv", many, folder) if kind == "csv-gb18030" else path
    is_text = kind.startswith("csv")
    readings = [("floor", "duckdb" if is_text else "calamine", plain), ("import", "import", path)]
    if many <= 1_000_000:  # of more rows its memory is no longer this machine's
        readings.append(("pandas", "pandas" if is_text else "pandas-excel", path))
    found, floor = [], None
    for what, reading, read in readings:
        told = _in_a_process(reading, read, folder)
        floor = floor or told
        ratios = told["seconds"] / floor["seconds"], told["processor"] / floor["processor"]
        found.append(Record(layout, kind, many, what, told["seconds"], told["processor"], told["memory"], *ratios))
    return found


def _export(layout: str, kind: str, many: int, folder: Path) -> Path:
    path = folder / f"{layout}-{kind}-{many}.{'csv' if kind.startswith('csv') else kind}"
    if not path.exists():
        exports.write(path.with_name(f"new-{path.name}"), LAYOUTS[layout](many), kind).replace(path)
    return path


def _in_a_process(reading: str, path: Path, folder: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [sys.executable, str(Path(__file__)), "--one", reading, str(path), scratch]
        told = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
    return json.loads(told.stdout.splitlines()[-1])


def _import(path: Path, scratch: Path) -> None:
    from data.importing import import_files
    from data.store import Store

    assert import_files([path], Store(scratch / "store"), as_of=exports.AS_OF).is_published


def _duckdb(path: Path, scratch: Path) -> None:
    import duckdb

    options = "all_varchar=true, header=true, delim=',', quote='\"', escape='\"', strict_mode=false, ignore_errors=true"
    with duckdb.connect(str(scratch / "floor.duckdb")) as connection:
        connection.execute(f"CREATE TABLE floor AS FROM read_csv(?, {options})", [str(path)])


def _calamine(path: Path, scratch: Path) -> None:
    import python_calamine

    assert python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _pandas(path: Path, scratch: Path) -> None:
    import pandas as pd

    encoding = "gb18030" if "gb18030" in path.name else "utf-8"
    assert len(pd.read_csv(path, dtype=str, encoding=encoding, keep_default_na=False))


def _pandas_excel(path: Path, scratch: Path) -> None:
    import pandas as pd

    assert len(pd.read_excel(path, engine="calamine", dtype=str))


READINGS: dict[str, Callable[[Path, Path], None]] = {
    "import": _import,
    "duckdb": _duckdb,
    "calamine": _calamine,
    "pandas": _pandas,
    "pandas-excel": _pandas_excel,
}


def _one(reading: str, path: Path, scratch: Path) -> None:
    """Do one reading in this process and print what it took."""
    began = time.perf_counter()
    READINGS[reading](path, scratch)
    seconds = time.perf_counter() - began
    for child in multiprocessing.active_children():
        child.join(10)
    own, helper = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processor = own.ru_utime + own.ru_stime + helper.ru_utime + helper.ru_stime
    told = {"seconds": seconds, "processor": processor, "memory": (own.ru_maxrss + helper.ru_maxrss) / 1024}
    print(json.dumps(told), flush=True)
    os._exit(0)


def main() -> None:
    """Read the command line, measure, and print a line for each reading; with --json, the records."""
    parser = argparse.ArgumentParser(description="导入的用时，与下限、pandas 和 calamine 同一次测得")
    parser.add_argument("rows", type=int, nargs="*", default=[100_000], help="行数，可有多个")
    parser.add_argument("--formats", nargs="+", choices=exports.FORMATS, default=list(exports.FORMATS))
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=list(LAYOUTS))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kpi-bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _one(options.one[0], Path(options.one[1]), Path(options.one[2]))
        return
    for rows in options.rows:
        for record in measure(rows, options.formats, options.folder, tuple(options.layouts)):
            print(json.dumps(asdict(record), ensure_ascii=False) if options.json else _in_words(record), flush=True)


def _in_words(record: Record) -> str:
    return (
        f"{record.layout:9}{record.format:12}{record.rows:>9}行 {record.what:8}{record.seconds:8.1f}秒"
        f" 处理器{record.processor:8.1f}秒 {record.rows_a_second:>9.0f}行/秒 {record.memory:6.0f}MB"
        f" {record.ratio:5.1f}倍（处理器{record.processor_ratio:5.1f}倍）"
    )


if __name__ == "__main__":
    main()
