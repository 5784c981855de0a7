"""The two ledgers: the backlog by batch, its stock over time, the key cases by leader, and every line of both."""

import pandas as pd

from metrics import ledgers
from metrics.catalog import CATALOG
from metrics.engine import fits
from metrics.ledgers import ListPart
from pages.parts import board, downloads, markup, panels, query
from pages.parts.frame import Screen
from pages.parts.lists import short
from pages.parts.markup import esc, link, show

BACKLOG, KEY_CASES = "backlog_resolve_rate", "key_case_solve_rate"
_NAMES = {BACKLOG: "积案台账", KEY_CASES: "领导包保台账"}
_BY = {BACKLOG: "backlog_batch", KEY_CASES: "leader"}
_SHOWN = 200


def _fits(screen: Screen) -> bool:
    return fits(CATALOG[BACKLOG].relation, screen.where.names)


def _parts(screen: Screen, kpi: str) -> list[ListPart]:
    return query.ask(screen.reader, ledgers.parts, kpi, _BY[kpi], screen.period, screen.where)


def _absent(screen: Screen, kpi: str) -> None:
    """Draw why a ledger is not there, and what to do about it."""
    if not _fits(screen):
        show(markup.title(_NAMES[kpi]), markup.nothing("台账没有渠道、污染类型等列；清除这些筛选后显示。"))
        return
    templates = link(screen.link("imports"), "数据导入")
    words = f"{screen.period.cut_words}没有列入的件。模板在“{templates}”页下载，填好后与其他文件一样导入。"
    show(markup.title(f"{_NAMES[kpi]}：还没有"), f'<p class="nothing">{words}</p>')


def batches(screen: Screen) -> None:
    """Draw the backlog batch by batch: a fixed list each, so that clearing it changes the numerator alone."""
    found = _parts(screen, BACKLOG) if _fits(screen) else []
    if not found or not found[-1].figure.denominator:
        _absent(screen, BACKLOG)
        return
    total = found[-1]
    left = total.figure.denominator - total.figure.numerator
    title = (
        "积案全部化解" if not left else f"积案还有{left}件未化解" + (f"，{total.late}件超过目标" if total.late else "")
    )
    sub = f"各批清单固定，化解不减分母；{screen.period.cut_words}的状态"
    show(markup.title(title, sub, screen.passport(total.figure)))
    heads = (
        ("批次", ""),
        ("列入", "n"),
        ("已化解", "n"),
        ("化解率", "n"),
        ("未化解", "n"),
        ("超目标", "n"),
        ("下一目标日", "n"),
    )
    show(markup.grid(heads, [_part_row(screen, part) for part in found if part.figure.denominator]))


def leaders(screen: Screen) -> None:
    """Draw the cases that leaders answer for, leader by leader."""
    found = _parts(screen, KEY_CASES) if _fits(screen) else []
    if not found or not found[-1].figure.denominator:
        _absent(screen, KEY_CASES)
        return
    total = found[-1]
    left = total.figure.denominator - total.figure.numerator
    many = f"{total.figure.numerator}/{total.figure.denominator}件"
    title = f"领导包保的重点件全部解决（{many}）" if not left else f"领导包保的重点件已解决{many}，还有{left}件"
    show(markup.title(title, f"按包保领导；{screen.period.cut_words}的状态", screen.passport(total.figure)))
    heads = (
        ("领导", ""),
        ("包保", "n"),
        ("已解决", "n"),
        ("解决率", "n"),
        ("未解决", "n"),
        ("超目标", "n"),
        ("下一目标日", "n"),
    )
    show(markup.grid(heads, [_part_row(screen, part) for part in found if part.figure.denominator]))


def _part_row(screen: Screen, part: ListPart) -> str:
    figure = part.figure
    left = figure.denominator - figure.numerator
    few = "few" if figure.denominator < panels.FEW else ""
    target = "" if part.next_target is None else f"{part.next_target:%Y-%m-%d}"
    undone = link(screen.cases(figure, "rest"), str(left)) if left else ""
    return (
        f'<tr class="{"" if part.name else "total"}"><td>{esc(part.name or "合计")}</td>'
        f'<td class="n">{link(screen.cases(figure), str(figure.denominator))}</td>'
        f'<td class="n">{link(screen.cases(figure, "numerator"), str(figure.numerator))}</td>'
        f'<td class="n {few}">{link(screen.passport(figure), esc(figure.text))}</td><td class="n">{undone}</td>'
        f'<td class="n overdue">{part.late or ""}</td><td class="n">{target}</td></tr>'
    )


def stock(screen: Screen) -> None:
    """Draw the backlog that is left at the end of each month, with what was added and cleared in the period."""
    if not _fits(screen):
        show(markup.title("积案存量"), markup.nothing("台账没有渠道、污染类型等列；清除这些筛选后显示。"))
        return
    panels.trend(screen, "backlog_open", 190)
    new, _ = query.measure(screen.reader, ["backlog_new", "backlog_open"], [screen.period], (), screen.where)
    words = f"{screen.period.plain_words}新增{link(screen.passport(new), f'{new.numerator}件')}"
    show(f'<p class="sub">{words}；月末存量由列入、化解日期推出</p>')


def lines(screen: Screen) -> None:
    """Draw every line of both ledgers, those past their target first."""
    if not _fits(screen):
        return
    for kpi in (BACKLOG, KEY_CASES):
        found = query.ask(screen.reader, ledgers.listing, kpi, screen.period, screen.where)
        if not found.empty:
            with panels.panel(f"lines_{kpi}"):
                _lines(screen, kpi, found)


def _lines(screen: Screen, kpi: str, found: pd.DataFrame) -> None:
    late, done = (int((found["level"] == level).sum()) for level in ("late", "done"))
    title = f"{_NAMES[kpi]}：共{len(found)}件，已{'化解' if kpi == BACKLOG else '解决'}{done}件"
    show(
        markup.title(title + (f"，超过目标{late}件" if late else ""), f"{screen.period.cut_words}的状态；超目标的在前")
    )
    heads = [("编号", ""), ("事项", ""), ("责任分局", ""), ("领导", ""), ("列入", ""), ("目标", ""), ("状态", "")]
    heads[:0] = [("批次", "")] if kpi == BACKLOG else []
    rows = [_line(screen, kpi, line) for line in found.head(_SHOWN).to_dict("records")]
    with board.fold("逐件查看", expanded=bool(late)):
        show(markup.grid(heads, rows))
    kept = found.drop(columns=["level"] if kpi == BACKLOG else ["level", "积案批次"])
    downloads.pair(screen, kept, _NAMES[kpi], CATALOG[kpi].formula)


def _line(screen: Screen, kpi: str, line: dict) -> str:
    css = {"late": "overdue", "done": "quiet"}.get(line["level"], "")
    number = line["编号"] or ""
    here = link(screen.link("cases", kpi=kpi, group=f"case_no:{number}"), esc(short(number)), number) if number else ""
    batch = f"<td>{esc(line['积案批次'])}</td>" if kpi == BACKLOG else ""
    subject = line["事项"] or ""
    return (
        f'<tr>{batch}<td>{here}</td><td class="cut" title="{esc(subject)}">{esc(subject)}</td><td>{esc(line["责任分局"])}</td>'
        f"<td>{esc(line['领导'])}</td><td>{_day(line['列入日期'])}</td><td>{_day(line['目标日期'])}</td>"
        f'<td class="{css}">{esc(line["状态"])}</td></tr>'
    )


def _day(day: pd.Timestamp | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"
