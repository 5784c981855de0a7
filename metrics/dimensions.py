"""What figures are cut by and filtered by: the filter itself, and the values that a store has of a field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.errors import UserError
from data.schema import BLANK, POLLUTIONS, UNKNOWN, UNMATCHED_BRANCH, Field
from data.store import Reader
from metrics import conditions
from metrics.conditions import Condition
from metrics.fields import BUREAU, FOLLOWING, Dimension, criterion, did_you_mean, dimension
from metrics.parameters import PARENT_OF
from metrics.relations import RELATIONS, Relation

__all__ = [
    "NO_FILTER",
    "Condition",
    "Dimension",
    "Where",
    "check_values",
    "criterion",
    "dimension",
    "dimension_values",
    "few_values",
    "fits",
]

MOST_KEPT = 300  # values of a field that are kept beside a version: nobody chooses from a longer list
# Fields whose values stand elsewhere: in the list of branches, in the schema, or follow from another field.
NOT_OF_ROWS = frozenset({"branch", "handling_branch", "pollution_type", "accept_state", "close_state"})
Items = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Where:
    """A filter: field → values, and conditions (range, text, empty). Hashable.

    Values of one field are alternatives, fields are all required, and so are all conditions. A field occurs twice in
    `items` only where two filters are joined; then both sets of values are required.
    """

    items: Items = ()
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def of(cls, wanted: Mapping[str, Iterable[str]], conditions_too: Iterable[Condition] = ()) -> "Where":
        """Return a filter with canonical field names; fields without values are no filter.

        Raises UserError for a field that cases do not have, that is not shown, or that makes no groups.
        """
        items: dict[str, tuple[str, ...]] = {}
        for name, values in wanted.items():
            values = (values,) if isinstance(values, str) else tuple(values)
            if values:
                canonical = dimension("cases", name).name
                values = (str(value) or BLANK for value in values)
                items[canonical] = tuple(sorted({*items.get(canonical, ()), *values}))
        return cls(tuple(sorted(items.items())), conditions.merged(list(conditions_too)))

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Where":
        """Return the filter that texts like channel=电话 or received_at>=2025-01 ask for, see metrics/conditions.py.

        Raises UserError for the first that cannot be understood.
        """
        wanted: dict[str, list[str]] = {}
        others = []
        for text in texts:
            for found in conditions.parse(text):
                if isinstance(found, Condition):
                    others.append(found)
                else:
                    wanted.setdefault(found[0], []).append(found[1])
        return cls.of(wanted, others)

    @classmethod
    def understood(cls, texts: Iterable[str]) -> tuple["Where", list[str]]:
        """Return the filter of those texts that can be understood, and a sentence for each that cannot."""
        good, sentences = [], []
        for text in texts:
            try:
                cls.parse([text])
                good.append(text)
            except UserError as error:
                sentences.append(str(error))
        return cls.parse(good), sentences

    @property
    def texts(self) -> tuple[str, ...]:
        """The filter as `parse` reads it, always in the same order; not for one that joins two filters."""
        values = [f"{name}={value}" for name, wanted in self.items for value in wanted]
        return (*values, *(condition.text for condition in self.conditions))

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are filtered by, each once."""
        return tuple(dict.fromkeys([*(name for name, _ in self.items), *(one.name for one in self.conditions)]))

    def get(self, name: str) -> tuple[str, ...]:
        """Return the values required of a field; () when it is not filtered by value."""
        every = [values for own, values in self.items if own == name]
        return tuple(value for value in every[0] if all(value in values for values in every)) if every else ()

    @property
    def words(self) -> str:
        """The filter in Chinese: 责任分局：下陆区分局；登记时间：2025-01-01起. Empty when nothing is filtered."""
        said = [f"{criterion('cases', name).label}：{'、'.join(values)}" for name, values in self.items]
        for name in dict.fromkeys(one.name for one in self.conditions):
            said.append(conditions.in_words(criterion("cases", name), self.of_field(name)))
        return "；".join(said)

    def of_field(self, name: str) -> list[Condition]:
        """Return the conditions on one field."""
        return [one for one in self.conditions if one.name == name]

    def narrowed(self, group: Mapping[str, str]) -> "Where":
        """Return the filter that also asks for one group: its value in the place of the values of that field."""
        own = Where.of({name: (value,) for name, value in group.items()})
        kept = tuple(item for item in self.items if item[0] not in own.names)
        return Where(tuple(sorted((*kept, *own.items))), self.conditions)

    def without(self, name: str) -> "Where":
        """Return the filter without anything on one field."""
        items = tuple(item for item in self.items if item[0] != name)
        return Where(items, tuple(one for one in self.conditions if one.name != name))

    def joined(self, other: "Where") -> "Where":
        """Return the filter that asks for what both ask for."""
        return Where(
            tuple(sorted({*self.items, *other.items})), conditions.merged([*self.conditions, *other.conditions])
        )

    def __bool__(self) -> bool:
        return bool(self.items or self.conditions)

    def condition(self, relation: Relation) -> tuple[str, dict[str, object]]:
        """Return the SQL over a relation and its parameters. Raises UserError where the relation has no such field."""
        parts, values = [], {}
        for i, (name, wanted) in enumerate(self.items):
            parts.append(_has_value(dimension(relation.table, name), f"where_{i}", BLANK in wanted))
            values[f"where_{i}"] = list(wanted)
        for i, one in enumerate(self.conditions, len(self.items)):
            sql, own = conditions.sql_of(criterion(relation.table, one.name), one, f"where_{i}")
            parts.append(f"({sql})")
            values |= own
        return " AND ".join(parts) or "TRUE", values


NO_FILTER = Where()


def _has_value(part: Dimension, name: str, with_blank: bool) -> str:
    """Return the SQL that asks for one of the values of a parameter; without making lists anew where that can be."""
    if not part.is_list:
        return f"list_contains(${name}, {part.sql})"
    if part.field is None or with_blank:
        return f"list_has_any({part.sql}, ${name})"
    return f"list_has_any({part.field.name}, ${name})"


def fits(relation: str, names: Iterable[str]) -> bool:
    """Say whether a relation has all these fields: a ledger has no channel, so it cannot be filtered by one."""
    try:
        return all(criterion(RELATIONS[relation].table, name) for name in names)
    except UserError:
        return False


def dimension_values(reader: Reader, field: str) -> list[str]:
    """Return the values of a case field that the store has, in the order to show them; branches as the spine has them.

    Raises UserError for a field that makes no groups.
    """
    return list(_values(reader, dimension("cases", field).name, None))


def few_values(reader: Reader, field: str, most: int) -> list[str] | None:
    """Return the values of a field as `dimension_values` does; None where there are more than `most` of them."""
    found = _values(reader, dimension("cases", field).name, most + 1)
    return list(found) if len(found) <= most else None


@lru_cache(maxsize=256)
def _values(reader: Reader, name: str, most: int | None) -> tuple[str, ...]:
    part = dimension("cases", name)
    if name in ("branch", "handling_branch"):
        return _branches(reader)
    if name == BUREAU.name:
        rows = reader.query(f"SELECT DISTINCT {part.sql} AS bureau FROM branches ORDER BY bureau")
        return tuple(bureau for (bureau,) in rows)
    if part.field is None:
        return (*POLLUTIONS, UNKNOWN)
    if name in ("accept_state", "close_state"):
        return (*part.field.values, BLANK)
    found = _kept_values(reader, name)
    if found is None:
        rows = reader.query(values_sql(part) + (f" LIMIT {most}" if most else ""))
        found = [value for (value,) in rows if value is not None]
    return tuple(sorted(set(found), key=lambda value: _order(part.field, value))[:most])


def values_sql(part: Dimension) -> str:
    """Return the SQL of the values that a store has of a case field, as one column `value`."""
    each = f"unnest({part.sql})" if part.is_list else part.sql
    source = "{case_facts}" if part.name in FOLLOWING else "cases"
    # Distinct cells first: taking lists apart is the slow part.
    cells = f"SELECT DISTINCT {part.name if part.is_list else part.column} FROM {source}"
    return f"SELECT DISTINCT {each} AS value FROM ({cells})"


def _kept_values(reader: Reader, name: str) -> list[str] | None:
    """Return the values of a field as they are kept beside the version; None where they are not, or not all of them."""
    if not reader.keeps("case_values"):
        return None
    rows = reader.query("SELECT value FROM {case_values} WHERE field = $field", {"field": name})
    return None if not rows or len(rows) >= MOST_KEPT else [value for (value,) in rows if value is not None]


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
        values = ("是", "否") if part.kind == "flag" else part.field.values if part.field else ()
        known = {*dimension_values(reader, name), *values, UNKNOWN, BLANK}
        for value in wanted:
            if value not in known:
                raise UserError(f"“{part.label}”没有“{value}”这个值{did_you_mean(value, known)}。")
