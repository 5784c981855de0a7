"""受理临期件; the drawn table is metrics/examples/accept_due_soon.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 9月30日到期3件＋10月7日到期4件＝7件；10月8日到期的还有8天，已受理的不计
    check("accept_due_soon", tmp_path)
