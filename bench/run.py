"""The benchmark from the generator to the table: make bench, or python -m bench.run DIR [--parts pages imports …].

Every number is of this run; what is timed again and again is given by its median. Results lie in DIR/results.json as
they come, so that a part can be run again by itself, and docs/benchmark.md is written from them.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

import metrics.kept  # noqa: F401 - what is kept beside a version has the name that the pages look for
from bench import exports, generate, imports, table
from bench.parts import PARTS
from data import derived
from data.store import Store

ROOT = Path(__file__).parents[1]
SIZES = (10_000, 1_000_000, 10_000_000)
AGAIN = {"pages": 3, "report": 3}  # times that a part is run; the others once
_OF_SIZES = {"clicks": (10_000, 10_000_000), "viewers": (10_000,)}
_PACKAGES = ("duckdb", "pandas", "streamlit", "plotly", "pyarrow", "python-calamine")


def stores(place: Path, sizes: list[int]) -> list[dict]:
    """Return what each store takes: bytes and seconds to prepare; one that is not there yet is generated."""
    found = []
    for size in sizes:
        store = Store(place / str(size))
        if store.reader() is None:
            generate.generate(store.folder, size)
        reader = store.reader()
        kept = derived.path_of(reader)
        kept.unlink(missing_ok=True)
        began = time.perf_counter()
        assert derived.keep(reader)
        seconds = time.perf_counter() - began
        found.append(
            {
                "cases": size, "bytes": reader.path.stat().st_size, "kept": kept.stat().st_size, "seconds": round(seconds, 1),
            }
        )  # fmt: skip
    return found


def part(name: str, place: Path, sizes: list[int]) -> list[dict]:
    """Return the rows of one part for every size that it is measured at, medians where it is run several times."""
    rows = []
    for size in (one for one in sizes if one in _OF_SIZES.get(name, sizes)):
        runs = [_run(name, place / str(size)) for _ in range(AGAIN.get(name, 1))]
        memory = max(one["memory"] for one in runs)
        rows += [
            {**_median(same), "cases": size, "memory": memory}
            for same in zip(*(one["rows"] for one in runs), strict=True)
        ]
    return rows


def _run(name: str, folder: Path) -> dict:
    command = [sys.executable, "-m", "bench.parts", name, str(folder)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT)
    return json.loads(told.stdout.splitlines()[-1])


def _median(same: tuple[dict, ...]) -> dict:
    return {
        key: statistics.median(one[key] for one in same) if isinstance(value, float) else value
        for key, value in same[0].items()
    }


def _imports(rows: int, place: Path) -> list[imports.Record]:
    """Return the readings of files of so many rows: every layout and format, of a million one layout, of more CSV only."""
    formats = [kind for kind in exports.FORMATS if rows <= 100_000 or kind != "xls"] if rows <= 1_000_000 else ["csv"]
    layouts = tuple(imports.LAYOUTS) if rows <= 100_000 else ("platform",)
    return imports.measure(rows, formats, place, layouts)


def machine() -> dict:
    """Return what the numbers were measured on."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    processor = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else 0
    return {
        "day": f"{date.today():%Y-%m-%d}", "processor": processor, "cores": os.cpu_count(), "memory": round(memory),
        "system": platform.platform(terse=True), "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }  # fmt: skip


def main() -> None:
    """Read the command line, measure part after part, and write the table."""
    parser = argparse.ArgumentParser(description="测速：从生成数据到写出 docs/benchmark.md")
    parser.add_argument("folder", type=Path, help="放测速用数据的文件夹，约需30GB")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="件数")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000], help="导入的行数")
    parser.add_argument("--parts", nargs="+", choices=("stores", *PARTS, "imports"), help="只测这几部分")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmark.md")
    options = parser.parse_args()
    place: Path = options.folder
    place.mkdir(parents=True, exist_ok=True)
    kept = place / "results.json"
    found = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    for name in options.parts or ("stores", *PARTS, "imports"):
        print(f"{time.strftime('%H:%M:%S')} {name}…", flush=True)
        if name == "stores":
            found[name] = stores(place, options.sizes)
        elif name == "imports":
            for rows in options.rows:
                before = {_file(one): one for one in found.get(name, [])}
                new = {_file(one): one for one in map(asdict, _imports(rows, place / "exports"))}
                found[name] = sorted((before | new).values(), key=lambda one: one["rows"])
                _write(found, kept, options.out)
        else:
            found[name] = part(name, place, options.sizes)
        _write(found, kept, options.out)


def _file(one: dict) -> tuple:
    return one["rows"], one["layout"], one["format"], one["what"]


def _write(found: dict, kept: Path, out: Path) -> None:
    found["machine"] = machine()
    kept.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    out.write_text(table.page(found), "utf-8")


if __name__ == "__main__":
    main()
