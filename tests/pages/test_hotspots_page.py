"""重复与热点: warnings before all else, two kinds of repetition apart, the ranking, one place closely."""

import re
from datetime import datetime

import pytest

from data.store import Store
from metrics import alerts, hotspots, periods, site, surveillance
from metrics.engine import measure
from tests.metrics.build import make_store
from tests.metrics.odour import FIRM, smell, years
from tests.pages.conftest import html

PAGE = "pages/hotspots.py"
NASTY = "<b>某厂</b>[链接](http://x.cn)"
APRIL_DAYS = ["03-08", "03-09", "03-12", "03-24", "03-25", "03-29", "04-02", "04-05", "04-09", "04-12"]


@pytest.fixture(scope="module")
def odour(tmp_path_factory):
    """Return the folder of a store with an odour in March and April 2025, put right on the 12th, and a monitor."""
    folder = tmp_path_factory.mktemp("odour")
    cases = smell(APRIL_DAYS, list("abcdefghij"))
    cases[0]["case_no"] = "T团城山1"
    nasty = [{"received_at": f"2025-04-0{day}", "site_name": NASTY, "petitioner_key": "z"} for day in (1, 2, 3)]
    make_store(
        folder,
        years([*cases, *nasty]),
        key_cases=[{"case_no": "T团城山1", "branch": "下陆区分局", "is_solved": True, "solved_at": datetime(2025, 4, 12)}],
        monitoring=[
            {"site_name": "团城山某厂(虚构)", "item": "硫化氢", "measured_at": datetime(2025, 4, 1), "value": 0.04, "unit": "mg/m³"}
        ],
        as_of="2025-04-30",
    )  # fmt: skip
    return folder


def drawn(test) -> str:
    """Return the page's HTML without its style sheet and its tags' attributes, as text."""
    return re.sub(r"<style.*?</style>|<[^>]+>", "", html(test), flags=re.DOTALL)


def test_the_warning_stands_first_and_says_since_when(opened, odour):
    test = opened(PAGE, odour, period="2025年3月")
    assert not test.exception
    page = html(test)
    # Up to 31 March six cases in 28 days, where half a case in six windows of the same season is usual: 0.1.
    assert f"2处预警：{FIRM}28天6件" in drawn(test) or "2处预警：团城山某厂(虚构)28天6件" in drawn(test)
    assert "2025年3月24日" in page
    assert page.index("处预警") < page.index("个点位90天内有3件以上")


def test_the_numbers_are_those_of_metrics(opened, odour):
    reader = Store(odour).reader()
    april = periods.month(2025, 4, reader.as_of)
    text = drawn(opened(PAGE, odour, period="2025年4月"))
    rate, count, share = measure(reader, ["repeat_rate", "repeat_site_count", "repeat_site_share"], [april])
    assert f"{rate.text}{rate.numerator} / {rate.denominator} 件" in text
    assert f"{count.text}个{share.numerator} / {share.denominator} 件，占{share.text}" in text
    ranking = hotspots.ranking(reader, april)
    assert f"{len(ranking)}个点位90天内有3件以上，{ranking[0].name}最多（{ranking[0].cases}件）" in text
    ways = hotspots.ways(reader, april)
    assert f"本机构标志{ways.by_flag}件，按同人同点位推定{ways.inferred}件" in text
    for one in alerts.told(reader, april):
        assert one.name in text


def test_one_person_alone_is_named_as_such(opened, odour):
    assert "其中1个只有同一人反映，属重复信访" in drawn(opened(PAGE, odour, period="2025年4月"))


def test_a_row_leads_to_the_place_and_to_its_cases(opened, odour):
    page = html(opened(PAGE, odour, period="2025年4月"))
    (row,) = (row for row in re.findall(r"<tr>.*?</tr>", page) if "10件" in row and "2种写法" in row)
    assert (
        'href="hotspots?site=' in row
        and 'href="cases?kpi=cases_total&amp;span=2025-01-31%2F2025-04-30&amp;group=site%3A' in row
    )
    listed = opened(
        "pages/cases.py", odour, kpi="cases_total", span="2025-01-31/2025-04-30", group="site:团城山某厂虚构"
    )
    assert not listed.exception and "10件" in html(listed)


def test_the_method_says_what_was_measured(opened, odour):
    text = drawn(opened(PAGE, odour))
    assert f"全市平均每季度误报不到{surveillance.FALSE_ALARMS_A_QUARTER}次" in text
    for stated in surveillance.DETECTIONS:
        assert f"{stated.cases}件" in text and f"第{stated.day}天" in text


def test_without_warnings_it_says_so(opened, odour):
    text = drawn(opened(PAGE, odour, period="2025年2月"))
    assert "截至2025年2月28日没有预警" in text and "近一年没有已解除的预警" in text


def test_names_from_files_are_text(opened, odour):
    page = html(opened(PAGE, odour, period="2025年4月"))
    assert "<b>某厂</b>" not in page and "&lt;b&gt;某厂&lt;/b&gt;" in page


def test_one_place_closely(opened, odour):
    reader = Store(odour).reader()
    test = opened(PAGE, odour, site="团城山 某厂（虚构）", period="2025年4月")
    assert not test.exception
    text = drawn(test)
    assert "截至2025年4月30日共10件，10个不同的人" in text
    assert test.date_input(key="after").value.isoformat() == "2025-04-12"  # from the ledger
    place = site.place(reader, FIRM, periods.month(2025, 4, reader.as_of))
    found = site.before_after(place, place.done_on)
    # 18 days after 12 April are there, so 18 days before: 26 March to 12 April holds five.
    assert (found.days, found.before, found.after) == (18, 5, 0)
    assert site.verdict(found) in text and "未满90天，前后都取18天" in text
    assert "取自领导包保台账的解决时间" in text
    assert "监测点：团城山某厂(虚构)" in text and "2025年3月24日首次预警" in text
    assert "T团城山1" in text


def test_the_date_can_be_chosen_and_stands_in_the_address(opened, odour):
    test = opened(PAGE, odour, site=FIRM, period="2025年4月", after="2025-03-31")
    # 30 days on either side of 31 March: 2 to 31 March holds six, April to the 30th four.
    assert "整改前30天6件，整改后30天4件" in drawn(test)
    assert "取自" not in drawn(test)


@pytest.mark.parametrize("after", ["2019-01-01", "2031-01-01", "不是日期", "2025-04-29"])
def test_a_date_that_cannot_be_compared_is_a_sentence(opened, odour, after):
    test = opened(PAGE, odour, site=FIRM, period="2025年4月", after=after)
    assert not test.exception


def test_a_place_without_a_date_or_a_monitor_says_how_to_get_them(opened, odour):
    text = drawn(opened(PAGE, odour, site="平常点位3号"))
    assert "填上整改完成日期后" in text and "没有这个点位的监测数据" in text


@pytest.mark.parametrize("name", ["没有的厂", NASTY + "x", "（）"])
def test_a_place_that_no_case_names_is_a_sentence(opened, odour, name):
    test = opened(PAGE, odour, site=name)
    assert not test.exception and "没有点位" in html(test)
    assert "<b>某厂</b>" not in html(test)


def test_a_young_store_says_that_it_cannot_judge(opened, tmp_path):
    make_store(tmp_path, smell(APRIL_DAYS, list("abcdefghij")), as_of="2025-04-30")
    assert "数据不足一年，还看不出平常有多少，暂不预警" in drawn(opened(PAGE, tmp_path))


def test_every_state_of_the_store_is_drawn(opened, city, lone_branch, tmp_path):
    for store in (city, lone_branch, tmp_path):
        for address in ({}, {"branch": "大冶市分局", "pollution": "大气", "channel": "网络"}, {"site": "某采石场"}):
            assert not opened(PAGE, store, **address).exception
