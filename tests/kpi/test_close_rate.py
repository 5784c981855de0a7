"""办结率; the drawn table is metrics/examples/close_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月登记6＋3＋1＝10件，其中已办结6件；6÷10＝60.0%
    check("close_rate", tmp_path)
