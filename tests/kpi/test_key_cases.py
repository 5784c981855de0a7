"""重点件; the drawn table is metrics/examples/key_cases.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9＋1＋1＝11件
    check("key_cases", tmp_path)
