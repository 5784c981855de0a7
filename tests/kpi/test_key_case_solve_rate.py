"""重点件解决率; the drawn table is metrics/examples/key_case_solve_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （9＋1）÷11＝10÷11＝90.9%
    check("key_case_solve_rate", tmp_path)
