"""Published bulletins, expanded into cases, imported by the real importer and shown again: the same texts come back.

Where a bulletin itself is not right, or rounds by another rule, what is true comes back, and the test says why.
"""

import json
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from metrics.dimensions import Where
from metrics.engine import Figure, measure
from metrics.format import largest_remainder, percent, relative_change
from metrics.periods import month, span
from tests.published.expand import crossed, day, spread, store_of

BULLETINS = json.loads((Path(__file__).parent / "bulletins.json").read_text("utf-8"))
CHANNELS = {"phone": "电话", "wechat": "微信", "web": "网上", "other": "其他", "letters_visits": "来信"}
TYPES = {"air": "大气", "noise": "噪声", "water": "水", "solid": "固废", "eco": "生态破坏", "rad": "辐射"}


def bulletin(name: str) -> tuple[dict, dict]:
    return BULLETINS[name]["given"], BULLETINS[name]["published"]


def figures(reader, kpi: str, first: date, last: date, **how) -> dict[tuple, Figure]:
    """Return the figures of one period by the values of their group; () is the total."""
    period = span(first, last, reader.as_of)
    return {tuple(f.group.values()): f for f in measure(reader, [kpi], [period], **how)}


def one(reader, kpi: str, first: date, last: date, **how) -> Figure:
    return figures(reader, kpi, first, last, **how)[()]


def channels_of(given: dict) -> list[tuple[int, str]]:
    return [(given[key], name) for key, name in CHANNELS.items() if key in given]


def accepted_and_not(given: dict) -> list[tuple[int, str]]:
    return [(given["accepted"], "办理中"), (given["not_accepted"], "不受理")]


@pytest.mark.parametrize(
    ("name", "year", "number"),
    [("MEE-2019-03", 2019, 3), ("MEE-2020-04", 2020, 4), ("MEE-2020-07", 2020, 7)],
)
def test_monthly_bulletins_of_the_ministry(tmp_path, name, year, number):
    given, published = bulletin(name)
    parts = [("举报方式", channels_of(given)), ("办理状态", accepted_and_not(given))]
    labels = {TYPES[key]: share for key, share in given.get("types", {}).items()}
    if labels:
        counts = {label: round(share * given["total"] / 100) for label, share in labels.items()}
        parts.append(("污染类型", list(spread(given["total"], counts))))
    reader = store_of(tmp_path, crossed(*parts, 举报时间=day(year, number)), datetime(year, number, 28, 23))
    first, last = date(year, number, 1), date(year, number, 28)
    assert one(reader, "cases_total", first, last).numerator == given["total"]
    rejected = one(reader, "not_accepted_rate", first, last)
    assert (rejected.numerator, rejected.denominator) == (given["not_accepted"], given["total"])
    shares = figures(reader, "mix_channel", first, last, by=("channel",))
    assert {name: shares[(name,)].text for name in published} == published
    mixes = figures(reader, "mix_pollution", first, last, by=("pollution",))
    for label, share in labels.items():
        assert mixes[(label,)].text == f"{share:.1f}%"
    if labels:  # one case may be about several things: the shares add up to more than 100 %, as the bulletins say
        assert sum(labels.values()) > 100


def test_may_2018_with_its_changes_and_the_matured_cohort(tmp_path):
    given, published = bulletin("MEE-2018-05")
    phone = given["phone"]
    lots = [
        (given["mar_closed_by_60d"], {"举报时间": date(2018, 3, 9), "举报方式": "微信", "办理状态": "已办结",
                                      "受理时间": date(2018, 3, 12), "办结时间": date(2018, 5, 2)}),
        (given["mar_accepted"] - given["mar_closed_by_60d"],
         {"举报时间": date(2018, 3, 9), "举报方式": "微信", "办理状态": "办理中", "受理时间": date(2018, 3, 12)}),
        (phone - given["phone_yoy_abs"], {"举报时间": day(2017, 5), "举报方式": "电话", "办理状态": "已办结"}),
        (phone - given["phone_mom_abs"], {"举报时间": day(2018, 4), "举报方式": "电话", "办理状态": "已办结"}),
        *crossed(("举报方式", channels_of(given)), ("办理状态", accepted_and_not(given)), 举报时间=day(2018, 5)),
    ]  # fmt: skip
    reader = store_of(tmp_path, lots, datetime(2018, 5, 31, 23, 59))
    may = (date(2018, 5, 1), date(2018, 5, 31))
    shares = figures(reader, "mix_channel", *may, by=("channel",))
    for name in ("电话", "微信", "网络"):
        assert shares[(name,)].text == published[name]
    calls = Where.of({"channel": ["电话"]})
    period = month(2018, 5, reader.as_of)
    for base, text in (("mom", published["电话环比"]), ("yoy", published["电话同比"])):
        (figure,) = measure(reader, ["cases_total"], [period], where=calls, compare=base)
        assert figure.comparison.text == text
    matured = one(reader, "ontime_close_rate_matured", date(2018, 3, 1), date(2018, 3, 31))
    assert (matured.numerator, matured.denominator) == (given["mar_closed_by_60d"], given["mar_accepted"])
    assert percent(Fraction(matured.numerator, matured.denominator), 3) == published["3月受理件60日内办结"]


def test_november_2017_without_a_base_year(tmp_path):
    """The phones of 2016 were not yet on the network: a store whose data begins later has no base, and says so."""
    given, published = bulletin("MEE-2017-11")
    states = [
        (given["closed"], "已办结"),
        (given["in_progress"], "办理中"),
        (given["total"] - given["accepted"], "不受理"),
    ]
    lots = [
        (given["wechat"] - given["wechat_mom_abs"], {"举报时间": day(2017, 10), "举报方式": "微信"}),
        *crossed(("举报方式", channels_of(given)), ("办理状态", states), 举报时间=day(2017, 11)),
    ]
    reader = store_of(tmp_path, lots, datetime(2017, 11, 30, 23))
    november = month(2017, 11, reader.as_of)
    shares = figures(reader, "mix_channel", date(2017, 11, 1), date(2017, 11, 30), by=("channel",))
    for name in ("电话", "微信", "网络"):
        assert shares[(name,)].text == published[name]
    (calls,) = measure(reader, ["cases_total"], [november], where=Where.of({"channel": ["电话"]}), compare="yoy")
    assert calls.comparison.text == published["电话同比"]
    (wechat,) = measure(reader, ["cases_total"], [november], where=Where.of({"channel": ["微信"]}), compare="mom")
    assert wechat.comparison.text == published["微信环比"]
    accepted = one(reader, "not_accepted_rate", date(2017, 11, 1), date(2017, 11, 30))
    assert accepted.denominator - accepted.numerator == given["accepted"]


def test_november_2017_against_the_year_before(tmp_path):
    given, published = bulletin("MEE-2017-11")
    elsewhere, base = given["gd_2017"], given["wechat"] - given["wechat_yoy_abs"]
    lots = [
        (given["gd_2016"], {"举报时间": day(2016, 11), "举报方式": "微信", "办理单位": "广东"}),
        (base - given["gd_2016"], {"举报时间": day(2016, 11), "举报方式": "微信", "办理单位": "其他省"}),
        (elsewhere, {"举报时间": day(2017, 11), "举报方式": "微信", "办理单位": "广东"}),
        (given["wechat"] - elsewhere, {"举报时间": day(2017, 11), "举报方式": "微信", "办理单位": "其他省"}),
    ]
    reader = store_of(tmp_path, lots, datetime(2017, 11, 30, 23))
    found = {
        tuple(f.group.values()): f
        for f in measure(reader, ["cases_total"], [month(2017, 11, reader.as_of)], ("branch",), compare="yoy")
    }
    assert found[("广东",)].comparison.text == published["广东同比"]
    assert found[()].comparison.text == "上升286.2%"  # published without its decimal
    assert relative_change(found[()].comparison.change, 0) == published["微信同比"]


def test_anhui_by_city_and_state(tmp_path):
    """The status table of the province: every cell of it comes back, and so do the shares of the text."""
    given, published = bulletin("AH-2023-03")
    cells = [(count, f"{city}/{state}") for city, row in given["rows"].items()
             for state, count in zip(given["columns"], row[:4], strict=False)]  # fmt: skip
    types = {"大气": given["air"], "噪声": given["noise"]}
    lots = crossed(
        ("place", cells), ("举报方式", channels_of(given)), ("污染类型", list(spread(given["total"], types)))
    )
    lots = [
        (
            count,
            lot
            | dict(zip(("办理单位", "办理状态"), lot["place"].split("/"), strict=True))
            | {"举报时间": day(2023, 3)},
        )
        for count, lot in lots
    ]
    reader = store_of(tmp_path, lots, datetime(2023, 3, 31, 23))
    march = (date(2023, 3, 1), date(2023, 3, 31))
    states = dict(zip(given["columns"], ("未受理", "办理中", "已办结", "不予受理"), strict=False))
    found = figures(reader, "cases_total", *march, by=("branch", "status"))
    for city, row in given["rows"].items():
        for (name, status), count in zip(states.items(), row, strict=False):
            figure = found.get((city, status))
            assert (figure.numerator if figure else 0) == count, (city, name)
    totals = figures(reader, "cases_total", *march, by=("branch",))
    assert totals[()].numerator == given["total"]
    for city in ("合肥", "阜阳", "芜湖"):
        assert percent(Fraction(totals[(city,)].numerator, totals[()].numerator)) == published[city]
    rejected = one(reader, "not_accepted_rate", *march)
    assert (rejected.numerator, rejected.denominator - rejected.numerator) == (given["not_accepted"], given["accepted"])
    mixes = figures(reader, "mix_pollution", *march, by=("pollution",))
    assert (mixes[("大气",)].text, mixes[("噪声",)].text) == (published["大气"], published["噪声"])


def test_sichuan_whose_share_left_out_the_cases_without_a_region(tmp_path):
    """Published: Chengdu 22.5 %, which is 144 of 640. Of all 650 it is 22.2 %: ten cases had no region.

    Ours keeps them in the denominator, under 待归属, where they are counted and seen.
    """
    given, published = bulletin("SC-2021-02")
    without, total = 10, given["total"]
    places = [(given["chengdu"], "成都"), (given["panzhihua"], "攀枝花"),
              (total - given["chengdu"] - given["panzhihua"] - without, "其他市州"), (without, "")]  # fmt: skip
    lots = crossed(
        ("办理单位", places),
        ("举报方式", channels_of(given)),
        ("办理状态", accepted_and_not(given)),
        举报时间=day(2021, 2),
    )
    reader = store_of(tmp_path, lots, datetime(2021, 2, 28, 23))
    found = figures(reader, "cases_total", date(2021, 2, 1), date(2021, 2, 28), by=("branch",))
    assert found[()].numerator == total
    assert found[("待归属",)].numerator == without
    chengdu = found[("成都",)].numerator
    assert percent(Fraction(chengdu, total)) == "22.2%" != published["成都"]
    assert percent(Fraction(chengdu, total - without)) == published["成都"]


def test_turpan_with_thirteen_labels_on_eleven_cases(tmp_path):
    given, published = bulletin("TLF-2025-01..04")
    ways = [(given["wechat"], "微信"), (given["web"], "网上"), (given["message"], "网民留言")]
    states = [(given["closed"], "已办结"), (given["not_accepted"], "不受理")]
    labels = [("types", list(spread(given["total"], given["types"])))]
    lots = crossed(("举报方式", ways), ("办理状态", states), *labels)
    lots = [(count, lot | {"污染类型": lot["types"], "举报时间": date(2025, 2, 10)}) for count, lot in lots]
    reader = store_of(tmp_path, lots, datetime(2025, 4, 30, 23))
    first, last = date(2025, 1, 1), date(2025, 4, 30)
    mixes = figures(reader, "mix_pollution", first, last, by=("pollution",))
    for label in ("水", "大气", "噪声"):
        assert percent(Fraction(mixes[(label,)].numerator, mixes[(label,)].denominator), 2) == published[label]
    assert sum(f.numerator for key, f in mixes.items() if key) == 13
    assert mixes[()].denominator == given["total"]
    by_state = figures(reader, "cases_total", first, last, by=("status",))
    assert by_state[("已办结",)].numerator == given["closed"]


def test_beijing_where_each_case_has_one_type(tmp_path):
    given, published = bulletin("BJ-2020-04")
    names = {"air": "大气", "noise": "噪声", "water": "水", "solid": "固废", "rad_other": "其他"}
    counts = [(round(share * given["total"] / 100), names[key]) for key, share in given["types"].items()]
    assert sum(count for count, _ in counts) == given["total"]
    ways = [
        (given["letter"], "来信"),
        (given["phone"], "电话"),
        (given["email"], "电子邮件"),
        (given["wechat"], "微信"),
    ]
    states = [(given["closed"], "已办结"), (given["in_progress"], "办理中")]
    lots = crossed(("污染类型", counts), ("举报方式", ways), ("办理状态", states), 举报时间=day(2020, 4))
    reader = store_of(tmp_path, lots, datetime(2020, 4, 30, 23))
    april = (date(2020, 4, 1), date(2020, 4, 30))
    mixes = figures(reader, "mix_pollution", *april, by=("pollution",))
    for key, share in given["types"].items():
        assert mixes[(names[key],)].text == f"{share:.1f}%"
    shown = [largest_remainder([f.numerator for key, f in mixes.items() if key])]
    assert f"{sum(shown[0])}%" == published["合计"]
    by_channel = figures(reader, "cases_total", *april, by=("channel",))
    assert by_channel[("网络",)].numerator == given["email"]
    closed = one(reader, "close_rate", *april)
    assert (closed.numerator, closed.denominator - closed.numerator) == (given["closed"], given["in_progress"])


def test_heilongjiang_where_46_visits_are_125_people(tmp_path):
    """Published: 96 % closed, which is 95.9 % rounded to a whole number. Visits count once as 件, their people apart."""
    given, published = bulletin("HLJ-yearbook")
    ways = [(given["transferred"], "上级交办"), (given["visits"], "来访"), (given["calls"], "来电"), (given["letters"], "来信"),
            (given["mailbox"], "局长信箱"), (given["radio"], "广播")]  # fmt: skip
    states = [(given["closed"], "已办结"), (given["total"] - given["closed"], "办理中")]
    people = given["visit_persons"] - 2 * given["visits"]  # 33 visits of three people, 13 of two
    lots = crossed(("举报方式", ways), ("办理状态", states), 举报时间=date(2020, 6, 10))
    seen, spread_out = 0, []
    for count, lot in lots:
        if lot["举报方式"] == "来访":
            threes = min(count, max(people - seen, 0))
            spread_out += [(threes, lot | {"举报人数": 3}), (count - threes, lot | {"举报人数": 2})]
            seen += count
        else:
            spread_out.append((count, lot))
    reader = store_of(tmp_path, spread_out, datetime(2020, 12, 31, 23))
    year = (date(2020, 1, 1), date(2020, 12, 31))
    assert one(reader, "cases_total", *year).numerator == given["total"]
    assert one(reader, "batches", *year).numerator == given["visits"]
    assert one(reader, "persons", *year).numerator == given["visit_persons"]
    closed = one(reader, "close_rate", *year)
    assert closed.text == "95.9%"
    assert percent(Fraction(closed.numerator, closed.denominator), 0) == published["办结率"]


def test_jiaxing_whose_shares_are_made_to_add_up(tmp_path):
    """92 of 145 is 63.4 %; the city prints 63.5 %, so that its six shares make 100.0: the largest remainder."""
    given, published = bulletin("JX-2024-08")
    lots = crossed(("污染类型", [(count, label) for label, count in given["types"].items()]), 举报时间=day(2024, 8))
    lots.append((given["year_before"], {"举报时间": day(2023, 8), "污染类型": "大气"}))
    reader = store_of(tmp_path, lots, datetime(2024, 8, 31, 23))
    august = (date(2024, 8, 1), date(2024, 8, 31))
    mixes = figures(reader, "mix_pollution", *august, by=("pollution",))
    assert mixes[("大气",)].text == "63.4%"
    counts = {key[0]: f.numerator for key, f in mixes.items() if key}
    shown = dict(zip(counts, largest_remainder(list(counts.values())), strict=True))
    assert {label: f"{shown[label]}%" for label in given["types"]} == {k: published[k] for k in given["types"]}
    (total,) = measure(reader, ["cases_total"], [month(2024, 8, reader.as_of)], compare="yoy")
    assert total.comparison.text == published["同比"]
