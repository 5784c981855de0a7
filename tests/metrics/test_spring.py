"""January and February as one period: on the axis, in comparisons, and in the control chart as a monthly average."""

from datetime import date

import pytest

from metrics import periods, signals, spring
from metrics.charts import trend
from metrics.engine import Where, measure
from tests.metrics.build import make_store

AS_OF = date(2025, 12, 31)


def joined(as_of: date = AS_OF, first: date = date(2024, 1, 1), last: date = AS_OF, start_day: int = 1):
    return periods.months(first, last, as_of, start_day, join_spring=True)


def test_a_year_has_eleven_points_that_cover_every_day_once() -> None:
    found = joined()
    assert [period.label for period in found[:3]] == ["2024-01/2024-02", "2024-03", "2024-04"]
    assert len(found) == 22
    days = sum((period.last - period.first).days + 1 for period in found)
    assert days == 366 + 365
    assert found[11].plain_words == "2025年1—2月"


def test_january_alone_is_a_month_until_february_begins() -> None:
    assert [period.words for period in joined(date(2025, 1, 31), last=date(2025, 1, 31))][-1] == "2025年1月"
    assert [period.words for period in joined(date(2025, 2, 1), last=date(2025, 2, 28))][
        -1
    ] == "2025年1—2月（截至2月1日）"


def test_a_cut_january_is_not_joined() -> None:
    found = joined(first=date(2025, 1, 15))
    assert [period.label for period in found[:2]] == ["2025-01-15/2025-01-31", "2025-02"]


def test_statistical_months_from_the_26th_are_joined_too() -> None:
    both = joined(first=date(2024, 12, 26), start_day=26)[0]
    assert (both.first, both.last, both.plain_words) == (date(2024, 12, 26), date(2025, 2, 25), "2025年1—2月")
    assert periods.is_spring(both)


@pytest.mark.parametrize(
    ("as_of", "base", "first", "cut"),
    [
        (AS_OF, "yoy", "2024-01-01", "2024-02-29"),
        (date(2025, 2, 10), "yoy", "2024-01-01", "2024-02-10"),
        (AS_OF, "mom", "2024-11-01", "2024-12-31"),
        (AS_OF, "2022", "2022-01-01", "2022-02-28"),
    ],
)
def test_its_base_is_the_same_two_months(as_of: date, base: str, first: str, cut: str) -> None:
    found = periods.base_of(periods.spring(2025, as_of), base)
    assert (str(found.first), str(found.cut)) == (first, cut)


def test_no_other_two_months_are_the_spring() -> None:
    assert not periods.is_spring(periods.span(date(2025, 2, 1), date(2025, 3, 31), AS_OF))
    assert not periods.is_spring(periods.span(date(2024, 1, 1), date(2025, 2, 28), AS_OF))
    assert not periods.is_spring(periods.month(2025, 1, AS_OF))


COUNTS = [60, 3, 30, 31, 29, 30, 32, 28, 30, 31, 29, 30, 3, 60, 30]  # the festival in February, then in January


def reader_of(folder):
    rows = [
        {"received_at": date(2024 + i // 12, i % 12 + 1, 1 + j % 28).isoformat(), "branch": "下陆区分局"}
        for i, many in enumerate(COUNTS)
        for j in range(many)
    ]
    return make_store(folder, rows, as_of="2025-03-31T18:00")


def test_a_count_is_drawn_and_judged_as_the_average_of_both(tmp_path) -> None:
    """2024: (60 + 3) / 2 = 31.5; 2025: (3 + 60) / 2 = 31.5. Ordinary months lie between 28 and 32."""
    reader = reader_of(tmp_path)
    shown = tuple(joined(date(2025, 3, 31), last=date(2025, 3, 31)))
    found = signals.charts(reader, ("cases_total",), shown)["cases_total"]
    values = [figure.value for figure in found.figures]
    assert (values[0], values[11]) == (31.5, 31.5)
    assert found.figures[0].numerator == 63  # what it counts stays
    assert found.marks == [None] * 13 and found.words == "属正常波动"
    (line,) = [trace for trace in trend(found.figures, "", "", control=found).data if trace.mode == "lines+markers"]
    assert line.y[0] == 31.5
    assert line.customdata[0] == "2024年1—2月：月均31.5件（两个月共63件）"


def test_months_apart_would_have_been_signals(tmp_path) -> None:
    reader = reader_of(tmp_path)
    shown = tuple(periods.months(date(2024, 1, 1), date(2025, 3, 31), date(2025, 3, 31)))
    assert any(signals.charts(reader, ("cases_total",), shown)["cases_total"].marks)


def test_a_branch_of_few_cases_is_judged_by_the_average_too(tmp_path) -> None:
    reader = reader_of(tmp_path)
    shown = tuple(joined(date(2025, 3, 31), last=date(2025, 3, 31)))
    found = signals.charts(reader, ("cases_total",), shown, Where.of({"branch": ["下陆区分局"]}))["cases_total"]
    assert not any(found.marks)


def test_only_counts_are_averaged(tmp_path) -> None:
    reader = reader_of(tmp_path)
    both = periods.spring(2025, reader.as_of)
    total, share, stock = measure(reader, ["cases_total", "repeat_rate", "overdue_open"], [both])
    assert spring.per_month(total).value == 31.5
    assert spring.per_month(share) == share and spring.per_month(stock) == stock
    assert spring.note([share, stock]) == "" and spring.note([share, total]) == spring.NOTE
    assert spring.short_words(spring.per_month(total)) == "月均31.5件"


def test_the_last_complete_months(tmp_path) -> None:
    moments = {date(2025, 10, 31): ("2025年10月", "2025年8—10月"), date(2025, 10, 30): ("2025年9月", "2025年第三季度")}
    for as_of, words in moments.items():
        assert tuple(periods.recent(many, as_of).words for many in (1, 3)) == words
    assert periods.recent(12, date(2025, 10, 30)).words == "2024年10月—2025年9月"
    assert periods.recent(1, date(2025, 10, 20), 26).first == date(2025, 8, 26)
