"""The lists of the page of ratings: who was not satisfied and why, who has not rated yet, what was changed.

Every row leads to the case, every list can be taken away with what it is written on it.
"""

from collections.abc import Iterable

import pandas as pd

from metrics import rating_lists, ratings
from metrics.engine import Figure
from metrics.ratings import MAIN, BranchRating, OneCase
from pages.parts import markup, query, taken
from pages.parts.frame import Screen
from pages.parts.lists import short
from pages.parts.markup import esc, link, show

SHOWN = 12
PENDING, CHANGED = "rating_pending", "rating_changed_rate"
_SOON = 7
_INNER = ["case_key", "is_dated", "days_left"]  # columns for the page, not for the file


def card(href: str, name: str, number: str, unit: str, lines: Iterable[str], foot: str) -> str:
    """Return one leading figure as a link; `lines` are HTML."""
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    inner = (
        f'<span class="name">{esc(name)}<i aria-hidden="true">ⓘ</i></span>'
        f'<span class="big">{esc(number)}<small>{esc(unit)}</small></span>{body}<span class="foot">{esc(foot)}</span>'
    )
    return link(href, inner, f"{name}：口径与案件", "card")


def leading(screen: Screen, rate: Figure, participation: Figure) -> list[str]:
    """Return the cards of what there is to act on: dissatisfied, not yet rated, changed."""
    return [_dissatisfied_card(screen, rate), _pending_card(screen, participation), _changed_card(screen)]


def _dissatisfied_card(screen: Screen, rate: Figure) -> str:
    unhappy = rate.denominator - rate.numerator
    lines = [f"少1件，满意率{esc(ratings.without_one(rate).text)}" if unhappy else "没有不满意件"]
    lines += [f"多1件，满意率{esc(ratings.with_one(rate).text)}"] if rate.denominator else []
    return card(screen.cases(rate, "rest"), "不满意件", str(unhappy), "件", lines, f"已评价{rate.denominator}件")


def _pending_card(screen: Screen, participation: Figure) -> str:
    (waiting,) = query.measure(screen.reader, [PENDING], [screen.period], (), screen.where)
    late = participation.denominator - participation.numerator
    soon = _soon(_pending(screen))
    lines = [f"{_SOON}日内截止{soon}件", f"另有超期未评价{late}件"]
    return card(screen.passport(waiting), waiting.kpi.name, waiting.text, "件", lines, "已办结、评价期未满")


def _changed_card(screen: Screen) -> str:
    (rate,) = query.measure(screen.reader, [CHANGED], [screen.period], (), screen.where)
    found = _changes(screen)
    ways = rating_lists.ways(found)
    first = f"{ways[0].before}→{ways[0].after} {ways[0].times}件" if ways else "本期没有发现改评"
    lines = [esc(first), f"改评率{esc(rate.text)}（{rate.numerator}/{rate.denominator}）" if rate.denominator else ""]
    return card(screen.passport(rate), "改评件数", str(found["case_key"].nunique()), "件", lines, "只作诊断，不排名")


def _dissatisfied(screen: Screen) -> pd.DataFrame:
    return query.ask(screen.reader, rating_lists.dissatisfied, screen.period, screen.where)


def _pending(screen: Screen) -> pd.DataFrame:
    return query.ask(screen.reader, rating_lists.pending, screen.period, screen.where)


def _changes(screen: Screen) -> pd.DataFrame:
    return query.ask(screen.reader, rating_lists.changes, screen.period, screen.where)


def _soon(found: pd.DataFrame) -> int:
    return int((found["days_left"] <= _SOON).sum())


def dissatisfied(screen: Screen) -> None:
    """Draw the dissatisfied cases, the latest first, with their reason and whether the rating was changed."""
    found = _dissatisfied(screen)
    more = link(screen.link("cases", kpi=MAIN, part="rest"), f"全部{len(found)}件", css="more") if len(found) else ""
    named = int((found["不满意原因"] != "未注明").sum())
    title = f"不满意{len(found)}件，写明原因{named}件" if len(found) else "没有不满意件"
    show(markup.title(title, "最近评价的在前；灰色日期为回访或办结日期，没有评价时间", more=more))
    if found.empty:
        show(markup.nothing("本期没有不满意的件。"))
        return
    heads = (("编号", ""), ("点位", ""), ("责任分局", ""), ("评价日期", ""), ("距今", "n"), ("不满意原因", ""))
    show(markup.grid(heads, [_unhappy_row(screen, case) for case in found.head(SHOWN).to_dict("records")], "two_texts"))
    _downloads(screen, found, "不满意件", "评为不满意的初件；按评价日期取数")


def _unhappy_row(screen: Screen, case: dict) -> str:
    grey = "" if case["is_dated"] else "few"
    reason = f"{case['不满意原因']}（{case['改评']}）" if case["改评"] else case["不满意原因"]
    return (
        f"<tr><td>{_case(screen, case, MAIN, 'rest')}</td>{_cut(case['点位'])}<td>{esc(case['责任分局'])}</td>"
        f'<td class="{grey}">{case["评价日期"]:%Y-%m-%d}</td><td class="n">{case["距今天数"]}天</td>'
        f"{_cut(reason)}</tr>"
    )


def _case(screen: Screen, case: dict, kpi: str, part: str, **span: str) -> str:
    """Return a case's number as a link to this one case among those that a part of a KPI counts."""
    here = {"kpi": kpi, "part": part, "group": f"case_no:{case['编号']}"} | span
    return link(screen.link("cases", **here), esc(short(case["编号"])), case["编号"])


def _cut(text: str) -> str:
    return f'<td class="cut" title="{esc(text)}">{esc(text)}</td>'


def reasons(screen: Screen) -> None:
    """Draw the reasons as bars, alike ones counted together."""
    found = rating_lists.reasons(_dissatisfied(screen))
    given = [reason for reason in found if reason.words != "未注明"]
    title = f"不满意的首因：{given[0].words}" if given else "没有写明的不满意原因"
    show(markup.title(title, "意思相近的说法合并计数（指向文字可看原话）；原因中的个人信息已隐去"))
    longest = max((reason.cases for reason in found), default=0)
    bars = "".join(_reason(screen, reason, longest) for reason in found[:8])
    show(f'<div class="bars wide">{bars}</div>' if bars else markup.nothing("本期没有不满意的件。"))


def _reason(screen: Screen, reason: rating_lists.Reason, longest: int) -> str:
    aside = " class='aside'" if reason.words == "未注明" else ""
    inner = (
        f'<span class="label" title="{esc("；".join(reason.wordings))}">{esc(reason.words)}</span><span class="track">'
        f'<span class="bar" style="width:{62 * reason.cases / longest:.1f}%"></span>{reason.cases}件</span>'
    )
    return f'<a href="{esc(screen.link("cases", kpi=MAIN, part="rest"))}"{aside}>{inner}</a>'


def one_case(screen: Screen) -> None:
    """Draw for each branch what its rate would be with one dissatisfied case fewer, or one more."""
    found = query.ask(screen.reader, ratings.branches, screen.period, screen.where)
    rows = [_weight(screen, row) for row in found.rows]
    if found.rows and len(found.rows) > 1:
        rows.append(
            _weights(found.area, found.total, ratings.without_one(found.total), ratings.with_one(found.total), "total")
        )
    heads = (("分局", ""), ("现为", "n"), ("少1件不满意", "n"), ("多1件不满意", "n"))
    show(
        markup.title("一件的分量", "少1件：该件不在评价之列；多1件：再有1件评为不满意。灰色n<5"),
        markup.grid(heads, rows) if rows else markup.nothing("所选范围内没有评价件。"),
    )


def _weight(screen: Screen, row: BranchRating) -> str:
    return _weights(row.branch, row.figure, row.fewer, row.more, "aside" if row.is_few else "")


def _weights(name: str, figure: Figure, fewer: OneCase, more: OneCase, css: str) -> str:
    unhappy = figure.denominator - figure.numerator
    now = OneCase(figure.numerator, figure.denominator, figure.text).words
    cells = [(name, ""), (now, "n"), (fewer.words if unhappy else "没有不满意", "n"), (more.words, "n")]
    return markup.row(cells, css)


def pending(screen: Screen) -> None:
    """Draw the cases that wait for a rating, those first whose term ends first."""
    found = _pending(screen)
    (rate,) = query.measure(screen.reader, ["eval_participation"], [screen.period], (), screen.where)
    late, without = rate.denominator - rate.numerator, int(found["评价截止"].isna().sum())
    ways = [link(screen.cases(rate, "rest"), f"超期未评价{late}件")] if late else []
    ways += [link(screen.link("cases", kpi=PENDING), f"全部{len(found)}件")] if len(found) else []
    ways += _earlier(screen)
    title = f"待评价{len(found)}件，{_SOON}日内截止{_soon(found)}件" if len(found) else "没有待评价件"
    sub = "截止早的在前" + (f"；{without}件没有评价截止时间，判断不了是否超期，列在最后" if without else "")
    show(markup.title(title, sub, more=f'<span class="more">{"　".join(ways)}</span>'))
    if found.empty:
        show(markup.nothing("本期没有待评价的件。"))
        return
    heads = (("编号", ""), ("点位", ""), ("责任分局", ""), ("办结日期", ""), ("评价截止", ""), ("剩余", "n"))
    show(markup.grid(heads, [_waiting_row(screen, case) for case in found.head(SHOWN).to_dict("records")]))
    _downloads(screen, found, "待评价件", "已办结、评价期未满、还没有评价的初件；按回访或办结日期取数")


def _earlier(screen: Screen) -> list[str]:
    """Return the way to the cases that wait since before the period: in January, December's still can be rated."""
    first = query.first_day(screen.reader)
    before = first and query.ask(screen.reader, rating_lists.pending_before, screen.period, screen.where, first)
    return [link(screen.cases(before), f"更早的{before.text}件")] if before and before.numerator else []


def _waiting_row(screen: Screen, case: dict) -> str:
    closed, due = (f"{case[name]:%Y-%m-%d}" if pd.notna(case[name]) else "未注明" for name in ("办结日期", "评价截止"))
    soon = "concern" if pd.notna(case["days_left"]) and case["days_left"] <= _SOON else ""
    return (
        f"<tr><td>{_case(screen, case, PENDING, 'denominator')}</td>{_cut(case['点位'])}<td>{esc(case['责任分局'])}</td>"
        f'<td>{closed}</td><td>{due}</td><td class="n {soon}">{esc(case["剩余"])}</td></tr>'
    )


def changed(screen: Screen) -> None:
    """Draw which ratings were changed, from what to what, and what that made of the rate."""
    found = _changes(screen)
    first, final = query.ask(screen.reader, ratings.by_basis, screen.period, screen.where)
    many = found["case_key"].nunique()
    sub = "后一次导出的评价与前一次不同，按发现日期取数；只作诊断，不用于排名"
    show(markup.title(f"本期发现改评{many}件" if many else "本期没有发现改评", sub))
    ways = [f"{way.before}→{way.after}：{way.times}次" for way in rating_lists.ways(found)]
    if first.denominator:
        ways.append(_bases(first, final))
    show(markup.notes(ways))
    if found.empty:
        return
    heads = (("编号", ""), ("点位", ""), ("责任分局", ""), ("原评价", ""), ("现评价", ""), ("发现日期", ""))
    show(markup.grid(heads, [_changed_row(screen, case) for case in found.head(SHOWN).to_dict("records")]))
    _downloads(screen, found, "改评件", "后一次导出的评价与前一次不同的初件；按发现日期取数")


def _bases(first: Figure, final: Figure) -> str:
    at_first, at_last = (f"{each.text}（{each.numerator}/{each.denominator}）" for each in (first, final))
    if first.numerator == final.numerator:
        return f"按首次评价与按最后评价，满意率都是{at_last}"
    return f"按首次评价，满意率{at_first}；按最后评价，满意率{at_last}"


def _changed_row(screen: Screen, case: dict) -> str:
    """Return one changed rating; the case itself may belong to an earlier period, so its link spans all of them."""
    days = f"{query.first_day(screen.reader)}/{screen.reader.as_of.date()}"
    return (
        f"<tr><td>{_case(screen, case, CHANGED, 'numerator', span=days)}</td>{_cut(case['点位'])}<td>{esc(case['责任分局'])}</td>"
        f"<td>{esc(case['原评价'])}</td><td>{esc(case['现评价'])}</td><td>{case['发现日期']:%Y-%m-%d}</td></tr>"
    )


def _downloads(screen: Screen, found: pd.DataFrame, name: str, definition: str) -> None:
    kept = found[[column for column in found.columns if column not in _INNER]]
    taken.pair(screen, kept, name, definition)
