"""延期率; the drawn table is metrics/examples/extension_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 批准延期1件，9月应办结18＋1＋1＝20件；1÷20＝5.0%
    check("extension_rate", tmp_path)
