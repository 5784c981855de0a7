"""行业占比; the drawn table is metrics/examples/mix_industry.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 共10件：住宿餐饮娱乐业4＋2＝6件，建筑业2件，未注明2件
    check("mix_industry", tmp_path)
