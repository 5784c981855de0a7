"""按期答复率; the drawn table is metrics/examples/ontime_reply_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 按期答复7＋1（没有答复时间，用办结时间）＝8件，超期答复1件，未答复1件；8÷10＝80.0%
    check("ontime_reply_rate", tmp_path)
