"""Whose cases a viewer may see. Every read of the store takes one, and every cached result has it in its key.

A restricted scope sees of each table of a version what this module says, through views in the database itself: a page
that forgets to filter shows its viewer's own rows, and a table that this module does not know is not there at all.
"""

from dataclasses import dataclass

from data.schema import ALL_BRANCHES

# The rows of a table by its columns; {own} stands for the viewer's branches as quoted literals.
_OWN = "branch IN ({own})"
_ABOUT_OWN_CASE = f"case_key IN (SELECT case_key FROM {{home}}.cases WHERE {_OWN})"
_EVERYBODYS = "TRUE"
_NOBODYS = "FALSE"
ROWS = {
    "cases": _OWN,
    "backlog": _OWN,
    "key_cases": _OWN,
    "monitoring": _EVERYBODYS,  # of a place, not of a case
    "activities": f"(branch IN ({{own}}, '{ALL_BRANCHES}') OR list_has_any(co_branches, [{{own}}]))",
    "branches": _OWN,
    "events": _ABOUT_OWN_CASE,
    "warnings": _ABOUT_OWN_CASE,
    "steps": "coalesce(branch, '') IN ('', {own})",
    "quarantine": _NOBODYS,  # a row that could not be read belongs to nobody yet
    "imports": _NOBODYS,
    "import_files": _NOBODYS,
    "meta": _EVERYBODYS,
    "settings": _EVERYBODYS,
    "targets": _EVERYBODYS,
    "breaks": _EVERYBODYS,
    "scorecard": _EVERYBODYS,
}
# Columns that could name a case of another branch.
_HIDDEN = {
    "cases": "if(repeat_of IN (SELECT case_no FROM {home}.cases WHERE " + _OWN + "), repeat_of, NULL) AS repeat_of",
    "activities": "if(branch IN ({own}), related_cases, NULL) AS related_cases",
}


@dataclass(frozen=True)
class Scope:
    """The branches a viewer may see; None means all of them. Hashable, so that it can be part of a cache key."""

    branches: tuple[str, ...] | None = None

    def rows_of(self, table: str, home: str) -> str:
        """Return the SELECT of what this scope sees of a table of the database `home`.

        A view cannot take parameters, so the branches stand in it as quoted literals.
        """
        if self.branches is None:
            return f"SELECT * FROM {home}.{table}"
        return self._own_rows(table, home, f"{home}.{table}")

    def rows_like(self, table: str, source: str) -> str:
        """Return what this scope sees of a source that has a table's columns, as it stands after FROM."""
        return source if self.branches is None else f"({self._own_rows(table, 'version', source)})"

    def _own_rows(self, table: str, home: str, source: str) -> str:
        own = ", ".join("'" + branch.replace("'", "''") + "'" for branch in self.branches) or "NULL"
        hidden = f" REPLACE ({_HIDDEN[table]})" if table in _HIDDEN else ""
        return f"SELECT *{hidden} FROM {source} WHERE {ROWS[table]}".format(own=own, home=home)


ALL = Scope()
SHARED = Scope(())  # what everybody may see: definitions and settings, no case
