"""Whose cases a viewer may see. Every read of the store takes one, and every cached result has it in its key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The branches a viewer may see; None means all of them. Hashable, so that it can be part of a cache key."""

    branches: tuple[str, ...] | None = None

    def condition(self, also: tuple[str, ...] = (), shared: str = "") -> str:
        """Return an SQL condition over a column `branch`; its values are quoted literals, for a view cannot take parameters.

        also: values of `branch` that are everybody's. shared: a list column of further branches that may see the row.
        """
        if self.branches is None:
            return "TRUE"
        quoted = ", ".join("'" + branch.replace("'", "''") + "'" for branch in (*self.branches, *also))
        if not quoted:
            return "FALSE"
        return f"(branch IN ({quoted})" + (f" OR list_has_any({shared}, [{quoted}])" if shared else "") + ")"


ALL = Scope()
