"""污染类型占比; the drawn table is metrics/examples/mix_pollution.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 共10件：大气4＋2＝6件，噪声2＋2＝4件，水2件；60%＋40%＋20%＝120%≥100%
    check("mix_pollution", tmp_path)
