"""Files made to fill the memory or the disk: each gives one sentence, or is read properly, soon and in little memory.

Every hostile file is opened in a process of its own that may have little memory; a reader that gives way is seen as a
process that ended without a word.
"""

import io
import json
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from data.errors import UserError
from data.extents import BinarySheet
from data.limits import CELL_CHARACTERS, COLUMNS, COMMAND, MB, UPLOAD, Limits
from data.reading import open_source
from tests.data.files import WRITERS, case, table, take, write_text, write_xls, write_xlsx

ROOT = Path(__file__).parents[2]
MEMORY, SECONDS = 1536 * MB, 30
READ = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[3]), int(sys.argv[3])))
from pathlib import Path
from data import limits, reading
from data.errors import UserError
from data.extents import BinarySheet
from tests import peak
try:
    source = reading.open_source(Path(sys.argv[1]), None, getattr(limits, sys.argv[2]))
    said = {"rows": sum(1 for sheet in source.sheets for row in sheet.filled_rows())}
except UserError as error:
    said = {"sentence": str(error)}
said["memory"] = peak.memory()
print(json.dumps(said))
"""
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'
ODS = (
    '<?xml version="1.0"?>{}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10)
) + "]>"  # fmt: skip


def read(path: Path, way: str = "UPLOAD", memory: int = MEMORY) -> dict:
    """Open a file and read all of its rows in a process with little memory; return what came of it."""
    pytest.importorskip("resource", reason="memory is bounded by the operating system only elsewhere")
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), way, str(memory)],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - begun < SECONDS
    return json.loads(done.stdout)


def refused(path: Path, *words: str, way: str = "UPLOAD") -> None:
    said = read(path, way)
    assert "sentence" in said, said
    assert path.name in said["sentence"] and said["sentence"].endswith("。") and "\n" not in said["sentence"]
    for word in words:
        assert word in said["sentence"]


def packed(path: Path, **parts: str | bytes) -> Path:
    """Write a small workbook with some of its parts replaced: sheet, strings."""
    made = io.BytesIO()
    write_xlsx(made, [["编号"], ["1"]])
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    replaced = {names[part]: content for part, content in parts.items()}
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, replaced.pop(name, source.read(name)))
        for name, content in replaced.items():
            out.writestr(name, content)
    return path


def ods(path: Path, rows: str, before: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        out.writestr("mimetype", kind, zipfile.ZIP_STORED)
        out.writestr("content.xml", ODS.format(before, rows))
        entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        out.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}">{entry}</manifest:manifest>'
        )
    return path


def cell(place: str, text: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize(("way", "said"), [("UPLOAD", 3000 * MB), ("COMMAND", COMMAND.unpacked - 1)])
def test_a_zip_bomb_is_refused_by_what_it_says_of_itself(tmp_path, way, said):
    path = packed(tmp_path / "a.xlsx")
    _replace_raw(path, "xl/worksheets/sheet1.xml", zlib.compress(b" ", 9), said)
    refused(path, "解压后超过上限", way=way)


@pytest.mark.parametrize("way", ["UPLOAD", "COMMAND"])
def test_a_header_that_lies_about_the_size_does_not_help(tmp_path, way):
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    sheet = b"".join([zeros.compress(b" " * MB) for _ in range(200)] + [zeros.flush()])
    path = packed(tmp_path / "a.xlsx")
    _replace_raw(path, "xl/worksheets/sheet1.xml", sheet, said=1000)
    assert sum(info.file_size for info in zipfile.ZipFile(path).infolist()) < MB
    refused(path, "倍以上", way=way)


def _replace_raw(path: Path, name: str, raw: bytes, said: int) -> None:
    """Put an already packed member into an archive in place of another, with a size of our choice in its headers."""
    with zipfile.ZipFile(path) as source:
        others = {n: source.read(n) for n in source.namelist() if n != name}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for other, content in others.items():
            out.writestr(other, content)
        out.writestr(zipfile.ZipInfo(name), raw)  # stored: the bytes are there as they are
        info = out.getinfo(name)
        info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, said
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as made:
        at = made.getinfo(name).header_offset
    struct.pack_into("<H", data, at + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<I", data, at + 22, said)
    path.write_bytes(data)


def test_a_workbook_that_unpacks_to_much_but_honestly_is_measured_by_its_real_size(tmp_path):
    path = packed(tmp_path / "a.xlsx", strings=os.urandom(2 * MB))
    few = Limits(file=10 * MB, unpacked=MB, html=MB, rows=10, cells=10, advice="请分开。")
    with pytest.raises(UserError, match="解压后超过上限1MB"):
        open_source(path, None, few)


def test_a_dimension_that_is_not_there_costs_nothing(tmp_path):
    everything = '<dimension ref="A1:XFD1048576"/>'
    path = packed(tmp_path / "a.xlsx", sheet=SHEET.format(everything, f'<row r="1">{cell("A1")}</row>'))
    assert read(path)["rows"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>',
        f'<row r="1">{cell("A1")}</row><row r="1048576"><c t="/>" s=">"   r = "XFD1048576"><v>1</v></c></row>',
        f'<row r="1048576">{cell("A1048576")}</row><row>{"<c><v>1</v></c>" * 16_384}</row>',
        f'<row r="1">{cell("ZZZZZZ1")}</row>',
        f'<row r="4000000000">{cell("A4000000000")}</row>',
        f'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1">{cell("XFD1048576")}</x:row>',
    ],
)  # fmt: skip
def test_a_cell_in_the_last_corner_is_refused(tmp_path, rows):
    refused(packed(tmp_path / "a.xlsx", sheet=SHEET.format("", rows)), "上限")


def test_styles_without_content_in_the_last_corner_do_not_count(tmp_path):
    rows = f'<row r="1">{cell("A1")}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert read(packed(tmp_path / "a.xlsx", sheet=SHEET.format("", rows)))["rows"] == 1


def test_one_long_text_in_many_cells_is_many_long_texts(tmp_path):
    strings = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"长" * 30_000}</t></si></sst>'
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_001))
    refused(packed(tmp_path / "a.xlsx", sheet=SHEET.format("", rows), strings=strings), "文字合计")


def test_entities_that_multiply_are_refused(tmp_path):
    strings = f"<?xml version='1.0'?>{LAUGHS}<sst><si><t>&k;</t></si></sst>"
    refused(packed(tmp_path / "a.xlsx", strings=strings), "损坏")
    row = '<table:table-row><table:table-cell office:value-type="string"><text:p>&k;</text:p></table:table-cell></table:table-row>'
    refused(ods(tmp_path / "a.ods", row, LAUGHS), "损坏")


def test_repetitions_of_an_opendocument_are_counted(tmp_path):
    text = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
    wide = text.format(' table:number-columns-repeated="16384"')
    many = f'<table:table-row table:number-rows-repeated="1048576">{wide}</table:table-row>'
    refused(ods(tmp_path / "a.ods", many), "文字合计")
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    rest = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    usual = f"<table:table-row>{text.format('')}{blank}</table:table-row>{rest}"
    assert read(ods(tmp_path / "b.ods", usual))["rows"] == 1


def test_the_old_binary_workbook_with_a_cell_in_a_corner(tmp_path):
    path = write_xls(tmp_path / "a.xls", [["编号"], [3.14159265]])
    data = path.read_bytes()
    number = struct.pack("<HHHH", 0x203, 14, 1, 0)
    assert data.count(number) == 1
    path.write_bytes(data.replace(number, struct.pack("<HHHH", 0x203, 14, 65535, 65535)))
    refused(path, "上限", way="COMMAND")


def test_the_old_binary_workbook_whose_chain_runs_in_a_circle(tmp_path):
    path = write_xls(tmp_path / "a.xls", [["编号"], *([f"{n}"] for n in range(3000))])
    data = bytearray(path.read_bytes())
    table_at = 512 * (struct.unpack_from("<I", data, 76)[0] + 1)
    links = [n for n in range(100) if struct.unpack_from("<I", data, table_at + 4 * n)[0] == n + 1]
    struct.pack_into("<I", data, table_at + 4 * links[-1], links[0])
    path.write_bytes(data)
    refused(path, "损坏")


def test_more_columns_than_a_spreadsheet_has(tmp_path):
    refused(write_text(tmp_path / "a.csv", [["x"] * (COLUMNS + 1)]), str(COLUMNS), "列", way="COMMAND")
    assert read(write_text(tmp_path / "b.csv", [["x"] * COLUMNS]))["rows"] == 1


def test_a_cell_of_fifty_million_characters(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('编号,内容\n1,"' + "长" * 50_000_000 + '"\n', "utf-8")
    refused(path, "一行超过")
    path.write_text('编号,内容\n1,"' + ("长" * 99 + "\n") * 500_000 + '"\n', "utf-8")
    refused(path, "一格超过")
    text = "x" * 50_000_000
    refused(packed(tmp_path / "b.xlsx", sheet=SHEET.format("", f'<row r="1">{cell("A1", text)}</row>')), "倍以上")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods", "html"])
def test_a_cell_longer_than_the_limit(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    long = "长" * (CELL_CHARACTERS + 1)
    if kind == "xlsx":
        packed(path, sheet=SHEET.format("", f'<row r="1">{cell("A1", long)}</row>'))
    else:
        WRITERS[kind](path, [["编号", "内容"], ["1", long]])
    refused(path, f"{CELL_CHARACTERS}字")


def test_a_page_whose_cells_span_everything(tmp_path):
    path = tmp_path / "a.xls"
    one = '<td colspan="100000" rowspan="100000">x</td>'
    path.write_text(f"<html><table><tr>{one}</tr><tr><td>y</td></tr></table></html>", "utf-8")
    assert read(path)["rows"] == 2
    path.write_text(f"<html><table>{f'<tr>{one * 20}</tr>' * 20_000}</table></html>", "utf-8")
    refused(path, "列")
    path.write_text(f"<html><table>{f'<tr>{one * 16}</tr>' * 20_000}</table></html>", "utf-8")
    refused(path, "列")


def test_a_page_in_a_page_in_a_page(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<html>" + "<div><table><tr><td>" * 200_000 + "x" + "</html>", "utf-8")
    said = read(path)
    assert said.get("rows", 0) < 10
    path.write_bytes(b"<html><table><tr><td>" + b"x" * (UPLOAD.html + 1))
    refused(path, "60MB", "另存")


def test_too_many_sheets_and_too_many_rows_are_told(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", {f"表{n}": [["编号"]] for n in range(UPLOAD.sheets + 1)})
    refused(path, f"{UPLOAD.sheets + 1}张表", "分成几个文件")
    path = tmp_path / "b.csv"
    path.write_text("编号\n" + "1\n" * UPLOAD.rows, "utf-8")
    refused(path, f"{UPLOAD.rows}行", "管理员")


def test_the_file_itself(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as out:
        out.truncate(UPLOAD.file + 1)
    refused(path, "500MB", "分成几个文件")


def test_the_command_line_takes_what_the_page_does_not_and_the_ordinary_takes_no_notice():
    for bound in ("file", "unpacked", "html", "rows", "cells"):
        assert getattr(COMMAND, bound) > getattr(UPLOAD, bound)
    assert COMMAND.rows >= 10_000_000
    assert (COMMAND.columns, COMMAND.cell_characters) == (UPLOAD.columns, UPLOAD.cell_characters)


def test_a_file_beyond_a_limit_publishes_nothing(tmp_path, store):
    lines = table(case("A-1"), case("A-2", 反映内容="长" * (CELL_CHARACTERS + 1)))
    path = write_text(tmp_path / "台账_20250930.csv", lines)
    with pytest.raises(UserError, match="第3行有一格"):
        take(store, path)
    assert not (store / "CURRENT").exists()
    assert not list(store.rglob("*.duckdb"))


def record(kind: int, body: bytes) -> bytes:
    """Write a record of an .xlsb: type and length in sevens of bits."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_a_binary_sheet_is_measured_however_it_is_cut(step):
    row, number = struct.pack("<I", 1_048_575), struct.pack("<II", 16_383, 0)
    before = record(129, b"") + record(37, b"x" * 300) + record(145, b"")
    sheet = before + record(0, row + b"\0" * 13) + record(2, number + b"\0" * 4)
    with pytest.raises(UserError, match="1048576行×16384列"):
        measure(sheet, step)
    measure(before + record(0, row + b"\0" * 13) + record(1, number), step)  # a blank with a style
    measure(before + record(146, b"") + record(0, row) + record(2, number), step)  # after the sheet's data
    measure(os.urandom(10_000), step)  # a picture


def measure(content: bytes, step: int) -> None:
    part = BinarySheet([], "a.xlsb", UPLOAD)
    for at in range(0, len(content), step):
        part.feed(content[at : at + step])
