"""信访总量; the drawn table is metrics/examples/cases_total.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 5＋2＋2＋1＝10件；作废的1件、8月登记的4件不计
    check("cases_total", tmp_path)
