"""The product's reference lists, and the store's own lists that go before them.

Branches with aliases and dates, deadlines per source, general values, targets, breaks, settings: all are plain files
that the bureau can edit. A file of the same name in the store's reference/ folder is read after the product's: its
settings and the rows of the lists that a version keeps (lists.py) replace, its aliases and values are added in front.
"""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from data.reference import lists, settings
from data.text import comparable

FOLDER = Path(__file__).parent
_PREFIXES = ("黄石市生态环境局", "黄石市环境保护局", "黄石市环保局", "湖北省黄石市", "黄石市")


@dataclass(frozen=True)
class Branch:
    branch: str
    kind: str
    sort: int
    enabled: bool


@dataclass(frozen=True)
class Alias:
    """Another name of a branch, valid for cases received from `first` to `last` (None: without limit)."""

    branch: str
    first: date | None
    last: date | None


def branch_key(text: str) -> str:
    """Return the form in which branch names are compared: no middle dot, no name of the bureau in front."""
    key = comparable(text).replace("·", "").replace("(", "").replace(")", "")
    for prefix in _PREFIXES:
        if key.startswith(prefix) and len(key) > len(prefix):
            return key[len(prefix) :]
    return key


@dataclass(frozen=True)
class Reference:
    """All reference lists in force for one store."""

    own_folder: Path | None = None

    def _rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a list, the store's own first."""
        rows = []
        for folder in (self.own_folder, FOLDER):
            path = folder / name if folder else None
            if path and path.exists():
                with path.open(encoding="utf-8-sig", newline="") as opened:
                    rows += [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(opened)]
        return rows

    @cached_property
    def settings(self) -> dict[str, object]:
        own = settings.own(self.own_folder / "settings.toml") if self.own_folder else {}
        return settings.defaults() | own

    def kept(self, name: str) -> list[dict[str, object]]:
        """Return the rows in force of targets, breaks or steps; see data/reference/lists.py."""
        return lists.in_force(name, self.own_folder)

    @cached_property
    def branches(self) -> list[Branch]:
        seen, branches = set(), []
        for row in self._rows("branches.csv"):
            if row["branch"] not in seen:
                seen.add(row["branch"])
                enabled = row["enabled"].lower() != "false"
                branches.append(Branch(row["branch"], row["kind"], int(row["order"]), enabled))
        return sorted(branches, key=lambda branch: branch.sort)

    @cached_property
    def _aliases(self) -> dict[str, list[Alias]]:
        enabled = {branch.branch for branch in self.branches if branch.enabled}
        aliases: dict[str, list[Alias]] = {branch_key(name): [Alias(name, None, None)] for name in enabled}
        for row in self._rows("branch_aliases.csv"):
            if row["branch"] in enabled:
                alias = Alias(row["branch"], _day(row.get("from")), _day(row.get("to")))
                aliases.setdefault(branch_key(row["alias"]), []).append(alias)
        return aliases

    def match_branch(self, text: str, on: date | None) -> str | None:
        """Return the branch that `text` means for a case received `on` that day, or None when no list knows it."""
        for alias in self._aliases.get(branch_key(text), ()):
            if on is None or ((not alias.first or alias.first <= on) and (not alias.last or on <= alias.last)):
                return alias.branch
        return None

    def is_dated(self, text: str) -> bool:
        """Tell whether what `text` means depends on the day."""
        return any(alias.first or alias.last for alias in self._aliases.get(branch_key(text), ()))

    @cached_property
    def values(self) -> dict[str, dict[str, str]]:
        """General texts of coded fields: field → comparable text → canonical value."""
        values: dict[str, dict[str, str]] = {}
        for row in self._rows("values.csv"):
            values.setdefault(row["field"], {}).setdefault(comparable(row["text"]), row["value"])
        return values

    @cached_property
    def pollution_parents(self) -> dict[str, str]:
        """Sub-type of pollution → the type that it belongs to."""
        rows = self._rows("values.csv")
        return {row["value"]: row["parent"] for row in rows if row["field"] == "pollution_sub" and row.get("parent")}

    @cached_property
    def deadlines(self) -> list[dict[str, str]]:
        return self._rows("deadlines.csv")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
