"""What is in hand: leading figures, the lists of both limits, how old it is, how it came and went, what to look at.

Red is only what has passed its limit; near it is orange; what has time left is a number and nothing more.
"""

from data.schema import UNMATCHED_BRANCH
from metrics import open_cases, parameters
from metrics.catalog import CATALOG
from metrics.charts.flow import cumulative_flow
from metrics.engine import Figure, fits
from metrics.open_cases import AGES, Aging, Level, Limit
from metrics.periods import Period
from pages.parts import cards, downloads, markup, panels, query
from pages.parts.frame import Screen, moment
from pages.parts.lists import short
from pages.parts.markup import esc, link, show

_LEADING = (
    "overdue_open",
    "accept_overdue_open",
    "due_soon",
    "open_cases",
    "backlog_resolve_rate",
    "key_case_solve_rate",
)
_COMPARED = ("open_cases", "backlog_resolve_rate", "key_case_solve_rate")
_LIMITS = {
    "close": ("办结期限", "overdue_open", "due_soon", "没有超期未办结或7日内到期的件。"),
    "accept": ("受理期限（15日）", "accept_overdue_open", "accept_due_soon", "没有超期未受理或7日内须受理的件。"),
}
_SHOWN, _SUSPECTS = 8, 8
_INNER = ["case_key", "level"]


def leading(screen: Screen) -> None:
    """Draw what is late, what is near, what is in hand, and the two ledgers."""
    fields = screen.where.names
    fitting = [kpi for kpi in _LEADING if fits(CATALOG[kpi].relation, fields)]
    compared = [kpi for kpi in fitting if kpi in _COMPARED]
    plain = [kpi for kpi in fitting if kpi not in _COMPARED]  # a few cases more or fewer than last year say nothing
    figures = [
        *query.measure(screen.reader, compared, [screen.period], (), screen.where, "yoy"),
        *query.measure(screen.reader, plain, [screen.period], (), screen.where),
    ]
    found = {figure.kpi.id: figure for figure in figures}
    drawn = [cards.card(screen, found[kpi]) if kpi in found else cards.unfit(screen, kpi) for kpi in _LEADING]
    show(f'<div class="cards">{"".join(drawn)}</div>')


def listing(screen: Screen, limit: Limit) -> None:
    """Draw the open cases that have passed a limit or are near it, the latest first."""
    name, late_kpi, soon_kpi, nothing = _LIMITS[limit]
    found = query.ask(screen.reader, open_cases.listing, limit, screen.where)
    late = int((found["level"] == "overdue").sum())
    days = parameters.number(screen.reader, "due_soon_days")
    title = f"{name}：超期{late}件，{days}日内到期{len(found) - late}件"
    more = link(screen.link("cases", kpi=late_kpi, span=_today(screen)), "全部超期件", css="more") if late else ""
    show(markup.title(title, f"数据截至{moment(screen.reader.as_of)}的状态", more=more))
    if found.empty:
        show(markup.nothing(nothing))
        return
    heads = [("编号", ""), ("点位", ""), ("责任分局", ""), ("期限", ""), ("剩余", "n")]
    heads += [("督办、包保", "")] if limit == "close" else []
    rows = [_case_row(screen, case, late_kpi, soon_kpi, limit) for case in found.head(_SHOWN).to_dict("records")]
    show(markup.grid(heads, rows))
    if len(found) > _SHOWN:
        show(markup.notes([f"另有{len(found) - _SHOWN}件，见下载的清单。"]))
    downloads.pair(screen, found.drop(columns=_INNER), f"{name.split('（')[0]}预警", f"{title}", _as_of(screen))


def _case_row(screen: Screen, case: dict, late_kpi: str, soon_kpi: str, limit: Limit) -> str:
    level = "overdue" if case["level"] == "overdue" else ""
    here = screen.link(
        "cases", kpi=late_kpi if level else soon_kpi, span=_today(screen), group=f"case_no:{case['编号']}"
    )
    number = link(here, f'<span class="dot {level}"></span>{esc(short(case["编号"]))}', case["编号"])
    who = f"<td>{esc('、'.join(filter(None, [case['督办级别'], case['包保领导']])))}</td>" if limit == "close" else ""
    return (
        f'<tr><td>{number}</td><td class="cut" title="{esc(case["点位"])}">{esc(case["点位"])}</td>'
        f'<td>{esc(case["责任分局"])}</td><td>{case["期限"]:%m-%d}</td><td class="n {level}">{esc(case["剩余"])}</td>'
        f"{who}</tr>"
    )


def _today(screen: Screen) -> str:
    return f"{screen.reader.as_of:%Y-%m}"


def _as_of(screen: Screen) -> str:
    return f"截至{moment(screen.reader.as_of)}"


def levels(screen: Screen) -> None:
    """Draw for each branch how many open cases are late, near their limit, and have time left, for both limits."""
    closing = query.ask(screen.reader, open_cases.levels, "close", screen.where)
    accepting = {level.branch: level for level in query.ask(screen.reader, open_cases.levels, "accept", screen.where)}
    shown = [level for level in closing if level.branch and _any(level, accepting[level.branch])]
    worst = max(shown, key=lambda level: level.red, default=None)
    title = f"超期最多：{worst.branch}{worst.red}件" if worst and worst.red else "各分局都没有超期未办结的件"
    show(markup.title(title, "红：超期；黄：7日内到期；绿：期限尚远（件）。前三列为办结期限，后两列为受理期限"))
    heads = (("分局", ""), ("办结红", "n"), ("黄", "n"), ("绿", "n"), ("受理红", "n"), ("黄", "n"))
    rows = [_level_row(screen, level, accepting[level.branch]) for level in [*shown, closing[-1]]]
    show(markup.grid(heads, rows))


def _any(*levels: Level) -> bool:
    return any(level.red or level.yellow or level.green for level in levels)


def _level_row(screen: Screen, closing: Level, accepting: Level) -> str:
    def cell(count: int, kpi: str, css: str = "") -> str:
        named = {"group": f"branch:{closing.branch}"} if closing.branch else {}
        inner = link(screen.link("cases", kpi=kpi, span=_today(screen), **named), str(count)) if kpi else str(count)
        return f'<td class="n {css if count else ""}">{inner if count else ""}</td>'

    return (
        f'<tr class="{"" if closing.branch else "total"}"><td>{esc(closing.branch or "合计")}</td>'
        f"{cell(closing.red, 'overdue_open', 'overdue')}{cell(closing.yellow, 'due_soon', 'concern')}"
        f"{cell(closing.green, '')}{cell(accepting.red, 'accept_overdue_open', 'overdue')}"
        f"{cell(accepting.yellow, 'accept_due_soon', 'concern')}</tr>"
    )


def ages(screen: Screen) -> None:
    """Draw how long the open cases have been in hand at the end of the period, branch by branch."""
    found = query.ask(screen.reader, open_cases.ageing, screen.period, screen.where)
    total = found[-1]
    old = sum(total.counts[3:])
    title = f"在办{total.total}件，其中60天以上{old}件" if old else f"在办{total.total}件，没有超过60天的"
    show(markup.title(title, f"自登记之日起的天数；{screen.period.cut_words}的状态（件）"))
    if not total.total:
        show(markup.nothing("期末没有在办的件。"))
        return
    heads = [("分局", ""), *((open_cases.age_words(*age), "n") for age in AGES), ("合计", "n"), ("最久", "n")]
    rows = [_age_row(screen, aging) for aging in found if aging.total]
    show(markup.grid(heads, rows))


def _age_row(screen: Screen, aging: Aging) -> str:
    cells = "".join(
        f'<td class="n {"concern" if low > 60 and count else ""}">{count or ""}</td>'
        for (low, _), count in zip(AGES, aging.counts, strict=True)
    )
    named = {"group": f"branch:{aging.branch}"} if aging.branch else {}
    total = link(screen.link("cases", kpi="open_cases", **named), str(aging.total))
    css = "" if aging.branch not in ("", UNMATCHED_BRANCH) else "aside" if aging.branch else "total"
    return (
        f'<tr class="{css}"><td>{esc(aging.branch or "合计")}</td>{cells}<td class="n">{total}</td>'
        f'<td class="n">{aging.oldest}天</td></tr>'
    )


def flow(screen: Screen) -> None:
    """Draw what came, was taken on and left over the last six months; the gap is what is in hand."""
    months = panels.last_months(screen, 6)
    found = query.ask(screen.reader, open_cases.flows, tuple(months), screen.where)
    first, last = found[0], found[-1]
    opening = first.in_hand - first.came + first.closed + first.gone
    difference = last.in_hand - opening
    words = "持平" if not difference else f"{'增加' if difference > 0 else '减少'}{abs(difference)}件"
    gone = sum(each.gone for each in found)
    sums = (
        f"期初{opening}＋登记{sum(each.came for each in found)}－办结{sum(each.closed for each in found)}"
        f"－其他离手{gone}＝期末{last.in_hand}件；其他离手指不予受理、退回、撤回、并案"
    )
    title = f"在办{last.in_hand}件，较{first.period.plain_words}初{words}"
    show(markup.title(title, f"累计件数，上下两线之间为在办；{sums}", screen.link("passport", kpi="open_cases")))
    panels.draw(cumulative_flow(found), "flow", f"登记、受理、办结累计走势，{title}")


def month_ends(screen: Screen) -> None:
    """Draw what was in hand at the end of each of the last months, by branch; any past month through the period filter."""
    months = panels.last_months(screen, 6)
    figures = query.measure(screen.reader, ["open_cases"], months, ("branch",), screen.where)
    by_branch: dict[str, list[Figure]] = {}
    for figure in figures:
        by_branch.setdefault(figure.group.get("branch", ""), []).append(figure)
    sub = "月末未办结的件数，由登记、办结日期推出；换统计期可看任一个月"
    show(markup.title("月末在办（各分局）", sub, screen.link("passport", kpi="open_cases")))
    heads = [("分局", ""), *((_month_words(month), "n") for month in months)]
    rows = [_stock_row(screen, name, row) for name, row in by_branch.items() if any(f.numerator for f in row)]
    show(markup.grid(heads, rows) if rows else markup.nothing("这几个月末都没有在办的件。"))


def _month_words(month: Period) -> str:
    words = month.plain_words if month.last.month == 1 else month.plain_words.partition("年")[2]
    return words if month.complete else f"{words}（{month.cut_words}）"


def _stock_row(screen: Screen, name: str, figures: list[Figure]) -> str:
    cells = "".join(f'<td class="n">{link(screen.cases(figure), esc(figure.text))}</td>' for figure in figures)
    css = "total" if not name else "aside" if name == UNMATCHED_BRANCH else ""
    return f'<tr class="{css}"><td>{esc(name or "合计")}</td>{cells}</tr>'


def suspects(screen: Screen) -> None:
    """Draw the cases that may be a backlog, as a hint to look: no figure counts them."""
    found = query.ask(screen.reader, open_cases.suspected, screen.where)
    days = parameters.number(screen.reader, "suspected_days")
    times = parameters.number(screen.reader, "suspected_times")
    rule = f"在办超过{days}天，或一年内同人同点位第{times}次以上、此前曾办结；未列入积案台账的"
    show(markup.title(f"疑似积案{len(found)}件，供核对", f"{rule}。只作提示，不计入任何指标"))
    if found.empty:
        show(markup.nothing("没有疑似积案。"))
        return
    heads = (("编号", ""), ("点位", ""), ("责任分局", ""), ("登记日期", ""), ("状态", ""), ("理由", ""))
    show(markup.grid(heads, [_suspect_row(screen, case) for case in found.head(_SUSPECTS).to_dict("records")]))
    if len(found) > _SUSPECTS:
        show(markup.notes([f"另有{len(found) - _SUSPECTS}件，见下载的清单。"]))
    downloads.pair(screen, found.drop(columns=["case_key"]), "疑似积案", rule, _as_of(screen))


def _suspect_row(screen: Screen, case: dict) -> str:
    year = f"{case['登记日期']:%Y}"
    here = screen.link("cases", kpi="cases_total", span=year, group=f"case_no:{case['编号']}")
    return (
        f"<tr><td>{link(here, esc(short(case['编号'])), case['编号'])}</td>"
        f'<td class="cut" title="{esc(case["点位"])}">{esc(case["点位"])}</td><td>{esc(case["责任分局"])}</td>'
        f"<td>{case['登记日期']:%Y-%m-%d}</td><td>{esc(case['办理状态'])}</td><td>{esc(case['理由'])}</td></tr>"
    )
