"""重复信访率; the drawn table is metrics/examples/repeat_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 1÷（5＋2＋2＋1）＝1÷10＝10.0%
    check("repeat_rate", tmp_path)
