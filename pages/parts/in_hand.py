"""What is late and with whom: leading figures, the lists of both limits, and how many are late branch by branch.

Red is only what has passed its limit; near it is orange; what has time left is a number and nothing more.
"""

from data.schema import UNMATCHED_BRANCH
from metrics import open_cases, parameters
from metrics.catalog import CATALOG
from metrics.engine import fits
from metrics.open_cases import Level, Limit
from pages.parts import cards, markup, query, taken
from pages.parts.frame import Screen, moment
from pages.parts.lists import in_hand, month_label, short, short_day
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
    "close": ("办结期限", "overdue_open", "due_soon"),
    "accept": ("受理期限（15日）", "accept_overdue_open", "accept_due_soon"),
}
_SHOWN = 8
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
    name, late_kpi, soon_kpi = _LIMITS[limit]
    found = query.ask(screen.reader, open_cases.listing, limit, screen.where)
    late = int((found["level"] == "overdue").sum())
    days = parameters.number(screen.reader, "due_soon_days")
    title = f"{name}：超期{late}件，{days}日内到期{len(found) - late}件"
    more = link(screen.link("cases", kpi=late_kpi, span=_today(screen)), "全部超期件", css="more") if late else ""
    show(markup.title(title, f"数据截至{moment(screen.reader.as_of)}的状态", more=more))
    if found.empty:
        show(markup.nothing(_none_late(screen, limit, days)))
        return
    heads = [("编号", ""), ("点位", ""), ("责任分局", ""), ("期限", ""), ("剩余", "n")]
    rows = [_case_row(screen, case, late_kpi, soon_kpi) for case in found.head(_SHOWN).to_dict("records")]
    show(markup.grid(heads, rows, "parts"))
    if len(found) > _SHOWN:
        show(markup.notes([f"另有{len(found) - _SHOWN}件，见下载的清单。"]))
    taken.pair(screen, found.drop(columns=_INNER), f"{name.split('（')[0]}预警", f"{title}", _as_of(screen))


def _none_late(screen: Screen, limit: Limit, days: int) -> str:
    """Return what to say where nothing is late or near: how many wait whose limit is farther off."""
    far = query.ask(screen.reader, open_cases.levels, limit, screen.where)[-1].green
    state = "待受理" if limit == "accept" else "未办结"
    return f"没有超期或{days}日内到期的件。" + (
        f"另有{far}件{state}，期限都在{days}日以后。" if far else f"也没有{state}的件。"
    )


def _case_row(screen: Screen, case: dict, late_kpi: str, soon_kpi: str) -> str:
    level = "overdue" if case["level"] == "overdue" else ""
    here = screen.link(
        "cases", kpi=late_kpi if level else soon_kpi, span=_today(screen), group=f"case_no:{case['编号']}"
    )
    number = link(here, f'<span class="dot {level}"></span>{esc(short(case["编号"]))}', case["编号"])
    watched = "，".join(filter(None, [case["督办级别"], case["包保领导"] and f"{case['包保领导']}包保"]))
    site = esc(case["点位"]) + (f"<small>{esc(watched)}</small>" if watched else "")
    return (
        f'<tr><td>{number}</td><td class="cut" title="{esc(case["点位"])}">{site}</td>'
        f"<td>{esc(case['责任分局'].removesuffix('分局'))}</td><td>{short_day(case['期限'], screen.reader.as_of.year)}</td>"
        f'<td class="n {level}">{esc(case["剩余"])}</td></tr>'
    )


def _today(screen: Screen) -> str:
    """Return the label of the statistical month that is going on, whose state is that of now."""
    return month_label(screen.reader, screen.reader.as_of)


def _as_of(screen: Screen) -> str:
    return f"截至{moment(screen.reader.as_of)}"


def levels(screen: Screen) -> None:
    """Draw for each branch how many open cases are late, near their limit, and have time left, for both limits."""
    closing = query.ask(screen.reader, open_cases.levels, "close", screen.where)
    accepting = {level.branch: level for level in query.ask(screen.reader, open_cases.levels, "accept", screen.where)}
    shown = [level for level in closing if level.branch and _any(level, accepting[level.branch])]
    days = parameters.number(screen.reader, "due_soon_days")
    title = (
        _worst(shown, "超期未办结")
        or _worst([accepting[one.branch] for one in shown], "超期未受理")
        or "各分局都没有超期的件"
    )
    show(markup.title(title, f"件；红已超期，黄{days}日内到期，绿期限尚远"))
    if not shown:
        show(markup.nothing("没有在办的件。"))
        return
    heads = (("分局", ""), ("办结红", "n"), ("黄", "n"), ("绿", "n"), ("受理红", "n"), ("黄", "n"), ("绿", "n"))
    rows = [_level_row(screen, level, accepting[level.branch]) for level in [*shown, closing[-1]]]
    show(markup.grid(heads, rows))


def _worst(found: list[Level], what: str) -> str:
    """Return the branches with the most cases past a limit, all that share the place; empty where none has any."""
    most = max((level.red for level in found), default=0)
    if not most:
        return ""
    names = [level.branch for level in found if level.red == most]
    each = "各" if len(names) > 1 else ""
    return f"{what}最多：{'、'.join(names)}{each}{most}件"


def _any(*levels: Level) -> bool:
    return any(level.red or level.yellow or level.green for level in levels)


def _level_row(screen: Screen, closing: Level, accepting: Level) -> str:
    def late(count: int, kpi: str, css: str) -> str:
        named = {"group": f"branch:{closing.branch}"} if closing.branch else {}
        return _count(count, screen.link("cases", kpi=kpi, span=_today(screen), **named), css)

    def green(count: int, limit: Limit) -> str:
        conditions = open_cases.conditions_of_green(screen.reader, limit)
        return _count(count, in_hand(screen, closing.branch, conditions, _today(screen)))

    css = "total" if not closing.branch else "aside" if closing.branch == UNMATCHED_BRANCH else ""
    return (
        f'<tr class="{css}"><td>{esc(closing.branch or "合计")}</td>'
        f"{late(closing.red, 'overdue_open', 'overdue')}{late(closing.yellow, 'due_soon', 'concern')}"
        f"{green(closing.green, 'close')}{late(accepting.red, 'accept_overdue_open', 'overdue')}"
        f"{late(accepting.yellow, 'accept_due_soon', 'concern')}{green(accepting.green, 'accept')}</tr>"
    )


def _count(count: int, here: str, css: str = "") -> str:
    return f'<td class="n {css if count else ""}">{link(here, str(count)) if count else ""}</td>'
