"""重办率; the drawn table is metrics/examples/rework_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 标明发回重办1件，办结后重开过1件；（1＋1）÷10＝20.0%
    check("rework_rate", tmp_path)
