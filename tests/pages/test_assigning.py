"""数据质量, where a branch name that no list knows is given its branch."""

from data.importing import import_files
from data.store import Store

EXPORT = "信访件编号,登记时间,责任分局,办理状态\nA-1,2025-09-03,下陆环保站,办理中\nA-2,2025-09-04,环保科,办理中\n"


def test_a_name_is_given_its_branch_once_and_known_from_then_on(opened, tmp_path):
    store = Store(tmp_path / "store")
    first, second = tmp_path / "台账_20250930.csv", tmp_path / "台账_20251031.csv"
    first.write_text(EXPORT, "utf-8")
    import_files([first], store, "本局台账")
    page = opened("pages/quality.py", store.folder)
    assert set(page.selectbox(key="alias").options) == {"下陆环保站", "环保科"}
    page.selectbox(key="alias").select("下陆环保站")
    page.selectbox(key="means").select("下陆区分局").run()
    page.button(key="assign").click().run()
    assert not page.exception
    branches = "SELECT case_no, branch FROM cases ORDER BY case_no"
    assert store.reader().query(branches) == [("A-1", "下陆区分局"), ("A-2", "待归属")]
    assert page.selectbox(key="alias").options == ["环保科"]
    second.write_text(EXPORT.replace("A-", "B-"), "utf-8")
    import_files([second], store, "本局台账")
    assert store.reader().query(branches)[2:] == [("B-1", "下陆区分局"), ("B-2", "待归属")]
    assert len(store.versions()) == 3
