"""一、总体情况: how many came, against before, by what way, what became of them, and whether that is noise."""

from metrics.compare import no_data
from metrics.engine import Figure
from metrics.findings import volume_caveats
from metrics.format import unit_change
from metrics.funnel import FEW
from metrics.periods import cumulative
from metrics.report.document import Block, Chart, Paragraph, Text
from metrics.report.draft import Draft, listed, paragraph, said
from metrics.report.sections import pictures


def blocks(draft: Draft) -> list[Block]:
    """Return the section; the picture is a control chart where the report is of a month."""
    return [
        draft.section("总体情况"),
        _volume(draft),
        _sources(draft),
        _outcome(draft),
        *_signal(draft),
        *(paragraph(sentence) for sentence in volume_caveats(draft.reader, draft.period, draft.subject.where)),
        trend(draft),
    ]


def trend(draft: Draft) -> Chart:
    """Return the picture of the volume over the months up to the period."""
    return pictures.over_months(draft, "cases_total", draft.picture_caption("信访总量走势"))


def _volume(draft: Draft) -> Paragraph:
    total = draft.figure("cases_total")
    said_first = said(
        f"{draft.subject.short_words}，{draft.area}共接到各类生态环境信访投诉举报", draft.number(total), "，"
    )
    changes = [change(draft, base) for base in draft.bases]
    parts = [said_first, listed(changes, "，")]
    so_far = cumulative(draft.period)
    if so_far.first != draft.period.first:
        year = draft.figure("cases_total", period=so_far)
        words = so_far.plain_words.removeprefix(f"{so_far.year}年")
        parts += [said("；", f"{words}累计", draft.number(year), "，", _against(draft, "ytd_yoy", "yoy", year))]
    same_days = "" if draft.period.complete else "（均与基期的同样天数相比）"
    return Paragraph(said(*parts, same_days, "。"))


def change(draft: Draft, base: str) -> Text:
    """Return how the volume changed: 环比下降9.5%（减少9件）; where there are few cases only how many there were."""
    total = draft.figure("cases_total", base)
    return _against(draft, base, base, total)


def _against(draft: Draft, kpi: str, base: str, total: Figure) -> Text:
    """Return a change in words; `kpi` is the change as a KPI of its own, `total` the count that changed."""
    if total.comparison is None:
        total = draft.figure("cases_total", base, total.period)
    before, term = total.comparison, total.comparison.term
    if before.numerator is None:
        return (no_data(base),)
    against = before.against.removeprefix("较")
    if base == "mom" and total.period.complete:
        against = against.removesuffix("同期")
    if min(before.numerator, total.numerator) < FEW:
        return (f"{against}{before.numerator}件（件数少，不作比较）",)
    if before.change == 0:
        return (f"与{against}持平",)
    moved = draft.figure(kpi, period=draft.period)
    caution = f"；{before.caution}" if before.caution else ""
    difference = unit_change(total.numerator - before.numerator, "件")
    return said(term, draft.number(moved), f"（{difference}{caution}）")


def _sources(draft: Draft) -> Paragraph:
    channels = [figure for figure in draft.figures(["cases_total"], ("channel",)) if figure.group and figure.numerator]
    channels.sort(key=lambda figure: -figure.numerator)
    if not channels:
        return paragraph("本期没有登记的信访件。")
    return Paragraph(said("从来源看，", listed([_source(draft, figure) for figure in channels]), "。"))


def _source(draft: Draft, figure: Figure) -> Text:
    name = figure.group["channel"]
    if name != "来访":
        return said(name, draft.number(figure))
    batches, persons = draft.figures(["batches", "persons"])
    return said(name, draft.number(batches), draft.number(persons))


def _outcome(draft: Draft) -> Paragraph:
    total, accepted, refused = draft.figures(["cases_total", "cases_accepted", "not_accepted_rate"])
    if not total.numerator:
        return paragraph("受理情况无从统计。")
    rest = total.numerator - accepted.numerator - refused.numerator
    text = said(
        "其中，受理", draft.number(accepted), "，不予受理", draft.facts.counted(refused, f"{refused.numerator}件")
    )
    if refused.numerator:
        text = said(text, "（占", draft.number(refused), "）")
    return Paragraph(said(text, f"，其余{rest}件尚在受理期内，或未受理即退回、撤回、并案。" if rest else "。"))


def _signal(draft: Draft) -> list[Block]:
    words = draft.signal("cases_total")
    return [paragraph(f"放在近{len(draft.months)}个月里看，本月件数{words}。")] if words else []
