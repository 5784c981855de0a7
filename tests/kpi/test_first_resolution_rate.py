"""初次信访一次性化解率; the drawn table is metrics/examples/first_resolution_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 5月办结的初件4件（A1、A3、A5、A6），至9月30日都已满90天；A1的信访人在90天内就同一点位再次信访（A2）；A3的信访人反映的是别处；A6的再次信访（A7）在办结117天后；3÷4＝75.0%
    check("first_resolution_rate", tmp_path)
