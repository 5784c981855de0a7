"""在办件; the drawn table is metrics/examples/open_cases.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2＋3＋1＝6件；9月30日办结的已离手，10月才登记的还没来，作废的不计
    check("open_cases", tmp_path)
