"""Finds the table in a sheet: which rows are the heading, which profile it is, which column is which field.

A heading may have one to three rows; the texts of a column's upper and lower cell count alone and joined as "upper/lower".
The profile that explains the most columns wins; a profile may demand headings that must all be there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.profiles import RESERVED, Profile
from data.reading import Sheet
from data.schema import KEYS
from data.text import clean, comparable

SEARCHED_ROWS = 40
_HEADING_ROWS = 3
_FIGURES = re.compile(r"\d{3}")
_TITLE_CELLS = 2  # that a line above a heading has beside each other: a title and a date
_TOTAL = re.compile(r"(合计|总计|小计|共计|总数|本页合计|累计)(\([^)]*\))?[:：]?(\d.*|共.*)?")
_AMOUNT = re.compile(r"[\d.,]+(件|批|人次|人|起|个|%)?")
_SIGNATURE = re.compile(
    r"(制表人?|填表人?|填报人?|审核人?|审批人?|复核人?|统计人|负责人|经办人|分管领导|制表单位|填报单位|制表时间|制表日期|填报时间|填报日期|打印时间|导出时间|备注|注|说明|以上.*|数据来源|数据截至|共\d+[条件行].*|第\d+页)([:：].*|共\d+页.*)?"
)


@dataclass(frozen=True)
class Layout:
    """A heading found in a sheet and what it means. Columns count from 0, rows from 1."""

    profile: Profile
    heading_row: int
    heading_rows: int
    columns: dict[str, int]  # canonical or reserved field → column
    headings: tuple[str, ...]  # the text above each column
    unknown: tuple[str, ...]
    titles: tuple[str, ...]  # what stands above the heading
    further: tuple[tuple[str, int], ...] = ()  # other columns of a field, in order: they fill its blank cells
    above: tuple[int, ...] = ()  # rows above the heading that are as full as data are: nobody reads them

    @property
    def first_row(self) -> int:
        return self.heading_row + self.heading_rows

    def is_decoration(self, cells: Sequence[str]) -> bool:
        """Tell whether a row is no case: a total, a signature line, or the heading repeated."""
        key = self.columns.get("case_no", self.columns.get("activity_no"))
        written = cells[key].strip() if key is not None and key < len(cells) else ""
        first = next((cell for cell in cells if cell), "")
        if written and first.isascii() and written.isascii() and written != self.headings[key]:
            return False  # the usual row, told from a total at a glance: totals are written in Chinese
        shown = [comparable(cell) for cell in cells if cell and cell.strip()]
        if not shown:
            return True
        if _TOTAL.fullmatch(shown[0]) and all(_AMOUNT.fullmatch(text) for text in shown[1:]):
            return True
        number = comparable(written)
        if number and not _TOTAL.fullmatch(number):
            if not _SIGNATURE.fullmatch(number):
                return number == comparable(self.headings[key])
            return len(shown) <= 2
        if any(_TOTAL.fullmatch(text) for text in shown[:2]):
            return True
        return any(_SIGNATURE.fullmatch(text) for text in shown[:2]) and len(shown) <= 6


def find_layout(sheet: Sheet, profiles: Sequence[Profile], explicit: bool = False) -> Layout | None:
    """Return the best reading of a sheet's heading, or None. With `explicit`, a profile need not be recognisable."""
    rows = []
    for row in sheet.rows():
        rows.append([clean(cell) for cell in row])
        if len(rows) == SEARCHED_ROWS:
            break
    best: tuple[tuple, Layout] | None = None
    for start in range(len(rows)):
        for height in range(1, min(_HEADING_ROWS, len(rows) - start) + 1):
            names = _heading_names(rows, start, height, sheet.merged)
            for rank, profile in enumerate(profiles):
                columns = _match(names, profile, explicit)
                if not columns:
                    continue
                score = (len(columns), len(columns) / len(profile.columns), -height, -start, -rank)
                if best is None or score > best[0]:
                    best = (score, _layout(profile, start, height, columns, names, rows))
    return best[1] if best else None


def guess_headings(sheet: Sheet) -> tuple[int, list[str]]:
    """Return the row number and the texts of what most looks like a heading, for a format that nobody knows."""
    best = (0, 0, [])
    for number, row in enumerate(sheet.rows(), 1):
        texts = [clean(cell) for cell in row]
        named = [t for t in texts if t and len(t) <= 30 and not re.fullmatch(r"[\d.\-/: ]+", t)]
        if len(set(named)) > best[0]:
            best = (len(set(named)), number, texts)
        if number == SEARCHED_ROWS:
            break
    return best[1], best[2]


def _heading_names(
    rows: list[list[str]], start: int, height: int, merged: list[tuple[int, int, int, int]]
) -> list[tuple[str, set[str]]]:
    """Return for each column the text shown above it, and the comparable forms under which it may be known."""
    width = max(len(row) for row in rows[start : start + height])
    levels = []
    for offset in range(height):
        level = [rows[start + offset][c] if c < len(rows[start + offset]) else "" for c in range(width)]
        is_last = offset == height - 1
        levels.append(level if is_last else _spread(level, rows[start + height - 1], start + offset, merged))
    names = []
    for column in range(width):
        parts = [level[column] for level in levels if level[column]]
        unique = list(dict.fromkeys(parts))
        lowest = unique[-1] if unique else ""
        forms = {comparable(lowest), comparable("/".join(unique)), comparable("".join(unique))} - {""}
        names.append((lowest, forms))
    return names


def _spread(level: list[str], lowest: list[str], row: int, merged: list[tuple[int, int, int, int]]) -> list[str]:
    """Carry an upper heading over the columns that it spans: by the merged ranges, else over blanks with a heading below."""
    spread = list(level)
    ranges = [m for m in merged if m[0] <= row <= m[2]]
    for first_row, first, _, last in ranges:
        if first_row == row and first < len(spread):
            for column in range(first, min(last + 1, len(spread))):
                spread[column] = level[first]
    if not ranges:
        for column in range(1, len(spread)):
            below = lowest[column] if column < len(lowest) else ""
            if not spread[column] and below:
                spread[column] = spread[column - 1]
    return spread


def _match(names: list[tuple[str, set[str]]], profile: Profile, explicit: bool) -> dict[str, int] | None:
    where: dict[str, int] = {}
    for column, (_, forms) in enumerate(names):
        for form in forms:
            where.setdefault(form, column)
    if not explicit and not all(comparable(heading) in where for heading in profile.detect):
        return None
    columns = {}
    for field, headings in profile.columns.items():
        for heading in headings:
            if (column := where.get(comparable(heading))) is not None:
                columns[field] = column
                break
    if any(key in profile.columns and key not in columns for key in KEYS[profile.table][-1:]):
        return None
    if not explicit and not profile.detect and len(columns) * 2 < len(profile.columns):
        return None
    return columns


def _layout(
    profile: Profile,
    start: int,
    height: int,
    columns: dict[str, int],
    names: list[tuple[str, set[str]]],
    rows: list[list[str]],
) -> Layout:
    reserved = {comparable(heading): field for heading, field in RESERVED.items()}
    columns = dict(columns)
    further = _further_columns(names, profile, columns)
    used, unknown = {*columns.values(), *(column for _, column in further)}, []
    for column, (shown, forms) in enumerate(names):
        if field := next((reserved[form] for form in forms if form in reserved), None):
            columns.setdefault(field, column)
        elif shown and column not in used and not forms & profile.ignored:
            unknown.append(shown)
    titles = tuple(cell for row in rows[:start] for cell in row if cell)
    headings = tuple(shown for shown, _ in names)
    return Layout(
        profile, start + 1, height, columns, headings, tuple(unknown), titles, further, _above(rows[:start], headings)
    )


def _above(rows: list[list[str]], headings: tuple[str, ...]) -> tuple[int, ...]:
    """Return the rows above a heading that fill so many of its columns, figures among them, that they can be no title."""
    many = max(sum(map(bool, headings)) / 3, _TITLE_CELLS)
    return tuple(
        number
        for number, row in enumerate(rows, 1)
        if sum(map(bool, row)) > many and any(_FIGURES.search(cell) for cell in row)
    )


def _further_columns(
    names: list[tuple[str, set[str]]], profile: Profile, columns: dict[str, int]
) -> tuple[tuple[str, int], ...]:
    """Return (field, column) for every column beside a field's first, in the order of the profile's headings."""
    found = [
        (name, column)
        for name, first in columns.items()
        for heading in profile.columns[name]
        for column, (_, forms) in enumerate(names)
        if column != first and comparable(heading) in forms
    ]
    return tuple(dict.fromkeys(found))
