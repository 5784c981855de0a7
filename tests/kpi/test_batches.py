"""来访批次; the drawn table is metrics/examples/batches.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 1＋2＋1＋1＝5批；来信不计
    check("batches", tmp_path)
