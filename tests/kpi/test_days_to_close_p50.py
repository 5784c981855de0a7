"""办结天数中位数; the drawn table is metrics/examples/days_to_close_p50.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2、4、6、8、100天排在中间的是6天
    check("days_to_close_p50", tmp_path)
