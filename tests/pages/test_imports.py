"""数据导入, from upload to going back: what the dry run says, what the import publishes, and what is left on disk."""

import tempfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from tests.pages.conftest import html
from tests.pages.stores import NASTY

HEADINGS = "工号,来信日子,哪个分局,进展,满意否,点位\n"
ROWS = f"A001,2025-09-03,下陆区分局,已办结,满意,{NASTY}\nA002,2025-09-05,大冶分局,办理中,,\n,2025-09-06,大冶分局,办理中,,\n"
NAME = "某平台_20251031_1800.csv"
MAPPED = {"case_no": "工号", "received_at": "来信日子", "branch": "哪个分局", "status": "进展", "rating": "满意否"}


@pytest.fixture
def page(opened, tmp_path, monkeypatch) -> AppTest:
    """Return the import page on an empty store, with a temporary folder of its own."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return opened("pages/imports.py", tmp_path / "store")


def _upload(page: AppTest, text: str) -> AppTest:
    page.file_uploader[0].set_value([(NAME, text.encode("gb18030"), "text/csv")])
    return page.run()


def _map(page: AppTest) -> AppTest:
    page.text_input(key="format_name").input("某平台")
    for field, heading in MAPPED.items():
        page.selectbox(key=f"map_{field}").select(heading)
    return next(button for button in page.button if button.label == "保存为导入格式").click().run()


def test_an_unknown_format_is_mapped_once_and_known_from_then_on(page, tmp_path):
    _upload(page, HEADINGS + ROWS)
    assert not page.exception
    assert "格式不认识" in html(page) and f"对应列名：{NAME}" in html(page)
    _map(page)
    assert not page.exception
    drawn = html(page)
    assert "试读结果（尚未导入）" in drawn and "读取3行：新增2件" in drawn and "缺少编号：1行" in drawn
    assert Store(tmp_path / "store").current() is None


def test_a_mapping_without_the_case_number_is_refused_in_a_sentence(page):
    _upload(page, HEADINGS + ROWS)
    page.text_input(key="format_name").input("某平台")
    next(button for button in page.button if button.label == "保存为导入格式").click().run()
    assert not page.exception
    assert 'class="wrong"' in html(page)


def test_an_import_publishes_says_so_empties_the_box_and_can_be_taken_back(page, tmp_path):
    store = Store(tmp_path / "store")
    _map(_upload(page, HEADINGS + ROWS))
    page.button(key="import").click().run()
    assert not page.exception
    first = store.current()
    drawn = html(page)
    assert f"导入完成：已发布版本{first}" in drawn and "隔离1行" in drawn
    assert "试读结果" not in drawn
    _upload(page, HEADINGS + ROWS.replace("办理中", "已办结"))
    page.button(key="import").click().run()
    assert store.current() != first
    page.selectbox(key=f"version_{store.current()}").select(first).run()
    page.button(key="use").click().run()
    assert not page.exception
    assert store.current() == first


def test_nothing_uploaded_stays_on_disk(page, tmp_path):
    _upload(page, HEADINGS + ROWS)
    _upload(page, "不是表格")
    assert not page.exception
    assert not list((tmp_path / "temporary").rglob("*"))
    assert not list((tmp_path / "store").rglob("*.csv"))


def test_the_empty_ledgers_can_be_downloaded(page):
    labels = {button.proto.label for button in page.get("download_button")}
    assert {"本局台账", "积案台账", "领导包保台账"} <= labels


def test_a_profile_in_the_store_that_is_broken_is_explained(opened, tmp_path):
    folder = tmp_path / "broken" / "profiles"
    folder.mkdir(parents=True)
    Path(folder / "坏的.toml").write_text("columns = 1", "utf-8")
    test = opened("pages/imports.py", tmp_path / "broken")
    assert not test.exception
    assert 'class="wrong"' in html(test)
