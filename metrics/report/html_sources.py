"""The end of the report's web page: where each number comes from, with the way to its definition, cases and back."""

from metrics.reconcile import Check
from metrics.report.document import Document, Fact
from metrics.report.html_parts import Links, counts, esc

SOURCES, CHECKS = "sources", "checks"  # anchors
_MOST_PLACES = 6


def checks(found: tuple[Check, ...]) -> str:
    """Return the reconciliation: two ways to each number, and whether they agree."""
    rows = "".join(_check(one) for one in found)
    return (
        f'<section id="{CHECKS}" class="screen"><h2>对账</h2><table class="data"><caption>对账：两种算法的结果</caption><thead><tr>'
        '<th scope="col">核对</th><th scope="col">一种算法</th><th scope="col" class="n">结果</th><th scope="col">另一种算法</th>'
        f'<th scope="col" class="n">结果</th><th scope="col">是否相符</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _check(one: Check) -> str:
    ok = '<span class="ok">相符</span>' if one.ok else f'<b class="late">不符</b>：{esc(one.explanation)}'
    return (
        f'<tr><td>{esc(one.name)}</td><td>{esc(one.left_words)}</td><td class="n">{one.left}</td>'
        f'<td>{esc(one.right_words)}</td><td class="n">{one.right}</td><td>{ok}</td></tr>'
    )


def sources(document: Document, links: Links, dashboard: str) -> str:
    """Return an entry for each figure; where `links` has drawn it before is what the entry leads back to."""
    entries = "".join(_source(fact, document, links, dashboard) for fact in document.facts)
    return (
        f'<section id="{SOURCES}" class="screen"><h2>数字出处</h2><p class="note">报告中带虚线的数字都可点到这里；从这里可以看口径、'
        f'看案件，↑ 回到数字所在的地方。</p><ul class="sources">{entries}</ul></section>'
    )


def _source(fact: Fact, document: Document, links: Links, dashboard: str) -> str:
    defined = links.definitions.get(fact.name)
    name = f'<a href="#{defined}" title="看口径">{esc(fact.name)}</a>' if defined else esc(fact.name)
    where = "、".join(fact.group.values()) or document.branch or "全市"
    counted = f"<span>{esc(counts(fact))}</span>" if fact.denominator is not None else ""
    return (
        f'<li id="{links.anchors[fact.id]}"><b>{esc(fact.shown)}</b><span>{name}</span><span>{esc(fact.period_words)}</span>'
        f"<span>{esc(where)}</span>{counted}{_way(fact, dashboard)}{_places(links.places.get(fact.id, []))}{_cases(fact)}</li>"
    )


def _cases(fact: Fact) -> str:
    if fact.cases is None:
        return ""
    words = esc(fact.cases_words)
    return f'<p class="note">{words}：{esc("、".join(fact.cases) or "无")}</p>'


def _way(fact: Fact, dashboard: str) -> str:
    """Return the link to the dashboard's page of a figure; a figure without an address has none."""
    if not fact.address:
        return ""
    start = dashboard.rstrip("/") or "."
    return f'<a href="{esc(f"{start}/passport?{fact.address}")}" target="_blank" rel="noopener noreferrer">查看口径和案件</a>'


def _places(places: list[str]) -> str:
    """Return links back to where a number stands."""
    shown = places[:_MOST_PLACES]
    return "".join(f'<a href="#{place}" aria-label="回到正文第{i}处">↑{i}</a>' for i, place in enumerate(shown, 1))
