"""信访积案存量; the drawn table is metrics/examples/backlog_open.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月末清单共10件，已化解6＋1＝7件（没有化解日期的1件、10月才化解的1件不算），存量3件
    check("backlog_open", tmp_path)
