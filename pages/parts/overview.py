"""The parts that only the overview has: the strip of sentences, the mixes, the caveats and the gaps in the data."""

import re

from metrics.engine import Figure
from pages.parts import markup, panels, query
from pages.parts.frame import Screen
from pages.parts.lists import attention_words
from pages.parts.markup import esc, link, show


def strip(screen: Screen) -> None:
    """Draw one strip of sentences: what happened, and what needs attention; the caveats stand beside the volume."""
    beside = query.volume_caveats(screen.reader, screen.period, screen.where)
    found = [each for each in query.sentences(screen.reader, screen.period, screen.where) if each not in beside]
    if found:
        show(f'<p class="strip">{"".join(_sentence(each) for each in found)}</p>')


def _sentence(words: str) -> str:
    """Return a sentence whose beginning, up to the first bracket or comma, stands out."""
    lead = re.split(r"[（，：；]", words, maxsplit=1)[0]
    return f"<b>{esc(lead)}</b>{esc(words.removeprefix(lead))}"


def caveats(screen: Screen) -> None:
    """Draw, beside the volume, what could make it fall without things being better."""
    show(markup.notes(query.volume_caveats(screen.reader, screen.period, screen.where)))


def branch_title(screen: Screen) -> str:
    """Return the head of the table of branches."""
    more = link(screen.link("branches"), "各分局走势", css="more")
    return markup.title(
        f"分局一览（{screen.period.plain_words}）", "灰色为件数少于5的率，不宜比较；待归属为未能对应分局的件", more=more
    )


def attention_title(screen: Screen) -> str:
    """Return the head of the list of what is overdue or nearly so."""
    more = link(screen.link("cases", kpi="overdue_open"), "全部超期件", css="more")
    return markup.title("须督办", attention_words(screen), more=more)


def mix(screen: Screen, kpi: str, field: str) -> None:
    """Draw a mix as labelled bars; each bar leads to its cases, the head to the passport."""
    figures = query.measure(screen.reader, [kpi], [screen.period], (field,), screen.where)
    known = [figure for figure in figures if figure.group and figure.numerator]
    show(
        markup.title(_leading(known, field), _footnote(known or figures), screen.passport(figures[-1])),
        panels.bars(screen, figures, field),
    )


def _leading(figures: list[Figure], field: str) -> str:
    if not figures:
        return "没有信访件"
    first = max(figures, key=lambda figure: figure.numerator or 0)
    return f"{first.group[field]}最多，占{first.text}"


def _footnote(figures: list[Figure]) -> str:
    kpi = figures[0].kpi
    whole = figures[0].denominator or 0
    return f"{kpi.name}，n={whole}；{kpi.caveat.split('。')[0]}" if kpi.caveat else f"{kpi.name}，n={whole}"


def gaps(screen: Screen) -> None:
    """Draw how much of the data could not be placed, with the way to put it right."""
    tables = {name: query.table(screen.reader, name) for name in ("unmatched", "unknown", "quarantine")}
    unmatched, unknown = tables["unmatched"], tables["unknown"]
    lines = [
        (int(unmatched["件数"].sum()), "件待归属", f"{len(unmatched)}种分局写法未能对应"),
        (int(unknown["件数"].sum()), "处取值未识别", "、".join(unknown["字段"].unique())),
        (len(tables["quarantine"]), "行被隔离", "未计入任何指标，可更正后再导入"),
    ]
    rows = "".join(
        f'<tr><td class="n">{count}</td><td>{esc(what)}<div class="sub">{esc(words)}</div></td></tr>'
        for count, what, words in lines
        if count
    )
    more = link(screen.link("quality"), "查看", css="more")
    body = f'<table class="grid loose"><tbody>{rows}</tbody></table>' if rows else markup.nothing("全部归入。")
    show(markup.title("数据缺口", "全部数据中；不丢弃，也不改变分母", more=more), body)
