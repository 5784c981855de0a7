"""受理量; the drawn table is metrics/examples/cases_accepted.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 5＋1＝6件；未受理2件、不予受理2件不计
    check("cases_accepted", tmp_path)
