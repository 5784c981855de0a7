"""The table is found under titles and in tall headings; what is no case is left out, and nothing else is."""

import pytest

from data.errors import UserError
from tests.data.files import case, stored, table, take, write_html, write_text, write_xls, write_xlsx

HEADING, LINE = table(case("A-1"))
TITLE = ["下陆区2025年9月信访件台账"]


@pytest.mark.parametrize("above", range(6))
def test_title_rows_above_the_heading(tmp_path, store, above):
    titles = [TITLE, ["制表单位：演示局"], [], ["数据来源", "平台"], ["共 1 件"]][:above]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", [*titles, HEADING, LINE]))
    assert (result.files[0].header_row, result.rows_read, result.accepted) == (above + 1, 1, 1)


def test_a_merged_title_in_a_workbook(tmp_path, store):
    rows = [[*TITLE, *[""] * 9], ["截至2025年9月30日18时"], HEADING, LINE]
    result = take(store, write_xlsx(tmp_path / "台账.xlsx", rows, merged=["A1:J1"]))
    assert (result.files[0].header_row, result.accepted) == (3, 1)
    assert result.as_of.isoformat() == "2025-09-30T18:00:00"


TWO = [
    ["基本情况", "", "时间", "", "", "办理状态"],
    ["信访件编号", "责任分局", "登记时间", "受理时间", "办结时间", ""],
]
THREE = [["下陆区台账", "", "", "", "", ""], *TWO]
CELLS = ["A-1", "下陆区分局", "2025-03-01", "2025-03-02", "2025-03-03", "已办结"]


def expect_six_columns(result, store, heading_row):
    assert (result.accepted, result.rows_read, result.unknown_headings) == (1, 1, [])
    assert result.files[0].header_row in (heading_row, heading_row + 1)
    found = stored(store)["A-1"]
    assert [f"{found[name]:%m-%d}" for name in ("received_at", "accepted_at", "closed_at")] == [
        "03-01",
        "03-02",
        "03-03",
    ]
    assert (found["branch"], found["status"]) == ("下陆区分局", "已办结")


def test_a_heading_of_two_rows_in_text(tmp_path, store):
    expect_six_columns(take(store, write_text(tmp_path / "台账_20250930.csv", [*TWO, CELLS])), store, 1)


def test_a_merged_heading_of_two_rows_in_a_workbook(tmp_path, store):
    path = write_xlsx(tmp_path / "台账_20250930.xlsx", [*TWO, CELLS], merged=["A1:B1", "C1:E1", "F1:F2"])
    expect_six_columns(take(store, path), store, 1)


def test_a_merged_heading_of_two_rows_in_an_old_workbook(tmp_path, store):
    path = write_xls(tmp_path / "台账_20250930.xls", [*TWO, CELLS], merged=[(0, 0, 0, 1), (0, 0, 2, 4), (0, 1, 5, 5)])
    expect_six_columns(take(store, path), store, 1)


def test_a_spanned_heading_of_two_rows_in_a_page(tmp_path, store):
    cells = "".join(f"<td>{cell}</td>" for cell in CELLS)
    page = (
        "<html><table><tr><th colspan=2>基本情况</th><th colspan=3>时间</th><th rowspan=2>办理状态</th></tr>"
        "<tr><th>信访件编号</th><th>责任分局</th><th>登记时间</th><th>受理时间</th><th>办结时间</th></tr>"
        f"<tr>{cells}</tr></table></html>"
    )
    path = tmp_path / "台账_20250930.xls"
    path.write_bytes(page.encode("gb18030"))
    expect_six_columns(take(store, path), store, 1)


def test_a_heading_of_three_rows(tmp_path, store):
    path = write_xlsx(tmp_path / "台账_20250930.xlsx", [*THREE, CELLS], merged=["A1:F1", "A2:B2", "C2:E2", "F2:F3"])
    expect_six_columns(take(store, path), store, 2)


def test_upper_and_lower_heading_together_name_a_column(tmp_path, store):
    """登记 | 时间 and 受理 | 时间 are one name each, as in tables whose words are broken over two rows."""
    rows = [["信访件", "责任", "登记", "受理"], ["编号", "分局", "时间", "时间"], CELLS[:4]]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", rows))
    assert result.accepted == 1
    assert f"{stored(store)['A-1']['accepted_at']:%m-%d}" == "03-02"


NO_CASES = {
    "total in the first column": ["合计", "", "3"],
    "total with a colon": ["合计：3件"],
    "total with a unit": ["合计（件）", "", "3"],
    "total in words": ["合计", "办结2件", "在办1件"],
    "subtotal": ["小计", "3"],
    "total in the second column": ["", "总计", "3"],
    "maker": ["制表人：演示", "", "审核人：演示"],
    "maker and date": ["填表人：演示", "填报日期：2025-09-30"],
    "note": ["备注：本表不含咨询件"],
    "note with words": ["注：数据截至9月30日"],
    "page": ["第1页 共3页"],
    "empty": ["", "", ""],
    "spaces": [" ", "\u3000", "\t"],
    "heading again": HEADING,
}


@pytest.mark.parametrize("what", NO_CASES)
def test_rows_that_are_no_cases_are_not_read(tmp_path, store, what):
    rows = [HEADING, LINE, NO_CASES[what], table(case("A-2"))[1]]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", rows))
    assert (result.rows_read, result.accepted, result.quarantined) == (2, 2, 0)


@pytest.mark.parametrize("what", ["total in the first column", "subtotal", "maker", "note", "empty"])
def test_the_same_where_a_running_number_stands_first(tmp_path, store, what):
    rows = [["序号", *HEADING], ["1", *LINE], NO_CASES[what]]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", rows))
    assert (result.rows_read, result.accepted, result.quarantined) == (1, 1, 0)


REAL_CASES = {
    "a site called total": case("A-2", 被反映对象="合计公司"),
    "a text that begins so": case("A-2", 反映内容="合计三次投诉无果"),
    "a maker of tables": case("A-2", 被反映对象="制表人"),
    "a note": case("A-2", 反映内容="备注"),
    "only the key": {"信访件编号": "A-2", "登记时间": "2025-03-01"},
}


@pytest.mark.parametrize("what", REAL_CASES)
def test_a_case_is_not_taken_for_a_total(tmp_path, store, what):
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(case("A-1"), REAL_CASES[what])))
    assert (result.rows_read, result.accepted) == (2, 2)


def test_a_row_without_a_number_is_quarantined_and_not_dropped(tmp_path, store):
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(case("A-1"), case(""))))
    assert (result.rows_read, result.quarantined, dict(result.rejections)) == (2, 1, {"R01": 1})


HUBEI = ["地区", "信访件编号", "投诉时间", "投诉方式", "投诉内容", "交办方式", "调查处理情况"]


def hubei(region: str, serial: int, way: str = "来电") -> list[str]:
    return [region, f"2307044200000{serial:05}", "7.4", way, "异味", "转办", "已处理"]


def test_merged_cells_are_filled_downward_in_declared_columns_only(tmp_path, store):
    rows = [HUBEI, hubei("下陆区", 1), hubei("", 2, way=""), hubei("大冶市", 3), hubei("", 4)]
    path = write_xlsx(tmp_path / "公示_20230930.xlsx", rows, merged=["A2:A3", "A4:A5"])
    assert take(store, path).accepted == 4
    found = stored(store)
    assert [found[hubei("", n)[1]]["branch"] for n in (1, 2, 3, 4)] == ["下陆区分局"] * 2 + ["大冶市分局"] * 2
    assert found[hubei("", 2)[1]]["channel"] == "未注明"


def test_filling_downward_stops_at_a_total(tmp_path, store):
    rows = [HUBEI, hubei("下陆区", 1), ["合计", "1"], hubei("", 2)]
    take(store, write_text(tmp_path / "公示_20230930.csv", rows))
    found = stored(store)
    assert [found[hubei("", n)[1]]["branch"] for n in (1, 2)] == ["下陆区分局", "待归属"]


@pytest.mark.parametrize("tall", [write_html, write_xls])
def test_filling_downward_in_other_kinds_of_file(tmp_path, store, tall):
    path = tall(tmp_path / "公示_20230930.xls", [HUBEI, hubei("下陆区", 1), hubei("", 2)])
    take(store, path)
    assert {found["branch"] for found in stored(store).values()} == {"下陆区分局"}


def test_every_sheet_that_has_a_known_heading_is_read(tmp_path, store):
    sheets = {
        "一月": table(case("A-1")),
        "空表": [],
        "说明": [["怎样填写", "见手册"], ["一", "二"]],
        "二月": [TITLE, *table(case("A-2"), case("A-3"))],
        "积案": [["积案批次", "信访件编号", "化解标志"], ["一", "J-1", "否"]],
    }
    result = take(store, write_xlsx(tmp_path / "台账_20250930.xlsx", sheets))
    read = [(file.sheet, file.profile, file.header_row, file.rows_read) for file in result.files]
    assert read == [("一月", "本局台账", 1, 1), ("二月", "本局台账", 2, 2), ("积案", "积案台账", 1, 1)]
    assert result.notes == ["台账_20250930.xlsx：工作表“说明”没有认识的表头，未读取"]
    assert sorted(stored(store)) == ["A-1", "A-2", "A-3"]
    assert sorted(stored(store, "backlog")) == ["J-1"]


def test_the_same_case_on_two_sheets_is_one_case(tmp_path, store):
    sheets = {"全部": table(case("A-1"), case("A-2")), "下陆": table(case("A-1"))}
    result = take(store, write_xlsx(tmp_path / "台账_20250930.xlsx", sheets))
    assert (result.rows_read, result.accepted, result.counts.new, result.counts.unchanged) == (3, 3, 2, 1)
    assert sorted(stored(store)) == ["A-1", "A-2"]


def test_columns_in_any_order_and_some_that_nobody_knows(tmp_path, store):
    row = dict(reversed(case("A-1").items())) | {"天气": "晴", "备注": "", "心情": "好"}
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(row)))
    assert (result.accepted, result.unknown_headings) == (1, ["天气", "心情"])


def test_an_unknown_format_is_told_with_its_headings(tmp_path, store):
    path = write_text(tmp_path / "怪.csv", [["某市某表"], ["流水", "何时", "何事"], ["1", "2025-01-01", "异味"]])
    with pytest.raises(UserError) as caught:
        take(store, path)
    assert "“怪.csv”" in str(caught.value) and "流水、何时、何事" in str(caught.value)


def test_a_format_that_was_asked_for_and_does_not_fit(tmp_path, store):
    path = write_text(tmp_path / "怪.csv", [["流水", "何时"], ["1", "2025-01-01"]])
    with pytest.raises(UserError, match=r"“怪\.csv”.*“本局台账”.*信访件编号.*流水、何时"):
        take(store, path, profile="本局台账")


def test_a_format_that_does_not_exist(tmp_path, store):
    with pytest.raises(UserError, match=r"没有名为“没有的”的导入格式，现有：.*本局台账"):
        take(store, write_text(tmp_path / "台账_20250930.csv", table(case())), profile="没有的")
