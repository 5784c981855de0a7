"""The passport of a figure on the screen: head with the ways to its cases, meaning, variants, months."""

import streamlit as st

from metrics import signals, targets
from metrics.engine import Figure
from metrics.passport import Passport
from pages.parts import markup, query, signs
from pages.parts.cards import BROKEN, broken, change, number_and_unit, target
from pages.parts.drill import PARTS, Target
from pages.parts.frame import Screen, moment
from pages.parts.markup import esc, link, show

_MONTHS = 12
_SETTINGS = {
    "day": "按自然日",
    "moment": "按时刻",
    "final": "终次评价",
    "first": "首次评价",
    "same side": "三点同侧",
    "anywhere": "第三点不限",
    "true": "是",
    "false": "否",
}


def read(screen: Screen, wanted: Target, figure: Figure | None) -> Passport:
    """Return the passport; stop the page with a sentence where the figure does not exist."""
    if figure is None:
        show(markup.state("没有这个分组", f"“{wanted.group_words}”在数据中不存在，请从菜单重新进入。"))
        st.stop()
    return query.passport_of(screen.reader, figure, screen.where)


def head(screen: Screen, wanted: Target, passport: Passport) -> None:
    """Draw the figure, its change, and one link for each part of it that has cases."""
    figure = passport.figure
    number, unit = number_and_unit(figure)
    changed, goal = change(figure), target(screen, figure)
    words = "　".join(part for part in (changed, goal) if part)
    back = "" if wanted.period == screen.period else link(screen.link("passport", kpi=wanted.kpi.id), "改看所选统计期")
    show(
        f'<div class="figure"><span class="big">{esc(number)}<small>{esc(unit)}</small></span>'
        f"<span><b>{esc(wanted.title)}</b>　{esc(figure.period.words)}　{back}<br>{words}</span></div>",
        f'<div class="chips">{"".join(_parts(screen, passport))}</div>',
    )


def _parts(screen: Screen, passport: Passport) -> list[str]:
    """Return the links to the cases of each part that the figure has."""
    figure = passport.figure
    if figure.kpi.factors:
        return ['<span class="quiet">由两个比率相乘，没有单独的明细</span>']
    unit = "件"
    if figure.denominator is None or not figure.kpi.condition:
        return [link(screen.cases(figure, part), f"查看案件（{many}）") for part, many in _whole(figure)]
    rest = figure.denominator - (figure.numerator or 0)
    left_out = sum(many for _, many in passport.left_out)
    counts = {"denominator": figure.denominator, "numerator": figure.numerator, "rest": rest, "left_out": left_out}
    return [link(screen.cases(figure, part), f"{PARTS[part]} {many}{unit}") for part, many in counts.items() if many]


def _whole(figure: Figure) -> list[tuple[str, str]]:
    if figure.kpi.split_by and figure.group:
        return [("numerator", f"{figure.numerator}件"), ("denominator", f"总量{figure.denominator}件")]
    many = figure.denominator if figure.denominator is not None else figure.numerator
    return [("denominator", f"{many}{figure.kpi.unit if figure.denominator is None else '件'}")]


def meaning(passport: Passport) -> None:
    """Draw the definition in words, what is left out, the period, cut-off, version, source and caveats."""
    left_out = "；".join(f"{words}：{many}件" for words, many in passport.left_out) or "无"
    pairs = [
        ("回答的问题", passport.question),
        ("公式", passport.definition),
        ("分子", _counted(passport.numerator_words, passport.numerator)),
        ("分母", _counted(passport.denominator_words, passport.denominator)),
        ("未纳入", left_out),
        ("取数", passport.period_words),
        ("范围", passport.filter_words),
        ("数据截至", f"{moment(passport.as_of)}（版本{passport.version}）"),
        ("依据", "；".join(passport.sources)),
        ("目标", passport.target_words),
        ("说明", "".join(passport.caveats)),
        (
            "所用设置",
            "；".join(f"{name.split('（')[0]}：{_SETTINGS.get(value, value)}" for name, value in passport.settings),
        ),
    ]
    show(markup.title("口径"), markup.facts(pairs))


def _counted(words: str, many: int | None) -> str:
    return f"{words}：{many}" if words and many is not None else words


def variants(screen: Screen, passport: Passport) -> None:
    """Draw the other formulas for the same question beside this one, with the difference."""
    if not passport.variants:
        return
    rows = []
    for variant in passport.variants:
        figure = variant.figure
        counted = _ratio(figure)
        name = link(screen.passport(figure), esc(figure.kpi.name))
        rows.append(
            f'<tr><td class="link">{name}<div class="sub">{esc(figure.kpi.formula)}</div></td>'
            f'<td class="n">{esc(figure.with_unit)}</td><td class="n">{counted}</td>'
            f'<td class="n">{"本指标" if variant.is_this else esc(variant.difference)}</td></tr>'
        )
    heads = (("同一问题的各种口径", ""), ("数值", "n"), ("分子/分母", "n"), ("与本指标相比", "n"))
    show(markup.grid(heads, rows, "loose"))


def months(screen: Screen, wanted: Target) -> None:
    """Draw the last twelve months of the same figure, each with a link to its cases."""
    months_shown = query.months_before(screen.reader, wanted.period, _MONTHS)
    figures = query.measure(screen.reader, [wanted.kpi.id], months_shown, tuple(wanted.group), screen.where, "yoy")
    rows = [_month(screen, figure) for figure in reversed(figures) if figure.group == wanted.group]
    heads = (("月份", ""), ("数值", "n"), ("分子/分母", "n"), ("同比", "n"), ("", "n"))
    sub = "未完的月份与上年同样的天数相比"
    show(markup.title("近12个月", sub), _signal(screen, wanted), markup.grid(heads, rows), broken(figures))


def _signal(screen: Screen, wanted: Target) -> str:
    """Return what the control chart of the months says, and by which convention, as HTML."""
    shown = tuple(query.months_before(screen.reader, wanted.period, signs.MONTHS))
    found = query.ask(screen.reader, signals.group_charts, wanted.kpi.id, shown, tuple(wanted.group), screen.where)
    control = found.get(tuple(wanted.group.values()))
    if control is None:
        return ""
    goal = query.ask(screen.reader, targets.target_of, wanted.kpi.id)
    words = signals.assurance_words(control, goal.value if goal else None)
    said = signs.line(control) + (f"；{esc(words)}" if words else "")
    return f'<p class="sub">{said}</p>{signs.foot(control, True)}'


def _month(screen: Screen, figure: Figure) -> str:
    compared = figure.comparison.text if figure.comparison else ""
    crossed = figure.comparison.caution if figure.comparison else ""
    cases = "" if figure.kpi.factors else link(screen.cases(figure), "案件", css="go")
    return (
        f'<tr><td>{esc(figure.period.words)}</td><td class="n">{esc(figure.with_unit)}</td><td class="n">{_ratio(figure)}</td>'
        f'<td class="n{" few" if crossed else ""}" title="{esc(crossed)}">{esc(compared)}{BROKEN if crossed else ""}</td><td class="n link">{cases}</td></tr>'
    )


def _ratio(figure: Figure) -> str:
    """Return what the figure was divided by; nothing for counts, medians, and products of two rates."""
    if figure.denominator is None or figure.numerator is None or figure.kpi.factors:
        return ""
    return f"{figure.numerator}/{figure.denominator}"
