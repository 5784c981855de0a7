"""超期受理; the drawn table is metrics/examples/accept_late.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月1日登记、9月17日受理的1件
    check("accept_late", tmp_path)
