"""No petitioner's name, telephone, ID number or home address gets anywhere in clear, wherever in a file it stood.

All persons, numbers and addresses here are invented; the telephones belong to no range in use.
"""

import json
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from data.corrections import quarantine_xlsx
from data.errors import UserError
from data.opening import read_headings
from data.privacy import mask_name, mask_phone, petitioner_key, phone_numbers, redact
from data.profiles import FOLDER, load_profile_file
from data.schema import TABLES
from data.store import Store
from data.text import clean
from tests.data.files import case, ledger, stored, table, take, write_text, write_xlsx

NAME, PHONE, ID_NUMBER = "欧阳演示", "19900001234", "420202199003071234"
ADDRESS = "团城山街道演示路88号3栋2单元501室"
PLANTED = (NAME, PHONE, ID_NUMBER, ADDRESS, "501室", "3栋2单元")
SPOKEN = f"我叫{NAME}，电话{PHONE}，身份证{ID_NUMBER}，家住{ADDRESS}，夜间有异味"
PROFILES = [load_profile_file(path, True) for path in sorted(FOLDER.glob("*.toml"))]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张三丰", "张**"), ("欧阳修", "欧阳*"), ("欧阳演示", "欧阳**"), ("阿依古丽·买买提", "阿**"), ("张", "张*"), ("匿名", "匿名"),
     ("张**", "张**"), ("", ""), ("Smith", "S**")],
)  # fmt: skip
def test_a_name_keeps_its_surname(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("cell", "numbers", "masked"),
    [
        ("19900001234", ("19900001234",), "199****1234"),
        ("199 0000 1234", ("19900001234",), "199****1234"),
        ("199-0000-1234", ("19900001234",), "199****1234"),
        ("+86 19900001234", ("19900001234",), "199****1234"),
        ("008619900001234", ("19900001234",), "199****1234"),
        ("１９９００００１２３４", ("19900001234",), "199****1234"),
        ("19900001234、19900005678", ("19900001234", "19900005678"), "199****1234、199****5678"),
        ("19900001234/19900005678", ("19900001234", "19900005678"), "199****1234、199****5678"),
        ("0714-6350000", ("7146350000",), "0714****0000"),
        ("7146350000", ("7146350000",), "0714****0000"),  # its zero was lost in a spreadsheet
        ("199****1234", (), "199****1234"),
        ("无", (), ""),
    ],
)
def test_telephones_however_they_are_typed(cell, numbers, masked):
    assert phone_numbers(cell) == numbers
    assert mask_phone(cell) == masked


def test_the_same_person_has_the_same_key_and_only_with_the_stores_secret():
    key = petitioner_key(b"a", "张三", "199 0000 1234", "")
    assert key == petitioner_key(b"a", "李四", "+8619900001234", "")
    assert key != petitioner_key(b"b", "张三", "19900001234", "")
    assert set(key.split()) < set(petitioner_key(b"a", "", "19900001234、19900005678", "").split())
    assert petitioner_key(b"a", "张三", "", "") != petitioner_key(b"a", "李四", "", "")
    assert petitioner_key(b"a", "匿名", "", "") == petitioner_key(b"a", "", "", "") == ""


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我叫王演示，住在附近", "王演示"),
        ("本人王演示反映异味", "王演示"),
        ("联系人：王演示", "王演示"),
        ("联系人 王演示 电话另告", "王演示"),
        ("投诉人王演示来电", "王演示"),
        ("王先生来电，电话19900001234", "19900001234"),
        ("请联系王演示女士", "王演示"),
        ("已电话告知欧阳演示（19900001234）", "欧阳演示"),
        ("已答复王演示19900001234", "王演示"),
        ("联系欧阳演示先生", "欧阳演示"),
        ("电话199-0000-1234", "199-0000-1234"),
        ("电话199 0000 1234", "199 0000 1234"),
        ("手机１９９００００１２３４", "19900001234"),
        ("座机0714-6350000", "6350000"),
        ("电话6350000请回", "6350000"),
        ("身份证420202199003071234", "420202199003071234"),
        ("身份证42020219900307123X", "42020219900307123X"),
        ("证号420202900307123", "420202900307123"),
        ("邮箱yanshi@example.com", "yanshi@example.com"),
        ("微信号yanshi_2025", "yanshi_2025"),
        ("QQ：123456789", "123456789"),
        ("车牌鄂B12345冒黑烟", "12345"),
        ("车牌鄂BD12345冒黑烟", "D12345"),
        ("卡号6222020000000001234", "6222020000000001234"),
        ("家住演示小区3栋2单元501室", "501室"),
        ("家住演示小区3栋2单元501", "501"),
        ("我住演示路88号", "88号"),
    ],
)
def test_free_text_is_redacted(text, hidden):
    assert hidden not in redact(clean(text))


@pytest.mark.parametrize(
    "text",
    ["夜间23点有恶臭异味，已持续3天，影响居民休息", "编号230704420000020365的信访件", "热线-240708-000123", "D3HB202405250066", "2025-03-28 10:11",
     "PM2.5超标，噪声65分贝", "黄石市生态环境局下陆区分局", "处罚20000元"],
)  # fmt: skip
def test_what_is_not_personal_stays(text):
    assert redact(text) == text


def everything_in(folder: Path) -> str:
    """Return all that a store holds: every cell of every table of every version, and the bytes of every file."""
    shown = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    shown += [repr(row) for row in connection.execute(f"SELECT * FROM {name}").fetchall()]
        if path.is_file():
            shown.append(path.read_bytes().decode("utf-8", "ignore"))
    return "\n".join(shown)


def expect_none_of(planted: tuple[str, ...], text: str) -> None:
    assert [word for word in planted if word in text] == []


def plain_row(profile) -> dict[str, str]:
    """Return a row of a format that can be counted: a number, and a day where there is a column for one."""
    fields = {field.name: field for field in TABLES[profile.table]}
    row = {headings[0]: "" for headings in profile.columns.values()}
    for name in profile.columns:
        if name in ("received_at", "listed_at", "planned_at", "measured_at"):
            row[profile.columns[name][0]] = "2024-07-08"
        elif fields[name].kind == "time":
            row[profile.columns[name][0]] = ""
    number = next(name for name in ("case_no", "activity_no", "site_name") if name in profile.columns)
    row[profile.columns[number][0]] = "热线-240708-{:06}"
    if profile.table == "monitoring":
        row[profile.columns["value"][0]] = "12"
    return row


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_person_planted_in_every_column_is_found_nowhere(tmp_path, store, profile):
    """One row per column: the person's own words stand in that column, and name and number where they belong."""
    own = {
        "petitioner_name": NAME,
        "petitioner_phone": PHONE,
        "petitioner_id_number": ID_NUMBER,
        "petitioner_address": ADDRESS,
    }
    rows = []
    for heading in [*plain_row(profile), "没人认识的列"]:
        row = plain_row(profile) | {"没人认识的列": ""}
        row |= {profile.columns[name][0]: text for name, text in own.items() if name in profile.columns}
        row = {key: cell.format(len(rows)) for key, cell in row.items()}
        rows.append(row | {heading: SPOKEN})
    result = take(store, write_xlsx(tmp_path / "导出_20250930.xlsx", table(*rows)), profile=profile.name)
    assert result.rows_read == len(rows)
    expect_none_of(PLANTED, everything_in(store))
    expect_none_of(PLANTED, json.dumps(result.as_json(), ensure_ascii=False))


def test_a_slipped_column_reaches_neither_store_nor_screen(tmp_path, store, run_data):
    """The person stands in a column of codes or dates, as when a separator is missing; name and number are known."""
    headings = [*case(), "信访人", "联系电话"]
    rows = [case("A-1") | {"信访人": NAME, "联系电话": PHONE}]
    for words in (NAME, PHONE, ID_NUMBER, SPOKEN):
        for heading in headings[1:]:
            row = dict.fromkeys(headings, "") | {
                "信访件编号": f"A-{len(rows)}",
                "登记时间": "2025-03-01",
                "信访人": NAME,
            }
            rows.append(row | {heading: words})
    done = run_data("import", ledger(tmp_path / "台账_20250930.csv", *rows))
    assert done.returncode == 0
    expect_none_of(PLANTED, done.stdout + done.stderr + run_data("status", "--json").stdout)
    expect_none_of(PLANTED, everything_in(store))


def test_quarantine_and_its_workbook_hold_no_person(tmp_path, store):
    row = case(
        "",
        信访人=NAME,
        联系电话=PHONE,
        身份证号=ID_NUMBER,
        信访人住址=ADDRESS,
        反映内容=SPOKEN,
        办理结果=f"已回复{NAME}",
    )
    row |= {"受理时间": f"{NAME} {PHONE}", "被反映对象": f"{ADDRESS}楼下", "责任分局": NAME}
    result = take(store, ledger(tmp_path / "台账_20250930.csv", row))
    assert result.quarantined == 1
    reader = Store(store).reader()
    expect_none_of(PLANTED, everything_in(store))
    book = tmp_path / "隔离.xlsx"
    book.write_bytes(quarantine_xlsx(reader))
    expect_none_of(PLANTED, "\n".join(str(line) for line in load_workbook(book).active.iter_rows(values_only=True)))


def test_what_is_kept_of_a_person(tmp_path, store):
    rows = [
        case(f"A-{n}", 信访人=NAME, 联系电话=cell, 身份证号="", 反映内容=SPOKEN)
        for n, cell in enumerate((PHONE, "199 0000 1234"))
    ]
    take(store, ledger(tmp_path / "台账_20250930.csv", *rows, case("A-9", 信访人="匿名")))
    first, second, anonymous = (stored(store)[number] for number in ("A-0", "A-1", "A-9"))
    assert (first["petitioner_name"], first["petitioner_phone"]) == ("欧阳**", "199****1234")
    assert first["petitioner_key"] == second["petitioner_key"] != ""
    assert (anonymous["petitioner_key"], anonymous["is_anonymous"], first["is_anonymous"]) == (None, True, False)
    assert "夜间有异味" in first["content"]
    assert not {"petitioner_id_number", "petitioner_address"} & set(first)


def test_an_id_number_in_the_place_of_the_case_number_is_not_kept(tmp_path, store):
    number = "11010519491231002X"  # the sample number of GB 11643
    take(store, ledger(tmp_path / "台账_20250930.csv", case(number)))
    expect_none_of((number,), everything_in(store))


def test_a_warning_names_no_person(tmp_path, store):
    row = case(
        "A-1",
        信访人=NAME,
        责任分局=f"{NAME}承办",
        办理状态=f"{NAME}已答复",
        渠道=f"电话{PHONE}",
        污染类型=f"联系人{NAME}",
        满意度=f"{NAME}很满意",
    )
    result = take(store, ledger(tmp_path / "台账_20250930.csv", row))
    assert sum(result.warnings.values()) == 5
    expect_none_of(PLANTED, everything_in(store))
    expect_none_of(PLANTED, json.dumps(result.as_json(), ensure_ascii=False))


def test_a_file_without_a_known_heading_is_described_without_its_people(tmp_path, store):
    """The row that looks most like a heading may be a person's."""
    rows = [["流水", "", "", ""], ["甲-1", NAME, "下陆", f"我叫{NAME}"], ["甲-2", "王演示", "下陆", "异味"]]
    path = write_text(tmp_path / "怪.csv", rows)
    with pytest.raises(UserError) as caught:
        take(store, path)
    expect_none_of((NAME, "王演示"), str(caught.value))
    expect_none_of((NAME, "王演示"), str(read_headings(path)))


def test_the_original_is_not_kept(tmp_path, store):
    path = ledger(tmp_path / "台账_20250930.csv", case("A-1"))
    take(store, path)
    kept = {str(found.relative_to(store)) for found in store.rglob("*") if found.is_file()}
    beside = {name for name in kept if not name.startswith(("versions/", "access/audit"))}
    assert beside <= {"CURRENT", "secret.key", "import.lock"}
    assert (store / "secret.key").stat().st_mode & 0o077 == 0
