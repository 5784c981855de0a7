"""Every kind of file gives the same rows of text; a file that cannot be read gives one sentence."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from data.errors import UserError
from data.reading import open_source
from tests.data.files import (
    WRITERS,
    case,
    stored,
    table,
    take,
    write_html,
    write_ods,
    write_text,
    write_xls,
    write_xlsx,
)

ROWS = [
    ["编号", "内容", "分局"],
    ["230704420000020365", "有“引号”,逗号;分号", "开发区·铁山区分局"],
    ["007", "两行\n文字", "㙟𠮷镇"],
]
LONG = "230704420000020365"


def rows_of(path: Path) -> list[list[str]]:
    return [list(row) for row in open_source(path).sheets[0].rows()]


@pytest.mark.parametrize(("delimiter", "kind"), [(",", "csv"), ("\t", "tsv"), (";", "csv")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding_and_with_every_delimiter(tmp_path, encoding, delimiter, kind):
    path = write_text(tmp_path / "a.csv", ROWS, encoding, delimiter)
    source = open_source(path)
    assert (source.format, source.encoding) == (kind, encoding)
    assert rows_of(path) == ROWS


def test_big_endian_utf16_with_its_mark(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xfe\xff" + "编号,内容\r\n007,文字\r\n".encode("utf-16-be"))
    assert rows_of(path) == [["编号", "内容"], ["007", "文字"]]


def test_gbk_beyond_the_first_block_is_still_found(tmp_path):
    path = write_text(tmp_path / "a.csv", [["id", "text"], *([["1", "ascii only"]] * 20_000), ["2", "异味"]], "gb18030")
    assert open_source(path).encoding == "gb18030"
    assert rows_of(path)[-1] == ["2", "异味"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_workbooks_give_the_same_rows(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"a.{kind}", ROWS)
    assert open_source(path).format == kind
    assert rows_of(path) == ROWS


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods", "html"])
def test_the_first_bytes_tell_the_kind_and_not_the_name(tmp_path, kind):
    path = WRITERS[kind](tmp_path / f"a.{kind}", ROWS).rename(tmp_path / "导出.csv")
    assert open_source(path).format == kind


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_ods])
def test_cells_of_a_workbook_become_text(tmp_path, write):
    path = write(tmp_path / "a.bin", [["h"] * 5, [5, 7.1, datetime(2025, 3, 28, 10, 11), "x", 19900001234]])
    cells = rows_of(path)[1]
    assert cells[0] == "5"
    assert cells[1] == "7.1"
    assert cells[2].startswith("2025-03-28 10:11")
    assert cells[4] == "19900001234"


@pytest.mark.parametrize("kind", list(WRITERS))
def test_a_long_number_kept_as_text_survives(tmp_path, store, kind):
    path = WRITERS[kind](tmp_path / f"台账_20250930.{kind}", table(case(LONG)))
    assert take(store, path).accepted == 1
    assert list(stored(store)) == [LONG]


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_ods])
def test_a_long_number_that_a_spreadsheet_holds_as_a_number_is_destroyed(tmp_path, store, write):
    result = take(store, write(tmp_path / "台账_20250930.bin", table(case(int(LONG)), case("A-2"))))
    assert (result.accepted, dict(result.rejections)) == (1, {"R02": 1})


@pytest.mark.parametrize("number", ["2.30704E+17", "2.30704420000020E+17", "230704420000020000", "2.3e17"])
def test_a_destroyed_number_in_text_is_recognised(tmp_path, store, number):
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(case(number), case("A-2"))))
    assert (result.accepted, dict(result.rejections)) == (1, {"R02": 1})


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_a_book_that_counts_from_1904(tmp_path, store, write):
    days = {"登记时间": datetime(2025, 3, 1, 8, 30), "受理时间": "44259"}  # a serial number: 2025-03-05 from 1904
    path = write(tmp_path / "台账_20250930.bin", table(case(**days)), from_1904=True)
    assert open_source(path).from_1904
    assert take(store, path).accepted == 1
    found = stored(store)["A-001"]
    assert (found["received_at"], found["accepted_at"]) == (datetime(2025, 3, 1, 8, 30), datetime(2025, 3, 5))


def test_hidden_rows_are_read_and_told(tmp_path, store):
    path = write_xlsx(tmp_path / "台账_20250930.xlsx", table(*(case(f"A-{n}") for n in range(5))), hidden=[3, 4])
    result = take(store, path)
    assert (result.accepted, result.files[0].notes) == (5, ["有2行隐藏的行，已一并读入"])
    assert result.warnings["W14"] == 1


def test_row_numbers_are_those_that_excel_shows(tmp_path, store):
    rows = [[], [], ["", *table(case())[0]], ["", *table(case("A-1"))[1]], [], ["", *table(case(""))[1]]]
    result = take(store, write_xlsx(tmp_path / "台账_20250930.xlsx", rows))
    assert (result.files[0].header_row, result.accepted, result.quarantined) == (3, 1, 1)


HTML = """<html><head><meta charset="gb2312"><style>td{}</style></head><body>
<table><tr><td colspan=3>标题</td></tr>
<tr><th rowspan="2">编号</th><th colspan="2">时间</th></tr>
<tr><th>登记</th><th>办结</th></tr>
<tr><td rowspan=2>007</td><td>2025&#45;03-01</td><td>&nbsp;</td></tr>
<tr><td>a<br>b</td><td>&lt;x&gt;</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_html_spans_and_entities(tmp_path, encoding):
    path = tmp_path / "导出.xls"
    path.write_bytes(HTML.encode(encoding))
    assert open_source(path).format == "html"
    rows = rows_of(path)
    assert rows[0] == ["标题", "", ""]
    assert rows[1] == ["编号", "时间", ""]
    assert rows[2] == ["", "登记", "办结"]
    assert [row[0] for row in rows[3:]] == ["007", ""]
    assert (rows[3][1], rows[4][2]) == ("2025-03-01", "<x>")


def test_only_the_innermost_of_nested_tables_are_read(tmp_path):
    path = tmp_path / "导出.xls"
    path.write_text("<html><table><tr><td><table><tr><td>内</td></tr></table></td></tr></table></html>", "utf-8")
    assert rows_of(path) == [["内"]]


def test_an_html_file_with_several_tables_gives_several_sheets(tmp_path):
    path = tmp_path / "导出.xls"
    path.write_text("<table><tr><td>甲</td></tr></table><table><tr><td>乙</td></tr></table>", "utf-8")
    assert [sheet.name for sheet in open_source(path).sheets] == ["表1", "表2"]


def _truncated_workbook(path: Path) -> None:
    whole = write_xlsx(path, ROWS).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _zip_of_something_else(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("word/document.xml", "<w/>")


def _password(path: Path) -> None:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )


UNREADABLE = {
    "empty": (lambda path: path.write_bytes(b""), "空的"),
    "blank": (lambda path: path.write_bytes(b"\r\n \r\n"), "空的"),
    "zeros": (lambda path: path.write_bytes(bytes(5000)), "空的"),
    "password": (_password, "密码"),
    "truncated xlsx": (_truncated_workbook, "损坏"),
    "broken xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)), "损坏"),
    "a zip of something else": (_zip_of_something_else, "损坏"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), "不是"),
    "no known encoding": (lambda path: path.write_bytes(b"a,b\n\xff\xff\x80,c\n"), "编码"),
    "utf-16 cut short": (lambda path: path.write_bytes("编号,内容".encode("utf-16")[:-1]), "编码"),
    "a page without a table": (lambda path: path.write_text("<html><body>登录超时</body></html>", "utf-8"), "没有表格"),
    "missing": (lambda path: None, "找不到"),
    "a folder": (lambda path: path.mkdir(), "找不到"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_read_gives_one_sentence(tmp_path, store, what):
    make, word = UNREADABLE[what]
    path = tmp_path / "导出.xlsx"
    make(path)
    with pytest.raises(UserError) as caught:
        take(store, path)
    sentence = str(caught.value)
    assert word in sentence and "“导出.xlsx”" in sentence
    assert sentence.endswith("。") and sentence.count("。") == 1 and "\n" not in sentence
    assert not (store / "CURRENT").exists()


def test_nothing_of_a_batch_is_published_when_one_file_is_unreadable(tmp_path, store):
    good = write_text(tmp_path / "台账_20250930.csv", table(case()))
    bad = write_html(tmp_path / "坏.xls", [["没有", "认识的", "表头"]])
    with pytest.raises(UserError, match=r"坏\.xls"):
        take(store, good, bad)
    assert not (store / "CURRENT").exists()
