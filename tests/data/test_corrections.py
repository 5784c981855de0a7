"""A quarantined row can be corrected in Excel and imported again; an empty template can be filled and imported."""

import io
from pathlib import Path

import openpyxl
import pytest

from data.corrections import quarantine_xlsx
from data.profiles import FOLDER, load_profile_file
from data.reference import Reference
from data.schema import KEYS, TABLES
from data.store import Store
from data.templates import template_xlsx
from tests.data.files import case, ledger, stored, take

PERSON = {"信访人": "张演示", "联系电话": "19900001234"}
PROFILES = [load_profile_file(path, True) for path in sorted(FOLDER.glob("*.toml"))]
LEDGERS = [profile for profile in PROFILES if "台账" in profile.name]  # those for which a template is offered


def download(store: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(quarantine_xlsx(Store(store).reader())))


def write_into(sheet, number: str, heading: str, cell: str, key: str = "信访件编号") -> None:
    """Write a cell of the row that has this number, as a clerk would who looks for it."""
    headings = [column.value for column in sheet[3]]
    for row in sheet.iter_rows(min_row=4):
        if row[headings.index(key)].value == number:
            row[headings.index(heading)].value = cell


def waiting(store: Path) -> int:
    return Store(store).reader().query("SELECT count(*) FROM quarantine WHERE NOT is_resolved")[0][0]


def test_a_corrected_row_is_counted_and_no_longer_waits(tmp_path, store):
    bad = case("A-2", 登记时间="哪天", 受理时间="", **PERSON)
    take(
        store,
        ledger(
            tmp_path / "台账_20250930.csv", case("A-1", **PERSON), bad, case("A-3", 登记时间="03/04/2025", 受理时间="")
        ),
    )
    assert (sorted(stored(store)), waiting(store)) == (["A-1"], 2)
    book = download(store)
    sheet = book.active
    assert "第3行" in str(sheet["A4"].value)
    write_into(sheet, "A-2", "登记时间", "2025-03-02")
    write_into(sheet, "A-3", "登记时间", "2025-04-03")
    book.save(tmp_path / "更正.xlsx")
    result = take(store, tmp_path / "更正.xlsx")
    assert (result.accepted, result.counts.new, result.quarantined, result.unknown_headings) == (2, 2, 0, [])
    assert result.files[0].profile == "本局台账"
    found = stored(store)
    assert {state["as_of"] for state in found.values()} == {result.as_of}  # it is the same export still
    assert sorted(found) == ["A-1", "A-2", "A-3"] and waiting(store) == 0
    assert (f"{found['A-2']['received_at']:%m-%d}", found["A-2"]["branch"]) == ("03-02", "下陆区分局")
    assert found["A-2"]["petitioner_key"] == found["A-1"]["petitioner_key"] != ""
    assert (found["A-2"]["petitioner_name"], found["A-2"]["petitioner_phone"]) == ("张**", "199****1234")
    assert [row for row in download(store).active.iter_rows(values_only=True) if any(row)] == []


def test_numbers_that_look_like_id_numbers_stay_two_cases(tmp_path, store):
    """Region, date and serial make 18 digits too; masked alike, two corrected rows once became one case."""
    numbers = ["420200202503010001", "420200202503020001"]
    take(store, ledger(tmp_path / "台账_20250930.csv", *(case(n, 登记时间="哪天", 受理时间="") for n in numbers)))
    book = download(store)
    for number in numbers:
        write_into(book.active, number, "登记时间", "2025-03-02")
    book.save(tmp_path / "更正.xlsx")
    assert take(store, tmp_path / "更正.xlsx").counts.new == 2
    assert (sorted(stored(store)), waiting(store)) == (numbers, 0)


def test_a_row_that_is_still_wrong_waits_once(tmp_path, store):
    take(store, ledger(tmp_path / "台账_20250930.csv", case("A-1", 登记时间="哪天"), case("A-2", 登记时间="哪天")))
    book = download(store)
    write_into(book.active, "A-1", "登记时间", "2025-03-02")
    book.save(tmp_path / "更正.xlsx")
    result = take(store, tmp_path / "更正.xlsx")
    assert (result.accepted, result.quarantined) == (1, 1)
    assert waiting(store) == 1
    book = download(store)
    write_into(book.active, "A-2", "登记时间", "2025-03-02")
    book.save(tmp_path / "再更正.xlsx")
    take(store, tmp_path / "再更正.xlsx")
    assert (sorted(stored(store)), waiting(store)) == (["A-1", "A-2"], 0)


def test_a_correction_of_an_older_export_does_not_overwrite_a_newer_state(tmp_path, store):
    take(store, ledger(tmp_path / "台账_20250831.csv", case("A-1", 登记时间="哪天")))
    take(store, ledger(tmp_path / "台账_20250930.csv", case("A-1", 办理状态="已办结", 办结时间="2025-09-02")))
    book = download(store)
    write_into(book.active, "A-1", "登记时间", "2025-03-01")
    book.save(tmp_path / "更正.xlsx")
    result = take(store, tmp_path / "更正.xlsx")
    assert result.counts.older == 1
    assert (stored(store)["A-1"]["status"], waiting(store)) == ("已办结", 0)


def test_the_same_bad_file_under_a_new_moment_does_not_wait_twice(tmp_path, store):
    take(store, ledger(tmp_path / "台账_20250831.csv", case("A-1", 登记时间="哪天")))
    take(store, ledger(tmp_path / "台账_20250930.csv", case("A-1", 登记时间="哪天"), case("A-2")))
    assert waiting(store) == 1


def test_each_format_has_a_sheet_with_its_own_headings(tmp_path, store):
    backlog = {"积案批次": "一", "信访件编号": "J-1", "列入时间": "哪天", "化解标志": "否"}
    take(
        store,
        ledger(tmp_path / "台账_20250930.csv", case("A-1", 登记时间="哪天")),
        ledger(tmp_path / "积案_20250930.csv", backlog),
    )
    book = download(store)
    assert len(book.sheetnames) == 2
    for sheet in book.worksheets:
        heading = "列入时间" if "列入时间" in [cell.value for cell in sheet[3]] else "登记时间"
        write_into(sheet, "J-1" if heading == "列入时间" else "A-1", heading, "2025-03-01")
    book.save(tmp_path / "更正.xlsx")
    result = take(store, tmp_path / "更正.xlsx")
    assert (result.accepted, waiting(store)) == (2, 0)
    assert (list(stored(store)), list(stored(store, "backlog"))) == (["A-1"], ["J-1"])


def test_a_cell_that_looks_like_a_formula_is_text_in_the_workbook(tmp_path, store):
    take(store, ledger(tmp_path / "台账_20250930.csv", case("A-1", 登记时间="哪天", 反映内容="=1+1", 被反映对象="@甲")))
    cells = [cell for row in download(store).active.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert "=1+1" in [cell.value for cell in cells]


def filled(profile, cells: dict[str, str]) -> openpyxl.Workbook:
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(profile, Reference())))
    headings = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].append([cells.get(heading) for heading in headings])
    return book


@pytest.mark.parametrize("profile", LEDGERS, ids=lambda profile: profile.name)
def test_a_filled_template_imports_without_a_remark(tmp_path, store, profile):
    """Every column is filled: one of the choices where there are choices, a plausible text elsewhere."""
    texts = {
        "time": "2025-03-28",
        "flag": "是",
        "integer": "3",
        "real": "1.5",
        "branch": "下陆区分局",
        "branches": "大冶市分局",
        "phone": "19900001234",
    }
    special = {"status": "已办结", "rating": "满意", "rating_state": "已评价", "due_given_at": "2025-04-01", "pollution": "大气", "pollution_sub": "油烟",
               "source": "全国平台", "handling_role": "主办", "substantiated": "属实", "solved": "解决", "district": "下陆区"}  # fmt: skip
    known = {field.name: field for field in TABLES[profile.table]}
    cells = {}
    for name, headings in profile.columns.items():
        text = special.get(name) or texts.get(known[name].kind) or (known[name].values or ("演示",))[0]
        cells.setdefault(headings[0], text)
    cells[profile.columns[KEYS[profile.table][-1]][0]] = "230704420000020365"
    filled(profile, cells).save(tmp_path / "模板_20250930.xlsx")
    result = take(store, tmp_path / "模板_20250930.xlsx")
    assert [file.profile for file in result.files] == [profile.name]
    assert (result.rows_read, result.accepted, result.unknown_headings) == (1, 1, [])
    assert dict(result.warnings) == {}
    assert list(stored(store, profile.table)) == ["230704420000020365"]


@pytest.mark.parametrize("profile", LEDGERS, ids=lambda profile: profile.name)
def test_every_choice_of_a_template_is_known_to_the_importer(tmp_path, store, profile):
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(profile, Reference())))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1.strip('"').split(",")
        for rule in sheet.data_validations.dataValidation
    }
    by_heading = {headings[sheet[where].column - 1]: choices for where, choices in lists.items()}
    assert by_heading
    days = dict.fromkeys(("received_at", "listed_at", "planned_at"), "2025-03-01")
    fields = days | {KEYS[profile.table][-1]: "A-{}", "branch": "下陆区分局"}
    needed = {profile.columns[name][0]: text for name, text in fields.items() if name in profile.columns}
    rows = 0
    for heading, choices in by_heading.items():
        for choice in choices:
            rows += 1
            line = {name: text.format(rows) for name, text in needed.items()} | {heading: choice}
            sheet.append([line.get(name) for name in headings])
    book.save(tmp_path / "模板_20250930.xlsx")
    result = take(store, tmp_path / "模板_20250930.xlsx")
    assert (result.rows_read, result.accepted) == (rows, rows)
    assert {rule: count for rule, count in result.warnings.items() if rule not in ("W07", "W15")} == {}


@pytest.mark.parametrize("profile", LEDGERS, ids=lambda profile: profile.name)
def test_an_empty_template_holds_no_case(tmp_path, store, profile):
    (tmp_path / "模板_20250930.xlsx").write_bytes(template_xlsx(profile, Reference()))
    result = take(store, tmp_path / "模板_20250930.xlsx")
    assert (result.rows_read, result.notes) == (0, ["只有表头，没有一行数据，没有发布新版本"])
    assert Store(store).current() is None
