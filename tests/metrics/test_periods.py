"""Periods are cut by as_of, and their bases are the same days."""

from datetime import date, datetime

import pytest

from data.errors import UserError
from metrics import periods

AS_OF = datetime(2025, 11, 22, 18)


def days(period: periods.Period) -> tuple[str, str, bool]:
    return str(period.first), str(period.cut), period.complete


def test_a_month_is_cut_at_as_of() -> None:
    this = periods.month(2025, 11, AS_OF)
    assert days(this) == ("2025-11-01", "2025-11-22", False)
    assert this.words == "2025年11月（截至22日）"
    assert periods.month(2025, 10, AS_OF).words == "2025年10月"
    assert periods.month(2025, 11, datetime(2025, 11, 30, 8)).complete


@pytest.mark.parametrize(
    ("period", "base", "first", "cut"),
    [
        (periods.month(2025, 11, AS_OF), "mom", "2025-10-01", "2025-10-22"),
        (periods.month(2025, 11, AS_OF), "yoy", "2024-11-01", "2024-11-22"),
        (periods.month(2025, 11, AS_OF), "2022", "2022-11-01", "2022-11-22"),
        (periods.month(2025, 10, AS_OF), "mom", "2025-09-01", "2025-09-30"),
        (periods.month(2024, 2, AS_OF), "yoy", "2023-02-01", "2023-02-28"),
        (periods.month(2025, 2, AS_OF), "yoy", "2024-02-01", "2024-02-29"),
        (periods.month(2024, 3, date(2024, 3, 30)), "mom", "2024-02-01", "2024-02-29"),
        (periods.span(date(2024, 1, 1), date(2024, 3, 31), date(2024, 2, 29)), "yoy", "2023-01-01", "2023-02-28"),
        (periods.month(2025, 1, AS_OF), "mom", "2024-12-01", "2024-12-31"),
        (periods.year_to_date(AS_OF), "yoy", "2024-01-01", "2024-11-22"),
        (periods.span(date(2025, 3, 10), date(2025, 3, 19), AS_OF), "mom", "2025-02-28", "2025-03-09"),
        (periods.span(date(2025, 1, 1), date(2025, 3, 31), AS_OF), "mom", "2024-10-01", "2024-12-31"),
        (periods.month(2025, 9, AS_OF, 26), "yoy", "2024-08-26", "2024-09-25"),
        (periods.month(2025, 12, datetime(2025, 12, 3), 26), "mom", "2025-10-26", "2025-11-03"),
    ],
)
def test_a_base_is_like_for_like(period: periods.Period, base: str, first: str, cut: str) -> None:
    found = periods.base_of(period, base)
    assert (str(found.first), str(found.cut)) == (first, cut)


def test_a_month_may_begin_on_the_26th() -> None:
    found = periods.months(date(2025, 8, 26), date(2025, 10, 25), AS_OF, 26)
    assert [period.label for period in found] == ["2025-09", "2025-10"]
    assert days(found[0]) == ("2025-08-26", "2025-09-25", True)
    assert periods.parse("2025", 26) == (date(2024, 12, 26), date(2025, 12, 25))
    assert periods.parse("2025Q1", 26) == (date(2024, 12, 26), date(2025, 3, 25))
    assert periods.year_to_date(datetime(2025, 12, 27), 26).first == date(2025, 12, 26)


def test_pieces_cover_the_span_and_nothing_more() -> None:
    found = periods.months(date(2025, 9, 15), date(2025, 12, 31), AS_OF)
    assert [period.label for period in found] == ["2025-09-15/2025-09-30", "2025-10", "2025-11"]
    assert [period.label for period in periods.quarters(date(2025, 1, 1), date(2025, 9, 30), AS_OF)] == [
        "2025Q1",
        "2025Q2",
        "2025Q3",
    ]
    assert [period.label for period in periods.years(date(2023, 1, 1), date(2025, 12, 31), AS_OF)] == [
        "2023",
        "2024",
        "2025",
    ]


def test_words() -> None:
    assert periods.span(date(2025, 1, 1), date(2025, 10, 31), AS_OF).words == "2025年1—10月"
    assert periods.span(date(2024, 11, 1), date(2025, 2, 28), AS_OF).words == "2024年11月—2025年2月"
    assert periods.span(date(2025, 3, 1), date(2025, 3, 15), AS_OF).words == "2025年3月1日—15日"
    assert periods.span(date(2025, 7, 1), date(2025, 9, 30), AS_OF).words == "2025年第三季度"
    assert periods.span(date(2025, 1, 1), date(2025, 12, 31), AS_OF).words == "2025年（截至11月22日）"


@pytest.mark.parametrize("text", ["2025-13", "今年", "2025Q5", "2025-02-30", ""])
def test_an_unreadable_date_is_told(text: str) -> None:
    with pytest.raises(UserError, match="看不懂日期"):
        periods.parse(text)


def test_impossible_spans_are_told() -> None:
    with pytest.raises(UserError, match="早于起始日"):
        periods.span(date(2025, 2, 1), date(2025, 1, 1), AS_OF)
    with pytest.raises(UserError, match="还没有数据"):
        periods.months(date(2026, 1, 1), date(2026, 1, 31), AS_OF)
    with pytest.raises(UserError, match="对比基期"):
        periods.base_of(periods.month(2025, 1, AS_OF), "last")
