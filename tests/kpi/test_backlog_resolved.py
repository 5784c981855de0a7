"""化解信访积案; the drawn table is metrics/examples/backlog_resolved.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 6＋1＋2＝9件；列入前已化解的2件按列入日期9月5日算，没有化解日期、化解标志为否的不算
    check("backlog_resolved", tmp_path)
