"""Cards, trends and passports say whether the last complete month is signal or noise, and by which convention."""

import re
from datetime import date

from data.store import Store
from metrics import periods, signals
from pages.parts.markup import esc
from tests.pages.conftest import html

JUDGED = ("cases_total", "accept_timely_rate", "ontime_close_rate", "satisfaction_rate")


def _charts(store, kpis=JUDGED, last=date(2025, 10, 31), **more):
    """Return the control charts that a page shows: the 36 months up to the one of as_of, or to `last`."""
    reader = Store(store).reader()
    months = periods.months(date(2022, 1, 1), last, reader.as_of)[-36:]
    return signals.charts(reader, kpis, tuple(months), **more)


def test_each_card_of_cases_says_the_state_of_the_last_complete_month(opened, city):
    drawn = html(opened("app.py", city))
    for kpi, chart in _charts(city).items():
        assert chart.month.label == "2025-09"  # October is not over
        (card,) = re.findall(rf'<a [^>]*kpi={kpi}"[^>]*class="card">.*?</a>', drawn)
        month = "9月" if chart.has_limits else ""
        assert f">{month}{chart.words}</span>" in card


def test_a_ledger_and_a_state_have_no_signal_on_their_cards(opened, city):
    drawn = html(opened("app.py", city))
    for name in ("积案化解率", "超期未办结"):
        (card,) = re.findall(rf'<(?:a|div) [^>]*class="card"><span class="name">{name}.*?</(?:a|div)>', drawn)
        assert "波动" not in card and "不设限" not in card


def test_the_title_of_a_trend_says_finding_and_signal(opened, city):
    """A whole year: the month that is judged is named; one month alone: it is that month."""
    chart = _charts(city)["cases_total"]
    drawn = html(opened("app.py", city))
    (title,) = re.findall(r"<h2>(信访总量.*?)</h2>", drawn)
    assert title.endswith(f"；9月{chart.words}")
    chart = _charts(city, last=date(2025, 8, 31))["cases_total"]
    drawn = html(opened("app.py", city, period="2025年8月"))
    (title,) = re.findall(r"<h2>(信访总量.*?)</h2>", drawn)
    assert title.startswith("信访总量较上年同期") and title.endswith(f"，{chart.words}")


def test_the_convention_stands_under_the_chart(opened, city):
    drawn = html(opened("app.py", city))
    for kpi in ("cases_total", "satisfaction_rate"):
        assert f"控制图：{esc(_charts(city)[kpi].convention)}。" in drawn
    assert "连续7点同侧、7点升降、3点中2点近限（三点同侧）" in drawn


def test_the_branches_say_which_of_them_are_signals(opened, city):
    drawn = html(opened("pages/branches.py", city, kpi_name="信访总量"))
    (said,) = re.findall(r"各分局（9月）(.*?)。", drawn)
    reader = Store(city).reader()
    months = tuple(periods.months(date(2022, 1, 1), date(2025, 10, 31), reader.as_of)[-24:])
    found = signals.group_charts(reader, "cases_total", months, ("branch",))
    for (branch,), chart in ((group, chart) for group, chart in found.items() if group and group[0] != "待归属"):
        (words,) = [part.partition("：") for part in said.split("；") if branch in part.partition("：")[2].split("、")]
        assert words[0] == chart.words


def test_a_passport_says_signal_and_convention(opened, city):
    drawn = html(opened("pages/passport.py", city, kpi="satisfaction_rate"))
    chart = _charts(city)["satisfaction_rate"]
    assert f"9月{chart.words}</span>" in drawn
    assert f"控制图：{esc(chart.convention)}。选图：{esc(chart.reason)}。" in drawn


def test_a_passport_of_a_branch_judges_the_branch(opened, city):
    drawn = html(opened("pages/passport.py", city, kpi="satisfaction_rate", branch="下陆区分局"))
    assert "控制图：每月件数少，不设限。" in drawn
