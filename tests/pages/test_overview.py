"""总览 shows what metrics says: label and value, change and target, and what could not be placed."""

import re

from data.store import Store
from metrics import catalog, engine, lists, periods
from pages.parts.cards import LEADING
from tests.metrics.build import make_store
from tests.pages.conftest import html


def _card(drawn: str, name: str) -> str:
    (found,) = re.findall(rf'<a [^>]*class="card"><span class="name">{name}.*?</a>', drawn)
    return found


def test_each_leading_figure_has_its_value_change_and_counts(opened, city):
    reader = Store(city).reader()
    period = periods.year_to_date(reader.as_of)
    drawn = html(opened("app.py", city))
    for figure in engine.measure(reader, LEADING, [period], compare="yoy"):
        card = _card(drawn, figure.kpi.name)
        number = figure.text.removesuffix("%")
        assert f">{number}<small>{figure.kpi.unit}</small>" in card
        if figure.denominator is not None:
            assert f"{figure.numerator} / {figure.denominator}" in card
        if figure.comparison.change is not None and figure.kpi.kind != "stock":
            assert figure.comparison.text in card


def test_the_total_tells_the_change_over_three_years_first(opened, city):
    card = _card(html(opened("app.py", city)), "信访总量")
    lines = re.findall(r"<p>(.*?)</p>", card)
    assert lines[0].startswith("较2022年同期下降") and lines[1].startswith("较上年同期")


def test_a_card_leads_to_its_passport(opened, city):
    card = _card(html(opened("app.py", city)), "按期办结率")
    assert 'href="passport?kpi=ontime_close_rate"' in card


def test_the_branches_add_up_to_the_total_shown(opened, city):
    drawn = html(opened("app.py", city))
    reader = Store(city).reader()
    rows = lists.branch_table(reader, periods.year_to_date(reader.as_of))
    for row in rows:
        assert re.search(rf'>{row.branch}</a></td><td class="n"><a [^>]*>{row.cases.text}</a>', drawn)
    assert sum(row.cases.numerator for row in rows) == int(re.search(r">合计</td><td.*?>(\d+)</a>", drawn)[1])


def test_unmatched_branches_and_unknown_values_are_counted(opened, city):
    reader = Store(city).reader()
    ((unmatched, unknown),) = reader.query(
        "SELECT count(*) FILTER (branch = '待归属'), count(*) FILTER (channel = '未识别') FROM cases"
    )
    drawn = html(opened("app.py", city))
    assert f'<td class="n">{unmatched}</td><td>件待归属' in drawn
    assert f'<td class="n">{unknown}</td><td>处取值未识别' in drawn


def test_what_needs_attention_is_listed_worst_first(opened, city):
    reader = Store(city).reader()
    attention = lists.attention(reader)
    drawn = html(opened("app.py", city))
    shown = re.findall(r'<td class="n (?:overdue)?">(超期\d+天|余\d+天|今日到期)</td>', drawn)
    assert shown == list(attention["期限"].head(9))


def test_the_same_link_shows_the_same_picture(opened, city):
    test = opened("app.py", city, period="2024年", branch="下陆区分局")
    assert test.selectbox(key="period").value == "2024年"
    assert test.multiselect(key="branch").value == ["下陆区分局"]
    assert "2024年 · 数据截至" in html(test)
    assert "branch=%E4%B8%8B%E9%99%86" in _card(html(test), "信访总量")


def test_an_invalid_filter_in_a_link_is_dropped(opened, city):
    test = opened("app.py", city, period="2099年", branch="没有的分局")
    assert not test.exception
    assert test.multiselect(key="branch").value == []


def test_a_ledger_under_a_filter_it_cannot_follow_says_so(opened, city):
    test = opened("app.py", city, channel="网络", pollution="大气")
    assert not test.exception
    drawn = html(test)
    assert "台账没有渠道、污染类型" in drawn
    assert "积案化解率" in drawn


def test_every_sort_of_kpi_can_be_compared_over_the_branches(opened, city):
    offered = opened("pages/branches.py", city).selectbox(key="kpi_name").options
    # One of each sort: what the page draws depends on these, not on the single KPI.
    sorts = {(kpi.kind, kpi.relation, kpi.direction, bool(kpi.split_by)): kpi.name for kpi in map(catalog.get, offered)}
    for name in sorts.values():
        assert not opened("pages/branches.py", city, kpi_name=name).exception, name


def test_a_branch_with_few_cases_is_not_ranked_and_named(opened, city):
    drawn = html(opened("pages/branches.py", city))
    assert "样本不足（少于5件），不参与排列：执法支队（n=0）。" in drawn


def test_branches_get_no_place_for_what_chance_explains(opened, tmp_path):
    """下陆 9 of 20 beside 57 of 60 is named; 阳新 18 of 20 is not, though it is the lower of the two that are left."""
    rated = {
        "received_at": "2025-02-01",
        "accepted_at": "2025-02-02",
        "closed_at": "2025-03-05",
        "rated_at": "2025-09-15",
    }
    rows = [
        rated | {"branch": branch, "rating": rating, "rating_state": "已评价"}
        for branch, satisfied, dissatisfied in (("大冶市分局", 57, 3), ("下陆区分局", 9, 11), ("阳新县分局", 18, 2))
        for rating in ["满意"] * satisfied + ["不满意"] * dissatisfied
    ]
    make_store(tmp_path, rows)
    drawn = html(opened("pages/branches.py", tmp_path))
    assert "<h2>下陆区分局与全体差异明显</h2>" in drawn and "次序不是名次" in drawn
    assert '<td class="">明显偏低</td><td>下陆区分局</td>' in drawn
    assert '<td class=""></td><td>阳新县分局</td>' in drawn
    calm = html(opened("pages/branches.py", tmp_path, branch="阳新县分局"))
    assert ">明显偏低</td>" not in calm
    volume = html(opened("pages/branches.py", tmp_path, kpi_name="信访总量"))
    assert '<td class="n">4</td><td>大冶市分局</td>' in volume
