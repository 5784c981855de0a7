"""超期未办结; the drawn table is metrics/examples/overdue_open.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2＋1＝3件；9月30日当日到期的不算超期，已办结的不算
    check("overdue_open", tmp_path)
