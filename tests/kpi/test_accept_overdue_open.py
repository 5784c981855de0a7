"""超期未受理存量; the drawn table is metrics/examples/accept_overdue_open.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2＋1＝3件；9月30日当日到期的不算超期，9月20日才受理的虽已超期但已受理
    check("accept_overdue_open", tmp_path)
