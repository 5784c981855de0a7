"""按期办结率（成熟队列）; the drawn table is metrics/examples/ontime_close_rate_matured.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 3月受理的40417件等满60日（至5月9日），已办结40415件；40415÷40417＝99.995%
    check("ontime_close_rate_matured", tmp_path)
