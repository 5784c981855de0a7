"""七、下一步要求 and the signature: the clerk's own words, line by line."""

from metrics.report.document import Block, Paragraph
from metrics.report.draft import Draft

_UNSIGNED = "　　　　年　　月　　日"


def blocks(draft: Draft) -> list[Block]:
    """Return the section and the signature; the day of signing is left open where none is set."""
    lines = [line.strip() for line in draft.texts.requirements.splitlines() if line.strip()]
    remarks = [line.strip() for line in draft.texts.remarks.splitlines() if line.strip()]
    asked = (
        [draft.section("下一步工作要求"), *(Paragraph((line,), "item", "requirements") for line in lines)]
        if lines
        else []
    )
    signed = draft.texts.signed_on
    return [
        *asked,
        *(Paragraph((line,), "body", "remarks") for line in remarks),
        Paragraph((draft.unit_name,), "signature"),
        Paragraph((signed or _UNSIGNED,), "date"),
    ]
