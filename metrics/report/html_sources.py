"""The end of the report's web page: where each number comes from, with the way to its definition, cases and back."""

from metrics.report.document import Check, Document, Fact
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
    """Return a row for each figure; what was drawn with `links` before is what the rows lead back to."""
    rows = "".join(_source(fact, document, links, dashboard) for fact in document.facts)
    heads = "".join(
        f'<th scope="col"{side}>{name}</th>'
        for name, side in (
            ("数字", ' class="n"'), ("指标与口径", ""), ("时期", ""), ("范围", ""), ("分子/分母", ' class="n"'), ("案件", ""), ("在看板中", ""), ("正文", ""),
        )
    )  # fmt: skip
    return (
        f'<section id="{SOURCES}" class="screen"><h2>数字出处</h2><p class="note">正文中带虚线的数字都可点到这里；每行可回到正文，'
        '也可在看板中查看口径和案件。</p><table class="data sources"><caption>每个数字的口径、分子分母和案件</caption><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _source(fact: Fact, document: Document, links: Links, dashboard: str) -> str:
    defined = links.definitions.get(fact.name)
    name = f'<a href="#{defined}" title="看口径">{esc(fact.name)}</a>' if defined else esc(fact.name)
    where = "、".join(fact.group.values()) or document.branch or "全市"
    return (
        f'<tr id="{links.anchors[fact.id]}"><td class="n"><b>{esc(fact.shown)}</b></td><td>{name}</td>'
        f'<td>{esc(fact.period_words)}</td><td>{esc(where)}</td><td class="n">{esc(counts(fact))}</td><td>{_cases(fact)}</td>'
        f"<td>{_way(fact, dashboard)}</td><td>{_places(links.places.get(fact.id, []))}</td></tr>"
    )


def _cases(fact: Fact) -> str:
    if fact.cases is None:
        return ""
    words = esc(fact.cases_words)
    return f"{words}：{esc('、'.join(fact.cases))}" if fact.cases else f"{words}：无"


def _way(fact: Fact, dashboard: str) -> str:
    """Return the link to the dashboard's page of a figure; a figure without an address has none."""
    if not fact.address:
        return ""
    start = dashboard.rstrip("/") or "."
    return f'<a href="{esc(f"{start}/passport?{fact.address}")}" target="_blank" rel="noopener noreferrer">查看口径和案件</a>'


def _places(places: list[str]) -> str:
    """Return links back to where a number stands."""
    shown = places[:_MOST_PLACES]
    return " ".join(f'<a href="#{place}" aria-label="回到正文第{i}处">↑{i}</a>' for i, place in enumerate(shown, 1))
