"""The comparison of the branches as the bureau has published it: the table of the city's report that was frozen last.

A reader from a branch sees of the others this table and nothing else. It is read from the frozen document alone, so no
version of the store need be there, and rows of few cases are merged for whoever reads it.
"""

import re
from dataclasses import dataclass
from datetime import datetime

import msgspec

from data.reference import settings
from data.store import Store
from metrics.report import editions
from metrics.report.document import Table
from metrics.report.sections.annex import unlinked
from metrics.report.small_rows import merged

_NUMBERED = re.compile(r"^表\d+\s*")


@dataclass(frozen=True)
class Published:
    """The table and where it is from. edition: the number of the frozen report of that period."""

    key: str
    period_words: str
    edition: int
    frozen_at: datetime
    as_of_words: str
    is_demo: bool
    table: Table

    @property
    def words(self) -> str:
        """Where the figures are from, in one line."""
        mark = "演示数据，" if self.is_demo else ""
        return f"{mark}{self.period_words}定稿第{self.edition}版（{self.frozen_at:%Y-%m-%d}定稿），数据截至{self.as_of_words}"


def comparison(store: Store, own: tuple[str, ...] = ()) -> Published | None:
    """Return the published comparison for a reader of the branches `own`; None where none was published yet.

    Raises UserError where the frozen report is damaged.
    """
    edition = editions.latest(store)
    if edition is None:
        return None
    document = editions.document(edition)
    table = next((table for table in document.tables if table.id == "branches"), None)
    if table is None:
        return None
    least = int((settings.defaults() | settings.own(store.reference_folder / "settings.toml"))["small_cell_least"])
    shown = unlinked(merged(table, document.facts, least, own))
    return Published(
        key=document.key,
        period_words=document.period_words,
        edition=edition.number,
        frozen_at=edition.manifest.frozen_at,
        as_of_words=document.stamp.as_of_words,
        is_demo=document.is_demo,
        table=msgspec.structs.replace(shown, caption=_NUMBERED.sub("", shown.caption)),
    )
