"""What every picture of a report has in common: colours, sizes in points, wrapped words, ticks, months in words."""

import math
import re
from collections.abc import Sequence

from metrics.charts.base import BAND, COLOURS, LINE, MEAN, PALE, QUIET, RULE, TEXT
from metrics.format import percent, round_half_up
from metrics.report.document import Chart, Column, Number, Series, Table
from metrics.report.pen import width_of

__all__ = ["BAND", "LINE", "MEAN", "PALE", "QUIET", "RULE", "TEXT"]
TITLE, SMALL, LABEL, VALUE, FOOT = 12.0, 9.0, 9.0, 9.5, 7.5
_FEW = 6  # periods that are all named on an axis
_ENDS = frozenset("，。；：、）》”’！？%〉】…")  # never first in a line
_WORD = re.compile(r"[A-Za-z0-9.,%+\-=/]+|.", re.S)
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:/\d{4}-(\d{2}))?")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})|Q(\d)|H(\d))?(?:/.*)?")


def wrap(words: str, size: float, width: float, most: int, bold: bool = False) -> list[str]:
    """Return words in at most `most` lines of this width in points; what does not fit ends in …."""
    lines = [""]
    for word in _WORD.findall(words):
        for piece in [word] if width_of(word, size, bold) <= width else list(word):
            if width_of(lines[-1] + piece, size, bold) > width and lines[-1] and piece not in _ENDS:
                lines.append("")
            lines[-1] += piece if lines[-1] or piece != " " else ""
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _shortened("".join(lines[most - 1 :]), size, width, bold)]


def _shortened(words: str, size: float, width: float, bold: bool) -> str:
    while words and width_of(words + "…", size, bold) > width:
        words = words[:-1]
    return words + "…"


def of_role(chart: Chart, *roles: str) -> list[Series]:
    """Return the series of a chart with one of these roles, in order."""
    return [series for series in chart.series if series.role in roles]


def text_at(series: Series, index: int) -> str:
    """Return the label of a value; empty for none."""
    return series.texts[index] if index < len(series.texts) else ""


def colour_at(chart: Chart, index: int, usual: str) -> str:
    """Return the colour of a category of the main series: that of its signal, else the usual one."""
    return COLOURS.get(chart.marks[index], usual) if index < len(chart.marks) else usual


def value_range(values: Sequence[float], is_share: bool, room: float = 0.12) -> tuple[float, float]:
    """Return the range of an axis: counts from zero, shares on the part that is used, never beyond 100 %."""
    low, high = min(values), max(values)
    if is_share:
        beyond = max((high - low) * room, 0.01)
        return max(0.0, low - beyond), min(1.0, high) + beyond * 0.6
    return min(0.0, low), high + max((high - min(0.0, low)) * room, 0.5)


def ticks(low: float, high: float, is_share: bool) -> list[tuple[float, str]]:
    """Return four or five round values of an axis with their words."""
    rough = max((high - low) / 5, 0.001 if is_share else 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(
        size * times
        for times in (1, 2, 2.5, 5, 10)
        if size * times >= rough * 0.999 and (is_share or size * times % 1 == 0)
    )
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [number * step for number in range(first, last + 1) if not is_share or number * step < 1 + 1e-9]
    if is_share:
        return [(value, percent(value, 0 if step > 0.0099 else 1)) for value in values]
    return [(value, str(round_half_up(value, 0))) for value in values]


def are_periods(categories: Sequence[str]) -> bool:
    """Say whether the categories are periods: 2025-09, 2025Q3, 2025."""
    return bool(categories) and all(_PERIOD.fullmatch(one) for one in categories)


def period_words(label: str) -> str:
    """Return a period's label as it is printed: 2025年9月, 2025年三季度; any other category as it is."""
    found = _PERIOD.fullmatch(label)
    if not found:
        return label
    year, month, quarter, half = found.groups()
    if month:
        later = _MONTH.match(label)[3]
        return f"{year}年{int(month)}{f'—{int(later)}' if later else ''}月"
    if quarter:
        return f"{year}年{'一二三四'[(int(quarter) - 1) % 4]}季度"
    return f"{year}年{('上' if half == '1' else '下') + '半年' if half else ''}"


def period_ticks(categories: Sequence[str]) -> list[tuple[int, str]]:
    """Return which periods are named on an axis and how: years and the half-years between; of few periods each."""
    if len(categories) <= _FEW:
        return [(i, _in_row(label) if i else period_words(label)) for i, label in enumerate(categories)]
    found = []
    for i, label in enumerate(categories):
        _, month, quarter, half = _PERIOD.fullmatch(label).groups()
        last = int(_MONTH.match(label)[3] or month) if month else 0
        begins = int(month or quarter or half or 1) == 1
        if begins or (last and (last - 1) % (6 if len(categories) > 13 else 2) == 0):
            found.append((i, _in_row(label)))
    return found


def _in_row(label: str) -> str:
    """Return a period's name beside others: its year where it begins one, else without the year."""
    year, month, quarter, half = _PERIOD.fullmatch(label).groups()
    return f"{year}年" if int(month or quarter or half or 1) == 1 else period_words(label).split("年", 1)[1]


def known(series: Series) -> list[float]:
    """Return the values that there are."""
    return [float(value) for value in series.values if value is not None]


def as_table(chart: Chart) -> Table:
    """Return the numbers of a chart as a table, for a machine that cannot draw: a row per category, a column per series."""
    kind = "share" if chart.unit == "%" else "count"
    shown = of_role(chart, "main", "former", "centre", "target")
    head = Column("时间" if are_periods(chart.categories) else "类别")
    columns = (head, *(Column(series.name, kind) for series in shown))
    rows = tuple(
        (period_words(name), *(_cell(chart, series, i) for series in shown)) for i, name in enumerate(chart.categories)
    )
    return Table(chart.id, chart.caption, columns, rows, (chart.subtitle, *chart.notes))


def _cell(chart: Chart, series: Series, index: int) -> Number | None:
    value = series.values[index]
    if value is None:
        return None
    written = percent(value, chart.decimals) if chart.unit == "%" else str(round_half_up(value, chart.decimals))
    return Number(text_at(series, index) or written, value)
