"""不予受理占比; the drawn table is metrics/examples/not_accepted_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2÷（5＋2＋2＋1）＝2÷10＝20.0%
    check("not_accepted_rate", tmp_path)
