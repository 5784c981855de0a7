"""The facts of a version with every value written out, so that they can be kept: see data/derived.py.

One row per case with every fact that a KPI may name, by metrics/sql/case_facts.sql. Its parameters are the version's own
moment and settings, so the facts of a version never change.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from data.store import Reader
from metrics.parameters import parameters

# Texts and personal data that no figure and no list asks the facts for; the page of one case reads the case itself.
WITHOUT = ("content", "result", "petitioner_name", "petitioner_phone", "row_hash", "progress")


def written_out(sql: str, reader: Reader, extra: Mapping[str, object] | None = None) -> str:
    """Return `sql` with the value of each $parameter in its place; extra: of those that are not of every query."""
    known = parameters(reader) | dict(extra or {})
    return re.sub(r"\$([a-z_]+)", lambda found: literal(known[found[1]]), sql)


def literal(value: object) -> str:
    """Return a value as SQL writes it. Raises TypeError for one of a kind that no parameter has."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, Sequence):
        return f"[{', '.join(literal(one) for one in value)}]"
    raise TypeError(f"no literal for {type(value)}")
