"""One place closely: its cases over time with a monitor's readings below, before and after it was put right, its list."""

from datetime import date, timedelta

import streamlit as st

from metrics import site
from metrics.charts.site import site as site_chart
from metrics.site import BeforeAfter, Place, SiteCase
from pages.parts import markup, query
from pages.parts.frame import Screen
from pages.parts.hotspots_alerts import day_words, told
from pages.parts.markup import esc, link, show
from pages.parts.panels import draw

_GRAINS = {"按周": 52, "按月": 36}
_CASE_HEADS = (
    ("信访件编号", ""),
    ("登记日期", "n"),
    ("来源", ""),
    ("渠道", ""),
    ("责任分局", ""),
    ("污染类型", ""),
    ("办理状态", ""),
    ("满意度", ""),
)
_MOST_CASES = 30
_MOST_ITEMS = 3


def is_chosen() -> bool:
    """Say whether the address names a place."""
    return bool(st.query_params.get("site", "").strip())


def head(screen: Screen) -> Place:
    """Draw what the place is and the way back; stop the page with a sentence where no case names it."""
    name = st.query_params["site"]
    place = query.ask(screen.reader, site.place, name, screen.period, screen.where)
    back = f'<div class="chips">{link(screen.link("hotspots"), "← 全部点位")}</div>'
    if place is None:
        words = f"截至{day_words(screen.period.cut)}，所选筛选条件下没有信访件写到这个点位。"
        show(back, markup.state(f"没有点位“{name}”", words))
        st.stop()
    latest = place.cases[0].received_on
    written = f"；写法：{'、'.join(place.writings)}" if len(place.writings) > 1 else ""
    nameless = f"，{place.nameless}件不知何人" if place.nameless else ""
    people = f"{place.people}个不同的人{nameless}" if place.people else "都不知何人"
    words = f"截至{day_words(place.cut)}共{len(place.cases)}件，{people}；最近一件{day_words(latest)}{written}"
    show(
        f'<div class="head"><h2 class="second">{esc(place.name)}</h2><p>{esc(words)}</p>'
        f'<p class="chips">{link(screen.link("hotspots"), "← 全部点位")}</p></div>'
    )
    return place


def compare(screen: Screen, place: Place) -> BeforeAfter | None:
    """Draw the choice of the day on which it was put right and the comparison; return the latter."""
    on = st.date_input(
        "整改完成日期", place.done_on, key="after", bind="query-params", format="YYYY-MM-DD"
    )  # fmt: skip
    told = (
        f"取自{place.ledger}的{'解决' if place.ledger.startswith('领导') else '化解'}时间"
        if on and on == place.done_on
        else ""
    )
    if not isinstance(on, date):
        show(
            markup.title("整改前后", "选一个日期，比较这一天（含）以前与次日起同样天数的件数"),
            markup.nothing("台账里没有这个点位的解决日期。填上整改完成日期后，这里比较前后各90天的件数。"),
        )
        return None
    found = site.before_after(place, on)
    if found is None:
        words = f"{day_words(on)}前后的数据都要满{site.SHORTEST}天才比较；数据从{day_words(place.first_data)}到{day_words(place.cut)}。"
        show(markup.title("整改前后", told), markup.nothing(words))
        return None
    before, after = site.per_30_days(found)
    css = ("better" if found.after < found.before else "concern") if found.is_clear else ""
    show(
        markup.title(f"整改后{found.days}天{found.after}件，整改前{found.days}天{found.before}件", told),
        '<div class="figure second">'
        f'<span class="big">{before}<small>件/30天</small></span><span class="quiet">→</span>'
        f'<span class="big {css}">{after}<small>件/30天</small></span></div>',
        f"<p>{esc(site.verdict(found))}。</p>",
        markup.notes(_remarks(place, found)),
    )
    return found


def _remarks(place: Place, found: BeforeAfter) -> list[str]:
    remarks = [words for words in [site.interval_words(found)] if words]
    if found.is_cut and found.on + timedelta(days=site.LONGEST) > place.cut:
        remarks.append(
            f"整改后到{day_words(place.cut)}只有{found.days}天，未满{site.LONGEST}天，前后都取{found.days}天。"
        )
    elif found.is_cut:
        remarks.append(f"整改前的数据只有{found.days}天，前后都取{found.days}天。")
    remarks.append("只比较件数，不证明原因；投诉最多时才整改的，过后回落也有一部分是自然的。")
    return remarks


def over_time(screen: Screen, place: Place, found: BeforeAfter | None) -> None:
    """Draw the cases by week or month, with what a monitor has read below them."""
    head, choice = st.columns([78, 22], vertical_alignment="center")
    with choice:
        grain = st.segmented_control(
            "间隔", list(_GRAINS), default="按周", key="grain", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    is_weekly = grain != "按月"
    bars = (site.by_week if is_weekly else site.by_month)(place, _GRAINS["按周" if is_weekly else "按月"])
    monitors = query.ask(screen.reader, site.monitors, place, bars[0][0], "day" if is_weekly else "month")
    with head:
        most = max(bars, key=lambda bar: bar[1])
        unit = "周" if is_weekly else "月"
        when = f"{day_words(most[0])}起的一周" if is_weekly else f"{most[0].year}年{most[0].month}月"
        words = f"{when}最多，{most[1]}件" if most[1] else "没有信访件"
        sub = (
            f"件/{unit}，按登记日期；虚线为整改完成日，浅底为比较的两段，空心为未完的{unit}；截至{day_words(place.cut)}"
        )
        show(markup.title(f"近{len(bars)}{'周' if is_weekly else '个月'}：{words}", sub))
    draw(
        site_chart(bars, is_weekly, place.cut, found, monitors[:_MOST_ITEMS]),
        "site",
        f"{place.name}的信访件随时间的变化",
    )
    notes = [f"监测点：{'、'.join(sorted({name for one in monitors for name in one.places}))}"] if monitors else []
    notes += (
        [f"另有监测项目未画出：{'、'.join(one.item for one in monitors[_MOST_ITEMS:])}"]
        if monitors[_MOST_ITEMS:]
        else []
    )
    notes += [
        f"{day_words(one.alert.first.on)}首次预警，{'预警中' if one.is_in_force else f'持续到{day_words(one.alert.last.on)}'}。"
        for one in told(screen)
        if one.alert.kind == "site" and one.alert.key == place.key
    ]
    show(markup.notes(notes), "" if monitors else _no_monitor(screen))


def _no_monitor(screen: Screen) -> str:
    here = link(screen.link("imports"), "数据导入")
    return f'<p class="sub">没有这个点位的监测数据。要放在一起看，请在{here}页下载“监测数据”模板，点位写成与信访件相同的名称，填好后导入。</p>'


def cases(screen: Screen, place: Place) -> None:
    """Draw the cases of the place, the newest first."""
    first, last = place.cases[-1].received_on, place.cases[0].received_on
    everything = screen.link("cases", kpi="cases_total", span=f"{first}/{last}", group=f"site:{place.key}")
    few = f"，列出最近{_MOST_CASES}件" if len(place.cases) > _MOST_CASES else ""
    more = link(everything, "在案件页查看、下载", "", "more")
    show(
        markup.title(f"这个点位的{len(place.cases)}件信访件{few}", "由新到旧", more=more),
        markup.grid(_CASE_HEADS, [_case(screen, case) for case in place.cases[:_MOST_CASES]]),
    )


def _case(screen: Screen, case: SiteCase) -> str:
    here = screen.link("cases", kpi="cases_total", span=str(case.received_on), group=f"case_no:{case.case_no}")
    css = "concern" if case.rating == "不满意" else ""
    return (
        f'<tr><td class="link">{link(here, esc(case.case_no))}</td><td class="n">{case.received_on}</td>'
        f"<td>{esc(case.source)}</td><td>{esc(case.channel)}</td><td>{esc(case.branch)}</td>"
        f'<td>{esc("、".join(case.types))}</td><td>{esc(case.status)}</td><td class="{css}">{esc(case.rating or "")}</td></tr>'
    )
