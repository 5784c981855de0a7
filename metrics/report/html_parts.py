"""What the web page of a report and the one-page board are built of: escaped words, numbers with their links, tables.

Every text goes through `esc`. A number is a link to where it comes from, and every place where it stands is remembered,
so that the way leads back as well.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from html import escape

from metrics.catalog import CATALOG
from metrics.format import unit_change
from metrics.report import paper_tables
from metrics.report.document import Cell, Column, Fact, Number, Paragraph, Table, Text, plain
from metrics.report.pen import readable
from metrics.targets import STATES

_KEPT_TOGETHER = 14  # rows that are moved to the next page of paper rather than parted
_LONG_NUMBER = re.compile(r"[!-~]{12,}")
_ON_THE_RIGHT = ("count", "share", "days", "number")
_DOTS = {"green": "达标", "yellow": "未达标", "red": "越过红线"}  # states that a dot before a number shows
DEFINITIONS = "definitions"  # id of the table in the annex that has a row for each KPI


def esc(words: str) -> str:
    """Return words as they may stand in a page, in an attribute too, without what cannot be printed."""
    return escape(readable(words))


class Links:
    """Where each number of a page stands, and where each KPI is defined in it; `facts` are those it has."""

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.anchors = {fact.id: f"fact-{i}" for i, fact in enumerate(facts, 1)}
        self.places: dict[str, list[str]] = defaultdict(list)  # fact → anchors of the numbers that it is behind
        self.definitions: dict[str, str] = {}  # name of a KPI → anchor of its definition
        self._names = {fact.name for fact in facts}
        self._count = 0

    def number(self, number: Number) -> str:
        """Return a number as printed, linked to its source where it has one."""
        words = esc(number.text)
        look = f" {number.state}" if number.state else ""
        fact = self.facts.get(number.fact)
        if fact is None:
            return f'<span class="{look.strip()}">{words}</span>' if look else words
        self._count += 1
        here = f"n{self._count}"
        self.places[fact.id].append(here)
        return (
            f'<a class="fact{look}" href="#{self.anchors[fact.id]}" id="{here}" title="{esc(told(fact))}">{words}</a>'
        )

    def text(self, text: Text | Cell) -> str:
        """Return a text or a cell."""
        if text is None:
            return ""
        if isinstance(text, tuple):
            return "".join(self.text(part) for part in text)
        return esc(text) if isinstance(text, str) else self.number(text)

    def define(self, words: str) -> str:
        """Return an id attribute where these words begin the definition of a KPI; empty elsewhere."""
        name = next((name for name in sorted(self._names, key=len, reverse=True) if words.startswith(name)), "")
        if not name or name in self.definitions:
            return ""
        self.definitions[name] = f"definition-{len(self.definitions) + 1}"
        return f' id="{self.definitions[name]}"'


def told(fact: Fact) -> str:
    """Return what a number is in short: its counts, its KPI, its period."""
    return "，".join(filter(None, (counts(fact), fact.name, fact.period_words, "、".join(fact.group.values()))))


def counts(fact: Fact) -> str:
    """Return numerator and denominator as the catalogue prints them: 29/30, or the count alone."""
    if fact.denominator is None:
        return "" if fact.numerator is None else str(fact.numerator)
    if fact.kpi in CATALOG and CATALOG[fact.kpi].base and fact.numerator is not None:
        return f"{unit_change(fact.numerator, '件')}，基期{fact.denominator}件"
    return f"{fact.numerator}/{fact.denominator}"


def table(shown: Table, links: Links, rows: Sequence[tuple[Cell, ...]] | None = None, widths: str = "") -> str:
    """Return a table with its caption and head, `rows` of it where not all are to be shown; widths: its <colgroup>."""
    rows = shown.rows if rows is None else rows
    head = "".join(f'<th scope="col"{_side(column)}>{esc(column.name)}</th>' for column in shown.columns)
    body = (
        "".join(_row(shown, row, links, shown.last_is_total and row is shown.rows[-1]) for row in rows)
        or f'<tr><td colspan="{len(shown.columns)}">无</td></tr>'
    )
    look = " wide" if len(shown.columns) > 6 else ""
    look += " short" if len(rows) <= _KEPT_TOGETHER else ""
    return (
        f'<table class="data{look}"><caption>{esc(shown.caption)}</caption>{widths}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def fitted_table(shown: Table, links: Links) -> str:
    """Return a table with the widths of columns, and on paper the size of type, that it has in Word."""
    size, widths = paper_tables.fitted(shown)
    columns = "".join(f'<col style="width:{100 * width / sum(widths):.1f}%">' for width in widths)
    drawn = table(shown, links, widths=f"<colgroup>{columns}</colgroup>")
    return f'<div style="--size:{size:g}pt">{drawn}</div>'


def _row(shown: Table, row: tuple[Cell, ...], links: Links, is_total: bool) -> str:
    anchor = links.define(str(row[0])) if shown.id == DEFINITIONS and row else ""
    cells = "".join(
        f"<td{_side(column)}>{links.text(cell)}</td>" for column, cell in zip(shown.columns, row, strict=True)
    )
    look = ' class="total"' if is_total else ""
    return f"<tr{anchor}{look}>{cells}</tr>"


def _side(column: Column) -> str:
    return ' class="n"' if column.kind in _ON_THE_RIGHT else ""


def key(shown: Table) -> str:
    """Return what the dots in a table mean; empty for a table without any."""
    states = {cell.state for row in shown.rows for cell in row if isinstance(cell, Number)}
    used = [(state, words) for state, words in _DOTS.items() if state in states]
    dots = "".join(f'<span><b class="{state}"></b>{words}</span>' for state, words in used)
    return f'<p class="note key">{dots}</p>' if used else ""


def notes(words: Sequence[str]) -> str:
    """Return small lines under a table or a chart."""
    return "".join(f'<p class="note">{esc(one)}</p>' for one in words if one)


def paragraph(block: Paragraph, links: Links, defines: bool = False) -> str:
    """Return a paragraph by its style; defines: it may be the definition of a KPI."""
    anchor = links.define("".join(part for part in block.text if isinstance(part, str))) if defines else ""
    ragged = " ragged" if _LONG_NUMBER.search(plain(block.text)) else ""  # or the line before the number is torn apart
    return f'<p class="{esc(block.style)}{ragged}"{anchor}>{links.text(block.text)}</p>'


def state_words(state: str) -> str:
    """Return a state in words; empty for none."""
    return {"late": "超期", "red": "未达标"}.get(state) or STATES.get(state, "")
