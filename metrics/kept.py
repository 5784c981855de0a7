"""What is kept beside a version so that no page works it out again: see data/derived.py and decision 016.

The facts of every case first; then, over them, what a page would look for in all cases of all years. Each is the SQL of
one file in metrics/sql/ (of the values of fields, of each field) with the version's own moment and settings written out,
so it never changes while the version lives.
"""

from functools import partial
from pathlib import Path

import pandas as pd

from data.derived import Derived, Read, Worked, offer, offer_worked
from data.store import Reader
from metrics import daily, watched
from metrics.catalog import CATALOG
from metrics.dimensions import MOST_KEPT, NOT_OF_ROWS, values_sql
from metrics.facts import WITHOUT, written_out
from metrics.fields import all_fields
from metrics.flows import MOVES
from metrics.relations import FACTS, read_sql


def _of_file(name: str, reader: Reader) -> str:
    return written_out(read_sql(name), reader)


def _values(reader: Reader) -> str:
    """Return the SQL of the values of each field that cases are cut by: field, value; no more than MOST_KEPT of a field."""
    parts = [part for part in all_fields() if part.can_group and part.name not in NOT_OF_ROWS]
    some = (
        f"FROM (SELECT '{part.name}' AS field, value FROM ({values_sql(part)}) LIMIT {MOST_KEPT})" for part in parts
    )
    return " UNION ALL ".join(some)


def _alert_readings(reader: Reader, read: Read) -> pd.DataFrame:
    from metrics import alerts  # its statistics are slow to import, and few commands need them

    found = alerts.worked_out(watched.as_dates(read("FROM {watched_days}")), reader.as_of.date())
    return alerts.readings(found)


_METHOD = "".join(Path(__file__).with_name(name).read_text("utf-8") for name in ("alerts.py", "surveillance.py"))

offer(Derived(FACTS, partial(_of_file, FACTS), "received_at", "coalesce(is_open, TRUE)", WITHOUT))
offer(Derived("visits_again", partial(_of_file, "visits_again")))
offer(Derived("watched_days", watched.everything))
offer(Derived("place_list", partial(_of_file, "place_list")))
offer(Derived("case_values", _values))
offer(Derived("unknown_values", partial(_of_file, "unknown_values")))
daily.keep([*CATALOG.values(), *MOVES.values()])
offer_worked(Worked("alert_readings", _alert_readings, _METHOD))
