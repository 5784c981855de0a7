"""What is done to the rows of a table before it is written: cut, shuffled, doubled, filled with what no cell should hold."""

import copy
import random
from collections.abc import Callable
from datetime import datetime

from tests.fuzz.seeds import Seed

Rows = list[list[object]]
NASTY = [
    "", " ", "\u3000", "\u200b", "\ufeff", "无", "/", "—", "合计", "小计：3", "共12件", "备注：另见附件", "制表人：某某", "第1页共2页", "=1+1", "=cmd|' /C calc'!A0",
    "@SUM(A1)", "'007", '="007"', "-", "+86", "1E+17", "2.30704E+17", "230704420000020365", "1e999", "-1e999", "inf", "-Infinity", "NaN", "nan", "0x1F", "١٢٣", "½",
    "１２３", "99999999999999999999", "-1", "0", "1.0", "1900-01-00", "1900-02-29", "45000", "45000.99999", "0.5", "-45000", "2958466", "9999-12-31", "10000-01-01",
    "0001-01-01", "2025-02-30", "2025-13-01", "2025/3/1 25:61", "2025年3月", "三月五日", "03/04/2025", "20250301", "20250301101010", "2025-03-01T10:11:12Z", "7.4",
    "7.10", "12.31", "2025-03-01 24:00", "昨天", "张三丰", "我叫欧阳修", "大冶市分局", "下陆分局、西塞山区分局", "、", ";;;", "已办结", "满意", "是", "√",
    "x" * 3000, "长" * 40_000, "a\nb", "a\r\nb", "a\rb", "tab\there", '"', '""', '"x', "x\"y", "'", "`", "\\", "%s{0}%n", "${x}", "<b>&amp;</b>", "<script>", "]]>",
    "'; DROP TABLE cases; --", "\u202egpj.exe", "\U0001f4a9", "\ue000", "\ufffd", "\ufffe", "e\u0301" * 50, "\x01\x02", "null", "None", "#N/A", "#REF!", "TRUE",
    "../../etc/passwd", "C:\\CON", "é", "ﷺ", "𠮷野家", "信访件编号", "举报编号", "登记时间",
]  # fmt: skip


def change(seed: Seed, chance: random.Random) -> tuple[Rows, str, bool]:
    """Return the rows of a seed after one to three changes, what was done, and whether every column is where it was."""
    rows = copy.deepcopy(seed.rows)
    made = chance.sample(list(CHANGES), chance.choice((0, 1, 1, 2, 3)))
    for name in made:
        CHANGES[name](rows, seed, chance)
    return rows, "+".join(made) or "nothing", not {*made} & MOVING


def _body(rows: Rows, seed: Seed) -> range:
    return range(min(seed.heading + 1, len(rows) - 1), len(rows))


def _place(rows: Rows, seed: Seed, chance: random.Random) -> tuple[list[object], int]:
    row = rows[chance.choice(_body(rows, seed))]
    if not row:
        row.append("")
    return row, chance.randrange(len(row))


def cells(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put nasty texts into cells."""
    for _ in range(chance.choice((1, 5, 30))):
        row, at = _place(rows, seed, chance)
        row[at] = chance.choice(NASTY)


def appended(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put nasty texts behind what stands in cells."""
    for _ in range(8):
        row, at = _place(rows, seed, chance)
        row[at] = f"{row[at]}{chance.choice(NASTY)}"


def as_texts(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Make texts of numbers and dates."""
    for row in rows:
        row[:] = [str(cell) for cell in row]


def as_numbers(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Make numbers of texts that look like some, rounded as a spreadsheet does, and serial days of dates."""
    for at in _body(rows, seed):
        for column, cell in enumerate(rows[at]):
            if isinstance(cell, datetime):
                rows[at][column] = (cell - datetime(1899, 12, 30)).total_seconds() / 86_400
            elif isinstance(cell, str) and cell.isascii() and cell.isdigit():
                rows[at][column] = float(cell)


def as_dates(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Make dates of some cells, early and late ones too."""
    for _ in range(8):
        row, at = _place(rows, seed, chance)
        row[at] = chance.choice((datetime(2025, 3, 1, 10, 11, 12), datetime(1900, 3, 1), datetime(2199, 12, 31)))


def drop_rows(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Take rows away, the heading perhaps."""
    for _ in range(chance.choice((1, 3, 10))):
        if len(rows) > 2:
            rows.pop(chance.randrange(len(rows)))


def double_rows(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Repeat rows."""
    rows += [list(row) for row in chance.choices(rows[seed.heading :], k=5)]


def shuffle_rows(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Shuffle all rows, so that the heading stands somewhere in the midst."""
    chance.shuffle(rows)


def move_heading(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put the heading somewhere else."""
    heading = rows.pop(min(seed.heading, len(rows) - 1))
    rows.insert(chance.randrange(len(rows) + 1), heading)


def repeat_heading(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Repeat the heading, as printed pages do."""
    for _ in range(2):
        rows.insert(chance.randrange(len(rows) + 1), list(rows[min(seed.heading, len(rows) - 1)]))


def blank_rows(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put blank rows between the others."""
    for _ in range(5):
        blank = chance.choice(([], [""], ["", "", ""], [" ", "\u3000"]))
        rows.insert(chance.randrange(len(rows) + 1), list(blank))


def extra_rows(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put titles, totals and footers anywhere."""
    lines = (
        ["合计", "", 12],
        ["某某市信访件台账"],
        ["制表人：某某", "", "审核：某"],
        ["备注：以上为初步数据"],
        ["小计", 3, "", 5],
    )
    for _ in range(3):
        rows.insert(chance.randrange(len(rows) + 1), list(chance.choice(lines)))


def drop_columns(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Take columns away, in all rows or in all but the heading."""
    begin = chance.choice((0, seed.heading + 1))
    at = chance.randrange(max(map(len, rows)))
    for row in rows[begin:]:
        del row[at : at + 1]


def double_column(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Repeat a column with its heading."""
    at = chance.randrange(max(map(len, rows)))
    for row in rows:
        row.insert(
            chance.randrange(len(row) + 1) if chance.random() < 0.1 else len(row), row[at] if at < len(row) else ""
        )


def shuffle_columns(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put columns into another order, with their headings or without."""
    order = list(range(max(map(len, rows))))
    chance.shuffle(order)
    for row in rows[chance.choice((0, 0, seed.heading + 1)) :]:
        row[:] = [row[at] if at < len(row) else "" for at in order]


def shift(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Shift some rows by a cell, as a stray separator does."""
    for _ in range(3):
        row, at = _place(rows, seed, chance)
        row.insert(at, "")


def headings(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Change headings: another text, blanks in it, the same twice, none."""
    row = rows[min(seed.heading, len(rows) - 1)]
    for _ in range(chance.choice((1, 3))):
        if row:
            at = chance.randrange(len(row))
            old = str(row[at])
            row[at] = chance.choice(
                (f" {old[:2]}\n{old[2:]} ", f"{old}*", "", chance.choice(row), chance.choice(NASTY), f"\u200b{old}")
            )


def beside(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Move the whole table to the right and down."""
    for row in rows:
        row[:0] = ["", ""]
    rows[:0] = [[], ["", ""]]


def below(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Put the same table below once more, with its titles and heading, under other numbers."""
    again = [list(row) for row in rows]
    for row in again[seed.heading + 1 :]:
        if len(row) > seed.number and str(row[seed.number]):
            row[seed.number] = f"{row[seed.number]}9"
    rows += again


def wide(rows: Rows, seed: Seed, chance: random.Random) -> None:
    """Add hundreds of columns."""
    for row in rows:
        row += ["x"] * chance.choice((0, 300))


CHANGES: dict[str, Callable[[Rows, Seed, random.Random], None]] = {
    change.__name__: change
    for change in (
        cells, appended, as_texts, as_numbers, as_dates, drop_rows, double_rows, shuffle_rows, move_heading, repeat_heading,
        blank_rows, extra_rows, drop_columns, double_column, shuffle_columns, shift, headings, beside, below, wide,
    )
}  # fmt: skip
MOVING = {
    "cells",
    "drop_rows",
    "shuffle_rows",
    "move_heading",
    "drop_columns",
    "double_column",
    "shuffle_columns",
    "shift",
    "headings",
    "appended",
}
