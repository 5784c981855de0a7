"""信访总量环比; the drawn table is metrics/examples/mom.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月1—22日15件，8月1—22日12件（23日的7件不计）；（15－12）÷12＝25.0%
    check("mom", tmp_path)
