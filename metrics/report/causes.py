"""Which cases made a figure another one: those that came into it and those that left it, each with why in few words.

The rows behind a figure are asked for in both versions by the conditions that counted them; what differs is looked up
once for all figures. Only numbers of cases and words about fields that may be shown leave here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from data.errors import UserError
from data.schema import TABLES
from data.store import Reader
from metrics.cases import Part, counted_group, key_sql, keys_behind
from metrics.dimensions import Where
from metrics.kpi import Kpi
from metrics.periods import Period
from metrics.relations import RELATIONS

LATE, CHANGED, VOID, GONE, TIME, DEFINITION, OTHERS, TO_US, FROM_US = (
    "补录", "内容更新", "作废", "删除", "时间推移", "口径变化", "关联件变化", "转入", "转出",
)  # fmt: skip
MOST_MOVED = 1000  # cases of one figure; where more moved, none is named
_MOST_ROWS = 30_000  # rows behind one kind of figure; of more none is fetched
_BUDGET = 1_000_000  # rows that may be fetched for one report; a query counts as a twentieth of all cases
_EXAMPLES = 2  # changed fields that are told of one case
_BY_OTHERS = ("repeat_sites", "first_resolutions", "suspected")  # a row's state depends on other rows
_LABELS = {"due_at": "办结期限", "accept_due_at": "受理期限", "is_repeat": "重件"}
_COMPARED = {
    "cases": (
        "status", "branch", "rating", "rating_state", "is_repeat", "received_at", "accepted_at", "closed_at", "due_at",
        "co_branches", "channel", "accept_due_at", "replied_at", "first_rating", "rated_at", "rating_due_at", "revisited_at",
        "is_extension_approved", "is_returned", "is_reworked", "substantiated", "pollution", "pollution_sub", "industry",
        "persons", "repeat_of", "district", "site_name", "site_address",
    ),
    "backlog": ("branch", "listed_at", "is_resolved", "resolved_at"),
    "key_cases": ("branch", "listed_at", "is_solved", "solved_at"),
}  # fmt: skip
_BRANCHES = ("branch", "co_branches")


@dataclass(frozen=True)
class Cause:
    """One case that came into a part of a figure, left it, or stayed in it and changed. why: 补录; 内容更新：…."""

    number: str
    part: Literal["numerator", "denominator"]
    moved: Literal["entered", "left", "stayed"]
    kind: str
    detail: str = ""

    @property
    def why(self) -> str:
        """Why it moved, in words."""
        return f"{self.kind}：{self.detail}" if self.detail else self.kind


@dataclass(frozen=True)
class Traced:
    """What moved behind one figure: (part, moved, key, number)."""

    table: str
    relation: str
    moved: tuple[tuple[str, str, str, str], ...]


class Tracing:
    """Looks for the cases behind changed figures in two versions, as long as that stays affordable.

    own: both versions as the report was written from them; all_rows: the same with the other branches' cases, to know
    why one is there no more. own_branch: the branch that the report is for, "" for the city; no other is named to it.
    timing: what moved a case of which nothing is written otherwise.
    """

    def __init__(
        self,
        own: tuple[Reader, Reader],
        all_rows: tuple[Reader, Reader],
        where: Where,
        own_branch: str,
        timing: str,
    ) -> None:
        self._own, self._all_rows, self._where = own, all_rows, where
        self._own_branch, self._timing = own_branch, timing
        ((rows,),) = own[1].query("SELECT count(*) FROM cases")
        self._per_query, self._left = rows // 20, _BUDGET
        self._fetched: dict[tuple, dict[tuple, dict[str, str]] | None] = {}

    def trace(self, kpi: Kpi, group: dict[str, str], period: Period) -> Traced | None:
        """Return what moved behind a figure; None where it has no rows of its own, or they are too many."""
        if kpi.factors:
            return None
        moved: list[tuple[str, str, str, str]] = []
        for part in _parts(kpi):
            before = self._keys(self._own[0], kpi, group, period, part)
            after = self._keys(self._own[1], kpi, group, period, part)
            if before is None or after is None:
                return None
            moved += [(part, "entered", key, after[key]) for key in sorted(after.keys() - before.keys())]
            moved += [(part, "left", key, before[key]) for key in sorted(before.keys() - after.keys())]
            if not kpi.counts_rows:
                moved += [(part, "stayed", key, after[key]) for key in sorted(after.keys() & before.keys())]
        relation = RELATIONS[kpi.relation]
        return Traced(relation.table, relation.name, tuple(moved))

    def _keys(
        self, reader: Reader, kpi: Kpi, group: dict[str, str], period: Period, part: Part
    ) -> dict[str, str] | None:
        """Return key → number of the rows of a part of a figure; all groups are fetched with the first of them."""
        group = counted_group(kpi, group, part)
        asked = (reader.key, kpi.id, period, part, tuple(group))
        if asked not in self._fetched:
            self._fetched[asked] = self._fetch(reader, kpi, tuple(group), period, part)
        found = self._fetched[asked]
        return None if found is None else found.get(tuple(group.values()), {})

    def _fetch(
        self, reader: Reader, kpi: Kpi, by: tuple[str, ...], period: Period, part: Part
    ) -> dict[tuple, dict[str, str]] | None:
        if self._left < self._per_query:
            return None
        try:
            rows = keys_behind(reader, kpi, period, by, self._where, part, _MOST_ROWS + 1)
        except UserError:
            return None
        self._left -= self._per_query + len(rows)
        if len(rows) > _MOST_ROWS:
            return None
        found: dict[tuple, dict[str, str]] = {}
        for key, number, *values in rows:
            found.setdefault(tuple(values), {})[key] = number
        return found

    def causes(self, traced: Iterable[Traced | None]) -> list[tuple[Cause, ...] | None]:
        """Return the causes of each figure, in the same order; None where nothing is known or too many moved."""
        traced = list(traced)
        wanted: dict[str, set[str]] = {}
        for one in traced:
            if one:
                wanted.setdefault(one.table, set()).update(key for _, _, key, _ in one.moved)
        before = {table: _rows(self._all_rows[0], table, keys) for table, keys in wanted.items()}
        after = {table: _rows(self._all_rows[1], table, keys) for table, keys in wanted.items()}
        return [self._of(one, before[one.table], after[one.table]) if one else None for one in traced]

    def _of(self, traced: Traced, before: Mapping[str, tuple], after: Mapping[str, tuple]) -> tuple[Cause, ...] | None:
        found = []
        for part, moved, key, number in traced.moved:
            kind, detail = self._why(traced, before.get(key), after.get(key))
            if moved != "stayed" or kind in (CHANGED, VOID):
                found.append(Cause(number, part, moved, kind, detail))
        return tuple(found) if len(found) <= MOST_MOVED else None

    def _why(self, traced: Traced, before: tuple | None, after: tuple | None) -> tuple[str, str]:
        if before is None:
            return (LATE, "") if after else (self._timing, "")
        if after is None:
            return GONE, ""
        names = _COMPARED[traced.table]
        changed = {name: (old, new) for name, old, new in zip(names, before, after, strict=True) if old != new}
        if self._own_branch and "branch" in changed:
            return (
                (TO_US, "由别的分局转来")
                if after[names.index("branch")] == self._own_branch
                else (FROM_US, "改由别的分局办理")
            )
        if not changed:
            return (OTHERS if traced.relation in _BY_OTHERS else self._timing), ""
        told = [self._told(traced.table, name, *values) for name, values in changed.items()]
        more = "等" if len(told) > _EXAMPLES else ""
        kind = VOID if changed.get("status", ("", ""))[1] == "作废" else CHANGED
        return kind, "，".join(told[:_EXAMPLES]) + more

    def _told(self, table: str, name: str, old: object, new: object) -> str:
        field = next(field for field in TABLES[table] if field.name == _origin(name))
        label = _LABELS.get(name, field.label if name != "first_rating" else "首次满意度")
        quiet = field.kind in ("text", "free_text", "address") or (self._own_branch and name in _BRANCHES)
        return f"{label}有改动" if quiet else f"{label}由{_words(old)}改为{_words(new)}"


def _origin(name: str) -> str:
    """Return the canonical field that says what kind of value a derived column has."""
    return {"due_at": "due_given_at", "accept_due_at": "due_given_at", "first_rating": "rating",
            "is_repeat": "is_repeat_local"}.get(name, name)  # fmt: skip


def _parts(kpi: Kpi) -> tuple[Part, ...]:
    """Return which parts of a figure are counted from rows: of a count only what it counts, of a length of time all."""
    if kpi.kind == "duration":
        return ("denominator",)
    return ("numerator", "denominator") if kpi.kind in ("share", "change") else ("numerator",)


def _rows(reader: Reader, table: str, keys: set[str]) -> dict[str, tuple]:
    """Return key → the compared fields, for the rows of a table that a version has."""
    if not keys:
        return {}
    sql = f"SELECT {key_sql(table)} AS key, {', '.join(_COMPARED[table])} FROM {table} WHERE list_contains($keys, key)"
    return {key: tuple(values) for key, *values in reader.query(sql, {"keys": sorted(keys)})}


def _words(value: object) -> str:
    if value is None or value in ("", []):
        return "空白"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.hour == value.minute == value.second == 0 else f"{value:%Y-%m-%d %H:%M}"
    return "、".join(map(str, value)) if isinstance(value, list) else f"{value}"
