"""群众参评率（考核口径）; the drawn table is metrics/examples/eval_participation_all.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 60÷（60＋30＋10）＝60.0%
    check("eval_participation_all", tmp_path)
