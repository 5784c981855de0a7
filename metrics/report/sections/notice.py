"""A notice to one branch, in the form in which a bureau writes to its branches: what came, how it was handled, who stands where.

It speaks of that branch alone; the one table in which the others stand is the comparison that the bureau publishes.
"""

import msgspec

from metrics.report.document import Block, Column, Number, Table
from metrics.report.draft import Draft
from metrics.report.sections import features, handling, key_items, overall


def blocks(draft: Draft, comparison: Table) -> list[Block]:
    """Return the sections of a notice up to the problems; `comparison`: the table of all branches, without links."""
    return [
        *overall.blocks(draft),
        _states(draft),
        *handling.blocks(draft),
        draft.section("各分局对比"),
        msgspec.structs.replace(comparison, caption=draft.table_caption(f"{draft.subject.period_words}各分局办理情况")),
        *features.blocks(draft),
        *key_items.blocks(draft),
    ]


def _states(draft: Draft) -> Table:
    """Return how many of the period's cases are in which state of handling, the total last."""
    found = {f.group.get("status"): f for f in draft.figures(["cases_total"], ("status",))}
    total = found.pop(None)
    rows = [
        (name, Number(figure.text, figure.value, draft.facts.fact(figure).id))
        for name, figure in found.items()
        if figure.numerator
    ]
    last = ("合计", Number(total.text, total.value, draft.facts.fact(total).id))
    caption = draft.table_caption(f"{draft.subject.period_words}受理举报情况")
    return Table("states", caption, (Column("办理状态"), Column("件数", "count")), (*rows, last), last_is_total=True)
