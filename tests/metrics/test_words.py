"""Sentences, lists, passports and reconciliation on drawn stores."""

from datetime import date

import pandas as pd
import pytest

from data.errors import UserError
from data.store import Reader
from metrics import periods
from metrics.engine import Where, cases_behind, measure
from metrics.findings import findings, volume_caveats
from metrics.lists import attention, branch_table
from metrics.passport import passport
from metrics.reconcile import reconcile
from tests.metrics.build import make_store


def times(count: int, **row: object) -> list[dict]:
    return [dict(row) for _ in range(count)]


@pytest.fixture
def reader(tmp_path) -> Reader:
    rows = times(30, received_at="2024-09-02", channel="电话") + times(70, received_at="2024-09-03", channel="微信")
    rows += times(60, received_at="2025-09-02", channel="微信", accepted_at="2025-09-03", closed_at="2025-09-10")
    for row in rows[100:119]:
        row |= {"rating": "满意"}
    rows[119] |= {"rating": "不满意"}
    rows += times(6, received_at="2025-09-05", channel="微信", status="不予受理")
    rows += times(3, received_at="2025-09-06", channel="未识别", branch="待归属", is_repeat=True)
    rows += times(2, received_at="2025-07-01", accepted_at="2025-07-02", due_at="2025-09-24", branch="下陆区分局")
    rows += times(1, received_at="2025-07-01", accepted_at="2025-07-02", due_at="2025-09-30", site_name="团城山公园")
    rows += times(
        1, received_at="2025-07-01", accepted_at="2025-07-02", due_at="2025-10-01", co_branches=["阳新县分局"]
    )
    ledger = [{"batch": "一", "branch": "大冶市分局", "is_resolved": True, "resolved_at": pd.Timestamp("2025-05-01")}]
    return make_store(tmp_path, rows, backlog=ledger, as_of="2025-09-30T18:00")


def september(reader: Reader) -> periods.Period:
    return periods.month(2025, 9, reader.as_of)


def test_findings(reader: Reader) -> None:
    text = "\n".join(findings(reader, september(reader)))
    assert "2025年9月，全市共接到信访投诉举报69件，同比下降31.0%（减少31件）" in text
    assert "1—9月累计73件" in text and "下降-" not in text and "nan" not in text
    assert "群众满意率95.0%（19/20，满意19件、基本满意0件、不满意1件）" in text
    assert "截至2025年9月30日，超期未办结2件：下陆区分局2件。" in text
    assert "7天内到期2件：大冶市分局2件。" in text
    assert "有3件的责任分局对不上分局清单，列入“待归属”" in text
    assert "尚未对应的取值：渠道3件" in text
    assert "信访积案共1件，已化解1件，化解率100.0%，本期无新增。" in text


def test_a_falling_volume_does_not_stand_alone(reader: Reader) -> None:
    caveats = volume_caveats(reader, september(reader))
    assert len(caveats) == 3
    assert caveats[0].startswith("“电话”渠道上年同期有30件，本期没有")
    assert "不计这一渠道，同比下降1.4%" in caveats[0]
    assert "不予受理占比8.7%（6/69）" in caveats[1] and "重复信访率4.3%（3/69）" in caveats[2]
    assert volume_caveats(reader, periods.month(2024, 9, reader.as_of)) == []


def test_findings_of_an_empty_and_of_a_filtered_store(reader: Reader, tmp_path) -> None:
    empty = make_store(tmp_path / "empty")
    assert findings(empty, september(empty))
    where = Where.of({"branch": ["下陆区分局"]})
    assert "下陆区分局共接到" in findings(reader, september(reader), where)[0]
    assert "所选范围" in findings(reader, september(reader), Where.of({"channel": ["微信"]}))[0]


def test_findings_of_an_unfinished_month(tmp_path) -> None:
    reader = make_store(tmp_path, times(3, received_at="2025-09-02"), as_of="2025-09-22")
    first = findings(reader, september(reader))[0]
    assert "2025年9月（截至22日）" in first and "均与基期的同样天数相比" in first


def test_attention_has_the_worst_first(reader: Reader) -> None:
    found = attention(reader)
    assert list(found["期限"]) == ["超期6天", "超期6天", "今日到期", "余1天"]
    assert list(found["level"]) == ["overdue", "overdue", "soon", "soon"]
    assert list(found.columns) == ["编号", "点位", "责任分局", "期限", "level", "case_key"]
    assert found["点位"][2] == "团城山公园" and found["点位"][0] == "未注明"
    assert len(attention(reader, Where.of({"branch": ["下陆区分局"]}))) == 2
    assert len(attention(reader, days=0)) == 3


def test_branch_table(reader: Reader) -> None:
    rows = {row.branch: row for row in branch_table(reader, september(reader))}
    assert list(rows)[-1] == "待归属" and len(rows) == 5
    assert (rows["大冶市分局"].cases.numerator, rows["大冶市分局"].cases.comparison.text) == (66, "下降34.0%")
    assert rows["下陆区分局"].overdue.numerator == 2 and rows["下陆区分局"].ontime.text == "0.0%"
    assert rows["阳新县分局"].satisfaction.text == "—"


def test_passport(tmp_path) -> None:
    rows = times(42, accepted_at="2025-07-10", due_at="2025-09-08", closed_at="2025-09-01")
    rows += times(3, accepted_at="2025-07-10", due_at="2025-09-08", closed_at="2025-09-15")
    rows += times(2, accepted_at="2025-07-10", due_at="2025-09-08")
    rows += times(3, accepted_at="2025-07-10", due_at="2025-09-25")
    rows += times(1, accepted_at="2025-07-10", due_at="2025-09-08", status="已办结")
    reader = make_store(tmp_path, rows, as_of="2025-09-22")
    figure = measure(reader, ["ontime_close_rate"], [september(reader)], by=("branch",))[0]
    found = passport(reader, figure)
    assert (found.numerator, found.denominator, found.version) == (42, 47, reader.version)
    assert found.left_out == (("已办结但没有办结时间、无法判断的初件", 1),) or len(found.left_out) == 1
    variants = {v.figure.kpi.id: (v.figure.text, v.difference, v.is_this) for v in found.variants}
    assert variants["ontime_close_rate"] == ("89.4%", "", True)
    assert variants["ontime_close_rate_all"] == ("84.0%", "低5.4个百分点", False)
    assert variants["ontime_close_rate_closed"] == ("93.3%", "高4.0个百分点", False)
    assert any("截至22日" in caveat for caveat in found.caveats)
    assert any("信访工作条例" in source for source in found.sources) and "大冶市分局" in found.filter_words


def test_cases_behind_show_nothing_personal(tmp_path) -> None:
    person = {"petitioner_name": "张**", "petitioner_phone": "138****5678", "petitioner_key": "k", "content": "正文"}
    reader = make_store(tmp_path, [{"received_at": "2025-09-01"} | person])
    frame = cases_behind(reader, "cases_total", september(reader))
    assert len(frame) == 1 and not frame.astype(str).isin(person.values()).any().any()
    assert "信访件编号" in frame.columns and "信访人" not in frame.columns
    assert len(cases_behind(reader, "cases_total", september(reader), limit=0)) == 0
    with pytest.raises(UserError, match="乘积"):
        cases_behind(reader, "satisfaction_rate_product", september(reader))


def test_everything_reconciles(reader: Reader) -> None:
    for month in (7, 9):
        checks = reconcile(reader, periods.month(2025, month, reader.as_of))
        assert [check.name for check in checks if not check.ok] == []
    helping = next(check for check in checks if check.name == "协办重复")
    assert helping.left == 69
    helping = next(c for c in reconcile(reader, periods.month(2025, 7, reader.as_of)) if c.name == "协办重复")
    assert helping.left == 5


def test_a_difference_is_shown(tmp_path) -> None:
    reader = make_store(tmp_path, [{"received_at": "2025-09-01"}, {"accepted_at": "2025-09-01"}])
    wrong = [check for check in reconcile(reader, september(reader)) if not check.ok]
    assert [(check.name, check.left, check.right) for check in wrong] == [("登记时间", 2, 1)]
    assert date(2025, 9, 1) == september(reader).first
