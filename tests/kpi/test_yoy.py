"""信访总量同比; the drawn table is metrics/examples/yoy.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月1—22日15件，上年同样的日子20件（23日的9件不计）；（15－20）÷20＝－25.0%
    check("yoy", tmp_path)
