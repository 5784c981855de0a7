"""月末3日办结占比; the drawn table is metrics/examples/month_end_close_share.md."""

from pathlib import Path

import pytest

from metrics import periods
from metrics.engine import measure
from tests.kpi.worked import check
from tests.metrics.build import make_store


def test_worked_example(tmp_path: Path) -> None:
    # 9月最后3天是28、29、30日：1＋6＝7件；9月办结30＋3＋1＋6＝40件；7÷40＝17.5%
    check("month_end_close_share", tmp_path)


@pytest.mark.parametrize(
    ("closed", "counted"),
    [("2024-02-26", 0), ("2024-02-27", 1), ("2024-02-29", 1), ("2024-03-01", 0), ("2023-12-29", 1), ("2024-01-01", 0)],
)
def test_the_last_three_days_of_any_month(tmp_path: Path, closed: str, counted: int) -> None:
    rows = [{"received_at": "2023-11-01", "closed_at": closed, "status": "已办结"}]
    reader = make_store(tmp_path, rows, as_of="2024-03-31")
    period = periods.span(*periods.parse("2023")[:1], periods.parse("2024-03")[1], reader.as_of)
    (figure,) = measure(reader, ["month_end_close_share"], [period])
    assert (figure.numerator, figure.denominator) == (counted, 1)


@pytest.mark.parametrize(
    ("closed", "counted"), [("2025-09-22", 0), ("2025-09-23", 1), ("2025-09-25", 1), ("2025-09-26", 0)]
)
def test_a_month_that_begins_on_the_26th_ends_on_the_25th(tmp_path: Path, closed: str, counted: int) -> None:
    rows = [{"received_at": "2025-07-01", "closed_at": closed, "status": "已办结"}]
    reader = make_store(tmp_path, rows, settings={"month_start_day": "26"})
    period = periods.year_to_date(reader.as_of, 26)
    (figure,) = measure(reader, ["month_end_close_share"], [period])
    assert (figure.numerator, figure.denominator) == (counted, 1)
