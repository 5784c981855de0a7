"""新增信访积案; the drawn table is metrics/examples/backlog_new.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月列入的是第二批1＋1＝2件
    check("backlog_new", tmp_path)
