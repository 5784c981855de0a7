"""A table of the branches for a reader outside them: rows of few cases merged, the reader's own row whole.

Counts of the merged row are sums, its shares come from the summed counts behind them (the facts of the document), never
from an average; what compares it with another period is left out, for few cases are not compared. See
metrics/small_cells.py for which rows are merged.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from metrics import catalog
from metrics.format import EMPTY, text
from metrics.funnel import FEW
from metrics.report.document import Cell, Column, Fact, Number, Table, plain
from metrics.small_cells import group, hides

OTHERS = "其他（合并）"


def merged(table: Table, facts: Sequence[Fact], least: int, own: Sequence[str] = ()) -> Table:
    """Return the table as readers of the branches `own` may see it; the first count of a row is what it rests on."""
    body, total = (table.rows[:-1], table.rows[-1:]) if table.last_is_total else (table.rows, ())
    by_id = {fact.id: fact for fact in facts}
    mine = [row for row in body if plain(row[0]) in own]
    others = [row for row in body if plain(row[0]) not in own]
    at = next(i for i, column in enumerate(table.columns) if column.kind == "count")
    counts = [_count(row[at]) for row in others]
    grouped = group(counts, least)
    shown = [_without_few(table.columns, others[i], by_id, least) for i in grouped.kept]
    kept = [plain(row[0]) for row in shown]
    rows = [
        *(shown[kept.index(plain(row[0]))] if row not in mine else row for row in body if plain(row[0]) in kept or row in mine),
        *([_together(table.columns, [others[i] for i in grouped.merged], by_id)] if grouped.merged else []),
    ]  # fmt: skip
    notes = table.notes
    if grouped.merged:
        notes = (
            *notes,
            f"注：件数不足{least}件的分局与相邻的合并为“{OTHERS}”，占比按合并后的件数计算，不作同比、环比。",
        )
    elif grouped.only_total:
        notes = (*notes, f"注：其他分局件数不足{least}件或合并后仍可推算，不单独列出。")
    is_telling = grouped.only_total and mine and not hides([count for count in counts if count], least)
    last = () if is_telling else total
    return msgspec.structs.replace(table, rows=(*rows, *last), notes=notes, last_is_total=bool(last))


def _together(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], facts: Mapping[str, Fact]) -> tuple:
    """Return several rows as one."""
    cells: list[Cell] = [OTHERS]
    for i, column in enumerate(columns[1:], 1):
        if column.kind == "count":
            total = sum(_count(row[i]) for row in rows)
            cells.append(Number(str(total), total) if any(row[i] is not None for row in rows) else None)
        elif column.kind == "share":
            cells.append(_share([facts[cell.fact] for row in rows if isinstance(cell := row[i], Number) and cell.fact]))
        else:
            cells.append(EMPTY)
    return tuple(cells)


def _share(facts: Sequence[Fact]) -> Cell:
    numerator = sum(fact.numerator or 0 for fact in facts)
    denominator = sum(fact.denominator or 0 for fact in facts)
    if not denominator:
        return None
    if denominator < FEW:
        return Number(f"{numerator}/{denominator}", None, "", "grey")
    share = Fraction(numerator, denominator)
    return Number(text(catalog.get(facts[0].kpi), share), float(share))


def _without_few(
    columns: Sequence[Column], row: tuple[Cell, ...], facts: Mapping[str, Fact], least: int
) -> tuple[Cell, ...]:
    """Return another branch's row without the shares that rest on fewer cases than the least."""
    return tuple(
        Number(EMPTY, None, cell.fact, "grey")
        if column.kind == "share"
        and isinstance(cell, Number)
        and cell.fact
        and 0 < (facts[cell.fact].denominator or 0) < least
        else cell
        for column, cell in zip(columns, row, strict=True)
    )


def _count(cell: Cell) -> int:
    return int(cell.value or 0) if isinstance(cell, Number) else 0
