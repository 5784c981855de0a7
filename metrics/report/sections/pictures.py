"""The pictures of a report as data: a KPI over the months with its control chart, and what is compared in bars."""

from dataclasses import replace

from metrics.engine import Figure
from metrics.report.document import Chart, Series
from metrics.report.draft import Draft
from metrics.signals import ControlChart
from metrics.targets import target_of

SHOWN = 24  # months in a picture


def over_months(draft: Draft, kpi: str, caption: str, many: int = SHOWN) -> Chart:
    """Return the last `many` months of a KPI as a line with its control limits and, for a share, its target.

    The limits are those of the whole control chart, however few months are shown.
    """
    whole = draft.charts[kpi]
    chart = replace(whole, points=whole.points[-many:])
    figures, last = chart.figures, chart.figures[-1]
    known = [figure for figure in figures if figure.value is not None]
    labels = tuple(figure.with_unit if known and figure is known[-1] else "" for figure in figures)
    main = Series(chart.kpi.name, tuple(figure.value for figure in figures), "main", labels)
    return Chart(
        id=kpi,
        caption=caption,
        title=_finding(draft, chart),
        subtitle=f"单位：{chart.kpi.unit}；{chart.kpi.formula}；{_counted(figures)}",
        kind="line",
        categories=tuple(figure.period.label for figure in figures),
        series=(main, *_limits(chart), *_goal(draft, chart)),
        unit=chart.kpi.unit,
        decimals=chart.kpi.decimals,
        unfinished=-1 if last.period.complete else len(figures) - 1,
        marks=tuple(mark or "" for mark in chart.marks),
        notes=_notes(chart),
        alt=f"{chart.kpi.name}近{len(figures)}个月的走势，最后一点{known[-1].with_unit if known else '没有数据'}。",
    )


def _finding(draft: Draft, chart: ControlChart) -> str:
    """Return what the picture says of the report's own period, with the control chart's word on a month."""
    figure = draft.figure(chart.kpi.id)
    if figure.value is None:
        return f"{draft.subject.period_words}{chart.kpi.name}没有数据"
    signal = draft.signal(chart.kpi.id)
    return f"{draft.subject.period_words}{chart.kpi.name}{figure.with_unit}{f'，{signal}' if signal else ''}"


def _notes(chart: ControlChart) -> tuple[str, ...]:
    if not chart.convention:
        return ()
    coloured = "蓝点为向好的信号，橙点为向差的信号；" if any(chart.marks) else ""
    return (f"注：浅灰带为正常波动的范围；{coloured}{chart.convention}。",)


def _counted(figures: list[Figure]) -> str:
    counts = [figure.denominator if figure.kpi.kind == "share" else figure.numerator for figure in figures]
    return f"n={sum(count or 0 for count in counts)}"


def _limits(chart: ControlChart) -> list[Series]:
    if not chart.has_limits:
        return []
    drawn = chart.drawn
    low, high = (tuple(pair[i] for pair in drawn) for i in (0, 1))
    return [
        Series("均值", tuple(chart.centre), "centre"),
        Series("控制下限", low, "low"),
        Series("控制上限", high, "high"),
    ]


def _goal(draft: Draft, chart: ControlChart) -> list[Series]:
    target = target_of(draft.reader, chart.kpi) if chart.kpi.kind == "share" else None
    if target is None or target.value is None:
        return []
    return [Series(target.goal, (target.value,) * len(chart.points), "target")]


def counts(
    draft: Draft,
    figures: list[Figure],
    field: str,
    ident: str,
    caption: str,
    title: str,
    subtitle: str,
    notes: tuple[str, ...] = (),
) -> Chart:
    """Return counts by a field as columns beside those of the year before (where `figures` were compared)."""
    names = tuple(figure.group[field] for figure in figures)
    series = [Series("本期", tuple(figure.numerator for figure in figures), "main", tuple(map(_text, figures)))]
    if all(figure.comparison and figure.comparison.numerator is not None for figure in figures):
        before = tuple(figure.comparison.numerator for figure in figures)
        series.append(Series("上年同期", before, "former", tuple(map(str, before))))
    alt = f"{title}：{'、'.join(f'{name}{figure.numerator}件' for name, figure in zip(names, figures, strict=True))}。"
    return Chart(ident, caption, title, subtitle, "column", names, tuple(series), "件", notes=notes, alt=alt)


def _text(figure: Figure) -> str:
    return figure.text
