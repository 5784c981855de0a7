"""临期件; the drawn table is metrics/examples/due_soon.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月30日到期1件＋10月7日到期3件＝4件；10月8日到期的还有8天，不计
    check("due_soon", tmp_path)
