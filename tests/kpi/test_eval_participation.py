"""群众参评率; the drawn table is metrics/examples/eval_participation.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 60÷（60＋30）＝66.7%
    check("eval_participation", tmp_path)
