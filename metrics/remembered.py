"""Counts that were counted before in this process: of one KPI, in one window, cut and filtered in one way.

A page asks for the same count many times over – for a card, its sentence, the table's last line, the trend's last month.
A version never changes, so a count is right for ever; the least recently asked go first.
"""

from collections.abc import Callable, Sequence
from threading import Lock

from cachetools import LRUCache

from data.store import Reader
from metrics.counts import Counts, Group, Table, Window
from metrics.dimensions import Where
from metrics.kpi import Kpi

_MOST = 200_000  # counts: some 50 MB
_Found = dict[Group, Counts]
_known: LRUCache = LRUCache(_MOST, getsizeof=lambda found: len(found) + 1)
_reading = Lock()

Query = Callable[[Sequence[Kpi], Sequence[Window]], Table]


def counts(
    reader: Reader, kpis: Sequence[Kpi], windows: Sequence[Window], by: tuple[str, ...], where: Where, query: Query
) -> Table:
    """Return the counts of KPIs × windows; `query` counts those KPIs and windows of which one is not known yet."""
    place = reader.key
    with _reading:
        found = {(kpi, window): _known.get((place, kpi, window, by, where)) for kpi in kpis for window in windows}
    missing = [pair for pair, groups in found.items() if groups is None]
    if missing:
        asked = [kpi for kpi in kpis if any(kpi is one for one, _ in missing)]
        wanted = [window for window in windows if any(window == one for _, one in missing)]
        new: dict[tuple[Kpi, Window], _Found] = {(kpi, window): {} for kpi in asked for window in wanted}
        named = {kpi.id: kpi for kpi in asked}
        for (name, window, group), counted in query(asked, wanted).items():
            new[named[name], window][group] = counted
        found |= new
        _remember(place, new, by, where)
    return {
        (kpi.id, window, group): counted for (kpi, window), groups in found.items() for group, counted in groups.items()
    }


def forget() -> None:
    """Forget every count, as a process that has just begun."""
    with _reading:
        _known.clear()


def _remember(place: tuple, new: dict[tuple[Kpi, Window], _Found], by: tuple[str, ...], where: Where) -> None:
    with _reading:
        for (kpi, window), groups in new.items():
            if len(groups) < _MOST // 10:
                _known[place, kpi, window, by, where] = groups
            if by:  # the total stands beside the groups
                _known[place, kpi, window, (), where] = {(): groups[()]} if () in groups else {}
