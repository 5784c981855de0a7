"""满意率（不含基本满意）; the drawn table is metrics/examples/fully_satisfied_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 40÷60＝66.7%
    check("fully_satisfied_rate", tmp_path)
