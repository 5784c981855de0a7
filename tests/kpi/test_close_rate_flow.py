"""办结率（流量口径）; the drawn table is metrics/examples/close_rate_flow.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月办结6＋6＝12件，9月受理6＋3＝9件；12÷9＝133.3%，可以超过100%
    check("close_rate_flow", tmp_path)
