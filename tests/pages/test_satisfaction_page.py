"""满意率 shows what the reader says: label and value, verdict, rows and their links, and empty states as intended."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from data.store import Store
from metrics import engine, periods, rating_lists, ratings
from metrics.dimensions import NO_FILTER, Where
from tests.metrics.build import make_store
from tests.pages.conftest import html
from tests.pages.stores import NASTY

PAGE = "pages/satisfaction.py"
RATED = {"received_at": "2025-02-01", "accepted_at": "2025-02-02", "closed_at": "2025-03-05", "rating_state": "已评价"}


def rated(branch: str, satisfied: int, dissatisfied: int, **more) -> list[dict]:
    row = RATED | {"branch": branch, "rated_at": "2025-09-15"} | more
    return [row | {"rating": "满意"}] * satisfied + [row | {"rating": "不满意"}] * dissatisfied


@pytest.fixture(scope="module")
def drawn_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store in which 下陆 stands out: 大冶 57/60, 下陆 9/20, 阳新 1/2; two wait, one overdue, one changed."""
    rows = [*rated("大冶市分局", 57, 3), *rated("下陆区分局", 9, 11), *rated("阳新县分局", 1, 1)]
    rows = [row | {"case_no": f"C{number:03d}"} for number, row in enumerate(rows)]
    rows[57] |= {"dissatisfied_reason": "等候时间太长", "rated_at": "2025-09-29", "site_name": NASTY}
    rows[58] |= {"dissatisfied_reason": "等候时间过长", "first_rating": "满意", "rating_changes": 1}
    wait = {key: RATED[key] for key in ("received_at", "accepted_at", "closed_at")} | {"rating_state": "待评价"}
    rows += [
        wait | {"case_no": "W1", "rating_due_at": "2025-10-20"},
        wait | {"case_no": "W2", "rating_due_at": "2025-10-02"},
    ]
    rows += [wait | {"case_no": "W3", "rating_due_at": "2025-04-01"}]
    folder = tmp_path_factory.mktemp("rated")
    make_store(folder, rows, events=[("C058", "rating_changed", "满意", "不满意", "2025-09-30")])
    return folder


def card(drawn: str, name: str) -> str:
    (found,) = re.findall(rf'<a [^>]*class="card"><span class="name">{name}<.*?</a>', drawn)
    return found


def row(drawn: str, *cells: str) -> bool:
    """Say whether some row of a table has these texts, in this order."""
    rows = [re.sub(r"<[^>]+>", "|", found) for found in re.findall(r"<tr.*?</tr>", drawn)]
    return any(re.search(".*".join(map(re.escape, cells)), found) for found in rows)


def only_case(opened, store: Path, link: str) -> list[str]:
    """Follow a link to the cases and return their numbers."""
    page, _, given = link.partition("?")
    cases = opened(f"pages/{page}.py", store, **dict(parse_qsl(given)))
    assert not cases.exception
    return list(cases.dataframe[0].value["信访件编号"])


def link_of(drawn: str, number: str, kpi: str) -> str:
    """Return the address that a case's number leads to in the list of a KPI."""
    (found,) = {
        link for link in re.findall(rf'<a href="(cases\?[^"]*)" title="{number}"', drawn) if f"kpi={kpi}&" in link
    }
    return found.replace("&amp;", "&")


def test_the_leading_figures(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    # 57＋9＋1 of 60＋20＋2; of these and the one overdue 82 of 83 took part
    assert ">81.7<small>%</small>" in card(drawn, "群众满意率") and "67 / 82" in card(drawn, "群众满意率")
    assert "95%区间 72.0%—88.6%" in card(drawn, "群众满意率")
    assert ">98.8<small>%</small>" in card(drawn, "群众参评率") and "82 / 83" in card(drawn, "群众参评率")
    assert "2024年10月—2025年9月" in card(drawn, "近12个月满意率")
    assert ">15<small>件</small>" in card(drawn, "不满意件") and "少1件，满意率82.7%" in card(drawn, "不满意件")
    assert "part=rest" in card(drawn, "不满意件")
    assert ">2<small>件</small>" in card(drawn, "待评价件") and "7日内截止1件" in card(drawn, "待评价件")
    assert "另有超期未评价1件" in card(drawn, "待评价件")
    assert ">1<small>件</small>" in card(drawn, "改评件数") and "改评率1.2%（1/82）" in card(drawn, "改评件数")


def test_the_interval_and_the_change_are_those_of_metrics(opened, city):
    drawn = html(opened(PAGE, city))
    reader = Store(city).reader()
    period = periods.year_to_date(reader.as_of)
    for figure in engine.measure(reader, ["satisfaction_rate", "eval_participation"], [period], compare="yoy"):
        shown = card(drawn, figure.kpi.name)
        assert f">{figure.text.removesuffix('%')}<small>" in shown and ratings.interval_words(figure) in shown
        assert figure.comparison.text in shown and f"{figure.numerator} / {figure.denominator}" in shown


def test_the_branches_with_counts_interval_and_verdict(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    assert row(drawn, "大冶市分局", "95.0%", "57/60", "95.0%", "3")
    assert row(drawn, "下陆区分局", "明显偏低", "45.0%", "9/20", "11")
    assert 'class="n concern"' in re.search(r"<tr[^>]*><td><a[^>]*>下陆区分局</a> <small>.*?</tr>", drawn)[0]
    assert row(drawn, "阳新县分局", "样本不足", "50.0%", "1/2")
    assert '<tr class="aside"><td><a' in drawn
    assert 'title="95%区间25.8%—65.8%"' in drawn
    assert "竖线为全市81.7%" in drawn and "本期没有评价件：黄石港区分局。" in drawn


def test_the_funnel_says_its_finding_and_what_chance_does(opened, drawn_city, city):
    assert "<h2>下陆区分局明显偏低（99.8%）</h2>" in html(opened(PAGE, drawn_city))
    drawn = html(opened(PAGE, city))
    reader = Store(city).reader()
    period = periods.year_to_date(reader.as_of)
    found = ratings.branches(reader, period, NO_FILTER).funnel
    assert f"<h2>{ratings.finding(found)}</h2>" in drawn and ratings.chance_words(found, period) in drawn
    assert "6个分局即使水平完全相同" in drawn


def test_one_case_is_weighed_for_every_branch(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    assert row(drawn, "大冶市分局", "95.0%（57/60）", "96.6%（57/59）", "93.4%（57/61）")
    assert row(drawn, "全市", "81.7%（67/82）", "82.7%（67/81）", "80.7%（67/83）")


def test_the_dissatisfied_with_reasons_and_links(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    assert "<h2>不满意15件，写明原因2件</h2>" in drawn
    assert row(drawn, "C057", "大冶市分局", "2025-09-29", "1天", "等候时间太长")
    assert row(drawn, "C058", "大冶市分局", "2025-09-15", "15天", "等候时间过长（满意→不满意）")
    assert row(drawn, "C069", "下陆区分局", "2025-09-15", "15天", "未注明")
    assert "<h2>不满意的首因：等候时间太长</h2>" in drawn and ">2件</span>" in drawn and ">13件</span>" in drawn
    assert "等候时间太长；等候时间过长" in drawn
    assert "<b>某厂</b>" not in drawn and "&lt;b&gt;某厂" in drawn
    assert only_case(opened, drawn_city, link_of(drawn, "C057", "satisfaction_rate")) == ["C057"]


def test_who_has_not_rated_yet_in_the_order_of_the_terms(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    assert "<h2>待评价2件，7日内截止1件</h2>" in drawn and ">超期未评价1件</a>" in drawn
    assert row(drawn, "W2", "2025-03-05", "2025-10-02", "余2天")
    assert row(drawn, "W1", "2025-03-05", "2025-10-20", "余20天")
    assert only_case(opened, drawn_city, link_of(drawn, "W1", "rating_pending")) == ["W1"]
    assert drawn.index('title="W2"') < drawn.index('title="W1"') and 'title="W3"' not in drawn


def test_who_waits_since_before_the_period_is_one_click_away(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city, period="2025年9月"))
    assert "<h2>没有待评价件</h2>" in drawn
    link = re.search(r'<a href="([^"]*)">更早的2件</a>', drawn)[1].replace("&amp;", "&")
    assert sorted(only_case(opened, drawn_city, link)) == ["W1", "W2"]


def test_the_formulas_side_by_side(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    # 67 of 82; of the 85 that were or could be rated (82＋1 overdue＋2 waiting): 67＋1 satisfied for the assessment
    assert row(drawn, "群众满意率", "81.7%", "67/82", "主口径")
    assert row(drawn, "满意率（考核口径）", "80.0%", "68/85", "低1.7个百分点")
    assert row(drawn, "满意率（未评价当不满意）", "78.8%", "67/85", "低2.9个百分点")
    assert row(drawn, "参评满意率（考核口径）", "77.2%", "低4.5个百分点")
    assert row(drawn, "群众参评率（考核口径）", "96.5%", "82/85", "低2.3个百分点")
    assert "<h2>口径不同，满意率从77.2%到81.7%</h2>" in drawn


def test_what_was_changed(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city))
    assert "<h2>本期发现改评1件</h2>" in drawn and "满意→不满意：1次" in drawn
    assert "按首次评价，满意率82.9%（68/82）；按最后评价，满意率81.7%（67/82）" in drawn
    assert row(drawn, "C058", "大冶市分局", "满意", "不满意", "2025-09-30")
    assert only_case(opened, drawn_city, link_of(drawn, "C058", "rating_changed_rate")) == ["C058"]


def test_a_chosen_branch_keeps_the_comparison_and_narrows_the_lists(opened, drawn_city):
    drawn = html(opened(PAGE, drawn_city, branch="大冶市分局"))
    assert ">95.0<small>%</small>" in card(drawn, "群众满意率") and "<h2>不满意3件，写明原因2件</h2>" in drawn
    assert "竖线为全市81.7%" in drawn and "<h2>下陆区分局明显偏低（99.8%）</h2>" in drawn
    assert row(drawn, "大冶市分局", "95.0%", "57/60") and not row(drawn, "下陆区分局", "45.0%")


def test_without_ratings_one_sentence_stands_there(opened, drawn_city):
    test = opened(PAGE, drawn_city, period="2025年3月", branch="黄石港区分局")
    drawn = html(test)
    assert not test.exception
    assert "<b>没有评价件</b>2025年3月在所选范围内没有已评价、待评价或超期未评价的件" in drawn
    assert "不满意0件" not in drawn and "一件的分量" not in drawn


def test_a_period_in_which_all_were_satisfied(opened, tmp_path):
    make_store(tmp_path, rated("大冶市分局", 6, 0))
    drawn = html(opened(PAGE, tmp_path))
    assert (
        "<h2>没有不满意件</h2>" in drawn and "<h2>没有待评价件</h2>" in drawn and "<h2>本期没有发现改评</h2>" in drawn
    )
    assert "<h2>可比的分局不足2个，不作比较</h2>" in drawn and "没有不满意" in drawn


@pytest.mark.parametrize("pace", ["逐月", "近12个月滚动"])
@pytest.mark.parametrize("name", ["满意率", "参评率"])
def test_each_rate_over_time_month_by_month_and_rolling(name, pace, opened, city):
    test = opened(PAGE, city, rating_kpi=name, rating_pace=pace)
    assert not test.exception
    heads = re.findall(r"<h2>(群众[^<]*)</h2>", html(test))
    assert any(head.startswith(f"群众{name}") and (pace == "逐月") == ("滚动" not in head) for head in heads)


@pytest.mark.parametrize("words", ["rating_kpi", "rating_pace"])
def test_a_choice_that_does_not_exist_is_the_first(words, opened, city):
    assert not opened(PAGE, city, **{words: "没有的"}).exception


def test_the_lists_are_as_long_as_the_figures_say_under_any_filter(opened, city):
    reader, where = Store(city).reader(), Where.of({"channel": ["12345热线"]})
    period = periods.year_to_date(reader.as_of)
    drawn = html(opened(PAGE, city, channel="12345热线"))
    (rate,) = engine.measure(reader, ["satisfaction_rate"], [period], (), where)
    listed = rating_lists.dissatisfied(reader, period, where)
    assert len(listed) == rate.denominator - rate.numerator > 0
    assert f"<h2>不满意{len(listed)}件" in drawn and "竖线为所选范围" in drawn


def test_one_branch_alone(opened, lone_branch):
    test = opened(PAGE, lone_branch)
    assert not test.exception and "可比的分局不足2个，不作比较" in html(test)
