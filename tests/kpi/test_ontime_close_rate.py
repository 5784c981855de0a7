"""按期办结率; the drawn table is metrics/examples/ontime_close_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 42÷（42＋3＋2）＝42÷47＝89.4%；期限未满的3件剔除，重件4件不计
    check("ontime_close_rate", tmp_path)
