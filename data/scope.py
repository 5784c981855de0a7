"""Whose cases a viewer may see. Every read of the store takes one, and every cached result has it in its key."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The branches a viewer may see; None means all of them. Hashable, so that it can be part of a cache key."""

    branches: tuple[str, ...] | None = None

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition over a column `branch`, and the values that it needs, in order."""
        if self.branches is None:
            return "TRUE", []
        return f"branch IN ({', '.join('?' * len(self.branches))})" if self.branches else "FALSE", list(self.branches)


ALL = Scope()
