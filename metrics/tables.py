"""Figures as plain tables: rows for CSV and the columns of a terminal, where a Chinese character is two wide."""

import unicodedata
from collections.abc import Sequence

from metrics.dimensions import dimension
from metrics.engine import Figure

TOTAL = "合计"


def figure_headings(figures: Sequence[Figure]) -> list[str]:
    """Return the Chinese headings of `figure_rows`; a comparison has columns only where there is one."""
    compared = ["对比期", "对比期数值", "变化"] if _has_comparison(figures) else []
    return [
        "指标",
        "统计期",
        *(dimension("cases", name).label for name in _fields(figures)),
        "分子",
        "分母",
        "数值",
        *compared,
    ]


def figure_rows(figures: Sequence[Figure]) -> list[list[str]]:
    """Return one row of text per figure; an unfinished period says up to which day it counts."""
    fields, with_comparison = _fields(figures), _has_comparison(figures)
    rows = []
    for figure in figures:
        period = figure.period.label + ("" if figure.period.complete else f"（{figure.period.cut_words}）")
        groups = [figure.group.get(name, TOTAL) for name in fields]
        row = [figure.kpi.name, period, *groups, _cell(figure.numerator), _cell(figure.denominator), figure.with_unit]
        rows.append(row + (_comparison(figure) if with_comparison else []))
    return rows


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table in columns for a terminal, the first row being the heading."""
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _comparison(figure: Figure) -> list[str]:
    base = figure.comparison
    if base is None:
        return ["", "", ""]
    return [base.period.label, _cell(base.value_text), base.text + (f"（{base.caution}）" if base.caution else "")]


def _fields(figures: Sequence[Figure]) -> list[str]:
    return list(dict.fromkeys(name for figure in figures for name in figure.group))


def _has_comparison(figures: Sequence[Figure]) -> bool:
    return any(figure.comparison for figure in figures)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
