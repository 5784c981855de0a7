"""渠道占比; the drawn table is metrics/examples/mix_channel.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 共10件：电话2＋2＝4件，微信4件，网络2件；合计100%
    check("mix_channel", tmp_path)
