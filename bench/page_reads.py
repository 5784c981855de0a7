"""Times the data of every page on a store: python bench/page_reads.py DIR. Generate one with bench/generate.py.

A page is run as Streamlit runs it, without a browser: cold, when nothing was asked of the version before, and warm, when
the same page was just shown. Beside it stands the floor: one plain scan, by DuckDB, of the columns that the page's own
queries read. The seconds are those spent in reads of the store; what drawing adds, bench/clicks.py measures.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import streamlit as st
from streamlit.testing.v1 import AppTest

from data import attached
from data import store as stores
from data.store import Reader, Store
from metrics import alerts, dimensions, remembered

ROOT = Path(__file__).parents[1]
_SCANNED = {"cases": "cases", "case_facts": "{case_facts}"}
_NO_CASES = ("admin.py", "audit.py", "imports.py", "settings.py")  # they read accounts, logs and lists


@dataclass
class Reads:
    """What was asked of a store while a page ran: seconds and processor seconds in all, and each query with its own."""

    seconds: float = 0.0
    processor: float = 0.0
    queries: list[tuple[float, str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class PageTime:
    """One page: seconds in reads of the store and in all, cold and warm; of the floor; and the page's queries."""

    page: str
    cold: float
    warm: float
    floor: float
    cold_run: float
    warm_run: float
    slowest: tuple[tuple[float, str], ...]


@contextmanager
def watched() -> Iterator[Reads]:
    """Note every read of a store while the block runs."""
    reads, plain = Reads(), {name: getattr(Reader, name) for name in ("query", "frame")}

    def noting(name: str):
        def read(reader: Reader, sql: str, params: object = None) -> object:
            began, worked = time.perf_counter(), time.process_time()
            try:
                return plain[name](reader, sql, params)
            finally:
                took = time.perf_counter() - began
                reads.seconds += took
                reads.processor += time.process_time() - worked
                reads.queries.append((took, sql, params))

        return read

    for name in plain:
        setattr(Reader, name, noting(name))
    try:
        yield reads
    finally:
        for name, method in plain.items():
            setattr(Reader, name, method)


def pages() -> list[str]:
    """Return the pages that show cases, as paths from the top of the repository."""
    return ["app.py", *(f"pages/{p.name}" for p in sorted((ROOT / "pages").glob("*.py")) if p.name not in _NO_CASES)]


def measure(folder: Path, wanted: list[str] | None = None) -> list[PageTime]:
    """Time each page on the store at `folder`."""
    os.environ["KPI_STORE"] = str(folder)
    reader = Store(folder).reader()
    return [_page(reader, page) for page in wanted or pages()]


def _page(reader: Reader, page: str) -> PageTime:
    st.cache_data.clear()
    attached.forget()
    stores._begins_on.cache_clear()
    dimensions._values.cache_clear()
    remembered.forget()
    alerts._alerts.cache_clear()
    test = AppTest.from_file(str(ROOT / page), default_timeout=900)
    timed = []
    for _ in range(2):
        began = time.perf_counter()
        with watched() as reads:
            test.run()
        timed.append((reads, time.perf_counter() - began))
        if test.exception:
            raise RuntimeError(f"{page}: {test.exception[0].message}")
    (cold, cold_run), (warm, warm_run) = timed
    slowest = sorted(((took, sql) for took, sql, _ in cold.queries), reverse=True)[:5]
    return PageTime(page, cold.seconds, warm.seconds, floor(reader, cold), cold_run, warm_run, tuple(slowest))


def floor(reader: Reader, reads: Reads) -> float:
    """Return the seconds of one scan of every column that the queries read of the cases and of the facts of cases."""
    read = {
        pair
        for sql, params in {sql: params for _, sql, params in reads.queries}.items()
        for pair in _read(reader, sql, params)
    }
    seconds = 0.0
    for table, source in _SCANNED.items():
        columns = sorted(column for name, column in read if name == table)
        if columns:
            began = time.perf_counter()
            reader.query("SELECT " + ", ".join(f"max({column})" for column in columns) + f" FROM {source}")
            seconds += time.perf_counter() - began
    return seconds


def _read(reader: Reader, sql: str, params: object) -> set[tuple[str, str]]:
    """Return table and column of what DuckDB's own plan of a query reads of the tables of cases."""
    found: set[tuple[str, str]] = set()

    def walk(node: dict) -> None:
        told = node.get("extra_info", {})
        table = str(told.get("Table", "")).split(".")[-1]
        if table in _SCANNED:
            listed = told.get("Projections", [])
            found.update((table, name) for name in ([listed] if isinstance(listed, str) else listed))
            filters = told.get("Filters", [])
            for text in [filters] if isinstance(filters, str) else filters:
                found.update((table, name) for name in re.findall(r"\w+", text))
        for child in node.get("children", []):
            walk(child)

    for _, plan in reader.query(f"EXPLAIN (FORMAT json) {sql}", params):
        for node in json.loads(plan):
            walk(node)
    known = reader.query(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN ('cases', 'case_facts')"
    )
    return found & set(known)


def main() -> None:
    """Read the command line and print one line for each page."""
    parser = argparse.ArgumentParser(description="各页取数的用时")
    parser.add_argument("folder", type=Path, help="数据仓文件夹")
    parser.add_argument("pages", nargs="*", help="页面，如 app.py pages/branches.py；默认全部")
    parser.add_argument("--queries", action="store_true", help="列出最慢的查询")
    options = parser.parse_args()
    for one in measure(options.folder, options.pages):
        print(
            f"{one.cold:7.3f}秒 冷  {one.warm:7.3f}秒 热  {one.floor:6.3f}秒 底线  {one.cold / one.floor if one.floor else 0:5.1f}倍"
            f"  运行{one.cold_run:6.2f}/{one.warm_run:5.2f}秒  {one.page}",
            flush=True,
        )
        for took, sql in one.slowest if options.queries else ():
            print(f"      {took:6.3f}秒  {' '.join(sql.split())[:3000]}")


if __name__ == "__main__":
    main()
