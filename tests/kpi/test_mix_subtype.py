"""二级污染占比; the drawn table is metrics/examples/mix_subtype.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 大气6件中恶臭异味4件、油烟2件；噪声4件中社会生活噪声2件、建筑施工噪声2件
    check("mix_subtype", tmp_path)
