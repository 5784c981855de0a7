"""改评率; the drawn table is metrics/examples/rating_changed_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （2＋1）÷（45＋2＋1）＝3÷48＝6.3%
    check("rating_changed_rate", tmp_path)
