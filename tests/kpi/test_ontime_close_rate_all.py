"""按期办结率（含未到期）; the drawn table is metrics/examples/ontime_close_rate_all.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 42÷（42＋3＋2＋3）＝42÷50＝84.0%
    check("ontime_close_rate_all", tmp_path)
