"""The days on which the early warning looks at each place, township, and branch × pollution type: metrics/sql/watched_days.sql.

Of a whole version they follow from its rows alone, so they are kept beside it (metrics/kept.py); of filtered cases they
are counted when they are asked for.
"""

from datetime import date, timedelta

import pandas as pd

from data.store import Reader
from metrics.counting import bound, fill
from metrics.dimensions import NO_FILTER, Where
from metrics.facts import written_out
from metrics.relations import RELATIONS

WINDOW = 28  # days: four whole weeks, so that no weekday counts twice
MOST, FEWEST = 27, 12  # windows of history: two years and a month; fewer than a year's give no warning
LEAST = {"site": 4, "area": 5, "branch": 5}  # cases in a window that can make a warning
_LEAST = {"echo_days": WINDOW, "least_site": LEAST["site"]}
LOOKED_BACK = 4 * 366  # days before as_of that are judged; the history lies before them


def watched_days(reader: Reader, where: Where = NO_FILTER) -> pd.DataFrame:
    """Return one row per watched series and day with cases: kind, name, label, received_on (date), cases."""
    test, wanted = where.condition(RELATIONS["case_facts"])
    sql = fill("watched_days", where=test) if where else "FROM {watched_days}"
    return as_dates(reader.frame(sql, bound(reader, sql, [_days(reader)], False, wanted | _LEAST)))


def as_dates(found: pd.DataFrame) -> pd.DataFrame:
    """Return watched days with Python's dates."""
    return found.assign(received_on=pd.to_datetime(found["received_on"]).dt.date)


def everything(reader: Reader) -> str:
    """Return the SQL of the watched days of all cases, every value written out."""
    first, last = _days(reader)
    return written_out(fill("watched_days", where="TRUE"), reader, {"from_on": first, "to_on": last} | _LEAST)


def _days(reader: Reader) -> tuple[date, date]:
    today = reader.as_of.date()
    return today - timedelta(days=LOOKED_BACK + WINDOW * (MOST + 1)), today
