"""The upper half of the page of ratings: leading figures with their intervals, trend, branches, funnel, variants.

A branch is never red for chance: colour only at 99.8 % with ten cases or more, grey and last below five.
"""

import streamlit as st

from metrics import charts, ratings
from metrics.catalog import CATALOG
from metrics.engine import Figure
from metrics.format import EMPTY, percent
from metrics.ratings import MAIN, BranchRating
from pages.parts import markup, panels, query, rated
from pages.parts.cards import broken, change, foot, number_and_unit, target
from pages.parts.frame import Screen, moment
from pages.parts.markup import esc, link, show

PARTICIPATION = "eval_participation"
_EVERYTHING = "eval_participation_all"  # its denominator: rated, to be rated and overdue
_KPIS = {"满意率": MAIN, "参评率": PARTICIPATION}
_PACES = ("逐月", "近12个月滚动")
_HEADS = (("分局", ""), ("满意率", "n"), ("满意/评价", "n"), ("", "wide"), ("近12个月", "n"), ("不满意", "n"))


def leading(screen: Screen) -> None:
    """Draw satisfaction, participation and the twelve months with their intervals, then what there is to act on."""
    rates = query.measure(screen.reader, [MAIN, PARTICIPATION], [screen.period], (), screen.where, "yoy")
    year = ratings.last_twelve(screen.reader, screen.period)
    rolling = query.measure(screen.reader, [MAIN], [year], (), screen.where, "yoy")[0]
    drawn = [_rate(screen, figure, figure.kpi.name, change(figure), target(screen, figure)) for figure in rates]
    drawn.append(_rate(screen, rolling, "近12个月满意率", esc(rolling.period.plain_words)))
    show(f'<div class="cards">{"".join([*drawn, *rated.leading(screen, *rates)])}</div>', broken(rates))


def _rate(screen: Screen, figure: Figure, name: str, words: str, goal: str = "") -> str:
    number, unit = number_and_unit(figure)
    interval = ratings.interval_words(figure)
    lines = (esc(interval), words, goal) if interval else ("没有评价件",)
    return rated.card(screen.passport(figure), name, number, unit, lines, foot(figure))


def has_cases(screen: Screen) -> bool:
    """Say whether anybody has rated or could still have rated in the period; draw one sentence where not."""
    (everything,) = query.measure(screen.reader, [_EVERYTHING], [screen.period], (), screen.where)
    if not everything.denominator:
        words = (
            f"{screen.period.plain_words}在所选范围内没有已评价、待评价或超期未评价的件；可改选统计期或放宽上方的筛选。"
        )
        show(markup.state("没有评价件", words))
    return bool(everything.denominator)


def trend(screen: Screen) -> None:
    """Draw one of the two rates over time: month by month, or twelve months at a time."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = st.segmented_control(
            "指标", list(_KPIS), default="满意率", key="rating_kpi", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        pace = st.segmented_control(
            "取数", list(_PACES), default=_PACES[0], key="rating_pace", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    kpi = _KPIS.get(name, MAIN)
    if pace == _PACES[1]:
        _rolling(screen, kpi)
    else:
        panels.trend(screen, kpi, 252, key="rating")


def _rolling(screen: Screen, kpi: str) -> None:
    months = tuple(panels.last_months(screen))
    figures = query.ask(screen.reader, ratings.rolling_series, kpi, months, screen.where)
    known = CATALOG[kpi]
    sub = f"%，{known.formula}；每点为截至该月的12个月；数据截至{moment(screen.reader.as_of)}"
    show(markup.title(f"{known.name}：近12个月滚动", sub))
    if figures:
        panels.draw(charts.trend(figures, "", "", 252), "trend_rolling", f"{known.name}近12个月滚动走势")
    else:
        show(markup.nothing("数据不足12个月。"))


def _branches(screen: Screen) -> ratings.Branches:
    return query.ask(screen.reader, ratings.branches, screen.period, screen.where)


def branches(screen: Screen) -> None:
    """Draw the branches, best first: share, counts, interval as dot and whisker, twelve months beside, dissatisfied."""
    found = _branches(screen)
    begin = ratings.axis_begin(found)
    heads = [(f"区间 {percent(begin, 0)}—100%" if css == "wide" else text, css) for text, css in _HEADS]
    sub = f"横线为95%区间，竖线为{found.area}{found.total.text}（不随分局筛选）；灰色n<5，不排列"
    show(
        markup.title(f"各分局满意率（{screen.period.plain_words}）", sub),
        markup.grid(heads, [_row(screen, found, row, begin) for row in found.rows])
        if found.rows
        else markup.nothing("所选范围内没有评价件。"),
        markup.notes([f"本期没有评价件：{'、'.join(found.missing)}。"] if found.missing and found.rows else []),
    )


def _row(screen: Screen, found: ratings.Branches, row: BranchRating, begin: float) -> str:
    words = f" <small>{esc(row.point.words)}</small>" if row.point.words else ""
    name = link(screen.link("branches", one=row.branch), esc(row.branch)) + words
    beside = f"{row.rolling.numerator}/{row.rolling.denominator}"
    unhappy = _cases(screen, row.figure, str(row.dissatisfied)) if row.dissatisfied else ""
    return (
        f'<tr class="{"aside" if row.is_few else ""}"><td>{name}</td>'
        f'<td class="n {row.colour}">{link(screen.passport(row.figure), esc(row.figure.text))}</td>'
        f'<td class="n">{row.figure.numerator}/{row.figure.denominator}</td>'
        f'<td class="wide">{_whisker(row, found.total, begin)}</td>'
        f'<td class="n">{link(screen.passport(row.rolling), esc(row.rolling.text), beside)}</td>'
        f'<td class="n">{unhappy}</td></tr>'
    )


def _cases(screen: Screen, figure: Figure, text: str) -> str:
    return link(screen.cases(figure, "rest"), esc(text), "不满意的件")


def _whisker(row: BranchRating, total: Figure, begin: float) -> str:
    """Return the interval as a line, the share as a dot on it, and the city's share as an upright line."""
    low, high, at = (_place(value, begin) for value in (row.point.low, row.point.high, row.figure.value))
    words = f"95%区间{percent(row.point.low)}—{percent(row.point.high)}"
    return (
        f'<span class="whisker {row.colour}" title="{words}"><u style="left:{_place(total.value, begin):.1f}%"></u>'
        f'<i style="left:{low:.1f}%;width:{high - low:.1f}%"></i><b style="left:{at:.1f}%"></b></span>'
    )


def _place(value: float, begin: float) -> float:
    return max(0.0, 100 * (value - begin) / (1 - begin)) if begin < 1 else 100.0


def funnel(screen: Screen) -> None:
    """Draw the funnel under its finding, with what chance alone would do."""
    branches = _branches(screen)
    found, watched = branches.funnel, ratings.watched(branches.funnel)
    lines = (
        f"实线99.8%、点线95%界限，横线{branches.area}{percent(found.p0)}"
        if found.denominator
        else "横轴评价件数，纵轴满意率"
    )
    sub = f"群众满意率（{screen.period.plain_words}）；{lines}；浅色n<5"
    show(markup.title(ratings.finding(found), sub))
    if found.denominator:
        drawn = charts.funnel_chart(found, chosen=screen.where.get("branch"))
        panels.draw(drawn, "funnel", f"各分局满意率漏斗图：{ratings.finding(found)}")
    else:
        show(markup.nothing("所选范围内没有评价件。"))
    chance = ratings.chance_words(found, screen.period)
    show(
        markup.notes(
            [*([f"留意：{'、'.join(watched)}，未到点名界限。"] if watched else []), *([chance] if chance else [])]
        )
    )


def variants(screen: Screen) -> None:
    """Draw every formula of the two rates with value, counts and difference against the main one."""
    figures = query.measure(screen.reader, [MAIN, PARTICIPATION], [screen.period], (), screen.where)
    both = [query.passport_of(screen.reader, figure, screen.where).variants for figure in figures]
    values = [each.figure for each in both[0] if each.figure.value is not None]
    words = "没有评价件"
    if values:
        lowest, highest = (pick(values, key=lambda figure: figure.value) for pick in (min, max))
        words = f"口径不同，满意率从{lowest.text}到{highest.text}"
    rows = [_variant(screen, each) for family in both for each in family]
    heads = (("口径", ""), ("数值", "n"), ("分子/分母", "n"), ("与主口径相比", "n"))
    show(
        markup.title(words, f"{screen.period.plain_words}同一批评价的各种算法；点名称看定义与依据"),
        markup.grid(heads, rows, "loose"),
    )


def _variant(screen: Screen, each: object) -> str:
    figure = each.figure
    counted = "" if figure.kpi.factors or not figure.denominator else f"{figure.numerator}/{figure.denominator}"
    against = "<b>主口径</b>" if each.is_this else esc(each.difference or EMPTY)
    return (
        f'<tr><td class="link">{link(screen.passport(figure), esc(figure.kpi.name))}'
        f'<div class="sub">{esc(figure.kpi.formula)}</div></td><td class="n">{esc(figure.with_unit)}</td>'
        f'<td class="n">{counted}</td><td class="n">{against}</td></tr>'
    )
