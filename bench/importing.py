"""Imports new cases into a store, and again after a few seconds, as another process does while viewers are measured."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.importing import import_files
from data.store import Store

_CASES = 500  # of each import
_REST = 10.0  # seconds between two of them: every version makes all that was remembered of the former one useless
_HEADINGS = ("信访件编号", "责任分局", "登记时间", "受理时间", "办理状态", "渠道", "污染类型", "反映内容")
_CASE = ("下陆区分局", "2025-09-01", "2025-09-03", "办理中", "电话", "大气", "夜间有异味")


@contextmanager
def often(store: Store) -> Iterator[None]:
    """Import in a process of its own until the block ends."""
    command = [sys.executable, str(Path(__file__)), str(store.folder)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def for_ever(folder: Path) -> None:
    """Import new cases until somebody ends this process; as many versions stay as it made."""
    for number in range(1, 10_000):
        path = folder.parent / f"本局信访台账_{os.getpid()}_{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(_HEADINGS)
            lines.writerows((f"测-{os.getpid()}-{number}-{one}", *_CASE) for one in range(_CASES))
        import_files([path], Store(folder))
        path.unlink()
        time.sleep(_REST)


if __name__ == "__main__":
    for_ever(Path(sys.argv[1]))
