"""待评价件; the drawn table is metrics/examples/rating_pending.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 7＋3＝10
    check("rating_pending", tmp_path)
