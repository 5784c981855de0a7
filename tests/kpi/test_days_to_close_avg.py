"""平均办结天数; the drawn table is metrics/examples/days_to_close_avg.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2、4、6、8、100天，（2＋4＋6＋8＋100）÷5＝120÷5＝24.0天；没有受理时间的1件剔除
    check("days_to_close_avg", tmp_path)
