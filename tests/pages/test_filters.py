"""The usual periods, one click away: ordinary links that keep everything else in the address."""

import html as text
import re
from datetime import datetime
from urllib.parse import parse_qsl

from metrics import periods
from pages.parts import filters
from tests.metrics.build import make_store
from tests.pages.conftest import html


def links(test) -> dict[str, list[tuple[str, str]]]:
    nav = re.search(r'<nav class="quick".*?</nav>', html(test))[0]
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', nav)
    return {name: parse_qsl(text.unescape(href).removeprefix("?")) for href, name in found}


def current(test) -> list[str]:
    return re.findall(r"aria-current=true>([^<]*)<", re.search(r'<nav class="quick".*?</nav>', html(test))[0])


def test_each_leads_to_its_period_and_keeps_the_rest(opened, city):
    test = opened(
        "pages/branches.py", city, branch=["下陆区分局", "大冶市分局"], kpi_name="按期办结率", period="2024年"
    )
    found = links(test)
    assert list(found) == ["今年累计", "上月", "近3个月", "近12个月"]
    kept = [("kpi_name", "按期办结率"), ("branch", "下陆区分局"), ("branch", "大冶市分局")]
    assert sorted(found["近3个月"]) == sorted([("period", "近3个月"), *kept])
    assert sorted(found["今年累计"]) == sorted(kept)
    assert current(test) == []


def test_the_one_in_force_is_marked_and_says_its_months(opened, city):
    test = opened("app.py", city, period="近3个月")  # as of 22 October
    assert current(test) == ["近3个月"]
    assert "2025年第三季度 · 数据截至" in html(test)
    assert current(opened("app.py", city)) == ["今年累计"]


def test_a_figures_own_period_is_not_kept_beside_another(opened, city):
    test = opened("pages/passport.py", city, kpi="cases_total", span="2025-03")
    assert links(test)["上月"] == [("period", "上月"), ("kpi", "cases_total")]


def test_january_and_february_can_always_be_chosen(tmp_path):
    reader = make_store(tmp_path, [{"received_at": "2024-01-05"}], as_of=datetime(2025, 3, 5))
    options = filters.period_options(reader)
    assert options["2025年1—2月"] == periods.spring(2025, reader.as_of)
    names = list(options)
    assert names[:4] == ["2025年", "上月", "近3个月", "近12个月"]
    at = names.index("2025年2月")
    assert names[at : at + 3] == ["2025年2月", "2025年1—2月", "2025年1月"]
    assert "2024年1—2月" in options


def test_what_the_address_holds_is_text(opened, city):
    test = opened("app.py", city, odd='"><b>x</b>')
    assert "<b>x</b>" not in html(test)
