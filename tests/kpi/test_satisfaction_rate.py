"""群众满意率; the drawn table is metrics/examples/satisfaction_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （40＋14）÷（40＋14＋6）＝54÷60＝90.0%
    check("satisfaction_rate", tmp_path)
