"""一图读懂: the one page of a report as HTML of exactly 1920 × 1080, from which the browser makes a picture.

Nothing may be cut off, however many branches there are and however long their names: rows have heights that are counted
here, what does not fit is said in words, and long texts break into two lines.
"""

from collections.abc import Sequence
from pathlib import Path

from data.errors import UserError
from metrics.report import drawing
from metrics.report.document import Board, Cell, Chart, Stamp, Table, Tile, plain
from metrics.report.drawing_parts import as_table
from metrics.report.html_parts import Links, esc, key, state_words, table

WIDE, HIGH = 1920, 1080  # pixels; board.css says the same
_STYLE = (Path(__file__).parent / "board.css").read_text("utf-8")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_TREND, _MIX = 1010, 600  # widths at which the charts are drawn; the page enlarges them to its columns
_MOST_BRANCHES, _MOST_WARNINGS = 11, 10  # rows that have room, of branches in small type
_ROOMY = 8  # rows of branches in ordinary type
_NOTE_LINE = 68  # characters
_WORDS = 18  # characters of a cell that stand on one line of the list of warnings


def page(board: Board, stamp: Stamp, is_demo: bool) -> str:
    """Return the page; it needs nothing but itself, and its numbers are text, not links."""
    mark = '<span class="demo">演示数据</span>' if is_demo else ""
    branches, warnings = _branches(board.branches), _warnings(board.warnings)
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
        f'content="{_POLICY}"><title>{esc(board.title)}</title><style>{_STYLE}</style></head><body><div class="board">'
        f'<header><h1>{esc(board.title)}</h1>{mark}</header><p class="sentence">{esc(board.sentence)}</p>'
        f'<ul class="tiles">{"".join(map(_tile, board.tiles))}</ul>'
        f'<div class="left"><section class="trend">{_chart(board.trend, _TREND)}</section>'
        f'<section class="branches">{branches}</section></div>'
        f'<div class="right"><section class="mix">{_chart(board.mix, _MIX)}</section>'
        f'<section class="warnings">{warnings}</section></div>'
        f"<footer>{esc(stamp.words)}</footer></div></body></html>\n"
    )


def _tile(tile: Tile) -> str:
    state = state_words(tile.state)
    small = "　".join(filter(None, (tile.counted, state)))
    return (
        f'<li class="{esc(tile.state)}"><span class="name">{esc(tile.name)}</span><b>{esc(tile.figure.text)}</b>'
        f"<span>{esc(tile.change)}</span><span>{esc(tile.signal)}</span><small>{esc(small)}</small></li>"
    )


def _chart(chart: Chart, width: int) -> str:
    """Return a chart with its notes; its numbers as a table where the machine cannot draw."""
    try:
        drawn = drawing.svg(chart, width)
    except UserError:
        drawn = table(as_table(chart), Links())
    notes = "".join(f"<p>{esc(note)}</p>" for note in chart.notes)
    return f"{drawn}{notes}"


def _branches(shown: Table) -> str:
    """Return the table of branches; of too many the last ones are left out, never the total."""
    totals = shown.rows[-1:] if shown.last_is_total else ()
    listed = shown.rows[: len(shown.rows) - len(totals)]
    lines = sum(1 + len(note) // _NOTE_LINE for note in shown.notes)
    most = _MOST_BRANCHES - len(totals) - max(0, lines - 1)
    rows = (*listed[:most], *totals)
    left = max(0, len(listed) - most) + shown.more
    notes = [*shown.notes, *([_more(left, "个单位")] if left else [])]
    return _titled(shown, rows, notes, len(rows) + max(0, lines - 1) > _ROOMY)


def _warnings(shown: Table) -> str:
    """Return the list of warnings as long as it fits; where some are left out, the line that says so takes room too."""
    rows = _fitting(shown.rows, _MOST_WARNINGS)
    if shown.more or shown.notes or len(rows) < len(shown.rows):
        rows = _fitting(shown.rows, _MOST_WARNINGS - 1)
    left = len(shown.rows) - len(rows) + shown.more
    return _titled(shown, rows, [*shown.notes, *([_more(left, "件")] if left else [])], False)


def _fitting(rows: Sequence[tuple[Cell, ...]], room: int) -> list[tuple[Cell, ...]]:
    """Return the first rows that fit into the room of so many lines; a row with long words takes two or more."""
    kept = []
    for row in rows:
        room -= max(1, *(-(-len(plain(cell)) // _WORDS) for cell in row))
        if room < 0:
            break
        kept.append(row)
    return kept


def _more(many: int, unit: str) -> str:
    return f"另有{many}{unit}未列出，见看板。"


def _titled(shown: Table, rows: Sequence[tuple[Cell, ...]], notes: Sequence[str], is_dense: bool) -> str:
    dense = ' class="dense"' if is_dense else ""
    return (
        f"<div{dense}>{table(shown, Links(), rows)}{key(shown)}{''.join(f'<p>{esc(note)}</p>' for note in notes)}</div>"
    )
