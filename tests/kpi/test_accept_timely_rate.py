"""及时受理率; the drawn table is metrics/examples/accept_timely_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 受理期限＝登记＋15日；9月1日登记的期限是9月16日，当日受理仍算按期。按期6＋1＋1（15日内告知不予受理）＝8件，超期受理1件，超期未受理1件；8÷（8＋1＋1）＝80.0%。9月15日登记的期限是9月30日、未满，剔除；退回、重件不计
    check("accept_timely_rate", tmp_path)
