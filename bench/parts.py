"""The parts of the benchmark that read one store: each is run in a process of its own, so that its memory is its own.

python -m bench.parts pages DIR        prints one line of JSON: {"rows": […], "memory": MB at the peak}
"""

import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import clicks, figures, page_reads, viewers
from data.store import Store
from metrics.report import making

REPORT = "2025-09"


def pages(folder: Path) -> list[dict]:
    """Return seconds of the data of every page: cold, warm, and the floor."""
    return [
        {key: value for key, value in asdict(one).items() if key != "slowest"} for one in page_reads.measure(folder)
    ]


def some_figures(folder: Path) -> list[dict]:
    """Return seconds of figures, beside pandas and a plain scan."""
    return [asdict(one) for one in figures.measure(folder)]


def report(folder: Path) -> list[dict]:
    """Return seconds of the figures of one month's report: the document without its files."""
    store = Store(folder)
    began = time.perf_counter()
    document = making.draft(store, making.reader_of(store), REPORT)
    return [{"seconds": time.perf_counter() - began, "facts": len(document.facts)}]


def painted(folder: Path) -> list[dict]:
    """Return seconds from a click to the last chart painted, of every page, in a real browser."""
    return [asdict(one) for one in clicks.measure(folder)]


def at_once(folder: Path) -> list[dict]:
    """Return what 1, 10 and 50 viewers met with one and with two reading servers, while imports went on."""
    return [asdict(one) for one in viewers.measure(folder, (1, 10, 50), (1, 2), 40)]


PARTS: dict[str, Callable[[Path], list[dict]]] = {
    "pages": pages, "figures": some_figures, "report": report, "clicks": painted, "viewers": at_once,
}  # fmt: skip


def main() -> None:
    """Run one part and print what it found."""
    logging.disable(logging.WARNING)
    rows = PARTS[sys.argv[1]](Path(sys.argv[2]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "memory": round(memory)}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
