"""The page of branches: the choice of KPI and branch, small multiples, and the ranking.

A share of fewer than five cases says little, so such a branch is not ranked; it is named under the ranking instead.
"""

from dataclasses import replace

import streamlit as st

from data.access import settings
from data.errors import UserError
from data.schema import UNMATCHED_BRANCH
from data.store import Store
from metrics import charts, signals, spring
from metrics.catalog import CATALOG
from metrics.engine import Figure, fits
from metrics.funnel import funnel
from metrics.report import published
from metrics.report.document import plain
from pages.parts import markup, query, signs
from pages.parts.cards import BROKEN, broken
from pages.parts.frame import Screen, moment
from pages.parts.markup import esc, link, show
from pages.parts.panels import FEW, draw, last_months

DEFAULT = "satisfaction_rate"
_AT_ONCE = 24  # charts on a page: more than anybody compares, and a second of work for the browser
_WINDOWS = {"近12个月": 12, "近24个月": 24, "近36个月": 36}


def choose_kpi(screen: Screen) -> str:
    """Draw the choice of KPI and of the window; return the KPI's id. Only KPIs that can be cut by branch, under the filters chosen, are offered."""
    fields = ["branch", *screen.where.names]
    names = {kpi.name: kpi.id for kpi in CATALOG.values() if fits(kpi.relation, fields) and not kpi.split_by}
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.selectbox(
            "指标", list(names), list(names.values()).index(DEFAULT), key="kpi_name", bind="query-params", width=260,
            label_visibility="collapsed",
        )  # fmt: skip
        st.segmented_control(
            "时间范围", list(_WINDOWS), default="近24个月", key="window", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    return names.get(name, DEFAULT)


def multiples(screen: Screen, kpi: str) -> None:
    """Draw the KPI's months for every branch, all on one scale."""
    months = tuple(last_months(screen, _WINDOWS.get(st.session_state.get("window"), 24)))
    found = query.ask(screen.reader, signals.group_charts, kpi, months, ("branch",), screen.where)
    controls = {group[0]: control for group, control in found.items() if group and _is_shown(screen, group[0])}
    groups = {name: control.figures for name, control in controls.items()}
    known = CATALOG[kpi]
    sub = f"{known.unit}，{known.formula}；各分局同一刻度，浅色点n<5，空心点为未完月份；{_joined(groups)}数据截至{moment(screen.reader.as_of)}"
    show(markup.title(f"{known.name}：各分局逐月", sub))
    if groups:
        names = _at_once(controls)
        everything = [figure for figures in groups.values() for figure in figures]
        drawn = charts.multiples({name: groups[name] for name in names}, controls=controls, scale=everything)
        draw(drawn, "multiples", f"各分局{known.name}逐月走势，同一刻度")
        show(signs.table(controls))
    else:
        show(markup.nothing("没有分局。"))


def _at_once(controls: dict[str, signals.ControlChart]) -> list[str]:
    """Return whose charts are drawn: all, or, of many branches, one page of them, those with a signal first."""
    names = sorted(controls, key=lambda name: controls[name].mark is None)
    if len(names) <= _AT_ONCE:
        return list(controls)
    show(f'<p class="sub">共{len(names)}个，每页{_AT_ONCE}个，有信号的在前。</p>')
    pages = -(-len(names) // _AT_ONCE)
    page = min(max(st.pagination(pages, key="charts_page"), 1), pages)
    return names[(page - 1) * _AT_ONCE : page * _AT_ONCE]


def _joined(groups: dict[str, list[Figure]]) -> str:
    """Return how January and February are drawn where they are one point."""
    note = spring.note(figure for figures in groups.values() for figure in figures)
    return f"{note}；" if note else ""


def _is_shown(screen: Screen, branch: str) -> bool:
    wanted = screen.where.get("branch")
    return branch != UNMATCHED_BRANCH and (not wanted or branch in wanted)


def ranking(screen: Screen, kpi: str) -> None:
    """Draw the branches from best to worst; those with too few cases are named and left out.

    A share is put in order but given no place: only what chance does not explain is named (exact test, 99.8 %). To who
    sees one branch only, the comparison that the bureau has published.
    """
    if not screen.is_whole:
        _published(screen)
        return
    figures = query.measure(screen.reader, [kpi], [screen.period], ("branch",), screen.where, "yoy")
    known = CATALOG[kpi]
    own = [f for f in figures if f.group and _is_shown(screen, f.group["branch"])]
    ranked = [f for f in own if f.value is not None and (f.denominator is None or f.denominator >= FEW)]
    ranked.sort(key=lambda figure: figure.value, reverse=known.direction != "lower")
    judged = _judged(screen, kpi)
    places = [judged.get(f.group["branch"], "") for f in ranked] if judged is not None else range(1, len(ranked) + 1)
    rows = [_rank(screen, place, figure) for place, figure in zip(places, ranked, strict=True)]
    heads = (
        ("" if judged is None else "判断", "n" if judged is None else ""),
        ("分局", ""),
        ("数值", "n"),
        ("分子/分母" if known.kind == "share" else "n", "n"),
        ("同比", "n"),
    )
    order = {"higher": "由高到低", "lower": "由低到高", "neutral": "由高到低"}[known.direction]
    show(
        markup.title(_ranking_title(screen, ranked, judged), f"{known.name}，{order}；{_ranking_note(judged)}"),
        markup.grid(heads, rows) if rows else markup.nothing("没有可排列的分局。"),
        broken(ranked),
        markup.notes(_left_out(own, ranked)),
    )


def _published(screen: Screen) -> None:
    """Draw the comparison of the last frozen report, few cases merged; a sentence where there is none to be shown."""
    show(markup.title("各分局对比（已公布）", "取自已定稿的月报；别的分局只有这张表"))
    allowed = settings.read(Store()).branch_comparison
    try:
        found = published.comparison(Store(), screen.reader.scope.branches) if allowed else None
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if found is None:
        show(markup.nothing("局里还没有公布分局对比。"))
        return
    heads = [(column.name, "" if column.kind == "text" else "n") for column in found.table.columns]
    rows = [
        markup.row((plain(cell), css) for cell, (_, css) in zip(row, heads, strict=True)) for row in found.table.rows
    ]
    words = f'<p class="sub">{esc(found.words)}</p>'
    show(words, markup.grid(heads, rows, "loose"), markup.notes(found.table.notes))


def _judged(screen: Screen, kpi: str) -> dict[str, str] | None:
    """Return what the exact test says of each branch against all branches; None where a KPI is not such a share."""
    known = CATALOG[kpi]
    if known.kind != "share" or known.numerator or known.factors:
        return None
    whole = screen.where.without("branch")
    figures = query.measure(screen.reader, [kpi], [screen.period], ("branch",), whole)
    return {point.name: point.words for point in funnel(figures).points}


def _ranking_title(screen: Screen, ranked: list[Figure], judged: dict[str, str] | None) -> str:
    if judged is None or len(ranked) < 2:
        return f"{screen.period.plain_words}排列"
    named = [f.group["branch"] for f in ranked if judged.get(f.group["branch"], "").startswith("明显")]
    return f"{'、'.join(named)}与全体差异明显" if named else "各分局差异属正常波动"


def _ranking_note(judged: dict[str, str] | None) -> str:
    if judged is None:
        return "并列不分先后"
    return "次序不是名次；越出99.8%才点名，越出95%写“留意”"


def _rank(screen: Screen, place: int | str, figure: Figure) -> str:
    counted = f"{figure.numerator}/{figure.denominator}" if figure.numerator is not None else figure.denominator
    words, _, aside = (figure.comparison.text if figure.comparison else "").partition("（")
    change = "—" if figure.comparison is None or figure.comparison.change is None else aside.rstrip("）") or words
    crossed = bool(figure.comparison and figure.comparison.caution)
    return (
        f'<tr><td class="{"n" if isinstance(place, int) else ""}">{place}</td><td>{esc(figure.group["branch"])}</td>'
        f'<td class="n">{link(screen.passport(figure), esc(figure.with_unit), figure.kpi.name)}</td>'
        f'<td class="n">{"" if figure.denominator is None else counted}</td><td class="n{" few" if crossed else ""}">{esc(change)}{BROKEN if crossed else ""}</td></tr>'
    )


def _left_out(own: list[Figure], ranked: list[Figure]) -> list[str]:
    """Return who is not ranked, and why."""
    few = [f"{f.group['branch']}（n={f.denominator or 0}）" for f in own if f not in ranked]
    return [f"样本不足（少于{FEW}件），不参与排列：{'、'.join(few)}。"] if few else []


def choose_branch(screen: Screen) -> Screen:
    """Draw the choice of one branch and return the same screen narrowed to it."""
    names = [name for name in query.dimension_values(screen.reader, "branch") if name != UNMATCHED_BRANCH]
    with st.container(horizontal=True, vertical_alignment="center", key="one_line"):
        st.html('<div class="head"><h2 class="second">分局概况</h2></div>', width="content")
        chosen = st.selectbox("分局", names, key="one", bind="query-params", label_visibility="collapsed", width=200)
    if chosen not in names:
        show(markup.nothing("没有分局。"))
        st.stop()
    others = tuple(pair for pair in screen.pairs if pair[0] != "branch")
    return replace(screen, where=screen.where.narrowed({"branch": chosen}), pairs=(*others, ("branch", chosen)))
