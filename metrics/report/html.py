"""Writes a report as one web page that needs nothing else: no script, no network, no font of its own.

It is read on old terminals (Chromium 90 and later) and printed to A4 in the form of an official document, so its style
keeps to what those browsers know. Every number leads to 数字出处 at its end, and from there to the dashboard. On the screen
it has contents, the leading figures and the reconciliation besides; on paper it is the official document alone.
"""

import re
from pathlib import Path

from data.errors import UserError
from metrics.report import drawing, html_sources
from metrics.report.document import Block, Board, Chart, Document, Heading, Paragraph, Table
from metrics.report.drawing_parts import as_table
from metrics.report.html_parts import Links, esc, fitted_table, key, notes, paragraph, state_words, table

_STYLE = (Path(__file__).parent / "report.css").read_text("utf-8")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_TAGS = {1: "h2", 2: "h3", 3: "h4"}
_PAUSE = re.compile(r"(年|月|季度|全市|分局|投诉|情况的)")
_CHECKED = "checks"  # id of a table in the annex that holds the reconciliation already


def write(document: Document, dashboard: str = "", embedded: bool = False) -> bytes:
    """Return the page in UTF-8; dashboard: address of the dashboard, "" for beside where the page is served.

    embedded: it is shown as the srcdoc of a frame, where a link to an anchor would load the outer page without a base of
    its own; then `dashboard` must be a whole address.

    The same document gives the same bytes. A chart that cannot be drawn for want of a Chinese font stands as a table.
    """
    links = Links(document.facts)
    tiles = _tiles(document.board, links) if document.board else ""
    body = "".join(_block(block, links, i) for i, block in enumerate(document.blocks))
    left_out = _left_out(document.blocks)
    annex = "".join(_block(block, links, i, True) for i, block in enumerate(document.annex, len(document.blocks)))
    annex = f'<section class="annex">{annex}{_left_out(document.annex)}</section>' if annex else ""
    checks = html_sources.checks(document.checks) if _shows_checks(document) else ""
    sources = html_sources.sources(document, links, dashboard) if document.facts else ""
    return (
        f'<!doctype html>\n<html lang="zh-CN">{_head(document, embedded)}<body><a class="skip" href="#report">跳到正文</a>'
        f'{_contents(document, bool(checks))}<main id="report">{_marks(document)}<h1>{_title(document.title)}</h1>'
        f"{tiles}{body}{left_out}{annex}{checks}{sources}<footer><p>{esc(document.stamp.words)}</p></footer></main></body></html>\n"
    ).encode()


def _head(document: Document, embedded: bool) -> str:
    base, policy = ('<base href="about:srcdoc">', _POLICY) if embedded else ("", f"{_POLICY}; base-uri 'none'")
    return (
        f'<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">{base}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="author" content="{esc(document.unit_name)}"><meta name="description" content="{esc(document.stamp.words)}">'
        f"<title>{esc(document.title)}</title><style>{_STYLE}{_edges(document)}</style></head>"
    )


def _edges(document: Document) -> str:
    """Return what stands in the margins of a printed page: marks above, stamp and page number below, odd pages right."""
    page, stamp = '"— " counter(page) " —"', _css(document.stamp.words)
    rules = f"@page {{ @top-right {{ content: {_css(document.mark)}; font: 10.5pt SimHei, 黑体, sans-serif; vertical-align: bottom; padding-bottom: 12pt; }} }}"
    for name, number, words in (("right", "right", "left"), ("left", "left", "right")):
        rules += (
            f"@page :{name} {{ @bottom-{number} {{ content: {page}; font: 14pt SimSun, 宋体, serif; width: 24mm; vertical-align: top; padding-top: 14pt; text-align: {number}; }} "
            f"@bottom-{words} {{ content: {stamp}; font: 8pt/11pt SimSun, 宋体, serif; width: 130mm; vertical-align: top; padding-top: 18pt; text-align: {words}; }} }}"
        )
    return rules


def _css(words: str) -> str:
    """Return words as a string of CSS; whatever is not a letter or a digit is written as its number."""
    return '"' + "".join(one if one.isalnum() else f"\\{ord(one):06x}" for one in words) + '"'


def _marks(document: Document) -> str:
    """Return the line over the title: whose report, of which period, which edition, and that its data are invented."""
    edition = f"第{document.edition}版" if document.edition else ""
    tags = [f'<span class="tag">{edition}</span>'] if edition else []
    tags += ['<span class="tag demo">演示数据</span>'] if document.is_demo else []
    whose = "　".join(filter(None, (document.unit_name, document.branch, document.period_words)))
    return f'<p class="marks screen"><span>{esc(whose)}</span>{"".join(tags)}</p>'


def _title(title: str) -> str:
    """Return the title, which may be broken at a pause only."""
    return _PAUSE.sub(r"\1<wbr>", esc(title))


def _contents(document: Document, has_checks: bool) -> str:
    headings = [(i, block) for i, block in enumerate(document.everything) if isinstance(block, Heading)]
    items = [f'<li class="level{b.level}"><a href="#h{i}">{esc(b.text)}</a></li>' for i, b in headings if b.level < 3]
    items += [f'<li class="level1"><a href="#{html_sources.CHECKS}">对账</a></li>'] if has_checks else []
    items += [f'<li class="level1"><a href="#{html_sources.SOURCES}">数字出处</a></li>'] if document.facts else []
    return f'<nav class="contents screen" aria-label="目录"><p>目录</p><ul>{"".join(items)}</ul></nav>'


def _shows_checks(document: Document) -> bool:
    return bool(document.checks) and not any(shown.id == _CHECKED for shown in document.tables)


def _tiles(board: Board, links: Links) -> str:
    """Return the leading figures with change, signal and state in words."""
    tiles = "".join(
        f'<li class="tile {esc(tile.state)}"><span class="name">{esc(tile.name)}</span><b>{links.number(tile.figure)}</b>'
        f"<span>{esc('　'.join(filter(None, (tile.counted, state_words(tile.state)))))}</span>"
        f"<span>{esc('，'.join(filter(None, (tile.change, tile.signal))))}</span></li>"
        for tile in board.tiles
    )
    return f'<ul class="tiles screen" aria-label="主要数字">{tiles}</ul>'


def _block(block: Block, links: Links, index: int, is_annex: bool = False) -> str:
    if isinstance(block, Heading):
        tag = _TAGS[min(max(block.level, 1), 3)]
        return f'<{tag} id="h{index}">{esc(block.text)}</{tag}>'
    if isinstance(block, Paragraph):
        return paragraph(block, links, is_annex)
    if isinstance(block, Chart):
        return _chart(block)
    return _table(block, links) if block.only != "xlsx" else ""


def _table(block: Table, links: Links) -> str:
    more = f"另有{block.more}项未列出，见看板。" if block.more else ""
    return f'<div class="block">{fitted_table(block, links)}{key(block)}{notes((more, *block.notes))}</div>'


def _chart(chart: Chart) -> str:
    """Return a picture with its caption, and its numbers as a table that opens without a script."""
    numbers = table(as_table(chart), Links())
    try:
        picture = drawing.svg(chart)
    except UserError:
        said = f"这台电脑上没有中文字体，“{chart.caption}”没有画成图，数据列表如下。"
        return f'<div class="block">{notes((said,))}{numbers}{notes((chart.subtitle, *chart.notes))}</div>'
    return (
        f'<figure><div class="chart">{picture}</div><figcaption>{esc(chart.caption)}</figcaption>{notes(chart.notes)}'
        f'<details class="screen"><summary>图中的数字</summary>{numbers}</details></figure>'
    )


def _left_out(blocks: tuple[Block, ...]) -> str:
    """Return which tables are in the workbook only."""
    names = [block.caption for block in blocks if isinstance(block, Table) and block.only == "xlsx"]
    return notes((f"{'、'.join(names)}见随附的Excel文件。",)) if names else ""
