"""办结天数90分位; the drawn table is metrics/examples/days_to_close_p90.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 2、4、6、8、100天：90%处在第0.9×4＝3.6位（从0数起），8＋0.6×（100－8）＝63.2天
    check("days_to_close_p90", tmp_path)
