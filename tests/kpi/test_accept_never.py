"""超期未受理; the drawn table is metrics/examples/accept_never.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月2日登记、9月17日期限已满仍未受理的1件
    check("accept_never", tmp_path)
