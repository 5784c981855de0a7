"""按期办结率（仅已办结）; the drawn table is metrics/examples/ontime_close_rate_closed.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 42÷（42＋3）＝42÷45＝93.3%
    check("ontime_close_rate_closed", tmp_path)
