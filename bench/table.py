"""Writes docs/benchmark.md: what was measured, the goals beside it, and why a goal is missed."""

from collections.abc import Iterable, Sequence

_COLD, _WARM, _FLOOR, _PANDAS = 1.0, 0.2, 3.0, 10.0  # seconds, seconds, times, times
_CSV, _SHEET, _CLICK, _P95 = 4.0, 2.0, 1.5, 3.0  # times, times, seconds, seconds
_NAMES = {"app.py": "总览", "./": "总览"}
_WHY = {
    "cold": (
        "Cold means that nobody has asked anything of this version yet, in a province of 140 branches: a million cases a "
        "year. The page then asks for dozens of figures of up to 36 months, each its own query; the second viewer gets "
        "them from the cache. A city has a thousandth of that."
    ),
    "floor": (
        "The floor reads each column once, without filtering, grouping or ordering; a page asks dozens of questions of the "
        "same columns, each with its own population."
    ),
    "figures": "Of so few cases most is the planning of the queries, which does not grow with the cases.",
    "import": (
        "The floor stores text as it stands. An import tells codes, dates and branches, masks personal data in free text, "
        "recognises the petitioner, compares with what is there, keeps every row's raw line of explanation and writes the "
        "indexed version."
    ),
    "click": "Of the time in the browser most is plotly drawing, after the server has answered.",
    "viewers": (
        "Here every viewer chooses filters at random and an import every ten seconds makes what was remembered useless, so "
        "nearly every action is worked out anew: the column says how much processor that takes, half of it queries, half "
        "Python. A Python process uses one core; imports and the viewers' own program have the other. What somebody has "
        "asked before takes a quarter of it. More viewers need more cores, each with a reading server."
    ),
}


def page(found: dict) -> str:
    """Return the whole document for what bench/run.py has found so far; it says which parts were not measured."""
    writers = {
        "stores": _stores, "pages": _pages, "figures": _figures, "report": _report, "imports": _imports, "clicks": _clicks,
        "viewers": _viewers,
    }  # fmt: skip
    parts = [_head(found["machine"])]
    if missing := [name for name in writers if not found.get(name)]:
        parts.append(f"Not measured yet: {', '.join(missing)}.")
    parts += [write(found[name]) for name, write in writers.items() if found.get(name)]
    return "\n\n".join([*parts, _ENDS]) + "\n"


def _head(machine: dict) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        "# Benchmark\n\nWritten by `make bench` (bench/run.py), from invented data; do not edit. What a ratio compares was measured in one "
        "run; seconds are medians where a part was run three times. ✗ marks a missed goal, and below the table it says why.\n\n"
        f"{machine['day']}, {machine['processor']}, {machine['cores']} cores, {machine['memory']} GB, {machine['system']}, "
        f"Python {machine['python']}, {versions}."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _judged(value: float, goal: float, digits: int = 2, sign: str = "") -> str:
    return f"{sign}{value:.{digits}f}" + ("" if value <= goal else " ✗")


def _explained(name: str, text: str) -> str:
    return f"{text}\n\nMissed: {_WHY[name]}" if "✗" in text else text


def _stores(rows: list[dict]) -> str:
    return "## Stores\n\n" + _table(
        ["cases", "version MB", "bytes per case", "kept facts MB", "seconds to keep them"],
        [
            [
                f"{r['cases']:,}",
                f"{r['bytes'] / 1e6:.0f}",
                f"{r['bytes'] / r['cases']:.0f}",
                f"{r['kept'] / 1e6:.0f}",
                r["seconds"],
            ]
            for r in rows
        ],
    )


def _pages(rows: list[dict]) -> str:
    lines, largest = [], max(r["cases"] for r in rows)
    for r in rows:
        is_over = r["cases"] == largest and r["cold"] > max(_FLOOR * r["floor"], 0.2)
        times = f"{r['cold'] / r['floor']:.1f}" + (" ✗" if is_over else "") if r["floor"] > 0.002 else "–"
        lines.append(
            [
                _name(r["page"]), f"{r['cases']:,}", _judged(r["cold"], _COLD), _judged(r["warm"], _WARM), f"{r['floor']:.2f}", times,
                f"{r['cold_run']:.1f} / {r['warm_run']:.1f}", r["memory"],
            ]
        )  # fmt: skip
    head = [
        "page",
        "cases",
        "data cold s",
        "data warm s",
        "floor s",
        "× floor",
        "whole run cold / warm s",
        "MB (all pages)",
    ]
    text = (
        "## Data of the pages\n\n"
        f"Goals: cold ≤ {_COLD:g} s, warm ≤ {_WARM:g} s, at {largest:,} cases ≤ {_FLOOR:g} × the floor (judged from 0.2 s "
        "up): one plain scan of the columns that the page's queries read, over all years.\n\n"
    ) + _table(head, lines)
    return _explained("floor", _explained("cold", text))


def _figures(rows: list[dict]) -> str:
    lines = []
    for r in rows:
        faster = (
            f"{r['pandas'] / r['seconds']:.0f}" + ("" if r["pandas"] >= _PANDAS * r["seconds"] else " ✗")
            if r["pandas"]
            else ""
        )
        floor = f"{r['floor']:.2f}" if r["floor"] else ""
        lines.append(
            [
                r["what"],
                f"{r['cases']:,}",
                f"{r['seconds']:.2f}",
                floor,
                f"{r['pandas']:.2f}" if r["pandas"] else "",
                faster,
                r["memory"],
            ]
        )
    head = ["what", "cases", "seconds", "plain scan s", "pandas from Parquet s", "× faster", "MB (pandas too)"]
    text = f"## Figures\n\nGoal: {_PANDAS:g} × faster than pandas; both count the same, which is checked.\n\n"
    return _explained("figures", text + _table(head, lines))


def _report(rows: list[dict]) -> str:
    lines = [[f"{r['cases']:,}", f"{r['seconds']:.1f}", r["facts"], r["memory"]] for r in rows]
    return "## Figures of the monthly report\n\n" + _table(["cases", "seconds", "figures", "MB"], lines)


def _imports(rows: list[dict]) -> str:
    lines = []
    for r in rows:
        goal = (_CSV if r["format"].startswith("csv") else _SHEET) if r["what"] == "import" else float("inf")
        lines.append(
            [
                f"{r['layout']} {r['format']}", f"{r['rows']:,}", r["what"], f"{r['seconds']:.1f}", f"{r['rows'] / r['seconds']:,.0f}",
                _judged(r["ratio"], goal, 1), f"{r['processor_ratio']:.1f}", f"{r['memory']:.0f}",
            ]
        )  # fmt: skip
    head = ["file", "rows", "read by", "seconds", "rows a second", "× floor", "× floor, processor", "MB"]
    text = f"## Import\n\nGoals: CSV ≤ {_CSV:g} × the floor (DuckDB reads all as text into a table), workbooks ≤ {_SHEET:g} × calamine.\n\n"
    return _explained("import", text + _table(head, lines))


def _clicks(rows: list[dict]) -> str:
    lines = []
    for size in dict.fromkeys(r["cases"] for r in rows):
        for name in dict.fromkeys(r["page"] for r in rows):
            of = {r["kind"]: r for r in rows if r["page"] == name and r["cases"] == size}
            goal = _CLICK if size == min(r["cases"] for r in rows) else float("inf")
            cells = [_judged(of[kind]["seconds"], goal) if kind in of else "" for kind in ("cold", "warm", "filter")]
            lines.append([_name(name), f"{size:,}", *cells, max(r["charts"] for r in of.values())])
    head = ["page", "cases", "cold s", "warm s", "new filter s", "charts"]
    text = f"## From the click to the last chart painted\n\nGoal: ≤ {_CLICK:g} s at city size.\n\n" + _table(
        head, lines
    )
    return _explained("click", text)


def _viewers(rows: list[dict]) -> str:
    lines = [
        [
            f"{r['viewers']}", r["readers"], f"{r['cases']:,}", r["imports"], r["actions"], f"{r['errors']}" + (" ✗" if r["errors"] else ""),
            f"{r['p50']:.2f}", _judged(r["p95"], _P95), f"{r['processor']:.2f}", f"{r['memory_mb']:.0f}",
        ]
        for r in rows
    ]  # fmt: skip
    head = [
        "viewers",
        "servers",
        "cases",
        "imports meanwhile",
        "actions",
        "errors",
        "p50 s",
        "p95 s",
        "processor s an action",
        "MB",
    ]
    text = (
        f"## Many viewers\n\nEach looks 5 s on average, then changes a filter or the page; goal: p95 ≤ {_P95:g} s and no error. All "
        "servers, the importing process and the viewers share this machine.\n\n"
    ) + _table(head, lines)
    return _explained("viewers", text)


def _name(name: str) -> str:
    return _NAMES.get(name, name.removeprefix("pages/").removesuffix(".py"))


_ENDS = """## At which size which part ends

| up to | what carries it | what ends there | what takes over |
|---|---|---|---|
| 100 000 cases | everything at once; what is kept of a version is made while the first page waits | | |
| 1 million | the same; `python -m metrics prepare` after an import, else the first minute of pages is slower | first page without prepared facts | `metrics prepare` from the import script |
| 10 million (a country) | one machine with 2 cores, 8 GB, 20 GB of disk for each 10 versions' worth of 3 GB | a cold page takes seconds; each import copies the version (3 GB) and prepares it anew (minutes) | a nightly import; `prune` keeps the disk bounded |
| 50 million | not tried; memory and disk grow in step with cases | one DuckDB file copied for every import | the lake (docs/lake.md), by bureau |
| one action a second for each server process: five people who click every five seconds, or fifty who look at a page for a minute | one Python process draws all pages | answers come later than after 3 s | a reading server for each core, on any number of machines (docs/deployment.md) |
| one importing machine | imports wait for one another, by a lock | two bureaus that import at the same time | the lake: each bureau has its own store and publishes |
| 65 000 rows in .xls, 1 048 576 in .xlsx | the formats' own limits | | CSV |
"""
