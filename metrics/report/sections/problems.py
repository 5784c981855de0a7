"""六、存在问题: named to the branch and to the case number, worst first; what the clerk adds comes after.

Only facts are named here: a case that is late, a rating that is bad. A branch is called worse than the others only
where the exact test says so, see the section on branches.
"""

from metrics.engine import Figure
from metrics.findings import unplaced
from metrics.report.document import Block, Paragraph, Text
from metrics.report.draft import Draft, listed, paragraph, said

_KINDS = (
    ("overdue_open", "超期未办结"),
    ("accept_never", "超期未受理"),
    ("accept_late", "超期受理"),
    ("ontime_close_rate", "未按期办结"),
    ("satisfaction_rate", "群众不满意"),
)
_MOST = 8  # case numbers of one branch in a sentence


def blocks(draft: Draft) -> list[Block]:
    """Return the section."""
    found = [sentence for kpi, words in _KINDS for sentence in _named(draft, kpi, words)]
    texts: list[Block] = [Paragraph(said(f"{i}. ", sentence), "item") for i, sentence in enumerate(found, start=1)]
    if not texts:
        texts = [paragraph("本期没有超期未办结、超期受理和群众不满意的件。")]
    written = [line.strip() for line in draft.texts.problems.splitlines() if line.strip()]
    return [
        draft.section("存在问题"),
        *texts,
        *(paragraph(sentence) for sentence in unplaced(draft.reader, draft.period, draft.subject.where)),
        *(Paragraph((line,), "body", "problems") for line in written),
    ]


def _named(draft: Draft, kpi: str, words: str) -> list[Text]:
    """Return one kind of problem: how many, and by branch which cases; nothing where there is none."""
    figures = draft.figures([kpi], ("branch",))
    groups = sorted((f for f in figures if f.group and _many(f)), key=lambda f: -_many(f))
    if not groups:
        return []
    total = next(figure for figure in figures if not figure.group)
    by_branch = [_of_branch(draft, figure) for figure in groups]
    return [said(f"{words}", draft.facts.counted(total, f"{_many(total)}件"), "：", listed(by_branch, "；"), "。")]


def _of_branch(draft: Draft, figure: Figure) -> Text:
    fact = draft.facts.fact(figure)
    numbers = fact.cases or ()
    shown = "、".join(numbers[:_MOST]) + ("等" if len(numbers) > _MOST or not numbers else "")
    return said(
        figure.group["branch"], draft.facts.counted(figure, f"{_many(figure)}件"), f"（{shown}）" if numbers else ""
    )


def _many(figure: Figure) -> int:
    """Return how many cases are the problem: of a share those that are not in the numerator."""
    return figure.denominator - figure.numerator if figure.kpi.kind == "share" else figure.numerator
