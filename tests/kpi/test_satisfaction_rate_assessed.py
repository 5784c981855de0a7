"""满意率（考核口径）; the drawn table is metrics/examples/satisfaction_rate_assessed.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （40＋14＋30）÷100＝84.0%
    check("satisfaction_rate_assessed", tmp_path)
