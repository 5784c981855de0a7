"""Dates in every form that exports hold; what could be two days, or is no day, is refused and never guessed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.dates import UnreadableDate, date_in_case_no, find_export_time, parse_time
from tests.data.files import WRITERS, case, stored, table, take, write_text, write_xlsx

MARCH_28 = datetime(2025, 3, 28)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-28", MARCH_28),
        ("2025/3/28", MARCH_28),
        ("2025.3.28", MARCH_28),
        ("2025年3月28日", MARCH_28),
        ("2025年03月28号", MARCH_28),
        ("25年3月28日", MARCH_28),
        ("25.3.28", MARCH_28),
        ("20250328", MARCH_28),
        ("28/03/2025", MARCH_28),  # only one reading makes a month of it
        ("03/28/2025", MARCH_28),
        ("45744", MARCH_28),
        ("45744.0", MARCH_28),
        ("45744.4243055556", datetime(2025, 3, 28, 10, 11)),
        ("2025-03-28 10:11", datetime(2025, 3, 28, 10, 11)),
        ("2025-03-28 10:11:12", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025-03-28 10:11:12.345", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025/3/28 9:5:1", datetime(2025, 3, 28, 9, 5, 1)),
        ("2025年3月28日10时11分", datetime(2025, 3, 28, 10, 11)),
        ("2025年3月28日 10时", datetime(2025, 3, 28, 10)),
        ("2025年3月28日下午3时5分", datetime(2025, 3, 28, 15, 5)),
        ("2025年3月28日 上午10:11", datetime(2025, 3, 28, 10, 11)),
        ("2025/3/28 3:05 PM", datetime(2025, 3, 28, 15, 5)),
        ("2025/3/28 12:05 AM", datetime(2025, 3, 28, 0, 5)),
        ("2025年3月28日（星期五）", MARCH_28),
        ("20250328101112", datetime(2025, 3, 28, 10, 11, 12)),
        ("202503281011", datetime(2025, 3, 28, 10, 11)),
        ("2025-03-28T10:11:12", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025-03-28T02:11:12Z", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025-03-28T10:11:12+08:00", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025-03-27T21:11:12-0500", datetime(2025, 3, 28, 10, 11, 12)),
        ("2025-03-28 24:00", datetime(2025, 3, 29)),
        ("２０２５－０３－２８　１０：１１", datetime(2025, 3, 28, 10, 11)),
        ("２０２５年３月２８日", MARCH_28),
        ("\t2025-03-28\n", MARCH_28),
        ("\u200b2025-03-28\ufeff", MARCH_28),
        ("\u00a02025-03-28 10:11\u3000", datetime(2025, 3, 28, 10, 11)),
        ("2024-02-29", datetime(2024, 2, 29)),
    ],
)
def test_every_form_is_read(text, moment):
    assert parse_time(text) == moment


@pytest.mark.parametrize(
    "text",
    ["03/04/2025", "3-4-2025", "2025-02-29", "2025-13-01", "2025-04-31", "2025/3/28 25:00", "2025/3/28 10:60", "3月", "7.4", "昨天",
     "2025", "202503", "20251301", "1", "0", "99999999", "2025-03-28之后", "2025-03-28~2025-03-30", "待定", "03/28/25"],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_refused(text):
    with pytest.raises(UnreadableDate) as caught:
        parse_time(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(("order", "moment"), [("DMY", datetime(2025, 4, 3)), ("MDY", datetime(2025, 3, 4))])
def test_the_profile_settles_an_ambiguous_date(order, moment):
    assert parse_time("03/04/2025", order) == moment
    assert parse_time("2025-03-28", order) == MARCH_28


def test_a_serial_number_counts_from_1904_in_such_a_book():
    assert parse_time("44282", from_1904=True) == MARCH_28


FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
CLOCKS = ("%H:%M:%S", "%H时%M分%S秒")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.sampled_from(FORMS[:4]), st.sampled_from(CLOCKS))
def test_any_moment_written_in_any_form_is_read_back(moment, form, clock):
    moment = moment.replace(microsecond=0)
    assert parse_time(moment.strftime(f"{form} {clock}")) == moment
    assert parse_time(moment.strftime("%Y%m%d")) == datetime(moment.year, moment.month, moment.day)
    assert (
        parse_time(f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute}:{moment.second}") == moment
    )


@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)))
def test_any_serial_number_is_read_to_the_second(moment):
    moment = moment.replace(microsecond=0)
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert abs(parse_time(f"{days:.10f}") - moment) <= timedelta(seconds=1)


@pytest.mark.parametrize(
    ("number", "day"),
    [
        ("热线-240708-000123", datetime(2024, 7, 8)),
        ("D3HB202405250066", datetime(2024, 5, 25)),
        ("X3HB202405250067", datetime(2024, 5, 25)),
        ("230704420000020365", datetime(2023, 7, 4)),
        ("231304420000020365", None),
        ("热线-240732-000123", None),
        ("2023070442", None),
        ("A-001", None),
    ],
)
def test_the_day_that_a_case_number_carries(number, day):
    assert date_in_case_no(number) == day


HUBEI = ["地区", "信访件编号", "投诉时间", "投诉方式", "投诉内容", "交办方式", "调查处理情况"]


MONTH_AND_DAY = [
    ("230704420000020365", "7.4", datetime(2023, 7, 4)),
    ("230710420000020366", "7.10", datetime(2023, 7, 10)),
    ("230710420000020367", 7.1, datetime(2023, 7, 10)),  # what a spreadsheet makes of 7.10
    ("230701420000020368", 7.1, datetime(2023, 7, 1)),
    ("230704420000020369", "7月4日", datetime(2023, 7, 4)),
    ("230704420000020370", "", datetime(2023, 7, 4)),
    ("K-1", "7.4", datetime(2023, 7, 4)),  # the year of the export
    ("K-2", "12.30", datetime(2022, 12, 30)),  # which lies ahead of it in that year
]


def test_a_month_and_a_day_without_a_year(tmp_path, store):
    rows = [HUBEI, *(["下陆区", number, cell, "来电", "异味", "", ""] for number, cell, _ in MONTH_AND_DAY)]
    assert take(store, write_xlsx(tmp_path / "公示_20230930.xlsx", rows)).accepted == len(MONTH_AND_DAY)
    found = stored(store)
    assert [(number, cell, found[number]["received_at"]) for number, cell, _ in MONTH_AND_DAY] == MONTH_AND_DAY


def test_a_column_of_mixed_types(tmp_path, store):
    cells = [datetime(2025, 3, 28), 45744, "2025年3月28日", "2025-03-28\t", "２０２５/３/２８"]
    rows = table(*(case(f"A-{n}", 登记时间=cell) for n, cell in enumerate(cells)))
    assert take(store, write_xlsx(tmp_path / "台账_20250930.xlsx", rows)).accepted == 5
    assert {found["received_at"] for found in stored(store).values()} == {MARCH_28}


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_date_cell_keeps_its_clock(tmp_path, store, kind):
    rows = table(case(登记时间=datetime(2025, 3, 28, 10, 11, 12)))
    take(store, WRITERS[kind](tmp_path / f"台账_20250930.{kind}", rows))
    assert stored(store)["A-001"]["received_at"] == datetime(2025, 3, 28, 10, 11, 12)


def test_an_unreadable_date_quarantines_the_row(tmp_path, store):
    rows = [case(f"A-{n}", 受理时间=cell) for n, cell in enumerate(["03/04/2025", "2025-02-30", "待定", "2025年"])]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows, case("A-9"))))
    assert (result.accepted, dict(result.rejections)) == (1, {"R07": 4})


def test_a_cell_that_says_there_is_no_date_is_blank(tmp_path, store):
    rows = [case(f"A-{n}", 办结时间=cell) for n, cell in enumerate(["", "/", "-", "—", "无", " "])]
    assert take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows))).accepted == 6
    assert {found["closed_at"] for found in stored(store).values()} == {None}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("台账_20250930", datetime(2025, 9, 30, 23, 59, 59)),
        ("台账2025-09-30", datetime(2025, 9, 30, 23, 59, 59)),
        ("台账（2025年9月30日）", datetime(2025, 9, 30, 23, 59, 59)),
        ("数据截至2025年9月30日18时", datetime(2025, 9, 30, 18)),
        ("导出时间：2025-09-30 18:05:09", datetime(2025, 9, 30, 18, 5)),
        ("台账_20250930_1805", datetime(2025, 9, 30, 18, 5)),
        ("台账_202509301805", datetime(2025, 9, 30, 18, 5)),
        ("台账_20250930180509", datetime(2025, 9, 30, 18, 5)),
        ("台账_20250901-20250930", datetime(2025, 9, 30, 23, 59, 59)),
        ("台账_2025-09-01至2025-09-30", datetime(2025, 9, 30, 23, 59, 59)),
        ("第230704420000020365号", None),
        ("2025年第三季度", None),
        ("台账", None),
    ],
)
def test_the_moment_of_an_export_in_its_name_or_title(text, moment):
    assert find_export_time(text) == moment
