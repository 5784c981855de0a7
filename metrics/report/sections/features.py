"""四、问题特点: what it is about, where, and which places are heard of again and again."""

from data.schema import BLANK, UNKNOWN
from metrics import hotspots
from metrics.engine import Figure
from metrics.parameters import number, parent_of
from metrics.report.document import Block, Chart, Column, Number, Paragraph, Series, Table, Text
from metrics.report.draft import Draft, listed, paragraph, said

MULTI_LABEL = "注：一件举报中可能同时涉及多种问题，因此各污染类型之和≥100%。"  # official wording, kept as it is
_TOP = 5
_SAYS_NOTHING = (BLANK, UNKNOWN)


def blocks(draft: Draft) -> list[Block]:
    """Return the section; a field that no case fills is left out."""
    return [
        draft.section("问题特点"),
        draft.part("污染类型"),
        *_pollution(draft),
        *_subtypes(draft),
        *_others(draft),
        draft.part("重复投诉点位"),
        *_sites(draft),
    ]


def _groups(draft: Draft, kpi: str, field: str, compare: str | None = None) -> list[Figure]:
    """Return the groups of a field that have cases, the largest first; 未识别 and 未注明 are none."""
    found = [f for f in draft.figures([kpi], (field,), compare) if f.group and f.numerator]
    return sorted((f for f in found if f.group[field] not in _SAYS_NOTHING), key=lambda f: -f.numerator)


def _pollution(draft: Draft) -> list[Block]:
    shares = _groups(draft, "mix_pollution", "pollution")
    if not shares:
        return [paragraph("本期的件没有写明污染类型。")]
    parts = [_part(draft, figure, "pollution") for figure in shares[:_TOP]]
    return [
        Paragraph(said("涉及问题由高到低依次为：", listed(parts), "。")),
        mix(draft, draft.picture_caption("污染类型构成")),
    ]


def _part(draft: Draft, figure: Figure, field: str) -> Text:
    return said(
        figure.group[field], draft.facts.counted(figure, f"{figure.numerator}件"), "（占", draft.number(figure), "）"
    )  # fmt: skip


def mix(draft: Draft, caption: str) -> Chart:
    """Return the picture of the pollution types, the largest first."""
    shares = _groups(draft, "mix_pollution", "pollution")
    names = tuple(figure.group["pollution"] for figure in shares)
    texts = tuple(f"{figure.numerator}件，{figure.text}" for figure in shares)
    series = Series("件数", tuple(float(figure.numerator) for figure in shares), "main", texts)
    title = f"{names[0]}问题最突出，占{shares[0].text}" if shares else "没有写明污染类型"
    total = f"n={shares[0].denominator}" if shares else "n=0"
    subtitle = f"单位：件；涉及该类污染的件数；{total}"
    alt = "，".join(f"{name}{text}" for name, text in zip(names, texts, strict=True))
    return Chart("pollution", caption, title, subtitle, "bar", names, (series,), "件", notes=(MULTI_LABEL,), alt=alt)


def _subtypes(draft: Draft) -> list[Block]:
    found = _groups(draft, "mix_subtype", "pollution_sub")[:_TOP]
    if not found:
        return []
    parts = [
        said(
            figure.group["pollution_sub"], draft.facts.counted(figure, f"{figure.numerator}件"),
            f"（占涉{_parent(figure)}件的", draft.number(figure), "）",
        )
        for figure in found
    ]  # fmt: skip
    return [Paragraph(said("从二级类别看，主要是", listed(parts), "。"))]


def _parent(figure: Figure) -> str:
    return {"大气": "气", "固废": "固体废物"}.get(parent := parent_of(figure.group["pollution_sub"]), parent)


def _others(draft: Draft) -> list[Block]:
    """Return the industries and the townships that are named most often, where cases name any."""
    found: list[Block] = []
    for field, heading, words in (("industry", "行业", "从行业看，居前的是"), ("area", "区域", "从区域看，较集中的是")):
        groups = [figure for figure in _groups(draft, "cases_total", field) if figure.group[field] != "其他"][:_TOP]
        if not groups:
            continue
        parts = [said(figure.group[field], draft.number(figure)) for figure in groups]
        found += [draft.part(heading), Paragraph(said(words, listed(parts), "。"))]
    return found


def _sites(draft: Draft) -> list[Block]:
    sites, share = draft.figures(["repeat_site_count", "repeat_site_share"])
    days, least = number(draft.reader, "repeat_site_days"), number(draft.reader, "repeat_site_cases")
    if not sites.numerator:
        return [paragraph(f"近{days}天没有被投诉{least}件以上的点位。")]
    first = paragraph(
        f"近{days}天被投诉{least}件以上的点位有", draft.number(sites), "，涉及", draft.facts.counted(share, f"{share.numerator}件"),
        "，占写明点位件数的", draft.number(share), f"（{share.numerator}/{share.denominator}）。",
    )  # fmt: skip
    ranked = hotspots.ranking(draft.reader, draft.period, draft.subject.where)
    return [first, _site_table(draft, ranked)]


def _site_table(draft: Draft, ranked: list[hotspots.Site]) -> Table:
    columns = (
        Column("点位"), Column("责任分局"), Column("近90天件数" if number(draft.reader, "repeat_site_days") == 90 else "件数", "count"),
        Column("不同投诉人", "text"), Column("污染类型"), Column("在办", "count"), Column("最近一次", "date"),
    )  # fmt: skip
    rows = tuple(
        (
            site.name,
            "、".join(site.branches),
            Number(str(site.cases), site.cases),
            _people(site),
            "、".join(site.types),
            Number(str(site.still_open), site.still_open) if site.still_open else None,
            site.last_on.isoformat(),
        )
        for site in ranked[:_TOP]
    )
    caption = draft.table_caption(f"重复投诉点位前{len(rows)}位")
    notes = ("注：不同人反映同一点位为重复点位，同一人就同一事项再次信访为重复信访，两者分开统计。",)
    return Table("sites", caption, columns, rows, notes, more=max(0, len(ranked) - _TOP))


def _people(site: hotspots.Site) -> str:
    if site.is_one_person:
        return "同一人"
    return f"{site.people}人以上" if site.nameless else f"{site.people}人"
