"""What the bureau has told its branches about each other: the comparison of the last frozen report, few cases merged."""

from dataclasses import dataclass

from data.store import Store


@dataclass(frozen=True)
class Published:
    """A table as it was frozen. heads and rows: texts, the branch first; words: period and edition; notes: what was merged."""

    words: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def comparison(store: Store, own: tuple[str, ...]) -> Published | None:
    """Return the comparison for who belongs to the branches `own`; None where no report was frozen."""
    return None
