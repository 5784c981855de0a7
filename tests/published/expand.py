"""Turns the figures of a bulletin into cases, writes them as an export of the national platform, imports them."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from data.importing import import_files
from data.store import Reader, Store

HEADINGS = ["举报编号", "举报时间", "举报方式", "污染类型", "办理单位", "办理状态", "受理时间", "办结时间", "举报人数"]
PROFILE = Path(__file__).parents[2] / "data" / "profiles" / "national_platform.toml"

Lot = tuple[int, dict[str, object]]  # so many cases with these cells


def export(path: Path, lots: Iterable[Lot]) -> Path:
    """Write the lots as a .csv of the platform, each case with a number of its own that carries its day."""
    serial = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        for count, cells in lots:
            filled = {"办理单位": "全国"} | cells
            if cells.get("办理状态") == "已办结":
                filled.setdefault("办结时间", cells["举报时间"] + timedelta(days=9))
            row = [filled.get(heading, "") for heading in HEADINGS]
            for _ in range(count):
                serial += 2 if serial % 1000 == 999 else 1  # an end of 000 is the mark of a destroyed number
                row[0] = f"{cells['举报时间']:%y%m%d}420000{serial:06d}"
                writer.writerow(row)
    return path


def store_of(folder: Path, lots: Iterable[Lot], as_of: datetime) -> Reader:
    """Import the lots into a new store and return its reader. Every row is accepted; regions are taken as they stand."""
    profile = folder / "platform_elsewhere.toml"
    text = PROFILE.read_text("utf-8").replace("[options]", '[options]\nbranches = "as-is"')
    profile.write_text(text.replace("全国平台12369", "全国平台（外地）"), "utf-8")
    store = Store(folder / "store")
    result = import_files([export(folder / "通报.csv", lots)], store, profile=str(profile), as_of=as_of)
    assert result.quarantined == 0
    return store.reader()


def spread(total: int, parts: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Return runs of labels over `total` cases so that each label is on its count of them, round and round.

    With counts that add up to more than `total`, a case carries several labels, joined as exports join them. A case
    never carries the same label twice as long as no count exceeds `total`.
    """
    edges, start, spans = {0, total}, 0, []
    for label, count in parts.items():
        first, last = start % total, start % total + count
        pieces = [(first, min(last, total))] + ([(0, last - total)] if last > total else [])
        spans += [(a, b, label) for a, b in pieces]
        edges |= {edge for piece in pieces for edge in piece}
        start += count
    ordered = sorted(edges)
    for a, b in pairwise(ordered):
        yield b - a, "、".join(label for first, last, label in spans if first <= a < last)


def crossed(*dimensions: tuple[str, Iterable[tuple[int, str]]], **fixed: object) -> list[Lot]:
    """Return lots in which each dimension has its own counts, independent of the others, over the same cases."""
    runs = {heading: list(parts) for heading, parts in dimensions}
    totals = {sum(count for count, _ in parts) for parts in runs.values()}
    assert len(totals) == 1, totals
    lots, position, total = [], 0, totals.pop()
    ends = {heading: _ends(parts) for heading, parts in runs.items()}
    edges = sorted({end for pairs in ends.values() for end, _ in pairs} | {total})
    for edge in edges:
        cells = {heading: next(value for end, value in pairs if position < end) for heading, pairs in ends.items()}
        lots.append((edge - position, cells | fixed))
        position = edge
    return lots


def _ends(parts: list[tuple[int, str]]) -> list[tuple[int, str]]:
    ends, position = [], 0
    for count, value in parts:
        position += count
        if count:
            ends.append((position, value))
    return ends


def day(year: int, month: int) -> date:
    """Return the day on which a month's cases are put."""
    return date(year, month, 10)
