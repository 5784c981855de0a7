"""Rows of few cases, merged before a table leaves the unit: a count of one or two tells of a person who can be guessed.

Rows whose count is under the least become one row together with, where need be, the next smallest, and all that are as small. Nobody may work a
merged count out again, not even somebody who knows this rule, every other row and the total: so at least two rows are
merged, their sum reaches the least, and it is not one that only the smallest or only the largest of the few can make
(1+1+1, or 2+2). Where that leaves nothing beside the merged row, only the total stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grouping:
    """Which rows of a table stay, and which become one row, by index in order; only_total: no row at all may stay."""

    kept: tuple[int, ...]
    merged: tuple[int, ...] = ()
    only_total: bool = False


def group(counts: Sequence[int], least: int) -> Grouping:
    """Return how rows with these counts may be shown beside their total. A row without a case tells of nobody."""
    few = [i for i, count in enumerate(counts) if 0 < count < least]
    if not few:
        return Grouping(tuple(range(len(counts))))
    more = sorted((i for i, count in enumerate(counts) if count >= least), key=lambda i: counts[i])
    while not hides([counts[i] for i in few], least) and more:
        alike = [i for i in more if counts[i] == counts[more[0]]]  # which of them was taken would tell of the few
        few, more = [*few, *alike], more[len(alike) :]
    if not more:
        return Grouping((), only_total=True)
    merged = tuple(sorted(few))
    return Grouping(tuple(i for i in range(len(counts)) if i not in few), merged)


def hides(counts: Sequence[int], least: int) -> bool:
    """Say whether the sum of these counts does not tell any one of them."""
    many, total = len(counts), sum(counts)
    if many < 2 or total < least:
        return False
    return max(counts) >= least or total not in (many, many * (least - 1))
