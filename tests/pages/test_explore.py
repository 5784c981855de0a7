"""查询: every condition of an address is in the figures, the table, the links and the cases; views are kept and found."""

import re
import shutil
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from data import views
from data.store import Store
from metrics import explore, periods
from metrics.catalog import CATALOG
from metrics.charts.explore import picture
from metrics.dimensions import Where
from metrics.engine import measure
from metrics.explore import Question
from tests.pages.conftest import html
from tests.pages.stores import NASTY

PAGE = "pages/explore.py"
WHERE = ["channel=网络", "site_name~某 厂", "received_at>=2025-02", "closed_at!="]


def total(city, texts, kpi="cases_total"):
    reader = Store(city).reader()
    period = periods.year_to_date(reader.as_of)
    return measure(reader, [kpi], [period], (), Where.parse(texts))[0]


def heading(test, number=0) -> str:
    return re.findall(r"<h2>(.*?)</h2>", html(test))[number]


def conditions(test) -> list[str]:
    found = test.query_params.get("where", [])
    return [found] if isinstance(found, str) else found


def test_without_conditions_the_cases_by_branch(opened, city):
    test = opened(PAGE, city)
    assert not test.exception
    many = total(city, []).numerator
    rows = re.findall(r'<tr class="total"><td>(.*?)</td>.*?>(\d+)件</a>', html(test))
    assert rows == [("合计", str(many))]
    assert heading(test).startswith("信访总量：大冶市分局最多，") and heading(test, 2) == f"案件：{many}件"
    assert len(test.dataframe[0].value) == min(many, 200)


def test_every_condition_of_the_address_is_in_the_numbers_and_has_its_editor(opened, city):
    test = opened(PAGE, city, where=WHERE)
    many = total(city, WHERE).numerator
    assert many and heading(test, 2) == f"案件：{many}件"
    assert test.multiselect(key="condition_channel_values").value == ["网络"]
    assert test.text_input(key="condition_site_name_text").value == "厂 某"
    assert str(test.date_input(key="condition_received_at_rangefrom").value) == "2025-02-01"
    assert test.selectbox(key="condition_closed_at_blanks").value == "不为空"


def test_shared_filters_and_conditions_are_both_required(opened, city):
    test = opened(PAGE, city, branch=["下陆区分局", "大冶市分局"], where=["branch=下陆区分局", "branch=阳新县分局"])
    assert heading(test, 2) == f"案件：{total(city, ['branch=下陆区分局']).numerator}件"


def test_a_changed_editor_changes_the_address_and_the_numbers(opened, city):
    test = opened(PAGE, city, where=["channel=网络", "site_name~厂"])
    test.text_input(key="condition_site_name_text").set_value("污水").run()
    assert conditions(test) == ["channel=网络", "site_name~污水"]
    assert heading(test, 2) == f"案件：{total(city, ['channel=网络', 'site_name~污水']).numerator}件"
    test.button(key="condition_channel_values_drop").click().run()
    assert conditions(test) == ["site_name~污水"]
    test.multiselect(key="channel").set_value(["微信"]).run()
    assert heading(test, 2) == f"案件：{total(city, ['channel=微信', 'site_name~污水']).numerator}件"


def test_a_field_is_added_asked_in_another_way_and_emptied(opened, city):
    test = opened(PAGE, city)
    test.selectbox(key="add_condition").set_value("满意度").run()
    assert "where" not in test.query_params
    test.multiselect(key="condition_rating_values").set_value(["不满意"]).run()
    assert conditions(test) == ["rating=不满意"]
    test.selectbox(key="condition_rating_values_way").set_value("blanks").run()
    test.selectbox(key="condition_rating_blanks").set_value("为空").run()
    assert conditions(test) == ["rating="]
    assert heading(test, 2) == f"案件：{total(city, ['rating=']).numerator}件"
    test.selectbox(key="add_condition").set_value("信访人数").run()
    test.number_input(key="condition_persons_rangeto").set_value(5.0).run()
    assert conditions(test) == ["persons<=5", "rating="]


@pytest.mark.parametrize("kpi", [kpi.id for kpi in explore.offered_kpis(())])
def test_every_kpi_can_be_asked_for_and_is_what_the_engine_says(kpi, opened, city):
    test = opened(PAGE, city, kpi_name=CATALOG[kpi].name)
    assert not test.exception
    assert f">{total(city, [], kpi).with_unit}</a>" in html(test).rpartition('<tr class="total">')[2]


def test_two_fields_over_months(opened, city):
    test = opened(PAGE, city, by="责任分局", by_too="污染类型", every="按月", period="2025年第三季度")
    assert not test.exception
    reader = Store(city).reader()
    (august,) = measure(reader, ["cases_total"], [periods.month(2025, 8, reader.as_of)], ("branch", "pollution"),
                        Where.of({"branch": "下陆区分局", "pollution": "大气"}))[:1]  # fmt: skip
    row = (
        f'<td>2025年8月</td><td>下陆区分局</td><td>大气</td><td class="n"><a href="[^"]*"[^>]*>{august.numerator}件</a>'
    )
    assert re.search(row, html(test))


def test_every_number_leads_to_its_cases(opened, city):
    test = opened(PAGE, city, kpi_name="群众满意率", by="渠道", where=["site_name~厂", "received_at>=2025-02"])
    links = re.findall(r'<a href="(cases\?[^"]*)" title="分(?:子|母)的案件">(\d+)</a>', html(test))
    assert len(links) > 5
    for link, many in links[:4] + links[-2:]:
        address: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(unescape(link)).query):
            address.setdefault(name, []).append(value)
        assert f"：{many}件</h2>" in html(opened("pages/cases.py", city, **address))


def test_what_cannot_be_understood_is_said_and_left_out(opened, city):
    test = opened(PAGE, city, where=["channel=网络", "persons>=很多", "petitioner_name~张"])
    assert not test.exception
    assert html(test).count("这一条件未采用。") == 2 and "应为数字" in html(test)
    assert heading(test, 2) == f"案件：{total(city, ['channel=网络']).numerator}件"
    strange = opened(PAGE, city, where=["channel=没有的"])
    assert not strange.exception and "没有“没有的”这个值" in html(strange)


def test_markup_in_data_and_address_stays_text(opened, city):
    test = opened(PAGE, city, by="被反映对象", where=[f"site_name={NASTY}", "site_name~<i>"])
    assert not test.exception and "<i>" not in html(test) and NASTY not in html(test)


def test_one_case_can_be_linked_to(opened, city):
    number = Store(city).reader().query("SELECT min(case_no) FROM cases WHERE received_at >= '2025-03-01'")[0][0]
    test = opened("pages/cases.py", city, where=[f"case_no={number}"])
    assert list(test.dataframe[0].value["信访件编号"]) == [number]
    assert f"信访件编号：{number}　✕" in html(test)


def test_an_empty_answer_says_so(opened, city):
    test = opened(PAGE, city, where=["received_at<=2000"])
    assert not test.exception and "所选条件下没有可以计数的件" in html(test) and heading(test, 2) == "案件：0件"


def test_a_view_is_kept_listed_and_deleted(opened, city, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(city, store)
    test = opened(PAGE, store, kpi_name="群众满意率", where=["site_name~厂"], period="2024年")
    test.text_input(key="view_name").set_value("化工满意率").run()
    test.button(key="view_save").click().run()
    (view,) = views.views(Store(store))
    assert set(parse_qsl(view.query)) == {("kpi_name", "群众满意率"), ("where", "site_name~厂"), ("period", "2024年")}
    assert "已保存“化工满意率”" in html(test) and f'href="explore?{view.query.replace("&", "&amp;")}"' in html(test)
    test.button(key="view_save").click().run()
    assert "已有名为“化工满意率”" in html(test)
    test.selectbox(key="view_gone").set_value("化工满意率").run()
    test.button(key="view_delete").click().run()
    assert views.views(Store(store)) == []


def test_pictures_carry_what_a_click_stands_for(city):
    reader = Store(city).reader()
    year = periods.year_to_date(reader.as_of)
    bars = picture(explore.answer(reader, Question("cases_total", ("branch",)), year, Where()))
    assert list(bars.data[0].customdata[0]) == [year.label, "大冶市分局"]
    lines = picture(explore.answer(reader, Question("satisfaction_rate", ("branch",), "按月"), year, Where()))
    assert [point[0] for point in lines.data[0].customdata] == [f"2025-{month:02d}" for month in range(1, 11)]
    pairs = picture(explore.answer(reader, Question("cases_total", ("branch", "channel")), year, Where()))
    assert any(
        list(point)[1:] == ["下陆区分局", "网络"]
        for trace in pairs.data
        if trace.type == "bar"
        for point in trace.customdata
    )
