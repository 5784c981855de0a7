"""参评满意率（考核口径）; the drawn table is metrics/examples/satisfaction_rate_product.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 84.0%×60.0%＝（84×60）÷（100×100）＝50.4%
    check("satisfaction_rate_product", tmp_path)
