"""For every rule a row that breaks it alone; nothing is lost between what is read and what is counted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.result import ImportResult
from data.rules import REJECTIONS, RULES
from data.schema import CASE_FIELDS
from data.store import Store
from tests.data.files import case, ledger, table, take, write_text, write_xlsx

NAME = "台账_20250930.csv"
BACKLOG = {
    "积案批次": "一",
    "信访件编号": "J-1",
    "责任分局": "下陆区分局",
    "列入时间": "2025-01-05",
    "化解标志": "否",
    "化解时间": "",
}

# rule → the cells of one row by which it alone is broken
CELLS: dict[str, dict[str, object]] = {
    "R01": {"信访件编号": ""},
    "R02": {"信访件编号": "2.30704E+17"},
    "R03": {"登记时间": ""},
    "R04": {"受理时间": "2025-10-01"},
    "R05": {"受理时间": "", "登记时间": "1989-12-31"},
    "R06": {"受理时间": "", "办结时间": "2025-02-28", "办理状态": "已办结"},
    "R07": {"受理时间": "三月五日前后"},
    "R09": {"办理状态": "已办\ufffd"},
    "R11": {"信访件编号": "11010519491231002X"},  # the sample number of GB 11643, check digit and all
    "W01": {"责任分局": "某某所"},
    "W02": {"办理状态": "研究研究"},
    "W03": {"渠道": "飞鸽传书"},
    "W04": {"污染类型": "臭臭"},
    "W05": {"满意度": "马马虎虎"},
    "W06": {"限办截止时间": "2025-09-01"},
    "W07": {"办理状态": "已办结"},
    "W08": {"受理时间": "2025-02-27"},
    "W09": {"信访人数": "若干"},
    "W11": {"办结时间": "2025-03-09"},
    "W12": {"重点件": "也许"},
    "W13": {"办结时间": "2025-03-04", "办理状态": "已办结"},
    "W16": {"反映内容": "夜间\ufffd味"},
    "W18": {"评价状态": "待评价", "满意度": "满意"},
}


def _cells(rule: str, folder: Path) -> Path:
    return ledger(folder / NAME, case("A-002") | CELLS[rule], case("A-001"))


def _too_wide(folder: Path) -> Path:
    heading, good, bad = table(case("A-001"), case("A-002"))
    return write_text(folder / NAME, [heading, good, [*bad, "多出来的"]])


def _backlog(**cells: str) -> Callable[[Path], Path]:
    return lambda folder: ledger(folder / "积案_20250930.csv", BACKLOG, BACKLOG | {"信访件编号": "J-2"} | cells)


def _undated_activity(folder: Path) -> Path:
    row = {"培训编号": "P-1", "培训内容": "业务", "计划时间": "2025-03-01", "培训时间": ""}
    return ledger(folder / "培训_20250930.csv", row, row | {"培训编号": "P-2", "计划时间": ""})


def _twice(folder: Path) -> Path:
    return ledger(folder / NAME, case("A-001"), case("A-001", 办理状态="未受理"))


def _hidden(folder: Path) -> Path:
    return write_xlsx(folder / "台账_20250930.xlsx", table(case("A-001"), case("A-002")), hidden=[3])


def _foreign_sheet(folder: Path) -> Path:
    sheets = {"台账": table(case("A-001"), case("A-002")), "说明": [["一个", "没有人"], ["认识的", "表"]]}
    return write_xlsx(folder / "台账_20250930.xlsx", sheets)


def _above(folder: Path) -> Path:
    heading, *rows = table(case("A-001"), case("A-002"), case("A-003"))
    return write_text(folder / NAME, [rows[0], heading, *rows[1:]])


BREAKING: dict[str, Callable[[Path], Path]] = {
    **{rule: lambda folder, rule=rule: _cells(rule, folder) for rule in CELLS},
    "R08": _too_wide,
    "R12": _undated_activity,
    "R10": _backlog(化解标志="是", 化解时间="2025-01-04"),
    "W10": _twice,
    "W14": _hidden,
    "W15": _backlog(化解标志="是"),
    "W17": _foreign_sheet,
    "W19": _above,
}


def test_every_rule_has_a_row_that_breaks_it():
    assert set(BREAKING) == set(RULES)


def broken(result: ImportResult) -> dict[str, int]:
    return dict(result.rejections) | {rule: count for rule, count in result.warnings.items() if count}


@pytest.mark.parametrize("rule", RULES)
def test_a_row_that_breaks_one_rule_is_told_of_that_rule_alone(tmp_path, store, rule):
    """It is counted, and one line in quarantine or among the warnings says so, with file, row, column and cell."""
    path = BREAKING[rule](tmp_path)
    result = take(store, path)
    assert broken(result) == {rule: 1}
    assert result.rows_read == 2
    assert result.quarantined == (1 if rule in REJECTIONS else 0)
    assert result.rows_read == result.accepted + result.quarantined
    reader = Store(store).reader()
    if rule in REJECTIONS:
        [(file, rules, words, cells)] = reader.query("SELECT file, rules, reasons, cells FROM quarantine")
        assert rules == [rule]
        assert set(json.loads(cells)) <= {field.label for field in CASE_FIELDS} | set(BACKLOG) | {
            "培训编号",
            "培训内容",
            "计划时间",
            "培训时间",
        }
    else:
        [(file, told, words)] = reader.query("SELECT file, rule, message FROM warnings")
        assert told == rule
    assert file == path.name
    expect_row_column_and_cell(words, rule)


def expect_row_column_and_cell(words: str, rule: str) -> None:
    """A garbled cell and a person's number are not repeated; some remarks speak of a state and not of a cell."""
    if rule not in CELLS:
        assert words
        return
    assert words.startswith("第2行：")
    headings = [heading for heading in CELLS[rule] if f"“{heading}”" in words]
    if rule not in ("R09", "R11", "W06", "W07", "W11", "W16"):
        assert str(CELLS[rule][headings[0]]) in words


def test_a_row_is_quarantined_with_all_its_reasons(tmp_path, store):
    row = case("", 登记时间="", 受理时间="哪天", 办结时间="2031-01-01")
    result = take(store, ledger(tmp_path / NAME, row))
    assert dict(result.rejections) == {"R01": 1, "R03": 1, "R04": 1, "R07": 1}
    [(rules, reasons)] = Store(store).reader().query("SELECT rules, reasons FROM quarantine")
    assert rules == ["R01", "R03", "R04", "R07"]
    assert all(f"“{heading}”" in reasons for heading in ("信访件编号", "登记时间", "受理时间", "办结时间"))


def test_a_quarantined_row_changes_no_case(tmp_path, store):
    take(store, ledger(tmp_path / "台账_20250901.csv", case("A-001")))
    take(store, ledger(tmp_path / "台账_20250930.csv", case("A-001", 办结时间="2025-01-01", 办理状态="已办结")))
    assert Store(store).reader().query("SELECT status FROM cases") == [("办理中",)]


def test_the_limits_of_a_day_are_not_yet_broken(tmp_path, store):
    rows = [
        case("A-1", 登记时间="2025-09-30 23:59:59", 受理时间=""),  # the day of the export
        case("A-2", 登记时间="2025-03-01 18:00", 受理时间="2025-03-01", 办结时间="2025-03-01", 办理状态="已办结"),
        case("A-3", 登记时间="1990-01-01", 受理时间=""),
        case("A-4", 限办截止时间="2025-05-04"),  # 60 days from acceptance, to the day
        case("A-5", 限办截止时间="2025-06-03", 延期天数="30", 延期已批准="是"),
    ]
    assert broken(take(store, ledger(tmp_path / "台账_20250930.csv", *rows))) == {}


def test_a_later_limit_without_an_approved_extension_does_not_count(tmp_path, store):
    rows = [
        case("A-1", 限办截止时间="2025-09-01"),
        case("A-2", 限办截止时间="2025-06-03", 延期天数="30", 延期已批准="否"),
        case("A-3", 限办截止时间="2025-06-03", 延期天数="30", 延期已批准="是"),
        case("A-4", 延期天数="90", 延期已批准="是"),  # thirty days are the most
    ]
    take(store, ledger(tmp_path / NAME, *rows))
    found = Store(store).reader().query("SELECT CAST(due_at AS DATE)::VARCHAR FROM cases ORDER BY case_no")
    assert [day for (day,) in found] == ["2025-05-04", "2025-05-04", "2025-06-03", "2025-06-03"]


CELL = st.sampled_from(
    [
        "",
        "下陆区分局",
        "2025-03-01",
        "1980-01-01",
        "2031-01-01",
        "无",
        "7.4",
        "已办结",
        "2.3E+17",
        "A-1",
        "合计",
        "\ufffd",
        "是",
        "满意",
    ]
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=10, max_size=10), min_size=1, max_size=8))
def test_nothing_is_lost_whatever_the_cells_are(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("any")
    result = take(folder / "store", write_text(folder / NAME, [list(case()), list(case().values()), *lines]))
    assert result.rows_read == result.accepted + result.quarantined
    counts = result.counts
    assert result.accepted == counts.new + counts.updated + counts.unchanged + counts.older
    reader = Store(folder / "store").reader()
    if reader:
        assert reader.query("SELECT count(*) FROM cases") == [(counts.new,)]
        assert reader.query("SELECT count(*) FROM quarantine WHERE NOT is_resolved") == [(result.quarantined,)]
