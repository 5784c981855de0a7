"""信访总量累计同比; the drawn table is metrics/examples/ytd_yoy.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 今年1月1日—9月22日40＋12＋7＋15＝74件，上年同期30＋20＝50件；（74－50）÷50＝48.0%
    check("ytd_yoy", tmp_path)
