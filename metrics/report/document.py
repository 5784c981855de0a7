"""A report as data: headings, sentences, tables, charts, each number with where it comes from. No format, no screen.

Every format is made from this and from nothing else, so that all of them carry the same numbers. It goes to JSON and
back without loss; a frozen edition is that JSON. Records are never changed after they are made.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

import msgspec

from metrics.reconcile import Check


class _Record(msgspec.Struct, frozen=True, tag_field="type"):
    """A part of a document; its JSON says which kind it is."""


class Fact(_Record, tag="fact"):
    """One figure as the report has it, with its way to the definition and to the cases.

    id: unique in the document. period: a label that periods.parse or a span of two of them reads. group: field → value.
    numerator, denominator, value, text: as in `metrics show`; shown: the text with its unit. cases: the numbers of
    the cases behind it where they are few (of the numerator for a count, of denominator less numerator for a share);
    None where they are many or none is to be shown. cases_words says which cases these are. address: query string of
    the dashboard's passport page (without the question mark), from which the cases are one click away.
    """

    id: str
    kpi: str
    name: str
    period: str
    period_words: str
    group: dict[str, str]
    numerator: int | None
    denominator: int | None
    value: float | None
    text: str
    shown: str
    cases: tuple[str, ...] | None = None
    cases_words: str = ""
    address: str = ""


class Number(_Record, tag="number"):
    """A number as it is printed. value: the number itself (a share as a fraction of 1; None for "—"); fact: id or "".

    state: green, yellow, red or grey by the KPI's target, late for what is overdue, "" where nothing is judged.
    """

    text: str
    value: float | None = None
    fact: str = ""
    state: str = ""


Text = tuple[str | Number, ...]


class Heading(_Record, tag="heading"):
    """A heading with its own numeral: level 1 一、, level 2 （一）, level 3 1."""

    text: str
    level: int = 1


class Paragraph(_Record, tag="paragraph"):
    """A paragraph. style: body; addressee (主送机关, not indented); note (small, under a table or chart); signature,
    date (落款, 成文日期); item (one of a list, with its own numeral). edited: name of the text block that the clerk wrote.
    """

    text: Text
    style: str = "body"
    edited: str = ""


class Column(_Record, tag="column"):
    """A column of a table. kind: text, count, share (value as a fraction), days, change (words), date, number."""

    name: str
    kind: str = "text"


Cell = str | Number | None


class Table(_Record, tag="table"):
    """A table; every row has as many cells as there are columns. caption: 表1 …; note: what must stand under it.

    id: stable name. last_is_total: the last row is a total. only: "" for every format, "xlsx" for long ledgers.
    more: how many further rows were left out for length (they are in the dashboard), 0 where all are here.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    last_is_total: bool = False
    only: str = ""
    more: int = 0


class Series(_Record, tag="series"):
    """The values of one series, one per category, None where there is none. role: main, former (the year before), centre,
    low, high (control limits), target. texts: a value as printed beside its mark, "" for unlabelled; () for none."""

    name: str
    values: tuple[float | None, ...]
    role: str = "main"
    texts: tuple[str, ...] = ()


class Chart(_Record, tag="chart"):
    """A chart as data. kind: line (over periods), column (over periods or branches), bar (horizontal, largest first).

    id: stable name; caption: 图1 …; title: its finding; subtitle: unit, definition, n. unit: 件 or %; values of % are
    fractions of 1. unfinished: index of the category whose period is not over, drawn hollow; -1 for none. marks: better,
    worse, neutral or "" for each category, of the main series. alt: the chart in a sentence.
    """

    id: str
    caption: str
    title: str
    subtitle: str
    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    decimals: int = 0
    unfinished: int = -1
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""


Block = Heading | Paragraph | Table | Chart


class Tile(_Record, tag="tile"):
    """A figure of the one-page board: name, printed figure with unit, n/d, change and signal in words; state: green,
    yellow, red, grey or "" (target), late (only 超期)."""

    name: str
    figure: Number
    counted: str
    change: str
    signal: str
    state: str = ""


class Board(_Record, tag="board"):
    """一图读懂: one page of six figures, a trend, the branches, the pollution types and the warnings."""

    title: str
    sentence: str
    tiles: tuple[Tile, ...]
    trend: Chart
    branches: Table
    mix: Chart
    warnings: Table


class Stamp(_Record, tag="stamp"):
    """What every format carries: cut-off, store version, definition version, filters. as_of_words: 2025年10月31日18时."""

    as_of_words: str
    version: str
    definitions: str
    filter_words: str

    @property
    def moment(self) -> datetime:
        """The cut-off as a moment: what files say of when they were made, so that they do not depend on the clock."""
        numbers = [int(number) for number in re.findall(r"\d+", self.as_of_words)]
        return datetime(*numbers[:4]) if len(numbers) >= 3 else datetime(2000, 1, 1, 8)

    @property
    def words(self) -> str:
        """The line at the foot of every page."""
        return (
            f"数据截至{self.as_of_words}；数据版本{self.version}；口径版本{self.definitions}；范围：{self.filter_words}"
        )


class Document(_Record, tag="document"):
    """A whole report. key: what it covers, 2025-09, 2025Q3, 2025H1, 2025; branch: "" for the city.

    period_words: 2025年9月. blocks: the body in order; annex: what follows after 附件. file_stem: name of its files.
    numbers in tables and text point into `facts` by id. is_demo: made from invented data, and says so.
    """

    key: str
    branch: str
    title: str
    unit_name: str
    period_words: str
    file_stem: str
    stamp: Stamp
    blocks: tuple[Block, ...]
    annex: tuple[Block, ...]
    board: Board | None
    facts: tuple[Fact, ...]
    checks: tuple[Check, ...]
    is_demo: bool = False
    edition: int = 0

    def fact(self, name: str) -> Fact:
        """Return the fact with this id. Raises KeyError."""
        return {fact.id: fact for fact in self.facts}[name]

    @property
    def mark(self) -> str:
        """What stands over every page: that the data are invented, and which edition this is; empty for neither."""
        marks = ["演示数据"] if self.is_demo else []
        return "　".join([*marks, *([f"第{self.edition}版"] if self.edition else [])])

    @property
    def everything(self) -> tuple[Block, ...]:
        """Body and annex together."""
        return (*self.blocks, *self.annex)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts in order."""
        return tuple(block for block in self.everything if isinstance(block, Chart))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in order."""
        return tuple(block for block in self.everything if isinstance(block, Table))

    def numbers(self) -> Iterator[Number]:
        """Yield every number of the text, the tables and the board, in order."""
        for block in self.everything:
            if isinstance(block, Paragraph):
                yield from (part for part in block.text if isinstance(part, Number))
            elif isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row if isinstance(cell, Number))
        if self.board:
            yield from (tile.figure for tile in self.board.tiles)


def plain(text: Text | Cell) -> str:
    """Return a text or a cell without its links."""
    if text is None:
        return ""
    if isinstance(text, tuple):
        return "".join(plain(part) for part in text)
    return text if isinstance(text, str) else text.text


def to_json(document: Document) -> bytes:
    """Return the document as JSON; the same document always gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=1)


def from_json(text: bytes) -> Document:
    """Return the document that `to_json` wrote. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(text, type=Document)


def day_words(day: date) -> str:
    """Return a day as official documents write it: 2025年10月8日."""
    return f"{day.year}年{day.month}月{day.day}日"
