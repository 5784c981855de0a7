"""工作机制 shows what the reader says: months, what is late, leaders, marks beside a KPI, the card of branches and its form."""

import re
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from data.reference import editing
from data.store import Store
from metrics import periods, scheme, scorecard, workings
from tests.metrics import test_activities, test_scorecard
from tests.metrics.build import make_store
from tests.pages.conftest import html

PAGE = "pages/mechanism.py"
CARD = {"view": "分局评估"}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the activities worked by hand in tests/metrics/test_activities.py, and a case of one of them."""
    folder = tmp_path_factory.mktemp("works")
    cases = [{"case_no": "C1", "received_at": "2025-02-11"}, {"case_no": "C9", "received_at": "2025-08-11"}]
    make_store(folder, cases, activities=[test_activities.row(*drawn) for drawn in test_activities.DRAWN])
    return folder


@pytest.fixture
def assessed(tmp_path: Path) -> Path:
    """Return a store with the cases worked by hand in tests/metrics/test_scorecard.py, and without weights."""
    make_store(tmp_path / "assessed", test_scorecard.CASES)
    return tmp_path / "assessed"


def rows(test) -> list[str]:
    """Return every row of the page's tables as its texts, parted by |."""
    found = re.findall(r"<tr.*?</tr>", html(test), re.DOTALL)
    return [re.sub(r"\|+", "|", re.sub(r"<[^>]+>", "|", one)).strip("|") for one in found]


def text(test) -> str:
    return re.sub(r"<style.*?</style>|<[^>]+>", "", html(test), flags=re.DOTALL)


def test_months_and_what_is_late(opened, works):
    test = opened(PAGE, works)
    assert not test.exception
    reader = Store(works).reader()
    assert workings.headline(workings.overview(reader, periods.year_to_date(reader.as_of))) in text(test)
    assert "督办|1/1|0/1|0/1" in rows(test)
    assert "每月一培训|✓|缺|✓" in rows(test)
    page = html(test)
    assert 'class="concern" title="1项过期没有完成">0/1<' in page and 'class="ahead" title="1项未到期">0/1<' in page
    assert "没有办培训的月份：2025年8月" in page
    assert "逾期未反馈的督办1件，另1项近12个月内计划了没有记录" in page
    assert "督办|主题L2|阳新县分局|9月16日|逾期14天" in rows(test)


def test_leaders_and_branches(opened, works):
    found = rows(opened(PAGE, works))
    assert "甲局长|1|1/0|1|9月5日" in found  # 1 meeting, 1 visit of 0 planned, 1 letter, the last visit
    assert "大冶市分局|1/2" in found and "合计|1/2|0/1 +1|1/2|2/2" in found


def test_a_month_leads_to_its_own_list(opened, works):
    page = html(opened(PAGE, works))
    link = next(
        one
        for one in re.findall(r'href="mechanism\?([^"]*)"', page)
        if "kind=%E7%9D%A3%E5%8A%9E" in one and "9%E6%9C%88" in one
    )
    test = opened(PAGE, works, **dict(parse_qsl(unescape(link))))
    assert "2025年9月督办2项" in text(test)
    listed = [row for row in rows(test) if row.startswith("督办|主题")]
    assert any("L2" in row for row in listed) and any("L3" in row for row in listed)


def test_a_related_case_is_a_link_and_an_unknown_one_is_not(opened, works):
    page = html(opened(PAGE, works))
    (link,) = set(re.findall(r'href="(cases\?[^"]*case_no%3AC1[^"]*)"', page))
    assert "case_no%3AC2" not in page and "库中没有编号C2" in page
    cases = opened("pages/cases.py", works, **dict(parse_qsl(unescape(link).partition("?")[2])))
    assert list(cases.dataframe[0].value["信访件编号"]) == ["C1"]


def test_marks_lie_on_the_trend_of_the_kpi_in_the_address(opened, works):
    test = opened(PAGE, works, kpi_name="按期办结率", kinds=["督办"], word="L1")
    assert "按期办结率" in text(test)
    assert "▾ 为主题含“L1”的督办，期内1次" in text(test) and "只并列时间，不说明因果" in text(test)
    assert "2025年8月1日　督办：主题L1" in text(test)
    spec = test.get("plotly_chart")[0].proto.spec
    assert spec.count("▾") or spec.count("\\u25be")
    none = opened(PAGE, works, word="没有这个词")
    assert "期内0次" in text(none)


def test_impossible_values_in_the_address_do_no_harm(opened, works):
    test = opened(PAGE, works, kpi_name="<b>", kinds=["<b>"], kind="无此类", view="无此页", word="<script>")
    assert not test.exception
    assert "<script>" not in html(test)


def test_a_filter_that_the_ledgers_cannot_follow_is_told(opened, city):
    assert "台账没有渠道，未按其筛选" in text(opened(PAGE, city, channel="来信"))


def test_texts_of_a_ledger_are_texts(opened, city):
    page = html(opened(PAGE, city))
    assert "<b>某厂</b>" not in page and "&lt;b&gt;某厂" in page


def test_without_a_ledger_it_says_what_to_fill_in_and_where(opened, tmp_path):
    make_store(tmp_path / "bare", [{"received_at": "2025-02-11"}])
    test = opened(PAGE, tmp_path / "bare")
    for word in ("还没有工作台账", "研判会台账", "带案下访台账", "督办函台账", "培训台账"):
        assert word in text(test)
    assert 'href="imports' in html(test)
    imports = opened("pages/imports.py", tmp_path / "bare")
    labels = {button.proto.label for button in imports.get("download_button")}
    assert {"研判会台账", "带案下访台账", "督办函台账", "培训台账", "监测数据"} <= labels


def test_lists_can_be_taken_away(opened, works):
    test = opened(PAGE, works)
    labels = [button.proto.label for button in test.get("download_button")]
    assert labels == ["下载 Excel", "下载 CSV"] * 2  # leaders, activities


# ---- the card ----


def test_without_weights_there_is_an_explanation_and_the_form(opened, assessed):
    test = opened(PAGE, assessed, **CARD)
    assert not test.exception
    assert "还没有设定评估权重" in text(test) and "评分方案" in text(test)
    assert test.button(key="scheme_save").disabled


def fill(test, author: str = "演示信访办", reason: str = "评估方案〔2025〕1号"):
    test.multiselect(key="scheme_kpis").set_value(["按期办结率", "群众满意率"]).run()
    test.number_input(key="weight_satisfaction_rate").set_value(30.0)
    test.number_input(key="weight_ontime_close_rate").set_value(70.0)
    test.selectbox(key="rule_ontime_close_rate").select("own").run()
    test.number_input(key="zero_at_ontime_close_rate").set_value(80.0)
    test.number_input(key="full_at_ontime_close_rate").set_value(100.0)
    test.text_input(key="scheme_author").input(author)
    test.text_input(key="scheme_reason").input(reason)
    return test.button(key="scheme_save").click().run()


def test_weights_are_saved_into_a_new_version_with_author_and_day(opened, assessed):
    first = Store(assessed).current()
    test = fill(opened(PAGE, assessed, **CARD))
    assert not test.exception
    store = Store(assessed)
    assert store.current() != first and "已保存，新版本" in text(test)
    items = {one.kpi.id: one for one in scheme.scheme(store.reader())}
    assert {kpi: (int(one.weight), one.rule, one.author) for kpi, one in items.items()} == {
        "satisfaction_rate": (30, "rate", "演示信访办"),
        "ontime_close_rate": (70, "own", "演示信访办"),
    }
    assert (items["ontime_close_rate"].zero_at, items["ontime_close_rate"].full_at) == (scheme.Fraction(4, 5), 1)
    (change,) = editing.changes(store.reference_folder)
    assert (change.what, change.before, change.author, change.reason) == (
        "分局评估方案",
        "（无）",
        "演示信访办",
        "评估方案〔2025〕1号",
    )
    assert scheme.scheme(store.reader(version=first)) == ()  # an older version keeps what it had


def test_the_card_shows_parts_counts_sum_and_what_it_refuses(opened, assessed):
    fill(opened(PAGE, assessed, **CARD))
    test = opened(PAGE, assessed, **CARD)
    found = rows(test)
    assert any(row.startswith("大冶市分局|52.50|95.0% 19/20|27.00|90.0% 18/20|79.50") for row in found)
    assert any(
        "阳新县分局" in row and "样本不足，不评|75.0% 3/4" in row and "不合计|已评11.67/70" in row for row in found
    )
    assert any(row.startswith("全市（对照）") and "77.91" in row for row in found)
    drawn = text(test)
    assert "满分100分，权重由演示信访办" in drawn and "黄石港区分局" in drawn.partition("没有一件可评、未列出：")[2][:8]
    assert "样本不足不合计" in drawn and "同一档内不分先后" in drawn
    labels = [button.proto.label for button in test.get("download_button")]
    assert labels == ["下载 Excel", "下载 CSV"]


def test_the_card_follows_the_period(opened, assessed):
    fill(opened(PAGE, assessed, **CARD))
    test = opened(PAGE, assessed, period="2025年8月", **CARD)
    assert any(row.startswith("大冶市分局|52.50|95.0% 19/20|没有件|不合计|已评52.50/70") for row in rows(test))


@pytest.mark.parametrize(("author", "reason"), [("", "依据"), ("演示", "")])
def test_nobody_changes_weights_without_a_name_and_a_reason(opened, assessed, author, reason):
    first = Store(assessed).current()
    test = fill(opened(PAGE, assessed, **CARD), author, reason)
    assert "请写明修改人和原因" in text(test)
    assert Store(assessed).current() == first


def test_a_weight_that_is_missing_is_told_and_nothing_is_saved(opened, assessed):
    first = Store(assessed).current()
    test = opened(PAGE, assessed, **CARD)
    test.multiselect(key="scheme_kpis").set_value(["群众满意率"]).run()
    test.text_input(key="scheme_author").input("演示")
    test.text_input(key="scheme_reason").input("演示")
    test.button(key="scheme_save").click().run()
    assert "没有分值" in text(test) and Store(assessed).current() == first


def test_weights_survive_the_next_import(opened, assessed):
    """They lie beside the store: a version made later has them again."""
    fill(opened(PAGE, assessed, **CARD))
    text_of_file = (Store(assessed).reference_folder / "scorecard.csv").read_text("utf-8-sig")
    assert text_of_file.splitlines()[0] == "kpi,weight,rule,zero_at,full_at,author,set_on"
    assert "ontime_close_rate,70,own,80%,100%,演示信访办," in text_of_file
    reader = Store(assessed).reader()
    found = scorecard.board(reader, periods.year_to_date(reader.as_of))
    assert found.items[0].set_on >= date(2025, 1, 1) and found.out_of == 100
