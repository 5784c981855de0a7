"""重复投诉点位数; the drawn table is metrics/examples/repeat_site_count.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 只有某化工厂在90天内有3件，共1个点位
    check("repeat_site_count", tmp_path)
