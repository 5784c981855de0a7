"""What stands and what flows: how old the work in hand is, how it came and went, each month's end, and two hints."""

from data.schema import UNMATCHED_BRANCH
from metrics import flows, open_cases, parameters, periods, rush
from metrics.charts.flow import cumulative_flow
from metrics.engine import Figure
from metrics.format import unit_change
from metrics.open_cases import AGES, Aging
from metrics.periods import Period
from pages.parts import markup, panels, query, taken
from pages.parts.frame import Screen, moment
from pages.parts.lists import in_hand, month_label, short
from pages.parts.markup import esc, link, show

_SUSPECTS = 8
_FLOW_MONTHS = 120


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
    def cell(low: int, high: int | None, count: int) -> str:
        here = in_hand(screen, aging.branch, open_cases.conditions_of_age(screen.period, low, high))
        css = " concern" if low > 60 and count else ""
        return f'<td class="n{css}">{link(here, str(count)) if count else ""}</td>'

    cells = "".join(cell(*age, count) for age, count in zip(AGES, aging.counts, strict=True))
    total = link(in_hand(screen, aging.branch, ()), str(aging.total))
    css = "" if aging.branch not in ("", UNMATCHED_BRANCH) else "aside" if aging.branch else "total"
    return (
        f'<tr class="{css}"><td>{esc(aging.branch or "合计")}</td>{cells}<td class="n">{total}</td>'
        f'<td class="n">{aging.oldest}天</td></tr>'
    )


def flow(screen: Screen) -> None:
    """Draw what came, was taken on and left since the beginning of the year; the gap is what is in hand."""
    course = query.ask(screen.reader, flows.course, tuple(_since_new_year(screen)), screen.where)
    title = f"在办{course.in_hand}件，较{course.since}{unit_change(course.in_hand - course.opening, '件')}"
    gone = "其他离手指不予受理、退回、撤回、并案"
    show(markup.title(title, f"累计件数，上下两线之间为在办；{gone}", screen.link("passport", kpi="open_cases")))
    panels.draw(cumulative_flow(course.flows), "flow", f"登记、受理、办结累计走势，{title}")
    sums = f"期初在办{course.opening}＋登记{course.came}－办结{course.closed}－其他离手{course.gone}＝在办{course.in_hand}件"
    show(markup.remarks([sums]))


def _since_new_year(screen: Screen) -> list[Period]:
    """Return the months up to the chosen period's end, from its first or, if that is earlier, its year's first."""
    begin = min(screen.period.first, periods.cumulative(screen.period).first)
    return [month for month in panels.last_months(screen, _FLOW_MONTHS) if month.last >= begin]


def month_ends(screen: Screen) -> None:
    """Draw what was in hand at the end of each of the last months, by branch; any past month through the period filter."""
    months = panels.last_months(screen, 6)
    figures = query.measure(screen.reader, ["open_cases"], months, ("branch",), screen.where)
    by_branch: dict[str, list[Figure]] = {}
    for figure in figures:
        by_branch.setdefault(figure.group.get("branch", ""), []).append(figure)
    sub = "月末未办结的件数，由登记、办结日期推出；换统计期可看任一个月"
    show(markup.title("月末在办（各分局）", sub, screen.link("passport", kpi="open_cases")))
    heads = [("分局", ""), *((panels.month_words(month), "n") for month in months)]
    rows = [_stock_row(screen, name, row) for name, row in by_branch.items() if any(f.numerator for f in row)]
    show(markup.grid(heads, rows, "even") if rows else markup.nothing("这几个月末都没有在办的件。"))


def _stock_row(screen: Screen, name: str, figures: list[Figure]) -> str:
    cells = "".join(f'<td class="n">{link(screen.cases(figure), esc(figure.text))}</td>' for figure in figures)
    css = "total" if not name else "aside" if name == UNMATCHED_BRANCH else ""
    return f'<tr class="{css}"><td>{esc(name or "合计")}</td>{cells}</tr>'


def month_end_rush(screen: Screen) -> None:
    """Draw how much is closed in the last days of the months: a diagnostic, without colours and without branches."""
    months = panels.last_months(screen, 6)
    whole, *each = query.ask(screen.reader, rush.rush, (screen.period, *months), screen.where)
    figure = whole.figure
    title = f"月末3日办结占{figure.text}" if figure.denominator else "月末3日办结占比"
    sub = f"{screen.period.words}{figure.numerator}/{figure.denominator}件；天天均匀办结时约占{whole.even_text}。只作诊断，不排名"
    show(markup.title(title, sub, screen.passport(figure)))
    heads = [("", ""), *((panels.month_words(month), "n") for month in months)]
    shares = "".join(_rush_cell(screen, one.figure) for one in each)
    counts = "".join(f'<td class="n quiet">{one.figure.numerator}/{one.figure.denominator}</td>' for one in each)
    show(
        markup.grid(heads, [f"<tr><td>占比</td>{shares}</tr>", f'<tr><td class="quiet">件数</td>{counts}</tr>'], "even")
    )


def _rush_cell(screen: Screen, figure: Figure) -> str:
    few = "few" if (figure.denominator or 0) < panels.FEW else ""
    return f'<td class="n {few}">{link(screen.cases(figure, "numerator"), esc(figure.text))}</td>'


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
    taken.pair(screen, found.drop(columns=["case_key"]), "疑似积案", rule, f"截至{moment(screen.reader.as_of)}")


def _suspect_row(screen: Screen, case: dict) -> str:
    month = month_label(screen.reader, case["登记日期"])
    here = screen.link("cases", kpi="cases_total", span=month, group=f"case_no:{case['编号']}")
    return (
        f"<tr><td>{link(here, esc(short(case['编号'])), case['编号'])}</td>"
        f'<td class="cut" title="{esc(case["点位"])}">{esc(case["点位"])}</td><td>{esc(case["责任分局"])}</td>'
        f"<td>{case['登记日期']:%Y-%m-%d}</td><td>{esc(case['办理状态'])}</td><td>{esc(case['理由'])}</td></tr>"
    )
