"""口径版本: a short mark that changes whenever a definition does, so that two printed figures can be told to be comparable.

It is worked out from what decides a figure and nothing else: the records of the catalogue, the texts they cite, the SQL
they are counted over, and the settings in force. Nobody has to remember to count it up.
"""

import hashlib
from functools import cache

from data.store import Reader
from metrics import parameters
from metrics.catalog import CATALOG
from metrics.relations import RELATIONS
from metrics.sources import SOURCES

_LENGTH = 6  # digits: 1 in a million that two editions look alike
_NAMES_ONLY = ("city_name", "small_cell_least")  # settings that change what is written, never a figure


@cache
def _definitions() -> str:
    """Return everything that defines the KPIs as one text, the same in every process."""
    records = [repr(kpi) for kpi in CATALOG.values()]
    return "\n".join([*records, *(relation.sql for relation in RELATIONS.values()), repr(SOURCES)])


def edition(reader: Reader) -> str:
    """Return the mark of the definitions and settings in force: six digits."""
    names = [name for name in parameters.DEFAULTS if name not in _NAMES_ONLY]
    settings = [f"{name}={parameters.setting(reader, name)}" for name in sorted(names)]
    digest = hashlib.sha256("\n".join([_definitions(), *settings]).encode()).digest()
    return f"{int.from_bytes(digest) % 10**_LENGTH:0{_LENGTH}d}"
