"""信访总量三年降幅; the drawn table is metrics/examples/decline_3y.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 基年2022年1月1日—9月22日1＋129＝130件（9月25日的20件不计），今年同期74件；（130－74）÷130＝43.1%
    check("decline_3y", tmp_path)
