"""The lists that a version keeps as they were when it was made: targets, breaks, step changes, weights of the assessment.

The product's rows are the defaults. A row of the store's own file with the same key goes in its place; one that says
nothing but the key takes the default away. targets.csv names every KPI, so that a misspelt one in any list is found here,
where nothing else is known of KPIs.
"""

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from data.errors import UserError
from data.schema import field_of

FOLDER = Path(__file__).parent
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(%?)")


def number(text: str) -> float | None:
    """Return the number that "98%", "0.98" or "30" stands for; None for nothing. Raises ValueError."""
    if not text:
        return None
    found = _NUMBER.fullmatch(text)
    if not found:
        raise ValueError("应为不小于0的数，如 98% 或 30")
    return float(Decimal(found[1]) / 100 if found[2] else Decimal(found[1]))


def day(text: str) -> date:
    """Return the date that a text such as 2021-01-01 stands for. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("应为日期，如 2021-01-01") from None


@cache
def _known_kpis() -> frozenset[str]:
    return frozenset(row["kpi"] for _, row in _rows(FOLDER / "targets.csv"))


def _kpi(text: str) -> str:
    if text and text not in _known_kpis():
        raise ValueError("不是指标代码，全部代码见 docs/kpi.md")
    return text


def _field(text: str) -> str:
    if text and (field := field_of("cases", text)) is None:
        raise ValueError("不是信访件的字段")
    return field.name if text else ""


@dataclass(frozen=True)
class ListKind:
    """One list: column → how its text is read; the columns that tell two rows apart; those that must not be empty."""

    columns: dict[str, Callable[[str], object]]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()

    @property
    def says(self) -> list[str]:
        """The columns beyond the key."""
        return [name for name in self.columns if name not in self.key]


LISTS = {
    "targets": ListKind({"kpi": _kpi, "target": number, "green": number, "red": number, "words": str}, ("kpi",), ("kpi",)),
    "breaks": ListKind(
        {"starts_on": day, "field": _field, "value": str, "kpi": _kpi, "words": str},
        ("starts_on", "field", "value", "kpi"),
    ),
    "steps": ListKind(
        {"starts_on": day, "kpi": _kpi, "branch": str, "reason": str, "author": str},
        ("starts_on", "kpi", "branch"),
        ("kpi", "reason", "author"),
    ),
    "scorecard": ListKind(
        {"kpi": _kpi, "weight": number, "rule": str, "zero_at": number, "full_at": number, "author": str, "set_on": day},
        ("kpi",), ("kpi", "weight", "author"),
    ),
}  # fmt: skip


def in_force(name: str, own_folder: Path | None) -> list[dict[str, object]]:
    """Return the rows of a list, values read, the store's own over the product's. Raises UserError naming file and row."""
    kind = LISTS[name]
    found: dict[tuple, dict[str, object]] = {}
    for folder in (FOLDER, own_folder):
        path = folder / f"{name}.csv" if folder else None
        if path and path.exists():
            for line, row in _rows(path):
                read = _read(kind, path, line, row)
                found[tuple(read[column] for column in kind.key)] = read
    rows = list(found.values())
    return rows if name == "targets" else [row for row in rows if any(row[column] for column in kind.says)]


def own_rows(name: str, own_folder: Path) -> list[dict[str, str]]:
    """Return the rows of the store's own file as they are written there; none where there is no file."""
    path = own_folder / f"{name}.csv"
    return [row for _, row in _rows(path)] if path.exists() else []


def is_default(name: str, key: dict[str, str]) -> bool:
    """Say whether the product itself has a row with this key."""
    return any(_same_key(name, row, key) for _, row in _rows(FOLDER / f"{name}.csv"))


def replaced(name: str, rows: Iterable[dict[str, str]], row: dict[str, str] | None, key: dict[str, str]) -> list[dict]:
    """Return rows without the one that has this key, and with `row` at the end when it is given."""
    kept = [one for one in rows if not _same_key(name, one, key)]
    return [*kept, row] if row is not None else kept


def _same_key(name: str, row: dict[str, str], key: dict[str, str]) -> bool:
    return all((row.get(column) or "") == (key.get(column) or "") for column in LISTS[name].key)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a file with their line numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            return [
                (reader.line_num, {name: (text or "").strip() for name, text in row.items() if name}) for row in reader
            ]
    except UnicodeDecodeError as error:
        raise UserError(f"参考表“{path.name}”不是 UTF-8 编码，请另存为“CSV UTF-8”后重试。") from error


def _read(kind: ListKind, path: Path, line: int, row: dict[str, str]) -> dict[str, object]:
    if missing := [name for name in kind.columns if name not in row]:
        raise UserError(f"参考表“{path.name}”缺少列“{'”“'.join(missing)}”，应有：{'、'.join(kind.columns)}。")
    read = {}
    for name, reading in kind.columns.items():
        try:
            if name in kind.required and not row[name]:
                raise ValueError("不能为空")
            read[name] = reading(row[name])
        except ValueError as error:
            raise UserError(
                f"参考表“{path.name}”第{line}行“{name}”一列的“{row[name]}”{error}，请改正后重试。"
            ) from error
    return read
