"""五、重点事项: key cases under a leader, supervision letters, the backlog ledger, what is late and what soon will be.

Lists name case number, place, branch and days, never a petitioner. All of them are as of the end of the period.
"""

from datetime import date

import msgspec
import pandas as pd

from metrics import ledgers
from metrics.activities import LETTER, MISSED, Activity, activities
from metrics.dimensions import fits
from metrics.report.document import Block, Cell, Column, Number, Table
from metrics.report.draft import Draft, paragraph

_LISTS = {"overdue": ("overdue", "超期未办结清单"), "soon": ("due_soon", "临期清单")}  # level → id and caption
MOST_LISTED = 30  # lines of a list on paper; the rest stands in the dashboard
_LIMIT_COLUMNS = (
    Column("编号"), Column("点位"), Column("责任单位"), Column("办结期限", "date"), Column("超期或剩余"), Column("数据截至日状态"),
)  # fmt: skip


def blocks(draft: Draft) -> list[Block]:
    """Return the section."""
    return [
        draft.section("重点事项"),
        draft.part("领导包保件"),
        *_ledger(draft, "key_case_solve_rate", "领导包保的重点件", "已解决"),
        draft.part("信访积案"),
        *_ledger(draft, "backlog_resolve_rate", "列入清单的信访积案", "已化解"),
        *_letters(draft),
        draft.part("超期与临期"),
        *_limits(draft),
    ]


def _ledger(draft: Draft, kpi: str, words: str, done: str) -> list[Block]:
    """Return one of the two ledgers: how many there are and are done, and those that are not done one by one."""
    if not fits(draft.facts.measure([kpi], [draft.period])[0].kpi.relation, draft.subject.where.names):
        return []
    figure = draft.figure(kpi)
    if not figure.denominator:
        return [paragraph(f"没有{words}。")]
    first = paragraph(
        f"{words}共", draft.facts.counted(figure, f"{figure.denominator}件"), f"，{done}",
        draft.facts.counted(figure, f"{figure.numerator}件"), f"，{figure.kpi.name}", draft.number(figure), _new(draft, kpi), "。",
    )  # fmt: skip
    undone = ledgers.listing(draft.reader, kpi, draft.period, draft.subject.where)
    undone = undone[undone["level"] != "done"]
    if undone.empty:
        return [first]
    columns = (
        Column("编号"), Column("事项"), Column("责任单位"), Column("领导"), Column("目标日期", "date"), Column("状态"),
    )  # fmt: skip
    names = ["编号", "事项", "责任分局", "领导", "目标日期", "状态"]
    caption = draft.table_caption(f"未完成的{words.split('的')[-1]}")
    return [first, _table(kpi, caption, columns, undone[names])]


def _new(draft: Draft, kpi: str) -> str:
    if kpi != "backlog_resolve_rate":
        return ""
    new = draft.figure("backlog_new")
    return f"，本期新增{new.numerator}件" if new.numerator else "，本期无新增"


def _letters(draft: Draft) -> list[Block]:
    """Return the supervision letters of the period, where any are kept."""
    letters = [one for one in activities(draft.reader, draft.subject.where) if one.kind == LETTER]
    sent = [one for one in letters if one.issued and draft.period.first <= one.issued <= draft.period.cut]
    late = [
        one for one in letters if one.state(draft.period.cut) == MISSED and (one.issued or one.day) <= draft.period.cut
    ]
    late = [one for one in late if one.held is None or one.held > draft.period.cut]
    if not sent and not late:
        return []
    answered = sum(1 for one in sent if one.held and one.held <= draft.period.cut)
    replies = f"已反馈{answered}件" if answered else "到期末尚未反馈"
    words = f"本期发出督办{len(sent)}件，{replies}" if sent else "本期没有发出督办"
    late_words = "；".join(_late_letter(draft, one) for one in late)
    return [
        draft.part("督办件"),
        paragraph(f"{words}。", f"逾期未反馈{len(late)}件：{late_words}。" if late else ""),
    ]


def _late_letter(draft: Draft, letter: Activity) -> str:
    """Return a letter that was not answered; a notice to one branch does not name the others that it went to."""
    whom = "" if draft.subject.branch else f"{'、'.join(letter.branches)}，"
    return f"{letter.number}（{whom}应于{_day(letter.planned)}反馈）"


def _limits(draft: Draft) -> list[Block]:
    overdue, due_soon = draft.figures(["overdue_open", "due_soon"])
    cut = f"截至{_day(draft.period.cut)}"
    found: list[Block] = [
        paragraph(f"{cut}，超期未办结", draft.number(overdue), "，临期", draft.number(due_soon), "。")
    ]
    for level in _LISTS:
        if table := limit_table(draft, level):
            found.append(msgspec.structs.replace(table, caption=draft.table_caption(table.caption)))
    return found


def limit_table(draft: Draft, level: str) -> Table | None:
    """Return the cases that were late ("overdue") or near their limit ("soon") at the period's end; None without any."""
    part = draft.limits[draft.limits["level"] == level].drop(columns=["level", "case_key"])
    name, words = _LISTS[level]
    return _table(name, words, _LIMIT_COLUMNS, part) if len(part) else None


def _table(name: str, caption: str, columns: tuple[Column, ...], frame: pd.DataFrame) -> Table:
    rows = tuple(tuple(_cell(value) for value in row) for row in frame.head(MOST_LISTED).itertuples(index=False))
    return Table(name, caption, columns, rows, more=max(0, len(frame) - MOST_LISTED))


def _cell(value: object) -> Cell:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return None
    if isinstance(value, int):
        return Number(str(value), value)
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
