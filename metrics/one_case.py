"""One case closely: its fields that may be shown, its days in order, and, asked for apart, its redacted texts.

A case is named by source and number, the way its own system names it. Who may not see its branch finds no case.
"""

from dataclasses import dataclass
from datetime import datetime

from data.schema import CASE_FIELDS, Field
from data.store import Reader

_SHOWN = {field.name: field for field in CASE_FIELDS if field.shown}
_TEXTS = {field.name: field for field in CASE_FIELDS if not field.shown and field.kind == "free_text"}
_MOMENTS = {name: field.label for name, field in _SHOWN.items() if field.kind == "time"} | {
    "due_at": "办结期限",
    "accept_due_at": "受理期限",
}
_NAMED_APART = ("case_no", "received_at")
_WORKED_OUT = {"is_repeat": Field("is_repeat", "初重件", "flag")}


@dataclass(frozen=True)
class OneCase:
    """A case. facts: label and text of what is known of it; days: label and moment, in order; texts: how many there are."""

    source: str
    number: str
    facts: tuple[tuple[str, str], ...]
    days: tuple[tuple[str, datetime], ...]
    texts: int


def one_case(reader: Reader, source: str, number: str) -> OneCase | None:
    """Return a case by its source and number; None where there is none, or none that this viewer may see."""
    names = list(dict.fromkeys([*_SHOWN, *_MOMENTS, *_WORKED_OUT, *_TEXTS]))
    found = _row(reader, names, source, number)
    if found is None:
        return None
    facts = [(field.label, _words(field, found[name])) for name, field in {**_SHOWN, **_WORKED_OUT}.items()
             if name not in _MOMENTS and name not in _NAMED_APART]  # fmt: skip
    days = sorted((found[name], label) for name, label in _MOMENTS.items() if found[name] is not None)
    texts = sum(bool(found[name]) for name in _TEXTS)
    return OneCase(source, number, tuple(fact for fact in facts if fact[1]), tuple((w, d) for d, w in days), texts)


def texts(reader: Reader, source: str, number: str) -> list[tuple[str, str]]:
    """Return label and text of a case's free texts, as redacted at the import; who asks for them has recorded it."""
    found = _row(reader, list(_TEXTS), source, number) or {}
    return [(field.label, found[name]) for name, field in _TEXTS.items() if found.get(name)]


def _row(reader: Reader, names: list[str], source: str, number: str) -> dict[str, object] | None:
    rows = reader.query(
        f"SELECT {', '.join(names)} FROM cases WHERE source = $source AND case_no = $number",
        {"source": source, "number": number},
    )
    return dict(zip(names, rows[0], strict=True)) if rows else None


def _words(field: Field, value: object) -> str:
    if value is None or value == []:
        return ""
    if field.name == "is_repeat":
        return "重件" if value else "初件"
    if field.kind == "flag":
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else str(value)
