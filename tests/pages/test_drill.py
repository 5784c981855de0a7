"""From a figure to its passport to its cases: the counts agree, for every KPI, and bad addresses are explained."""

import pytest

from data.store import Store
from metrics import engine, periods
from metrics.catalog import CATALOG
from tests.pages.conftest import html

SHARE = "ontime_close_rate"


@pytest.mark.parametrize("kpi", CATALOG)
def test_every_kpi_has_a_passport_and_cases(kpi, opened, city):
    passport = opened("pages/passport.py", city, kpi=kpi)
    assert not passport.exception
    drawn = html(passport)
    assert CATALOG[kpi].name in drawn and CATALOG[kpi].period_words in drawn and "版本000001" in drawn
    assert not opened("pages/cases.py", city, kpi=kpi).exception


@pytest.mark.parametrize("part", ["denominator", "numerator", "rest"])
def test_the_list_has_as_many_cases_as_the_figure_says(part, opened, city):
    reader = Store(city).reader()
    (figure,) = engine.measure(reader, [SHARE], [periods.year_to_date(reader.as_of)])
    expected = {
        "denominator": figure.denominator,
        "numerator": figure.numerator,
        "rest": figure.denominator - figure.numerator,
    }
    assert f"{expected[part]}件</a>" in html(opened("pages/passport.py", city, kpi=SHARE))
    cases = opened("pages/cases.py", city, kpi=SHARE, part=part)
    assert f"：{expected[part]}件</h2>" in html(cases)
    assert len(cases.dataframe[0].value) == expected[part]


def test_a_group_and_a_month_lead_to_their_own_cases(opened, city):
    test = opened("pages/cases.py", city, kpi="cases_total", group="branch:下陆区分局", span="2025-09")
    cases = test.dataframe[0].value
    assert set(cases["责任分局"]) == {"下陆区分局"}
    assert {(when.year, when.month) for when in cases["登记时间"]} == {(2025, 9)}
    assert "信访总量（下陆区分局）" in html(test)


def test_nobody_is_named_in_a_list_of_cases(opened, city):
    shown = set(opened("pages/cases.py", city).dataframe[0].value.columns)
    assert not shown & {"信访人", "联系电话", "身份证号", "信访人住址", "信访人标识", "反映内容", "办理结果"}


@pytest.mark.parametrize(
    ("page", "address", "sentence"),
    [
        ("passport", {"kpi": "ontime_close"}, "没有指标"),
        ("passport", {"span": "去年"}, "看不懂日期"),
        ("passport", {"group": "branch:没有的分局"}, "没有这个分组"),
        ("passport", {"group": "phone:1"}, "不能按"),
        ("cases", {"part": "all"}, "不是指标的组成部分"),
        ("cases", {"kpi": "satisfaction_rate_product"}, "乘积"),
        ("cases", {"span": "2030-01"}, "还没有数据"),
    ],
)
def test_a_bad_address_is_explained_in_a_sentence(page, address, sentence, opened, city):
    test = opened(f"pages/{page}.py", city, **address)
    assert not test.exception
    assert sentence in html(test)
