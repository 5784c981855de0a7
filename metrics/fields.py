"""The fields that figures can be cut by and filtered by: every canonical field that may be shown, and some that follow.

A field that a case may have several of (pollution) puts it into several groups. Blank is a group of its own, 未注明,
so that nothing falls out of a cut. Times, numbers and free text are no groups; they can be filtered by.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from data.errors import UserError
from data.schema import BLANK, BUREAU_MARK, LABELS, RATINGS, TABLES, Field, field_of

_GROUPING = ("text", "code", "flag", "labels", "branch", "branches")
_CLOSED = ("code", "flag", "labels", "branch", "branches")  # few values: all of them belong to the spine
_LISTS = ("labels", "branches")
_NUMBERS = ("integer", "real")
_STATES = {
    "timely": "按期",
    "ontime": "按期",
    "late": "超期",
    "never": "到期未办",
    "pending": "未到期",
    "unknown": "时间不明",
}


@dataclass(frozen=True)
class Dimension:
    """One field: canonical name, Chinese label, SQL of its text over the relation, whether that is a list of texts.

    kind: as in data.schema. column: the SQL of the value itself. field: the canonical field whose values it has.
    """

    name: str
    label: str
    sql: str
    is_list: bool
    field: Field | None = None
    kind: str = "text"
    column: str = ""

    @property
    def has_closed_values(self) -> bool:
        """Whether it has few values, all of which are shown even where a period has no case of them."""
        return self.field is None or self.kind in _CLOSED

    @property
    def can_group(self) -> bool:
        """Whether cases can be cut by it."""
        return self.kind in _GROUPING

    @property
    def is_time(self) -> bool:
        return self.kind == "time"

    @property
    def is_number(self) -> bool:
        return self.kind in _NUMBERS

    @property
    def is_text(self) -> bool:
        """Whether words can be looked for in it."""
        return not (self.is_time or self.is_number or self.kind == "flag")


def _state(column: str) -> Dimension:
    """Return what became of a limit (a column of case_facts) under its Chinese words."""
    label = {"accept_state": "受理是否及时", "close_state": "办结是否按期"}[column]
    cases = " ".join(f"WHEN '{state}' THEN '{words}'" for state, words in _STATES.items())
    field = Field(column, label, "code", values=tuple(dict.fromkeys(_STATES.values())))
    return _dimension(field, f"CASE {column} {cases} ELSE '{BLANK}' END")


def _place(name: str, label: str, column: str, origin: str) -> Dimension:
    """Return a name that case_facts takes out of a text, open as that text is."""
    sql = f"coalesce({column}, '{BLANK}')"
    return Dimension(name, label, sql, False, field_of("cases", origin), "text", column)


def _dimension(field: Field, sql: str = "") -> Dimension:
    is_list = field.kind in _LISTS
    column = f"array_to_string({field.name}, '、')" if is_list else sql or field.name
    return Dimension(field.name, field.label, sql or _expression(field), is_list, field, field.kind, column)


def _expression(field: Field) -> str:
    if field.kind in _LISTS:
        return f"CASE WHEN coalesce(len({field.name}), 0) = 0 THEN ['{BLANK}'] ELSE list_distinct({field.name}) END"
    if field.kind == "flag":
        return f"CASE {field.name} WHEN TRUE THEN '是' WHEN FALSE THEN '否' ELSE '{BLANK}' END"
    if field.kind in ("time", *_NUMBERS):
        return f"coalesce({field.name}::VARCHAR, '{BLANK}')"
    return f"coalesce(nullif(trim({field.name}), ''), '{BLANK}')"


# What follows from a case's fields; a name here goes before the alias of another field.
_DERIVED = {
    part.name: part
    for part in (
        # A case counts for its main branch and for each branch that helps; its type as its sub-types tell it too.
        Dimension(
            "handling_branch",
            "承办分局（含协办）",
            "list_distinct([branch] || coalesce(co_branches, []))",
            True,
            None,
            "branches",
            "array_to_string([branch] || coalesce(co_branches, []), '、')",
        ),
        Dimension(
            "pollution_type",
            "污染类型（含二级所属）",
            "pollution_type",
            True,
            None,
            "labels",
            "array_to_string(pollution_type, '、')",
        ),
        # Open as the texts they come from: one place however it is written, and its township.
        _place("site", "点位", "site_key", "site_name"),
        _place("area", "街道乡镇", "area", "site_address"),
        _dimension(Field("accept_due_at", "受理期限", "time")),
        _dimension(Field("due_at", "办结期限", "time")),
        _state("accept_state"),
        _state("close_state"),
        _dimension(Field("days_to_close", "办理天数", "integer")),
        _dimension(Field("is_repeat", "重件", "flag")),
        _dimension(Field("reopened_count", "重开次数", "integer")),
        _dimension(Field("first_rating", "首次评价", "code", values=RATINGS)),
        _dimension(Field("rating_changes", "改评次数", "integer")),
    )
}

FOLLOWING = frozenset(_DERIVED)  # fields of the facts and not of the table of cases

# Whose a row is in a store fetched from a lake, where it stands before the branch; any table has it.
_BUREAU_SQL = f"if(contains(branch, '{BUREAU_MARK}'), split_part(branch, '{BUREAU_MARK}', 1), '{BLANK}')"
BUREAU = Dimension("bureau", "上报单位", _BUREAU_SQL, False, None, "branch", _BUREAU_SQL)


def criterion(table: str, name: str) -> Dimension:
    """Return the field called `name` (own name, alias or Chinese label) of a canonical table, for a filter.

    Raises UserError when there is none that may be shown, with the nearest names.
    """
    if name in (BUREAU.name, BUREAU.label):
        return BUREAU
    if table == "cases" and (found := _derived(name)):
        return found
    field = field_of(table, name)
    if field is None or not field.shown:
        raise UserError(f"{LABELS[table]}不能按“{name}”分组或筛选{did_you_mean(name, _names(table))}。")
    return _dimension(field)


def dimension(table: str, name: str) -> Dimension:
    """Return the field called `name` of a canonical table, for a cut. Raises UserError when it makes no groups."""
    found = criterion(table, name)
    if not found.can_group:
        raise UserError(f"{LABELS[table]}不能按“{found.label}”分组，可按它的范围或内容筛选。")
    return found


def all_fields(with_bureau: bool = False) -> list[Dimension]:
    """Return every field of a case that can be filtered by, in the order to offer them; the bureau where there are several."""
    own = [_dimension(field) for field in TABLES["cases"] if field.shown]
    return [*([BUREAU] if with_bureau else []), *own, *_DERIVED.values()]


def _derived(name: str) -> Dimension | None:
    return _DERIVED.get(name) or next((part for part in _DERIVED.values() if part.label == name), None)


def _names(table: str) -> list[str]:
    if table == "cases":
        return [name for part in all_fields() for name in (part.name, part.label)]
    return [name for field in TABLES[table] if field.shown for name in (field.name, field.label)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ，您是不是要写…, with the nearest of the known names; nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), 3, 0.5)
    return f"，您是不是要写“{'”或“'.join(near)}”" if near else ""
