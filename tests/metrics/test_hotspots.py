"""Repeat petitions, repeat sites, hints, and the warnings out of a real store, by hand."""

from datetime import date

import pytest

from metrics import alerts, hotspots, periods
from metrics.engine import Where, measure
from tests.metrics.build import make_store
from tests.metrics.odour import FIRM, smell, years


def period(first: str, last: str, reader):
    return periods.span(date.fromisoformat(first), date.fromisoformat(last), reader.as_of)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Return a small store with an end of September 2025: 90 days begin on 3 July."""
    rows = [
        # One place in three writings: 4 cases, two people and one nameless; one open, one dissatisfied.
        ("2025-07-03", FIRM, "p1", {"branch": "下陆区分局", "pollution": ["大气"], "closed_at": "2025-07-09", "rating": "不满意", "rated_at": "2025-08-20"}),
        ("2025-08-01", "团城山 某厂(虚构)", "p1", {"branch": "下陆区分局", "is_repeat": True, "closed_at": "2025-08-05"}),
        ("2025-09-01", "团城山某厂［虚构］", "p2", {"branch": "下陆区分局", "pollution": ["噪声"], "closed_at": "2025-09-03"}),
        ("2025-09-29", FIRM, None, {"branch": "大冶市分局", "channel": "微信"}),
        # On the day before the 90 days: not of them.
        ("2025-07-02", FIRM, "p3", {"branch": "下陆区分局", "closed_at": "2025-07-03"}),
        # One person alone, three times, marked by the bureau's own flag the second and third time.
        ("2025-07-10", "某酒吧", "p9", {"is_repeat_local": False, "closed_at": "2025-07-11"}),
        ("2025-08-10", "某酒吧", "p9", {"is_repeat_local": True, "is_repeat": True, "closed_at": "2025-08-11"}),
        ("2025-09-10", "某酒吧", "p9", {"is_repeat_local": True, "is_repeat": True, "closed_at": "2025-09-11"}),
        # Two cases only; a writing that holds the other; the same person by two sources within 7 days.
        ("2025-09-12", "磁湖路烧烤店", "p5", {"source": "全国平台", "case_no": "N1", "closed_at": "2025-09-20"}),
        ("2025-09-19", "磁湖路烧烤店", "p5", {"source": "12345热线", "case_no": "H1", "closed_at": "2025-09-21"}),
        ("2025-09-20", "磁湖路烧烤店旁边那家", "p6", {"closed_at": "2025-09-21"}),
        ("2025-09-27", "磁湖路烧烤店", "p5", {"source": "来信登记", "case_no": "L1", "status": "作废"}),
        ("2025-09-15", None, "p7", {"closed_at": "2025-09-16"}),
    ]  # fmt: skip
    cases = [
        {"received_at": received, "site_name": site, "petitioner_key": person} | more for received, site, person, more in rows
    ]  # fmt: skip
    return make_store(tmp_path_factory.mktemp("hot"), cases, as_of="2025-09-30")


def test_how_repeat_petitions_are_recognised(reader):
    # July to September, the void one out: 12 cases. Flagged: three of the bar, two of them repeats. Inferred: 1 August.
    # Without flag and person: 29 September; without a place: 15 September.
    found = hotspots.ways(reader, period("2025-07-01", "2025-09-30", reader))
    assert (found.by_flag, found.inferred, found.flagged, found.unjudged) == (2, 1, 3, 2)
    rate = measure(reader, ["repeat_rate"], [period("2025-07-01", "2025-09-30", reader)])[0]
    assert (rate.numerator, rate.denominator) == (3, 12) and rate.numerator == found.by_flag + found.inferred


def test_the_ranking_by_hand(reader):
    firm, bar = hotspots.ranking(reader, period("2025-09-01", "2025-09-30", reader))
    assert (firm.name, firm.cases, firm.people, firm.nameless) == (FIRM, 4, 2, 1)
    assert set(firm.writings) == {FIRM, "团城山 某厂(虚构)", "团城山某厂［虚构］"}
    assert (firm.branch, firm.branches) == ("下陆区分局", ("下陆区分局", "大冶市分局"))
    assert (firm.last_on, firm.types) == (date(2025, 9, 29), ("噪声", "大气"))
    assert (firm.still_open, firm.dissatisfied) == (1, 1)
    assert (bar.name, bar.cases, bar.is_one_person, firm.is_one_person) == ("某酒吧", 3, True, False)


def test_the_ranking_agrees_with_the_kpi_and_follows_the_settings(reader, tmp_path):
    september = period("2025-09-01", "2025-09-30", reader)
    count, share = measure(reader, ["repeat_site_count", "repeat_site_share"], [september])
    rows = hotspots.ranking(reader, september)
    assert count.numerator == len(rows) == 2
    assert share.numerator == sum(row.cases for row in rows) == 7
    strict = make_store(
        tmp_path, [{"received_at": f"2025-09-0{day}", "site_name": "某厂"} for day in (1, 2, 3)],
        settings={"repeat_site_cases": "4"},
    )  # fmt: skip
    assert hotspots.ranking(strict, period("2025-09-01", "2025-09-30", strict)) == []


def test_a_filter_shows_its_part_of_a_places_cases(reader):
    (row,) = hotspots.ranking(reader, period("2025-09-01", "2025-09-30", reader), Where.of({"channel": ["微信"]}))
    assert (row.name, row.cases, row.all_cases, row.branch) == (FIRM, 1, 4, "大冶市分局")


def test_the_ranking_of_a_past_month_tells_what_was_so_then(reader):
    # Up to 31 August, 90 days begin on 3 June: 2 and 3 July, 1 August; the one of 3 July had been closed and rated.
    (row,) = hotspots.ranking(reader, period("2025-08-01", "2025-08-31", reader))
    assert (row.cases, row.people, row.still_open, row.dissatisfied) == (3, 2, 0, 1)
    (row,) = hotspots.ranking(reader, period("2025-08-01", "2025-08-02", reader))
    # That of 1 August was closed on the 5th, and the rating is of the 20th.
    assert (row.cases, row.still_open, row.dissatisfied) == (3, 1, 0)


def test_a_likeness_is_a_hint(reader):
    (pair,) = hotspots.likenesses(reader, period("2025-09-01", "2025-09-30", reader))
    assert (pair.name, pair.cases, pair.other, pair.other_cases) == ("磁湖路烧烤店", 2, "磁湖路烧烤店旁边那家", 1)
    names = [row.name for row in hotspots.ranking(reader, period("2025-09-01", "2025-09-30", reader))]
    assert "磁湖路烧烤店" not in names, "two and one are not added up"


@pytest.mark.parametrize(
    ("one", "other"),
    [("某某化工有限公司", "某某化工"), ("黄石市磁湖酒楼", "磁湖酒楼"), ("磁湖路大酒楼", "磁湖路大酒搂"), ("城西北水泥厂", "还地桥城西北水泥厂路口")],
)  # fmt: skip
def test_writings_that_may_be_one_place(one, other):
    assert hotspots.alike(one, other) and hotspots.alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("演示一化工厂", "演示二化工厂"), ("磁湖酒楼A区", "磁湖酒楼"), ("东方水泥制品厂", "西方水泥制品厂"), ("酒楼", "磁湖酒楼"), ("某", "某厂"),
     ("城东建筑工地", "城东建筑工地2期"), ("磁湖烧烤店", "团城烧烤店")],
)  # fmt: skip
def test_writings_that_are_told_apart(one, other):
    assert hotspots.alike(one, other) == hotspots.alike(other, one) == ""


def test_twins_come_by_two_sources_within_a_week(reader):
    (pair,) = hotspots.twins(reader, period("2025-09-01", "2025-09-30", reader))
    assert (pair.first_no, pair.second_no, pair.site) == ("N1", "H1", "磁湖路烧烤店")  # the void one is none
    assert hotspots.twins(reader, period("2025-07-01", "2025-08-31", reader)) == []


# --- warnings out of a store -------------------------------------------------------------------------------------


MARCH = ["03-08", "03-09", "03-12", "03-24", "03-25", "03-29"]


@pytest.fixture(scope="module")
def odour(tmp_path_factory):
    return make_store(
        tmp_path_factory.mktemp("odour"), years(smell(MARCH, ["a", "b", "c", "d", "e", "f"])), as_of="2025-04-30"
    )


def test_an_odour_is_warned_of_with_its_fourth_case(odour):
    (first, *_) = alerts.told(odour, period("2025-03-01", "2025-03-31", odour))
    # 8, 9, 12 and 24 March lie within 28 days: the fourth is the one of the 24th. On the 31st six are in the window.
    assert first.name in (FIRM, "团城山某厂(虚构)") and first.is_in_force
    assert (first.alert.first.on, first.alert.first.cases) == (date(2025, 3, 24), 4)
    assert (first.reading.on, first.reading.cases, first.cases) == (date(2025, 3, 31), 6, 6)
    assert (first.branch, first.types) == ("下陆区分局", ("大气",))


def test_the_township_of_the_address_is_watched_too(odour):
    found = {one.alert.kind: one for one in alerts.told(odour, period("2025-03-01", "2025-03-31", odour))}
    assert found["area"].name == "团城山街道" and found["area"].top_cases == 6


def test_the_first_warning_does_not_depend_on_the_period(odour):
    march, april = period("2025-03-01", "2025-03-31", odour), period("2025-04-01", "2025-04-30", odour)
    (early, late) = (next(o for o in alerts.told(odour, p) if o.alert.kind == "site") for p in (march, april))
    assert early.alert.first == late.alert.first
    assert early.is_in_force and not late.is_in_force
    # The window keeps four cases until that of the 12th leaves it: 12 March + 27 days = 8 April.
    assert late.alert.last.on == date(2025, 4, 8)
    assert alerts.told(odour, period("2025-03-01", "2025-03-23", odour)) == []


def test_a_branch_is_shown_its_own_warnings_and_a_type_counts_its_own_cases(odour):
    march = period("2025-03-01", "2025-03-31", odour)
    assert alerts.told(odour, march, Where.of({"branch": ["阳新县分局"]})) == []
    assert len(alerts.told(odour, march, Where.of({"branch": ["下陆区分局"]}))) == len(alerts.told(odour, march))
    assert alerts.told(odour, march, Where.of({"pollution": ["水"]})) == []


def test_one_persons_quarrel_is_no_outbreak(tmp_path):
    reader = make_store(tmp_path, years(smell(MARCH, ["a"] * 6)), as_of="2025-04-30")
    assert alerts.told(reader, period("2025-03-01", "2025-04-30", reader)) == []


def test_the_nameless_count_each_for_themselves(tmp_path):
    reader = make_store(tmp_path, years(smell(MARCH, [None] * 6)), as_of="2025-04-30")
    assert alerts.told(reader, period("2025-03-01", "2025-03-31", reader))


def test_a_young_store_says_that_it_cannot_judge(tmp_path):
    reader = make_store(tmp_path, smell(MARCH, list("abcdef")), as_of="2025-04-30")
    assert alerts.alerts(reader) == ()
    assert not alerts.has_history(reader, date(2025, 4, 30))


def test_an_empty_store_has_no_warnings(tmp_path):
    reader = make_store(tmp_path, [])
    assert alerts.alerts(reader) == () and not alerts.has_history(reader, reader.as_of.date())
