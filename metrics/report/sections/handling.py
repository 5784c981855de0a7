"""二、办理质效: was it taken on, closed and answered for in time, and were people satisfied."""

from metrics.engine import Figure
from metrics.funnel import FEW
from metrics.report.document import Block, Paragraph, Text
from metrics.report.draft import Draft, paragraph, said
from metrics.report.facts import share_words
from metrics.report.sections import pictures
from metrics.targets import state_words, target_of

_OF_PERIOD = "注：应受理、应办结、可评价的件按各自的期限归入本期，只计初件，与本期登记的件数不同。"
SHARES = ("accept_timely_rate", "ontime_close_rate", "eval_participation", "satisfaction_rate", "repeat_rate")


def blocks(draft: Draft) -> list[Block]:
    """Return the section with two pictures: closing on time, satisfaction."""
    by_base = {base: {figure.kpi.id: figure for figure in draft.figures(SHARES, (), base)} for base in draft.bases}
    sentences = [
        _sentence(draft, [found[kpi] for found in by_base.values()], words(draft, next(iter(by_base.values()))[kpi]))
        for kpi, words in _WORDS.items()
    ]
    return [
        draft.section("办理质效"),
        *sentences,
        Paragraph((_OF_PERIOD,), "note"),
        *_open_cases(draft),
        *_signals(draft),
        pictures.over_months(draft, "ontime_close_rate", draft.picture_caption("按期办结率走势")),
        pictures.over_months(draft, "satisfaction_rate", draft.picture_caption("群众满意率走势")),
    ]


def _sentence(draft: Draft, figures: list[Figure], counted: Text) -> Paragraph:
    """Return one KPI in a sentence; figures: the same one against each base."""
    figure = figures[0]
    if not figure.denominator:
        return paragraph(f"本期没有可以计算{figure.kpi.name}的件。")
    if figure.denominator < FEW:
        return paragraph(said(figure.kpi.name, "：", counted, f"，件数不足{FEW}件，不计比率。"))
    changes = [words for words in map(share_words, figures) if words]
    changed = f"，{'，'.join(changes)}" if changes else ""
    return paragraph(
        figure.kpi.name, draft.number(figure), "（", counted, "）", changed, _against_target(draft, figure), "。"
    )


def _against_target(draft: Draft, figure: Figure) -> str:
    """Return whether a share reaches its target; empty where none is set, or where there are too few cases to judge."""
    target = target_of(draft.reader, figure.kpi)
    words = state_words(figure, target) if target and target.value is not None else ""
    return f"，{words}（{target.goal}）" if words else ""


def _accepted(draft: Draft, figure: Figure) -> Text:
    late = figure.denominator - figure.numerator
    return said(
        "应受理", draft.facts.counted(figure, f"{figure.denominator}件"),
        "，按期", draft.facts.counted(figure, f"{figure.numerator}件"), f"，超期{late}件" if late else "",
    )  # fmt: skip


def _closed(draft: Draft, figure: Figure) -> Text:
    late = figure.denominator - figure.numerator
    return said(
        "应办结", draft.facts.counted(figure, f"{figure.denominator}件"),
        "，按期", draft.facts.counted(figure, f"{figure.numerator}件"), "，超期", draft.facts.counted(figure, f"{late}件"),
    )  # fmt: skip


def _took_part(draft: Draft, figure: Figure) -> Text:
    return said(
        "可评价", draft.facts.counted(figure, f"{figure.denominator}件"),
        "，已评价", draft.facts.counted(figure, f"{figure.numerator}件"),
    )  # fmt: skip


def _satisfied(draft: Draft, figure: Figure) -> Text:
    fully = draft.figure("fully_satisfied_rate")
    fairly, not_satisfied = figure.numerator - fully.numerator, figure.denominator - figure.numerator
    return said(
        "参评", draft.facts.counted(figure, f"{figure.denominator}件"),
        "，满意", draft.facts.counted(fully, f"{fully.numerator}件"), f"、基本满意{fairly}件、不满意",
        draft.facts.counted(figure, f"{not_satisfied}件"),
    )  # fmt: skip


def _repeated(draft: Draft, figure: Figure) -> Text:
    return said("重件", draft.facts.counted(figure, f"{figure.numerator}件"))


_WORDS = {
    "accept_timely_rate": _accepted,
    "ontime_close_rate": _closed,
    "eval_participation": _took_part,
    "satisfaction_rate": _satisfied,
    "repeat_rate": _repeated,
}


def _open_cases(draft: Draft) -> list[Block]:
    overdue, soon, all_open = draft.figures(["overdue_open", "due_soon", "open_cases"])
    cut = draft.period.cut
    return [
        paragraph(
            f"截至{cut.year}年{cut.month}月{cut.day}日，在办", draft.number(all_open), "，其中超期未办结", draft.number(overdue),
            "，临期", draft.number(soon), "。",
        )
    ]  # fmt: skip


def _signals(draft: Draft) -> list[Block]:
    """Return what the control charts say of the month, where they say anything."""
    by_words: dict[str, list[str]] = {}
    for kpi in SHARES:
        if words := draft.signal(kpi):
            by_words.setdefault(words, []).append(draft.charts[kpi].kpi.name)
    states = [f"{'、'.join(names)}{words}" for words, names in by_words.items()]
    return [paragraph(f"放在近{len(draft.months)}个月里看，{'；'.join(states)}。")] if states else []
