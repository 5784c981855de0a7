"""满意率（未评价当不满意）; the drawn table is metrics/examples/satisfaction_rate_all.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （40＋14）÷100＝54.0%
    check("satisfaction_rate_all", tmp_path)
