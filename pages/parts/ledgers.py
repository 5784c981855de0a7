"""The two ledgers: the backlog by batch, its stock over time, the key cases by leader, and every line of both."""

import pandas as pd

from metrics import ledgers
from metrics.catalog import CATALOG
from metrics.engine import Figure, fits
from metrics.ledgers import ListPart
from pages.parts import board, markup, panels, query, taken
from pages.parts.frame import Screen
from pages.parts.lists import short, short_day
from pages.parts.markup import esc, link, show

BACKLOG, KEY_CASES = "backlog_resolve_rate", "key_case_solve_rate"
_NAMES = {BACKLOG: "积案台账", KEY_CASES: "领导包保台账"}
_BY = {BACKLOG: "backlog_batch", KEY_CASES: "leader"}
_MOVES = ("backlog_new", "backlog_resolved")
_SHOWN = 200
_NO_FIELD = "台账没有渠道、污染类型等列；清除这些筛选后显示。"
_NO_LEDGER = "没有列入的积案。"


def _fits(screen: Screen) -> bool:
    return fits(CATALOG[BACKLOG].relation, screen.where.names)


def _parts(screen: Screen, kpi: str) -> list[ListPart]:
    return query.ask(screen.reader, ledgers.parts, kpi, _BY[kpi], screen.period, screen.where)


def _has_lines(screen: Screen) -> bool:
    """Say whether anything is listed by the end of the period."""
    return bool(query.measure(screen.reader, [BACKLOG], [screen.period], (), screen.where)[0].denominator)


def _absent(screen: Screen, kpi: str) -> None:
    """Draw why a ledger is not there, and what to do about it."""
    if not _fits(screen):
        show(markup.title(_NAMES[kpi]), markup.nothing(_NO_FIELD))
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
    _parts_table(screen, ("批次", "列入", "已化解", "化解率", "未化解"), found)


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
    _parts_table(screen, ("领导", "包保", "已解决", "解决率", "未解决"), found)


def _parts_table(screen: Screen, words: tuple[str, ...], found: list[ListPart]) -> None:
    """Draw the parts of a ledger; target and leaders only where something is left to do."""
    is_open = any(part.leaders for part in found)
    by_leader = words[0] == "领导"
    heads = [(words[0], ""), *((word, "n") for word in words[1:])]
    heads += [("超目标", "n"), ("目标日", "n")] if is_open else []
    listed = [part for part in found if part.figure.denominator]
    show(markup.grid(heads, [_part_row(screen, part, is_open, not by_leader) for part in listed], "parts"))


def _part_row(screen: Screen, part: ListPart, is_open: bool, with_leaders: bool) -> str:
    figure = part.figure
    left = figure.denominator - figure.numerator
    few = "few" if figure.denominator < panels.FEW else ""
    undone = link(screen.cases(figure, "rest"), str(left)) if left else ""
    who = f"<small>{esc('、'.join(part.leaders))}</small>" if with_leaders and part.name and part.leaders else ""
    cells = (
        f"<td>{esc(part.name or '合计')}{who}</td>"
        f'<td class="n">{link(screen.cases(figure), str(figure.denominator))}</td>'
        f'<td class="n">{link(screen.cases(figure, "numerator"), str(figure.numerator))}</td>'
        f'<td class="n {few}">{link(screen.passport(figure), esc(figure.text))}</td><td class="n">{undone}</td>'
    )
    if is_open:
        target = "" if part.next_target is None else short_day(part.next_target, screen.period.cut.year)
        cells += f'<td class="n overdue">{part.late or ""}</td><td class="n">{target}</td>'
    return f'<tr class="{"" if part.name else "total"}">{cells}</tr>'


def stock(screen: Screen) -> None:
    """Draw the backlog that is left at the end of each month, with what was added and cleared in the period."""
    if not _fits(screen):
        show(markup.title("积案存量"), markup.nothing(_NO_FIELD))
        return
    if not _has_lines(screen):
        show(markup.title("积案存量"), markup.nothing(_NO_LEDGER))
        return
    panels.trend(screen, "backlog_open", 190)
    new, gone = query.measure(screen.reader, _MOVES, [screen.period], (), screen.where)
    moved = f"新列入{link(screen.passport(new), f'{new.numerator}件')}，化解{link(screen.passport(gone), f'{gone.numerator}件')}"
    show(f'<p class="sub">{esc(screen.period.plain_words)}{moved}</p>')


def months(screen: Screen) -> None:
    """Draw what was listed, what was cleared and what was left of the backlog in each of the last months, by branch."""
    title = "积案逐月：列入、化解、月末存量"
    if not _fits(screen):
        show(markup.title(title), markup.nothing(_NO_FIELD))
        return
    span = panels.last_months(screen, 6)
    moves = query.measure(screen.reader, _MOVES, span, (), screen.where)
    stock = query.measure(screen.reader, ["backlog_open"], span, ("branch",), screen.where)
    by_branch: dict[str, list[Figure]] = {}
    for figure in stock:
        by_branch.setdefault(figure.group.get("branch", ""), []).append(figure)
    total = by_branch.pop("")
    show(markup.title(title, "由列入、化解日期推出；换统计期可看任一个月", screen.passport(total[-1])))
    if not any(figure.numerator for figure in [*moves, *stock]):
        none = f"{span[0].plain_words}以来各月末没有未化解的积案，也没有新列入的。"
        show(markup.nothing(none if _has_lines(screen) else _NO_LEDGER))
        return
    rows = [
        _month_row(screen, "新列入", [figure for figure in moves if figure.kpi.id == "backlog_new"]),
        _month_row(screen, "化解", [figure for figure in moves if figure.kpi.id == "backlog_resolved"]),
        _month_row(screen, "月末存量", total, "total"),
        *(_month_row(screen, name, row) for name, row in by_branch.items() if any(one.numerator for one in row)),
    ]
    show(markup.grid([("", ""), *((panels.month_words(month), "n") for month in span)], rows, "even"))


def _month_row(screen: Screen, name: str, figures: list[Figure], css: str = "") -> str:
    cells = "".join(
        f'<td class="n">{link(screen.cases(one), esc(one.text)) if one.numerator else ""}</td>' for one in figures
    )
    return f'<tr class="{css}"><td>{esc(name)}</td>{cells}</tr>'


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
    word = "化解" if kpi == BACKLOG else "解决"
    title = f"{_NAMES[kpi]}：共{len(found)}件，已{word}{done}件"
    show(
        markup.title(title + (f"，超过目标{late}件" if late else ""), f"{screen.period.cut_words}的状态；超目标的在前")
    )
    heads = [("编号", ""), ("事项", ""), ("责任分局", ""), ("领导", ""), ("列入", ""), ("目标", ""), ("状态", "")]
    heads[:0] = [("批次", "")] if kpi == BACKLOG else []
    undone, finished = found[found["level"] != "done"], found[found["level"] == "done"]
    if not undone.empty:
        _grid(screen, kpi, heads, undone)
    if done:
        with board.fold(f"已{word}的{done}件", expanded=False):
            _grid(screen, kpi, heads, finished)
    kept = found.drop(columns=["level"] if kpi == BACKLOG else ["level", "积案批次"])
    taken.pair(screen, kept, _NAMES[kpi], CATALOG[kpi].formula)


def _grid(screen: Screen, kpi: str, heads: list[tuple[str, str]], found: pd.DataFrame) -> None:
    show(markup.grid(heads, [_line(screen, kpi, line) for line in found.head(_SHOWN).to_dict("records")]))
    if len(found) > _SHOWN:
        show(markup.notes([f"另有{len(found) - _SHOWN}件，见下载的清单。"]))


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
