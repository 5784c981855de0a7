"""附件: the definitions, the reconciliation, the same question by other formulas, and the ledger of the period's cases."""

import msgspec

from data.reference.settings import SETTINGS
from metrics import cases, catalog
from metrics.engine import Figure
from metrics.format import point_change
from metrics.kpi import Kpi
from metrics.parameters import DEFAULTS, setting
from metrics.reconcile import Check
from metrics.report.document import Block, Column, Heading, Number, Paragraph, Table
from metrics.report.draft import Draft
from metrics.sources import SOURCES
from metrics.targets import target_of

MOST_ROWS = 20_000  # of the ledger; a longer one is taken from the dashboard
_LEDGER = (
    "信访件编号", "来源", "渠道", "登记时间", "受理时间", "办结期限", "办结时间", "办理状态", "责任分局", "被反映对象", "污染类型",
    "满意度", "初重件",
)  # fmt: skip
_KIND_OF = {"登记时间": "date", "受理时间": "date", "办结期限": "date", "办结时间": "date"}


def blocks(draft: Draft, checks: tuple[Check, ...]) -> list[Block]:
    """Return what follows after 附件; the definitions are those of every figure that the report has asked for so far."""
    return [
        Heading("附件1  口径说明", 1),
        *definitions(draft),
        Heading("附件2  不同口径的差别", 1),
        variants(draft),
        Heading("附件3  对账", 1),
        _reconciliation(checks),
        *ledger(draft),
    ]


def definitions(draft: Draft) -> list[Block]:
    """Return the definition of each figure used, and the settings in force."""
    used = [catalog.get(name) for name in dict.fromkeys(fact.kpi for fact in draft.facts.all)]
    rows = tuple((kpi.name, f"{kpi.formula}。{kpi.period_words}。", _sources(kpi), _target(draft, kpi)) for kpi in used)
    columns = (Column("指标"), Column("算法和取数日期"), Column("依据"), Column("目标"))
    return [
        Table("definitions", draft.table_caption("本报告所用指标的口径"), columns, rows),
        Paragraph((f"注：本报告所用的设置：{settings_words(draft)}。",), "note"),
    ]


def settings_words(draft: Draft) -> str:
    """Return every setting that decides a figure with the value in force, in words."""
    values = {name: setting(draft.reader, name) for name in DEFAULTS}
    return "；".join(f"{SETTINGS[name].words}：{_shown(name, value)}" for name, value in values.items() if value)


def _shown(name: str, text: str) -> str:
    """Return a value as the version keeps it (text) in words."""
    return SETTINGS[name].shown(text == "true" if SETTINGS[name].is_switch else text)


def _sources(kpi: Kpi) -> str:
    return "；".join(SOURCES[key].short for key in kpi.source)


def _target(draft: Draft, kpi: Kpi) -> str:
    target = target_of(draft.reader, kpi)
    return target.full_words if target else ""


def variants(draft: Draft) -> Table:
    """Return the contested figures by each of their formulas, with the difference from the one used in the report."""
    rows = []
    for main in ("ontime_close_rate", "satisfaction_rate", "eval_participation"):
        found = draft.figures([kpi.id for kpi in catalog.family(catalog.get(main))])
        for figure in found:
            counted = (
                f"{figure.numerator}/{figure.denominator}" if figure.denominator and figure.kpi.counts_rows else ""
            )
            rows.append(
                (figure.kpi.name, figure.kpi.formula, draft.number(figure), counted, _difference(found[0], figure))
            )
    columns = (Column("口径"), Column("算法"), Column("数值", "share"), Column("分子/分母"), Column("与本报告所用相比"))
    return Table("variants", draft.table_caption("同一指标按不同口径的结果"), columns, tuple(rows))


def _difference(main: Figure, other: Figure) -> str:
    if other is main:
        return "本报告所用"
    if main.value is None or other.value is None:
        return ""
    words = point_change(other.value - main.value, 1)
    return "相同" if words.endswith("持平") else words.replace("上升", "高").replace("下降", "低")


def _reconciliation(checks: tuple[Check, ...]) -> Table:
    rows = tuple(
        (
            check.name, f"{check.left_words}：", Number(str(check.left), check.left), f"{check.right_words}：",
            Number(str(check.right), check.right), "相符" if check.ok else f"不符。{check.explanation}",
        )
        for check in checks
    )  # fmt: skip
    columns = (
        Column("项目"), Column("一种算法"), Column("件数", "count"), Column("另一种算法"), Column("件数", "count"), Column("结果"),
    )  # fmt: skip
    return Table("checks", "对账结果", columns, rows)


def ledger(draft: Draft) -> list[Block]:
    """Return the cases of the period one by one, for the workbook only: shown fields, no petitioner."""
    where = draft.subject.where
    many = cases.count_behind(draft.reader, "cases_total", draft.period, None, where)
    found = cases.cases_behind(draft.reader, "cases_total", draft.period, None, where, limit=MOST_ROWS)
    names = [name for name in _LEDGER if name in found]
    shown = found[names].astype(object)
    rows = tuple(
        tuple(_cell(value) for value in row) for row in shown.where(shown.notna(), None).itertuples(index=False)
    )
    columns = tuple(Column(name, _KIND_OF.get(name, "text")) for name in names)
    notes = ("明细台账只供内部使用，不含信访人信息。",)
    return [Table("ledger", "明细台账（内部）", columns, rows, notes, only="xlsx", more=max(0, many - len(rows)))]


def unlinked(table: Table) -> Table:
    """Return a table whose numbers lead nowhere, for a reader who may not see the cases behind them."""
    rows = tuple(
        tuple(msgspec.structs.replace(cell, fact="") if isinstance(cell, Number) else cell for cell in row)
        for row in table.rows
    )
    return msgspec.structs.replace(table, rows=rows)


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)
