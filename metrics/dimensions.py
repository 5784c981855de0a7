"""What figures can be cut by and filtered by: the canonical fields, and the values that a store has of them.

A field that a case may have several of (pollution) puts it into several groups. Blank is a group of its own, 未注明,
so that nothing falls out of a cut.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.errors import UserError
from data.schema import BLANK, LABELS, POLLUTIONS, TABLES, UNKNOWN, UNMATCHED_BRANCH, Field, field_of
from data.store import Reader
from metrics.parameters import PARENT_OF
from metrics.relations import RELATIONS, Relation

_KINDS = ("text", "code", "flag", "labels", "branch", "branches")
_CLOSED_KINDS = ("code", "flag", "labels", "branch", "branches")  # few values: all of them belong to the spine


@dataclass(frozen=True)
class Dimension:
    """One way to cut: canonical name, Chinese label, SQL over the relation's columns, and whether it is a list."""

    name: str
    label: str
    sql: str
    is_list: bool
    field: Field | None = None

    @property
    def has_closed_values(self) -> bool:
        """Whether it has few values, all of which are shown even where a period has no case of them."""
        return self.field is None or self.field.kind in _CLOSED_KINDS


# A case counts for its main branch and for each branch that helps; the type of a case as its sub-types tell it too.
_VIRTUAL = {
    "handling_branch": Dimension(
        "handling_branch", "承办分局（含协办）", "list_distinct([branch] || coalesce(co_branches, []))", True
    ),
    "pollution_type": Dimension("pollution_type", "污染类型（含二级所属）", "pollution_type", True),
    # Columns of case_facts, open as the texts they come from: one place however it is written, and its township.
    "site": Dimension("site", "点位", "site_key", False, field_of("cases", "site_name")),
    "area": Dimension("area", "街道乡镇", "area", False, field_of("cases", "site_address")),
}


def dimension(table: str, name: str) -> Dimension:
    """Return the dimension called `name` (own name, alias or Chinese label) of a canonical table.

    Raises UserError when there is none, with the nearest names.
    """
    if table == "cases" and name in _VIRTUAL:
        return _VIRTUAL[name]
    if table == "cases" and name == _VIRTUAL["handling_branch"].label:
        return _VIRTUAL["handling_branch"]
    field = field_of(table, name)
    if field is None or not field.shown or field.kind not in _KINDS:
        raise UserError(f"{LABELS[table]}不能按“{name}”分组或筛选{_did_you_mean(name, _names(table))}。")
    is_list = field.kind in ("labels", "branches")
    return Dimension(field.name, field.label, _expression(field, is_list), is_list, field)


def _expression(field: Field, is_list: bool) -> str:
    if is_list:
        return f"CASE WHEN coalesce(len({field.name}), 0) = 0 THEN ['{BLANK}'] ELSE list_distinct({field.name}) END"
    if field.kind == "flag":
        return f"CASE {field.name} WHEN TRUE THEN '是' WHEN FALSE THEN '否' ELSE '{BLANK}' END"
    return f"coalesce(nullif(trim({field.name}), ''), '{BLANK}')"


def _names(table: str) -> list[str]:
    fields = [f for f in TABLES[table] if f.shown and f.kind in _KINDS]
    return [f.name for f in fields] + [f.label for f in fields]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 3, 0.5)
    return f"，您是不是要写“{'”或“'.join(near)}”" if near else ""


@dataclass(frozen=True)
class Where:
    """A filter: field → values. Values of one field are alternatives, fields are all required. Hashable."""

    items: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, wanted: Mapping[str, Iterable[str]]) -> "Where":
        """Return a filter with canonical field names; fields without values are no filter.

        Raises UserError for a field that cases do not have or that is not shown.
        """
        items: dict[str, tuple[str, ...]] = {}
        for name, values in wanted.items():
            values = (values,) if isinstance(values, str) else tuple(values)
            if values:
                canonical = dimension("cases", name).name
                items[canonical] = tuple(sorted({*items.get(canonical, ()), *map(str, values)}))
        return cls(tuple(sorted(items.items())))

    def get(self, name: str) -> tuple[str, ...]:
        """Return the values required of a field; () when it is not filtered."""
        return dict(self.items).get(name, ())

    @property
    def words(self) -> str:
        """The filter in Chinese: 责任分局：下陆区分局；渠道：电话、微信. Empty when nothing is filtered."""
        return "；".join(f"{dimension('cases', name).label}：{'、'.join(values)}" for name, values in self.items)

    def narrowed(self, group: Mapping[str, str]) -> "Where":
        """Return the filter that also asks for one group: its value in the place of the values of that field."""
        return Where.of(dict(self.items) | {name: (value,) for name, value in group.items()})

    def __bool__(self) -> bool:
        return bool(self.items)

    def condition(self, relation: Relation) -> tuple[str, dict[str, list[str]]]:
        """Return the SQL over a relation and its parameters. Raises UserError where the relation has no such field."""
        parts, values = [], {}
        for i, (name, wanted) in enumerate(self.items):
            part = dimension(relation.table, name)
            test = "list_has_any({}, $where_{})" if part.is_list else "list_contains($where_{1}, {0})"
            parts.append(test.format(part.sql, i))
            values[f"where_{i}"] = list(wanted)
        return " AND ".join(parts) or "TRUE", values


NO_FILTER = Where()


def fits(relation: str, names: Iterable[str]) -> bool:
    """Say whether a relation has all these fields: a ledger has no channel, so it cannot be filtered by one."""
    try:
        return all(dimension(RELATIONS[relation].table, name) for name in names)
    except UserError:
        return False


def dimension_values(reader: Reader, field: str) -> list[str]:
    """Return the values of a case field that the store has, in the order to show them; branches as the spine has them.

    Raises UserError for a field that cannot be filtered by.
    """
    return list(_values(reader, dimension("cases", field).name))


@lru_cache(maxsize=256)
def _values(reader: Reader, name: str) -> tuple[str, ...]:
    part = dimension("cases", name)
    if name in ("branch", "handling_branch"):
        return _branches(reader)
    if part.field is None:
        return (*POLLUTIONS, UNKNOWN)
    each = f"unnest({part.sql})" if part.is_list else part.sql
    # Distinct cells first: taking lists apart is the slow part.
    sql = f"SELECT DISTINCT {each} FROM (SELECT DISTINCT {name} FROM cases)"
    found = {value for (value,) in reader.query(sql) if value is not None}
    return tuple(sorted(found, key=lambda value: _order(part.field, value)))


def _branches(reader: Reader) -> tuple[str, ...]:
    rows = reader.query("SELECT branch FROM branches ORDER BY kind = '待归属', sort, branch")
    scope = reader.scope.branches
    return tuple(branch for (branch,) in rows if scope is None or branch in scope)


def _order(field: Field, value: str) -> tuple[int, str]:
    if value in field.values:
        return field.values.index(value), ""
    if field.name == "pollution_sub" and value in PARENT_OF:
        return POLLUTIONS.index(PARENT_OF[value]), value  # beside the others of its type
    return {UNKNOWN: 1001, BLANK: 1002, UNMATCHED_BRANCH: 1000}.get(value, 999), value


def check_values(reader: Reader, where: Where) -> None:
    """Refuse a filter value that neither the schema nor the store knows, with the nearest ones (UserError)."""
    for name, wanted in where.items:
        part = dimension("cases", name)
        if not part.has_closed_values:
            continue
        known = {*dimension_values(reader, name), *(part.field.values if part.field else ()), UNKNOWN, BLANK}
        for value in wanted:
            if value not in known:
                raise UserError(f"“{part.label}”没有“{value}”这个值{_did_you_mean(value, known)}。")
