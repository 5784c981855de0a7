"""一图读懂: six figures, the trend, the branches, the pollution types and what needs attention, for one page."""

from metrics.engine import Figure
from metrics.funnel import FEW
from metrics.report.document import Board, Column, Number, Table, Tile, plain
from metrics.report.draft import Draft
from metrics.report.facts import share_words
from metrics.report.sections import by_branch, features, key_items, overall, pictures
from metrics.sentences import volume_change

_TILES = (
    "cases_total", "accept_timely_rate", "ontime_close_rate", "eval_participation", "satisfaction_rate", "overdue_open",
)  # fmt: skip
_BRANCHES = ("分局", "件数", "按期办结率", "满意率", "超期未结")
_WARNINGS = ("编号", "点位", "责任单位", "超期或剩余")


def board(draft: Draft) -> Board:
    """Return the one page of a report."""
    trend = pictures.over_months(draft, "cases_total", "信访总量走势", 12)
    return Board(
        title=f"{draft.subject.period_words}{draft.area}生态环境信访一图读懂",
        sentence=_sentence(draft),
        tiles=tuple(_tile(draft, figure) for figure in _figures(draft)),
        trend=trend,
        branches=_columns(by_branch.of_period(draft, "各分局"), _BRANCHES),
        mix=features.mix(draft, "污染类型"),
        warnings=_warnings(draft),
    )


def _figures(draft: Draft) -> list[Figure]:
    found = {figure.kpi.id: figure for figure in draft.figures(_TILES, (), "yoy")}
    return [found[kpi] for kpi in _TILES]


def _tile(draft: Draft, figure: Figure) -> Tile:
    is_share = figure.kpi.kind == "share"
    few = is_share and 0 < figure.denominator < FEW
    number = draft.facts.judged(figure)
    if few:
        number = Number(f"{figure.numerator}/{figure.denominator}", None, number.fact, "grey")
    late = figure.kpi.id == "overdue_open" and figure.numerator
    counted = f"{figure.numerator}/{figure.denominator}" if is_share and figure.denominator and not few else ""
    change = share_words(figure) if is_share else volume_change(figure) if figure.kpi.kind == "count" else ""
    return Tile(
        figure.kpi.name,
        number,
        counted,
        "" if few else change,
        draft.signal(figure.kpi.id),
        "late" if late else number.state,
    )


def _sentence(draft: Draft) -> str:
    total, satisfied, overdue = draft.figures(["cases_total", "satisfaction_rate", "overdue_open"])
    words = [
        f"{draft.subject.short_words}共接到{total.with_unit}",
        *(plain(overall.change(draft, base)) for base in draft.bases),
    ]
    if satisfied.denominator and satisfied.denominator >= FEW:
        words.append(f"群众满意率{satisfied.text}（{satisfied.numerator}/{satisfied.denominator}）")
    words.append(f"超期未办结{overdue.with_unit}" if overdue.numerator else "没有超期未办结的件")
    return "，".join(words) + "。"


def _columns(table: Table, wanted: tuple[str, ...]) -> Table:
    """Return a table with some of its columns."""
    at = [i for i, column in enumerate(table.columns) if column.name in wanted]
    return Table(
        table.id, table.caption, tuple(table.columns[i] for i in at), tuple(tuple(row[i] for i in at) for row in table.rows),
        table.notes, table.last_is_total, more=table.more,
    )  # fmt: skip


def _warnings(draft: Draft) -> Table:
    """Return what is late or soon will be, the latest first; an empty table where there is nothing."""
    late, soon = (key_items.limit_table(draft, level) for level in ("overdue", "soon"))
    columns = tuple(Column(name) for name in _WARNINGS)
    rows = tuple(row for table in (late, soon) if table for row in _columns(table, _WARNINGS).rows)
    more = sum(table.more for table in (late, soon) if table)
    return Table("warnings", "超期与临期", columns, rows, more=more)
