"""Early warnings on the screen: those in force first, those of the year before, and how they are worked out."""

from datetime import date

from metrics import alerts, surveillance
from metrics.alerts import KIND_WORDS, Told
from metrics.format import round_half_up
from pages.parts import markup, query
from pages.parts.frame import Screen
from pages.parts.markup import esc, link, show

_HEADS = (("预警对象", ""), ("责任分局", ""), ("近28天", "n"), ("平常约", "n"), ("首次预警", "n"), ("最集中的点位", ""))
_EARLIER_HEADS = (
    ("预警对象", ""),
    ("责任分局", ""),
    ("28天最多", "n"),
    ("平常约", "n"),
    ("首次预警", "n"),
    ("持续到", "n"),
)
_MOST, _MOST_OVER = 12, 6


def told(screen: Screen) -> list[Told]:
    """Return the warnings known at the cut of the period."""
    return query.ask(screen.reader, alerts.told, screen.period, screen.where)


def day_words(day: date) -> str:
    """Return a day in words: 2025年3月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def draw(screen: Screen) -> None:
    """Draw the warnings; who sees one branch only is told that they need all of them."""
    if screen.is_whole:
        in_force(screen)
        before(screen)
    else:
        words = "预警要拿全市同期的涨落作对照，只在市局页面上算；与本分局有关的预警由信访办通报。"
        show(markup.title("预警"), markup.nothing(words))


def in_force(screen: Screen) -> None:
    """Draw the warnings in force at the period's cut."""
    found = [one for one in told(screen) if one.is_in_force]
    cut = day_words(screen.period.cut)
    sub = f"截至{cut}的28天，件（同一人就同一点位重复反映只算一次）；明显多于自身历史、同期全市涨落和往年同季的才预警"
    show(markup.title(_finding(found, cut), sub))
    if found:
        rows = [_row(screen, one) for one in found[:_MOST]]
        more = [f"另有{len(found) - _MOST}处，请按分局或污染类型筛选后查看。"] if len(found) > _MOST else []
        show(markup.grid(_HEADS, rows, "alerts"), markup.notes(more))
    elif query.ask(screen.reader, alerts.has_history, screen.period.cut):
        show(markup.nothing("没有点位、街道乡镇或分局的某类污染明显多于自身历史。"))
    else:
        show(markup.nothing("数据不足一年，还看不出平常有多少，暂不预警。"))


def _finding(found: list[Told], cut: str) -> str:
    if not found:
        return f"截至{cut}没有预警"
    first = found[0]
    return f"{len(found)}处预警：{first.name}28天{first.reading.cases}件，平常约{_expected(first)}件"


def _row(screen: Screen, one: Told) -> str:
    return (
        f"<tr>{_what(screen, one)}<td>{esc(one.branch)}</td>"
        f'<td class="n concern">{_count(screen, one)}</td><td class="n">{_expected(one)}件</td>'
        f'<td class="n">{day_words(one.alert.first.on)}</td>{_top(screen, one)}</tr>'
    )


def _what(screen: Screen, one: Told) -> str:
    kind = KIND_WORDS[one.alert.kind]
    name = esc(one.name)
    if one.alert.kind == "site":
        name = link(site_address(screen, one.name), name, "看这个点位")
    return f'<td class="link"><span class="kind" title="{kind}">{kind[:2]}</span>{name}</td>'


def _count(screen: Screen, one: Told) -> str:
    """Return the number as a link to the cases in the window."""
    group = {
        "site": f"site:{one.alert.key}",
        "area": f"area:{one.alert.key}",
        "branch": f"branch:{one.alert.key},pollution_type:{one.alert.label}",
    }[one.alert.kind]
    span = f"{one.reading.first}/{one.reading.on}"
    more = f"，含重复反映共{one.cases}件" if one.cases != one.reading.cases else ""
    words = f"{day_words(one.reading.first)}—{day_words(one.reading.on)}{more}：查看案件"
    return link(screen.link("cases", kpi="cases_total", span=span, group=group), f"{one.reading.cases}件", words)


def _expected(one: Told) -> str:
    return str(round_half_up(one.reading.expected, 1))


def _top(screen: Screen, one: Told) -> str:
    """Return where most of a township's or branch's cases are; for a place, what they are about."""
    if one.alert.kind == "site":
        return f'<td class="quiet">{esc("、".join(one.types) or "未注明污染类型")}</td>'
    if one.top_cases < 2:
        return '<td class="quiet">分散在各点位</td>'
    return f'<td class="link">{link(site_address(screen, one.top_site), esc(one.top_site))} {one.top_cases}件</td>'


def site_address(screen: Screen, name: str) -> str:
    """Return the address of a place's own view."""
    return screen.link("hotspots", site=name)


def before(screen: Screen) -> None:
    """Draw the warnings of the last year that are over."""
    over = [one for one in told(screen) if not one.is_in_force]
    if not over:
        show(markup.notes(["近一年没有已解除的预警。"]))
        return
    since = (
        f"截至{day_words(screen.period.cut)}的一年内；连续{alerts.IN_FORCE}天不再超出即解除，"
        f"{alerts.ONE_EPISODE}天内再次超出算同一次"
    )
    show(markup.title(f"近一年已解除{len(over)}处", since))
    rows = [
        f"<tr>{_what(screen, one)}<td>{esc(one.branch)}</td>"
        f'<td class="n">{_count(screen, one)}</td><td class="n">{_expected(one)}件</td>'
        f'<td class="n">{day_words(one.alert.first.on)}</td><td class="n">{day_words(one.alert.last.on)}</td></tr>'
        for one in over[:_MOST_OVER]
    ]
    more = [f"另有{len(over) - _MOST_OVER}处较早的。"] if len(over) > _MOST_OVER else []
    show(markup.grid(_EARLIER_HEADS, rows, "alerts"), markup.notes(more))


def method() -> None:
    """Draw how a warning is worked out, and how often it errs."""
    least = "、".join(f"{KIND_WORDS[kind]}{many}件" for kind, many in alerts.LEAST.items())
    sites = "；".join(_detection(one) for one in surveillance.DETECTIONS if one.at_one_site)
    spread = "；".join(_detection(one) for one in surveillance.DETECTIONS if not one.at_one_site)
    show(
        markup.title("预警方法", "逐日计算，只用当日以前的数据，因此首次预警日期不随所选统计期改变"),
        markup.notes(
            [
                "数什么：每个点位、街道乡镇、分局与污染类型，最近28天的件数；同一人28天内就同一点位重复反映只算一次。",
                "跟谁比：此前最多两年里每28天一段的件数。三种解释都说不通才预警：自己平常的水平；平常水平随全市（同类污染）同期涨落；"
                "自己往年同一季节的水平。春节回落、夏季增多、全市普涨因此不会误报。",
                "怎样算明显多：按负二项分布，计入历史件数少和波动大带来的不确定，三种解释下出现这么多件的概率都小于"
                f"{round_half_up(surveillance.THRESHOLD * 1000, 0)}‰，件数达到平常的{surveillance.CLEARLY}倍，且不少于：{least}。",
                "没有历史的新点位按“从来没有”来比；缺了某个来源的时段、已经预警的时段不当作历史；历史不足一年不预警。",
                f"会错多少：模拟没有事的城市（年约900件），全市平均每季度误报不到{surveillance.FALSE_ALARMS_A_QUARTER}次。",
                f"能发现多少：平时少有投诉的一个点位，28天内{sites}。分散在各点位的某类污染（平常3—4件），28天内{spread}。",
                "预警只说明件数超出历史，不说明原因；仅供安排核查，不作考核依据。",
            ]
        ),
    )


def _detection(one: surveillance.Detection) -> str:
    more = "" if one.at_one_site else "多出"
    noticed = "都能发现" if one.share == 1 else f"约{round_half_up(one.share * 100, 0)}%能发现"
    return f"{more}{one.cases}件{noticed}，通常在第{one.day}天"
