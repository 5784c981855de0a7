"""重复投诉点位件数占比; the drawn table is metrics/examples/repeat_site_share.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月30日前90天为7月3日至9月30日，其中写明点位的有2＋1＋2＋1＝6件；某化工厂3件，其余点位不足3件（团城山公园7月2日的1件在90天之外）；3÷6＝50.0%
    check("repeat_site_share", tmp_path)
