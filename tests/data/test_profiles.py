"""A format of the user's own: from a file, beside the store, by its name; what is wrong with one is told."""

from datetime import datetime

import pytest

from data.errors import UserError
from data.store import Store
from tests.data.files import case, ledger, stored, take, write_text

NAME = "台账_20250930.csv"

BOSTON = """
name = "波士顿311"
[columns]
case_no = "case_enquiry_id"
branch = ["police_district", "district"]
received_at = "open_dt"
closed_at = "closed_dt"
status = "case_status"
[values.status]
"Open" = "办理中"
"Closed" = "已办结"
[constants]
channel = "网络"
[options]
date_order = "{order}"
branches = "as-is"
"""


def test_a_profile_of_the_users_own(tmp_path, store):
    profile = tmp_path / "boston.toml"
    profile.write_text(BOSTON.format(order="MDY"), "utf-8")
    rows = [
        ["case_enquiry_id", "open_dt", "closed_dt", "case_status", "district", "latitude"],
        ["101005000001", "03/04/2025 08:05:00 AM", "", "Open", "D4", "42.3"],
        ["101005000002", "2025-03-05 21:10:00", "2025-03-06", "Closed", "B2", "42.3"],
        ["101005000003", "03/05/2025", "", "Referred", "B2", "42.3"],
    ]
    result = take(store, write_text(tmp_path / "311_20250930.csv", rows), profile=str(profile))
    assert (result.files[0].profile, result.accepted, result.unknown_headings) == ("波士顿311", 3, ["latitude"])
    assert (result.unmatched_branches, result.warnings) == ({}, {"W02": 1})
    first, second, third = (stored(store)[f"10100500000{n}"] for n in (1, 2, 3))
    assert (first["received_at"], first["branch"], first["status"], first["channel"]) == (
        datetime(2025, 3, 4, 8, 5),
        "D4",
        "办理中",
        "网络",
    )
    assert (second["status"], third["status"]) == ("已办结", "未识别")
    assert Store(store).reader().query("SELECT branch, kind, in_reference FROM branches ORDER BY sort") == [
        ("B2", "分局", False),
        ("D4", "分局", False),
    ]


def test_an_ambiguous_date_is_refused_where_the_profile_says_nothing(tmp_path, store):
    profile = tmp_path / "boston.toml"
    profile.write_text(BOSTON.format(order="YMD"), "utf-8")
    rows = [["case_enquiry_id", "open_dt", "district"], ["1", "03/04/2025", "D4"]]
    result = take(store, write_text(tmp_path / "311_20250930.csv", rows), profile=str(profile))
    assert result.rejections == {"R07": 1}


def test_a_profile_beside_the_store_is_found_by_the_headings(tmp_path, store):
    (store / "profiles").mkdir(parents=True)
    (store / "profiles" / "boston.toml").write_text(BOSTON.format(order="MDY"), "utf-8")
    rows = [["case_enquiry_id", "open_dt", "case_status", "district"], ["1", "03/04/2025", "Open", "D4"]]
    assert take(store, write_text(tmp_path / "311_20250930.csv", rows)).files[0].profile == "波士顿311"


@pytest.mark.parametrize("name", ["本局台账", " 本局台账 "])
def test_a_profile_by_its_name(tmp_path, store, name):
    assert take(store, ledger(tmp_path / NAME, case()), profile=name).accepted == 1


BROKEN_PROFILES = {
    "not toml": ("name = [", "TOML"),
    "no columns": ('name = "甲"', "[columns]"),
    "no key": ('[columns]\nreceived_at = "a"', "case_no"),
    "unknown field": ('[columns]\ncase_no = "a"\ncolour = "b"', "colour"),
    "unknown option": ('[columns]\ncase_no = "a"\n[options]\nspeed = 1', "speed"),
    "unknown order": ('[columns]\ncase_no = "a"\n[options]\ndate_order = "YDM"', "date_order"),
    "unknown table": ('table = "x"\n[columns]\ncase_no = "a"', "table"),
}


@pytest.mark.parametrize("what", BROKEN_PROFILES)
def test_a_profile_that_is_not_valid(tmp_path, store, what):
    text, word = BROKEN_PROFILES[what]
    profile = tmp_path / "mine.toml"
    profile.write_text(text, "utf-8")
    with pytest.raises(UserError) as caught:
        take(store, ledger(tmp_path / NAME, case()), profile=str(profile))
    assert "mine.toml" in str(caught.value) and word in str(caught.value)
    assert str(caught.value).endswith("。") and "\n" not in str(caught.value)


def test_the_short_names_of_the_trade_serve_in_a_profile_too(tmp_path, store):
    profile = tmp_path / "mine.toml"
    profile.write_text('[columns]\ncase_id = "a"\nreg_at = "b"\nbranch_raw = "c"\n', "utf-8")
    rows = [["a", "b", "c"], ["1", "2025-01-02", "下陆分局"]]
    take(store, write_text(tmp_path / "x_20250930.csv", rows), profile=str(profile))
    assert stored(store)["1"]["branch"] == "下陆区分局"
