"""One place: what belongs to it however it is written, before and after by hand, the monitor beside it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.scope import Scope
from metrics import periods, site
from metrics.engine import Where
from metrics.site import BeforeAfter, Place, SiteCase
from tests.metrics.build import make_store

NAME = "团城山某厂（虚构）"
DONE = date(2025, 7, 18)


def period(first: str, last: str, reader):
    return periods.span(date.fromisoformat(first), date.fromisoformat(last), reader.as_of)


def case(received: str, name: str = NAME, **more) -> dict:
    return {"received_at": received, "site_name": name, "branch": "下陆区分局"} | more


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Return a place of three writings, with cases before and after, a ledger's date, and a monitor."""
    before = [case(f"2025-0{month}-{day:02d}") for month, day in ((5, 3), (5, 20), (6, 1), (6, 15), (7, 1), (7, 18))]
    after = [case("2025-07-19", "团城山 某厂(虚构)", case_no="A1"), case("2025-10-16", "团城山·某厂〔虚构〕")]
    others = [
        case("2025-04-19"),
        case("2024-01-05", "另一家"),
        case("2025-10-01", NAME, status="作废"),
        case("2025-06-05", "团城山某厂"),
    ]
    return make_store(
        tmp_path_factory.mktemp("site"),
        [*before, *after, *others],
        key_cases=[
            {"case_no": "A1", "branch": "下陆区分局", "is_solved": True, "solved_at": datetime(2025, 7, 18)},
            {"case_no": "A1", "branch": "下陆区分局", "is_solved": False, "solved_at": datetime(2025, 9, 1)},
            {"case_no": "B9", "branch": "下陆区分局", "is_solved": True, "solved_at": datetime(2025, 9, 2)},
        ],
        monitoring=[
            {"site_name": "团城山某厂 (虚构)", "item": "硫化氢", "measured_at": datetime(2025, 7, 1, hour), "value": value,
             "unit": "mg/m³"} for hour, value in ((1, 0.01), (9, 0.05), (20, 0.03))
        ] + [{"site_name": NAME, "item": "硫化氢", "measured_at": datetime(2025, 7, 31), "value": 0.02, "unit": "mg/m³"},
             {"site_name": NAME, "item": "硫化氢", "measured_at": datetime(2025, 7, 2), "value": None, "unit": "mg/m³"},
             {"site_name": "别处", "item": "硫化氢", "measured_at": datetime(2025, 7, 2), "value": 9.0, "unit": "mg/m³"}],
        as_of="2025-10-31",
    )  # fmt: skip


def test_a_place_is_found_however_it_is_written(reader):
    found = site.place(reader, "团城山某厂[虚构]", period("2025-01-01", "2025-10-31", reader))
    # Seven before, two after; the void one, “另一家” and “团城山某厂” (a different name) are not of it.
    assert len(found.cases) == 9
    assert found.name == NAME and set(found.writings) == {NAME, "团城山 某厂(虚构)", "团城山·某厂〔虚构〕"}
    assert (found.done_on, found.ledger) == (DONE, "领导包保台账")


def test_a_place_is_seen_as_of_the_periods_cut(reader):
    found = site.place(reader, NAME, period("2025-06-01", "2025-06-30", reader))
    assert [case.received_on for case in found.cases] == [
        date(2025, 6, 15), date(2025, 6, 1), date(2025, 5, 20), date(2025, 5, 3), date(2025, 4, 19)
    ]  # fmt: skip
    assert found.done_on is None, "what is solved later is not known yet"


def test_no_place_where_no_case_names_it(reader):
    whole = period("2025-01-01", "2025-10-31", reader)
    assert site.place(reader, "没有这家", whole) is None
    assert site.place(reader, "  ", whole) is None
    assert site.place(reader, NAME, whole, Where.of({"branch": ["阳新县分局"]})) is None


def test_a_reader_of_another_branch_sees_neither_the_place_nor_its_ledger(reader):
    from data.store import Reader

    narrow = Reader(reader.path, reader.version, Scope(("阳新县分局",)))
    assert site.place(narrow, NAME, period("2025-01-01", "2025-10-31", reader)) is None


def test_before_and_after_by_hand(reader):
    # 90 days up to and with 18 July: 20 April to 18 July holds six, that of 19 April lies before; 19 July to 16 October holds both others.
    found = site.before_after(site.place(reader, NAME, period("2025-01-01", "2025-10-31", reader)), DONE)
    assert (found.days, found.before, found.after, found.is_cut) == (90, 6, 2, False)
    # P(X ≤ 2 | 8, ½) = (1 + 8 + 28) / 256 = 0.14453; both sides 0.28906.
    assert found.p == pytest.approx(74 / 256)
    assert found.ratio == pytest.approx(1 / 3)
    assert site.verdict(found) == "整改前90天6件，整改后90天2件，下降66.7%，属正常波动，件数还不足以说明有变化"
    assert site.per_30_days(found) == ("2.0", "0.7")


def test_an_unfinished_window_is_cut_on_both_sides(reader):
    # Up to 17 August: 30 days after 18 July; 30 days before: 19 June to 18 July holds 1 and 18 July.
    found = site.before_after(site.place(reader, NAME, period("2025-08-01", "2025-08-17", reader)), DONE)
    assert (found.days, found.before, found.after, found.is_cut) == (30, 2, 1, True)


@pytest.mark.parametrize("on", [date(2025, 10, 20), date(2025, 11, 5), date(2024, 1, 6), date(2020, 1, 1)])
def test_less_than_two_weeks_on_a_side_are_not_compared(reader, on):
    assert site.before_after(site.place(reader, NAME, period("2025-01-01", "2025-10-31", reader)), on) is None


def compared(before: int, after: int) -> BeforeAfter:
    days = [date(2025, 5, 1)] * before + [date(2025, 8, 1)] * after
    cases = tuple(SiteCase(str(i), day, "", "", "", (), "", None) for i, day in enumerate(days))
    return site.before_after(Place("", "", (), cases, 0, 0, (), date(2024, 1, 1), date(2025, 12, 31)), DONE)


def test_twelve_and_one_differ_clearly():
    found = compared(12, 1)
    # P(X ≤ 1 | 13, ½) = (1 + 13) / 8192, twice: 0.003418
    assert found.p == pytest.approx(28 / 8192)
    assert site.verdict(found) == "整改前90天12件，整改后90天1件，下降91.7%，差异明显，难以用偶然解释"
    # Clopper–Pearson for 1 of 13: 0.001946 to 0.360297; as odds 0.00195 and 0.5632.
    assert (found.low, found.high) == pytest.approx((0.001950, 0.563225), abs=2e-5)
    assert site.interval_words(found) == "整改后为整改前的0.08倍，95%区间0.00—0.56（精确检验 p=0.003）"


def test_nothing_afterwards_and_nothing_before():
    assert compared(6, 0).p == pytest.approx(2 / 64)  # P(X = 0 | 6, ½) = 1/64
    assert site.verdict(compared(6, 0)) == "整改前90天6件，整改后90天0件，下降100.0%，差异明显，难以用偶然解释"
    assert compared(0, 3).ratio is None and site.interval_words(compared(0, 3)) == ""
    assert site.verdict(compared(0, 0)) == "整改前90天0件，整改后90天0件，无从比较"


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_holds_the_ratio_and_agrees_with_the_test(before, after):
    found = compared(before, after)
    if found.ratio is None:
        return
    assert found.low <= found.ratio and (found.high is None or found.ratio <= found.high)
    leaves_out_one = found.low > 1 or (found.high is not None and found.high < 1)
    assert leaves_out_one == (found.p <= 0.05) or abs(found.p - 0.05) < 1e-9
    mirrored = compared(after, before)
    assert found.p == pytest.approx(mirrored.p)


def test_readings_by_day_and_by_month(reader):
    found = site.place(reader, NAME, period("2025-01-01", "2025-10-31", reader))
    (daily,) = site.monitors(reader, found, date(2025, 1, 1), "day")
    # 1 July: 0.01, 0.05, 0.03 → median 0.03, greatest 0.05; 2 July has no value; the other place's 9 is not of it.
    assert (daily.item, daily.unit) == ("硫化氢", "mg/m³")
    assert [(r.starts_on, r.readings, r.middle, r.highest) for r in daily.readings] == [
        (date(2025, 7, 1), 3, 0.03, 0.05), (date(2025, 7, 31), 1, 0.02, 0.02)
    ]  # fmt: skip
    (monthly,) = site.monitors(reader, found, date(2025, 1, 1), "month")
    # 0.01, 0.02, 0.03, 0.05 → 0.025
    assert [(r.starts_on, r.readings, r.middle) for r in monthly.readings] == [(date(2025, 7, 1), 4, 0.025)]
    assert site.monitors(reader, found, date(2025, 8, 1), "day") == []


def test_weeks_and_months_add_up_to_the_cases(reader):
    found = site.place(reader, NAME, period("2025-01-01", "2025-10-31", reader))
    weeks, months = site.by_week(found, 52), site.by_month(found, 36)
    assert sum(n for _, n in weeks) == sum(n for _, n in months) == 9
    assert len(weeks) == 52 and all(start.weekday() == 0 for start, _ in weeks)
    assert weeks[-1][0] <= found.cut < weeks[-1][0] + timedelta(days=7)
    assert dict(weeks)[date(2025, 7, 14)] == 2  # 18 and 19 July
    assert dict(months)[date(2025, 7, 1)] == 3 and months[-1][0] == date(2025, 10, 1)
