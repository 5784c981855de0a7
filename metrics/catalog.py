"""Every KPI, defined once. Pages, report, documents and tests iterate it, so a new KPI appears everywhere.

The records lie by subject in metrics/kpis/; this is the order in which they are shown.
"""

import difflib

from data.errors import UserError
from metrics.kpi import Kpi, LeftOut
from metrics.kpis import backlog, change, in_hand, satisfaction, structure, timeliness, volume

__all__ = ["CATALOG", "Kpi", "LeftOut", "family", "get"]

_SUBJECTS = (volume, timeliness, in_hand, satisfaction, backlog, change, structure)
CATALOG: dict[str, Kpi] = {kpi.id: kpi for subject in _SUBJECTS for kpi in subject.KPIS}

assert len(CATALOG) == sum(len(subject.KPIS) for subject in _SUBJECTS), "two KPIs have the same id"
assert len({kpi.name for kpi in CATALOG.values()}) == len(CATALOG), "two KPIs have the same name"
assert all(kpi.family in CATALOG for kpi in CATALOG.values()), "a variant of a KPI that does not exist"


def get(kpi: str | Kpi) -> Kpi:
    """Return the KPI with this id or Chinese name. Raises UserError with the nearest names when there is none."""
    if isinstance(kpi, Kpi):
        return kpi
    if kpi in CATALOG:
        return CATALOG[kpi]
    by_name = {entry.name: entry for entry in CATALOG.values()}
    if kpi in by_name:
        return by_name[kpi]
    near = difflib.get_close_matches(kpi, [*CATALOG, *by_name], 3, 0.5)
    hint = f"您是不是要写“{'”或“'.join(near)}”？" if near else "全部指标见 python -m metrics list。"
    raise UserError(f"没有指标“{kpi}”。{hint}")


def family(kpi: Kpi) -> list[Kpi]:
    """Return the variants of a KPI's formula, the main one first; just the KPI where there is one formula only."""
    return [entry for entry in CATALOG.values() if entry.family == kpi.family]
