"""The catalogue of KPIs on the screen: a search, and one row for each definition."""

import streamlit as st

from data.store import Reader
from metrics.catalog import CATALOG, Kpi
from metrics.kpi import GROUPS
from metrics.sources import SOURCES
from metrics.targets import target_of
from pages.parts import frame, markup
from pages.parts.markup import esc, link, show

ALL = "全部"
_DIRECTIONS = {"higher": "越高越好", "lower": "越低越好", "neutral": "不分好坏"}
_HEADS = (("指标", ""), ("定义", ""), ("取数与未纳入", ""), ("依据", ""), ("目标与提示", ""))


def search() -> tuple[str, str]:
    """Draw the search and return the words looked for and the group chosen."""
    with st.container(horizontal=True, vertical_alignment="center"):
        word = st.text_input(
            "查找指标",
            key="word",
            bind="query-params",
            placeholder="按名称、编号、定义或依据查找",
            label_visibility="collapsed",
            width=320,
        )
        group = st.pills(
            "类别",
            [ALL, *GROUPS],
            default=ALL,
            key="kpi_group",
            bind="query-params",
            label_visibility="collapsed",
            required=True,
        )
    return word.strip(), group or ALL


def matching(word: str, group: str) -> list[Kpi]:
    """Return the KPIs of a group in which the word occurs, variants after what they are a variant of."""
    return [kpi for kpi in CATALOG.values() if group in (ALL, kpi.group) and word.lower() in _all_words(kpi).lower()]


def _all_words(kpi: Kpi) -> str:
    sources = " ".join(SOURCES[key].words for key in kpi.source)
    return " ".join((kpi.id, kpi.name, kpi.question, kpi.formula, kpi.caveat, kpi.numerator_words, sources))


def table(reader: Reader | None, kpis: list[Kpi]) -> None:
    """Draw the definitions; with a store behind them, each leads to its passport."""
    if not kpis:
        show(markup.state("没有找到指标", "请换一个词，或把类别改为“全部”。"))
        return
    show(
        f'<p class="sub">共{len(kpis)}项</p>',
        markup.grid(_HEADS, [_row(reader, kpi) for kpi in kpis], "loose definitions"),
    )


def _row(reader: Reader | None, kpi: Kpi) -> str:
    address = frame.address("passport", [("kpi", kpi.id), *frame.kept()])
    name = link(address, esc(kpi.name)) if reader else esc(kpi.name)
    variant = f"“{CATALOG[kpi.variant_of].name}”的另一种口径" if kpi.variant_of else ""
    first = "".join(f'<div class="sub">{esc(part)}</div>' for part in (kpi.question, variant, kpi.id) if part)
    made_of = [f"分子：{kpi.numerator_words}", f"分母：{kpi.denominator_words}" if kpi.denominator_words else ""]
    taken = [kpi.period_words, f"未纳入：{kpi.left_out_words}" if kpi.left_out else ""]
    target = target_of(reader, kpi)
    aims = [target.full_words if target else "", _DIRECTIONS[kpi.direction], kpi.caveat]
    cells = (
        f'<td class="link"><b>{name}</b>（{esc(kpi.unit)}）{first}</td>',
        f"<td>{esc(kpi.formula)}{_lines(made_of)}</td>",
        f"<td>{_lines(taken)}</td>",
        f"<td>{_lines([SOURCES[key].words for key in kpi.source])}</td>",
        f"<td>{_lines(aims)}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _lines(parts: list[str]) -> str:
    return "".join(f'<div class="sub">{esc(part)}</div>' for part in parts if part)
