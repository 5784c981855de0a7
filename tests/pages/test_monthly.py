"""The page 月报 in AppTest: the report as it will be, its text, its files, its editions."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.store import Store
from metrics.report import editions
from tests.pages import stores

PAGE = Path(__file__).parents[2] / "pages" / "monthly.py"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return stores.city(tmp_path_factory.mktemp("city"))


@pytest.fixture
def own(tmp_path):
    return stores.city(tmp_path, branches=("下陆区分局",))


def _open(store, monkeypatch, **query):
    monkeypatch.setenv("KPI_STORE", str(store.folder))
    page = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def _paper(page):
    """Return the words of the report that the page shows."""
    (frame,) = page.get("iframe")
    return re.sub(r"<[^>]+>", "", frame.proto.srcdoc)


def _words(page):
    return re.sub(r"<[^>]+>", "", " ".join(part.proto.body for part in page.get("html")))


def _button(page, label):
    return next(button for button in page.button if button.label == label)


def _field(page, label):
    return next(field for field in (*page.text_input, *page.text_area) if field.label == label)


def test_the_last_complete_month_is_shown_first(city, monkeypatch):
    page = _open(city, monkeypatch)
    assert "关于2025年9月全市生态环境信访投诉办理情况的通报" in _paper(page)
    ((many,),) = city.reader().query(
        "SELECT count(*) FROM cases WHERE received_at::DATE BETWEEN '2025-09-01' AND '2025-09-30' AND status <> '作废'"
    )
    assert f"9月，全市共接到各类生态环境信访投诉举报{many}件" in _paper(page)
    assert "草稿" in _words(page)


@pytest.mark.parametrize(("query", "title"), [
    ({"kind": "季报", "of_quarter": "2025年第二季度"}, "关于2025年第二季度全市"),
    ({"kind": "半年报", "of_half": "2025年上半年"}, "关于2025年上半年全市"),
    ({"kind": "年报", "of_year": "2024年"}, "关于2024年全市"),
    ({"whose": "下陆区分局"}, "关于2025年9月下陆区分局"),
])  # fmt: skip
def test_the_address_says_which_report(city, monkeypatch, query, title):
    assert title in _paper(_open(city, monkeypatch, **query))


def test_the_reconciliation_agrees(city, monkeypatch):
    words = _words(_open(city, monkeypatch, part="对账"))
    assert "各项相符" in words and words.count("相符") == 7


def test_what_the_clerk_writes_is_in_the_report_at_once_and_stays(own, monkeypatch):
    page = _open(own, monkeypatch, part="改文字")
    _field(page, "下一步工作要求").set_value("1. 十月底前整改到位。\n<b>2</b>")
    _field(page, "成文日期").set_value("2025-10-08")
    _field(page, "修改人").set_value("李四")
    _button(page, "保存").click().run()
    assert "1. 十月底前整改到位。" in _paper(page) and "2025年10月8日" in _paper(page) and "已保存" in _words(page)
    assert "&lt;b&gt;2&lt;/b&gt;" in page.get("iframe")[0].proto.srcdoc
    assert "1. 十月底前整改到位。" in _paper(_open(own, monkeypatch))


def test_a_text_without_an_author_is_refused(own, monkeypatch):
    page = _open(own, monkeypatch, part="改文字")
    _field(page, "下一步工作要求").set_value("1. 新要求。")
    _button(page, "保存").click().run()
    assert "请写明修改人" in _words(page) and "1. 新要求。" not in _paper(page)


def test_every_format_is_made_and_can_be_taken(own, monkeypatch):
    page = _open(own, monkeypatch)
    _button(page, "生成全部格式").click().run()
    assert not page.exception
    labels = [button.proto.label for button in page.get("download_button")]
    assert labels == ["下载全部（zip）", "Word", "Excel", "网页", "PDF", "幻灯片", "图片（6张）"]


def test_a_month_is_frozen_and_keeps_its_figures(own, monkeypatch):
    page = _open(own, monkeypatch, part="定稿与更正")
    _field(page, "定稿人").set_value("张三")
    _button(page, "定稿").click().run()
    assert "请先核对" in _words(page) and editions.editions(Store(own.folder), "2025-09") == []
    page.checkbox[0].check()
    _button(page, "定稿").click().run()
    assert not page.exception and "已定稿为第1版" in _words(page)
    before = _paper(page)
    stores.import_late_case(own)
    page = _open(own, monkeypatch, part="定稿与更正")
    assert _paper(page) == before and "后来的导入改变了" in _words(page) and "BULU1" in _words(page)
    draft = _open(own, monkeypatch, part="定稿与更正", edition="按现有数据的草稿")
    assert _paper(draft) != before


def test_a_month_that_is_not_over_is_not_frozen(own, monkeypatch):
    page = _open(own, monkeypatch, part="定稿与更正", of_month="2025年10月（截至22日）")
    _field(page, "定稿人").set_value("张三")
    page.checkbox[0].check()
    _button(page, "定稿").click().run()
    assert "还没有结束" in _words(page) and editions.editions(Store(own.folder), "2025-10") == []


def test_without_data_the_page_says_what_to_do(tmp_path, monkeypatch):
    page = _open(Store(tmp_path), monkeypatch)
    assert "请在“数据导入”页上传" in _words(page)
