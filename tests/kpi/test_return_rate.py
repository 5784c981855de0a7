"""退回率; the drawn table is metrics/examples/return_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （1＋2）÷10＝30.0%
    check("return_rate", tmp_path)
