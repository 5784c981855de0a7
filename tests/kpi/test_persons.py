"""来访人次; the drawn table is metrics/examples/persons.md."""

from pathlib import Path

from tests.kpi.worked import check


def test_worked_example(tmp_path: Path) -> None:
    # 5＋2×2＋1＝10人次；人数空缺按1人，10000人的1件视为误填剔除，来信不计
    check("persons", tmp_path)
