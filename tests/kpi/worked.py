"""Counts a KPI's worked example (metrics/examples/ID.md) on a real version file and compares every figure."""

from datetime import datetime
from pathlib import Path

from data.schema import LABELS, field_of
from metrics import examples, periods
from metrics.dimensions import dimension
from metrics.engine import measure
from metrics.parameters import start_day
from tests.metrics.build import make_store

_TABLES = {label: table for table, label in LABELS.items()}
_DERIVED = {
    "办结期限": "due_at",
    "受理期限": "accept_due_at",
    "初重件": "is_repeat",
    "重开次数": "reopened_count",
    "改评次数": "rating_changes",
}
_COUNTS = ("reopened_count", "rating_changes")
_COPIES = "件数"


def check(kpi_id: str, folder: Path) -> None:
    """Assert that every expected figure of the example comes out, and no group that it does not name."""
    example = examples.read(kpi_id)
    about = example.circumstances
    settings = dict(part.split("=") for part in about.get("设置", "").split("；") if part)
    tables = {_TABLES[name]: _rows(_TABLES[name], rows) for name, rows in example.tables.items()}
    reader = make_store(folder, **tables, as_of=about["数据截至"], settings=settings)
    first, last = periods.parse(about["统计期"], start_day(reader))
    period = periods.span(first, last, reader.as_of, start_day(reader))
    found = {_group_words(figure.group): figure for figure in measure(reader, [kpi_id], [period])}
    expected = {row["分组"]: (row["分子"], row["分母"], row["数值"]) for row in example.expected}
    shown = {group: (_cell(f.numerator), _cell(f.denominator), f.text) for group, f in found.items()}
    assert {group: shown[group] for group in expected} == expected
    assert not [group for group in shown if group not in expected and shown[group][0] != "0"]


def _rows(table: str, drawn: list[dict[str, str]]) -> list[dict]:
    found = []
    for row in drawn:
        values = dict(_value(table, heading, cell) for heading, cell in row.items() if heading != _COPIES and cell)
        found += [dict(values) for _ in range(int(row.get(_COPIES) or 1))]
    return found


def _value(table: str, heading: str, cell: str) -> tuple[str, object]:
    if heading == "初重件":
        return "is_repeat", cell == "重件"
    name = _DERIVED.get(heading) or field_of(table, heading).name
    kind = "time" if name.endswith("due_at") else "integer" if name in _COUNTS else field_of(table, name).kind
    if kind == "time":
        return name, datetime.fromisoformat(cell)
    if kind in ("labels", "branches"):
        return name, cell.split("、")
    return name, {"integer": int, "flag": lambda text: text == "是"}.get(kind, str)(cell)


def _group_words(group: dict[str, str]) -> str:
    return "；".join(f"{dimension('cases', name).label}＝{value}" for name, value in group.items()) or "合计"


def _cell(value: object) -> str:
    return "" if value is None else str(value)
