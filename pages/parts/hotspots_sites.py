"""Repeat petitions beside repeat sites, the ranking of places, and hints at what may be one place or one complaint."""

import streamlit as st

from metrics import hotspots, parameters
from metrics.hotspots import Likeness, Site, Twins
from pages.parts import markup, panels, query
from pages.parts.frame import Screen
from pages.parts.hotspots_alerts import day_words, site_address
from pages.parts.markup import esc, link, show

_HEADS = (
    ("点位", ""),
    ("责任分局", ""),
    ("件数", "n"),
    ("不同的人", "n"),
    ("最近一件", "n"),
    ("污染类型", ""),
    ("未办结", "n"),
    ("不满意", "n"),
)
_MOST_SITES, _MOST_HINTS = 30, 6


def repeats(screen: Screen) -> None:
    """Draw repeat petitions and repeat sites side by side, and the trend of the former."""
    person, sites, share = query.measure(
        screen.reader, ["repeat_rate", "repeat_site_count", "repeat_site_share"], [screen.period], (), screen.where
    )
    ways = query.ask(screen.reader, hotspots.ways, screen.period, screen.where)
    rows = query.ask(screen.reader, hotspots.ranking, screen.period, screen.where)
    alone = sum(site.is_one_person for site in rows)
    first, last = hotspots.counted_days(screen.reader, screen.period)
    left, right = st.columns(2)
    with left:
        show(
            _figure(
                "重复信访（同一人同一事）",
                screen.passport(person),
                person.text,
                "",
                f"{person.numerator} / {person.denominator} 件",
            ),
            f'<p class="sub">本机构标志{ways.by_flag}件，按同人同点位推定{ways.inferred}件'
            + (f"；另有{ways.unjudged}件没有标志、又不知道人或点位，无从推定" if ways.unjudged else "")
            + "</p>",
        )
    with right:
        words = (
            f"{share.numerator} / {share.denominator} 件，占{share.text}" if share.denominator else "没有写明点位的件"
        )
        show(
            _figure("重复点位（不同人同一地点）", screen.passport(sites), sites.text, "个", words),
            f'<p class="sub">{first.month}月{first.day}日—{last.month}月{last.day}日，'
            f"同一点位{parameters.number(screen.reader, 'repeat_site_cases')}件以上"
            + (f"；其中{alone}个只有同一人反映，属重复信访" if alone else "")
            + "</p>",
        )
    panels.trend(screen, "repeat_rate", 132)


def _figure(name: str, passport: str, number: str, unit: str, counted: str) -> str:
    big = f'<span class="big">{esc(number)}<small>{esc(unit)}</small></span>'
    return (
        f'<div class="title"><h2>{esc(name)}</h2>{link(passport, "ⓘ", "口径与案件", "info")}</div>'
        f'<div class="figure second">{link(passport, big, name, "plain")}<span class="quiet">{esc(counted)}</span></div>'
    )


def ranking(screen: Screen) -> None:
    """Draw the places with many cases, the most complained about first, and a way to any other place."""
    rows = query.ask(screen.reader, hotspots.ranking, screen.period, screen.where)
    first, last = hotspots.counted_days(screen.reader, screen.period)
    least = parameters.number(screen.reader, "repeat_site_cases")
    days = parameters.number(screen.reader, "repeat_site_days")
    top = f"，{rows[0].name}最多（{rows[0].cases}件）" if rows else ""
    head, find = st.columns([76, 24], vertical_alignment="center")
    with head:
        show(
            markup.title(
                f"{len(rows)}个点位{days}天内有{least}件以上{top}",
                f"{day_words(first)}—{day_words(last)}；空格、括号、间隔号写法不同算同一点位；点位进入看走势和整改前后，件数进入看案件",
            )
        )
    with find:
        _find(screen)
    if not rows:
        show(markup.nothing(f"没有{days}天内{least}件以上的点位。"))
        return
    show(markup.grid(_HEADS, [_row(screen, site) for site in rows[:_MOST_SITES]], "sites"))
    if len(rows) > _MOST_SITES:
        show(markup.notes([f"这里列出前{_MOST_SITES}个，共{len(rows)}个；按分局筛选可看其余。"]))


def _find(screen: Screen) -> None:
    names = query.ask(screen.reader, hotspots.names)
    chosen = st.selectbox("查点位", names, None, key="find", placeholder="查任一点位", label_visibility="collapsed")
    if chosen:
        st.query_params["site"] = chosen
        st.rerun()


def _row(screen: Screen, site: Site) -> str:
    first, last = hotspots.counted_days(screen.reader, screen.period)
    own = link(site_address(screen, site.name), esc(site.name), "、".join(site.writings))
    written = f' <span class="quiet">{len(site.writings)}种写法</span>' if len(site.writings) > 1 else ""
    everybody = f"（全部{site.all_cases}）" if site.all_cases != site.cases else ""
    here = screen.link("cases", kpi="cases_total", span=f"{first}/{last}", group=f"site:{site.key}")
    nameless = f'<span class="quiet">，{site.nameless}件不知何人</span>' if site.nameless else ""
    people = f"{site.people}人{nameless}" if site.people else '<span class="quiet">都不知何人</span>'
    branches = "、".join([site.branch, *(name for name in site.branches if name != site.branch)])
    return (
        f'<tr><td class="link">{own}{written}</td><td>{esc(branches)}</td>'
        f'<td class="n">{link(here, f"{site.cases}件{everybody}", "查看案件")}</td>'
        f'<td class="n">{people}</td><td class="n">{day_words(site.last_on)}</td>'
        f"<td>{esc('、'.join(site.types))}</td>"
        f'<td class="n">{f"{site.still_open}件" if site.still_open else ""}</td>'
        f'<td class="n concern">{f"{site.dissatisfied}件" if site.dissatisfied else ""}</td></tr>'
    )


def hints(screen: Screen) -> None:
    """Draw what may be one place, and what may be one complaint; nothing is merged."""
    alike = query.ask(screen.reader, hotspots.likenesses, screen.period, screen.where)
    twins = query.ask(screen.reader, hotspots.twins, screen.period, screen.where)
    if not alike and not twins:
        show(
            markup.title("待人工确认的提示", "可能是同一点位的不同写法，可能是同一投诉的几件"),
            markup.nothing("没有相近的点位写法，也没有同一人几天内从两个来源就同一点位反映的件。"),
        )
    if alike:
        show(
            markup.title("可能是同一点位的写法", "只是提示，没有合并；确认后请在来源系统里统一写法"),
            markup.notes(_likeness(pair) for pair in alike[:_MOST_HINTS]),
            markup.notes([f"共{len(alike)}对，这里列出{_MOST_HINTS}对。"] if len(alike) > _MOST_HINTS else []),
        )
    if twins:
        show(
            markup.title(
                f"疑似同一投诉{len(twins)}对",
                f"同一人、同一点位、{hotspots.TWIN_DAYS}天内从两个来源来的件；只是提示，没有合并，各算一件",
            ),
            f'<ul class="notes">{"".join(_twins(screen, pair) for pair in twins[:_MOST_HINTS])}</ul>',
        )


def _likeness(pair: Likeness) -> str:
    return f"{pair.name}（{pair.cases}件）与 {pair.other}（{pair.other_cases}件）：{pair.why}"


def _twins(screen: Screen, pair: Twins) -> str:
    def case(number: str, source: str, on: object) -> str:
        here = screen.link("cases", kpi="cases_total", span=str(on), group=f"case_no:{number}")
        return f"{link(here, esc(number))}（{esc(source)}，{on.month}月{on.day}日）"

    return (
        f"<li>{esc(pair.site)}：{case(pair.first_no, pair.first_source, pair.first_on)} 与 "
        f"{case(pair.second_no, pair.second_source, pair.second_on)}</li>"
    )
