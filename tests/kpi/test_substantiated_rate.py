"""属实率; the drawn table is metrics/examples/substantiated_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # （70＋7）÷（70＋7＋4）＝77÷81＝95.1%；没有核查结论的3件不计
    check("substantiated_rate", tmp_path)
