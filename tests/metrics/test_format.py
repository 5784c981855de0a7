"""Rounding is half up, in one place, from exact values."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metrics import format
from metrics.catalog import get


def test_half_up_where_python_rounds_to_even() -> None:
    assert format.percent(0.9825) == "98.3%"
    assert format.percent(Fraction(57, 200)) == "28.5%"
    assert format.percent(0.0625) == "6.3%"
    assert str(format.round_half_up(2.5)) == "3" and str(format.round_half_up(-2.5)) == "-3"
    assert format.percent(0.0) == "0.0%" and format.percent(None) == "—"


def test_text_of_each_kind() -> None:
    assert format.text(get("cases_total"), 1204) == "1204"
    assert format.with_unit(get("cases_total"), 1204) == "1204件"
    assert format.text(get("days_to_close_p50"), 11.25) == "11.3"
    assert format.text(get("satisfaction_rate"), 0.95) == "95.0%"
    assert format.text(get("yoy"), -0.308) == "下降30.8%"
    assert format.text(get("decline_3y"), 0.308) == "下降30.8%"
    assert format.with_unit(get("overdue_open"), None) == "—"


def test_changes_never_carry_a_minus() -> None:
    assert format.relative_change(-0.05) == "下降5.0%"
    assert format.point_change(Fraction(19, 1000)) == "上升1.9个百分点"
    assert format.unit_change(-12, "件") == "减少12件"
    assert format.relative_change(0) == "持平" and format.point_change(0.0001) == "基本持平"


def test_largest_remainder_reproduces_a_published_table() -> None:
    # Plain rounding of 2/3, 1/6, 1/6 gives 66.7 + 16.7 + 16.7 = 100.1.
    assert format.largest_remainder([4, 1, 1]) == [Decimal("66.7"), Decimal("16.7"), Decimal("16.6")]
    assert format.largest_remainder([0, 0]) == [0, 0]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12), st.integers(0, 2))
def test_largest_remainder_adds_up_to_a_hundred(counts: list[int], decimals: int) -> None:
    shares = format.largest_remainder(counts, decimals)
    assert sum(shares) == (100 if sum(counts) else 0)
    step = Decimal(1).scaleb(-decimals)
    for share, count in zip(shares, counts, strict=True):
        assert not sum(counts) or abs(Fraction(share) - Fraction(100 * count, sum(counts))) < step
