"""积案化解率; the drawn table is metrics/examples/backlog_resolve_rate.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 7÷10＝70.0%；清单批次固定，没有列入时间的1件一开始就在清单内
    check("backlog_resolve_rate", tmp_path)
