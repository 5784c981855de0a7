"""三、分局情况: the table of the branches for the period, and the year so far with what may be said of the differences."""

from metrics import ratings
from metrics.dimensions import NO_FILTER
from metrics.engine import Figure
from metrics.format import percent
from metrics.funnel import FEW, FunnelPoint
from metrics.periods import cumulative
from metrics.report.document import Block, Cell, Chart, Column, Number, Table
from metrics.report.draft import Draft, paragraph
from metrics.report.sections import pictures

COUNTS = ("cases_total", "overdue_open", "due_soon")
SHARES = ("ontime_close_rate", "eval_participation", "satisfaction_rate", "repeat_rate")
_COLUMNS = (
    Column("分局"), Column("件数", "count"), Column("同比", "change"), Column("环比", "change"), Column("应办结", "count"),
    Column("按期办结率", "share"), Column("参评率", "share"), Column("满意率", "share"), Column("重复件", "count"),
    Column("超期未结", "count"), Column("临期", "count"),
)  # fmt: skip
_YEAR_COLUMNS = (
    Column("分局"), Column("按期办结率", "share"), Column("按期/应办结"), Column("与全市相比"), Column("满意率", "share"),
    Column("满意/参评"), Column("95%区间"), Column("与全市相比"),
)  # fmt: skip
_SMALL = f"注：分母不足{FEW}件的，只列“分子/分母”，不计比率，不参与比较；件数不足{FEW}件的，不作同比、环比。"


def blocks(draft: Draft) -> list[Block]:
    """Return the section: the table of the period, its picture, and the year so far."""
    return [
        draft.section("分局情况"),
        of_period(draft, draft.table_caption(f"{draft.subject.period_words}各分局办理情况")),
        _picture(draft),
        *_year(draft),
    ]


def of_period(draft: Draft, caption: str) -> Table:
    """Return the table of the branches in the period, the total last."""
    by_base = {base: _by_branch(draft, base) for base in draft.bases}
    named = [name for name in by_base["yoy"] if name and any(_has_any(found[name]) for found in by_base.values())]
    rows = [_row(draft, branch, {base: found[branch] for base, found in by_base.items()}) for branch in (*named, "")]
    columns = tuple(column for column in _COLUMNS if column.name != "环比" or "mom" in draft.bases)
    return Table("branches", caption, columns, tuple(rows), (_SMALL,), last_is_total=True)


def _by_branch(draft: Draft, base: str) -> dict[str, dict[str, Figure]]:
    """Return branch → KPI → figure; "" is the total."""
    found: dict[str, dict[str, Figure]] = {}
    for figure in draft.figures([*COUNTS, *SHARES], ("branch",), base):
        found.setdefault(figure.group.get("branch", ""), {})[figure.kpi.id] = figure
    return found


def _has_any(row: dict[str, Figure]) -> bool:
    """Say whether a branch has anything to show, in the period or in its base."""
    before = row["cases_total"].comparison
    return any(figure.numerator or figure.denominator for figure in row.values()) or bool(before and before.numerator)


def _row(draft: Draft, branch: str, found: dict[str, dict[str, Figure]]) -> tuple[Cell, ...]:
    row = found["yoy"]
    closed, took_part, satisfied, repeated = (row[kpi] for kpi in SHARES)
    changes = [_change(found[base]["cases_total"]) for base in ("yoy", "mom") if base in found]
    overdue = draft.number(row["overdue_open"], row["overdue_open"].text) if row["overdue_open"].numerator else None
    return (
        branch or "合计",
        draft.number(row["cases_total"], row["cases_total"].text),
        *changes,
        Number(str(closed.denominator), closed.denominator, draft.facts.fact(closed).id),
        share(draft, closed),
        share(draft, took_part),
        share(draft, satisfied),
        Number(str(repeated.numerator), repeated.numerator, draft.facts.fact(repeated).id)
        if repeated.numerator
        else None,
        overdue and Number(overdue.text, overdue.value, overdue.fact, "late"),
        draft.number(row["due_soon"], row["due_soon"].text) if row["due_soon"].numerator else None,
    )


def _change(figure: Figure) -> str:
    """Return the change of a branch's count in a cell; few cases are not compared."""
    base = figure.comparison
    if base is None or base.numerator is None:
        return "暂无"
    if min(base.numerator, figure.numerator) < FEW:
        return "—"
    return base.text


def share(draft: Draft, figure: Figure) -> Cell:
    """Return a share in a cell: with its state by the target; of few cases only the counts; nothing without cases."""
    if not figure.denominator:
        return None
    if figure.denominator < FEW:
        return Number(f"{figure.numerator}/{figure.denominator}", None, draft.facts.fact(figure).id, "grey")
    return draft.facts.judged(figure, figure.text)


def _picture(draft: Draft) -> Chart:
    found = [f for f in draft.figures(["cases_total"], ("branch",), "yoy") if f.group]
    shown = sorted((f for f in found if f.numerator or f.comparison.numerator), key=lambda f: -f.numerator)
    title = f"{shown[0].group['branch']}最多，{shown[0].with_unit}" if shown else "本期没有信访件"
    subtitle = "单位：件；按登记日期取数；左为本期，右为上年同期"
    return pictures.counts(draft, shown, "branch", "branches", draft.picture_caption("各分局件数"), title, subtitle)


def _year(draft: Draft) -> list[Block]:
    """Return the year so far: longer than a month, so that more of a difference than chance can be seen."""
    period = cumulative(draft.period)
    closed = ratings.branches(draft.reader, period, NO_FILTER, "ontime_close_rate")
    rated = ratings.branches(draft.reader, period, NO_FILTER, "satisfaction_rate")
    points = {point.name: point for point in closed.funnel.points}
    by_name = {row.branch: row for row in closed.rows}
    rows = []
    for row in rated.rows:
        beside = by_name.get(row.branch)
        rows.append(
            (
                row.branch,
                beside and share(draft, beside.figure),
                beside and f"{beside.figure.numerator}/{beside.figure.denominator}",
                _verdict(points.get(row.branch)),
                share(draft, row.figure),
                f"{row.figure.numerator}/{row.figure.denominator}",
                "" if row.is_few else f"{percent(row.point.low)}—{percent(row.point.high)}",
                _verdict(row.point),
            )
        )
    notes = (
        "注：按年累计比较。各分局与全市的差别用精确检验判断：99.8%水平才点名“明显偏低”“明显偏高”，95%水平只作“留意”；"
        "没有显著差别的不排名次。",
    )
    caption = draft.table_caption(f"{period.words}分局累计比较")
    words = f"年累计看，满意率：{ratings.finding(rated.funnel)}；按期办结率：{ratings.finding(closed.funnel)}。"
    return [Table("branches_year", caption, _YEAR_COLUMNS, tuple(rows), notes), paragraph(words)]


def _verdict(point: FunnelPoint | None) -> str:
    if point is None:
        return ""
    if point.denominator < FEW:
        return "样本不足"
    return point.words or "无明显差别"
