"""Giants: cells of ten megabytes, sixteen thousand columns, a million empty rows, one text in every cell.

Each is imported in a process of its own, as the command line does it, with an end to its time and its addresses. What
is measured is the most memory that it had in use.
"""

import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import oldstrings
from data.errors import UserError
from data.extents import BinarySheet
from data.limits import UPLOAD, Limits
from data.reading import open_source
from tests.data.files import case, table, write_text, write_xls, write_xlsx

ROOT = Path(__file__).parents[2]
MB = 1 << 20
MEMORY, SECONDS = 900 * MB, 60
IMPORT = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from data import limits
from data.errors import UserError
from data.importing import import_files
from data.store import Store
from tests import peak
for name in sys.argv[2:]:
    path, said = Path(name), {}
    try:
        result = import_files([path], Store(Path(sys.argv[1])), limits=limits.UPLOAD)
        said = {"rows": result.rows_read, "kept": result.accepted + result.quarantined}
    except UserError as error:
        said = {"sentence": str(error)}
    said["memory"] = peak.memory()
    print(json.dumps({path.name: said}), flush=True)
"""
HEADING, ROW, OTHER = (",".join(map(str, row)) for row in table(case("A-001"), case("A-002")))
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def _long_cell(path: Path) -> None:
    write_text(path, table(case("A-001"), case("A-002", 反映内容="长" * (10 * MB // 3))))


def _long_cell_in_a_workbook(path: Path) -> None:
    _packed(path, SHEET.format(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 10 * MB}</t></is></c></row>'))


def _long_line(path: Path) -> None:
    path.write_text(f"{HEADING}\n{ROW}\n" + "x" * 30 * MB, "utf-8")


def _open_quote(path: Path) -> None:
    path.write_text(f'{HEADING}\n{ROW}\n"' + f"{OTHER}\n" * 400_000, "utf-8")


def _all_columns(path: Path) -> None:
    path.write_text("\n".join(f"{line}{',' * 16_374}" for line in [HEADING, ROW, *[OTHER] * 20]), "utf-8")


def _one_column_more(path: Path) -> None:
    path.write_text("\n".join(f"{line}{',' * 16_375}" for line in (HEADING, ROW)), "utf-8")


def _all_columns_in_a_workbook(path: Path) -> None:
    write_xlsx(path, [HEADING.split(",") + [""] * 16_373 + ["x"], [*ROW.split(","), *["x"] * 16_374]])


def _empty_rows(path: Path) -> None:
    path.write_text(f"{HEADING}\n{ROW}\n" + "\n" * 950_000 + f"{',' * 9}\n" * 50_000 + f"{OTHER}\n", "utf-8")


def _empty_rows_in_a_workbook(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 1_000_000))
    cells = [
        f'<row r="{at}">' + "".join(f'<c r="{chr(65 + c)}{at}" t="inlineStr"><is><t>{text}</t></is></c>' for c, text in enumerate(line.split(","))) + "</row>"
        for at, line in ((1, HEADING), (2, ROW), (1_000_000, OTHER))
    ]  # fmt: skip
    _packed(path, SHEET.format(cells[0] + cells[1] + rows + cells[2]))


def _packed(path: Path, sheet: str) -> None:
    write_xlsx(path, [["编号"], ["1"]])
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, part in parts.items():
            out.writestr(name, part)


# name → how it is made, and what the sentence says; the rows where it is read
GIANTS: dict[str, tuple[Callable[[Path], None], str | int]] = {
    "长格.csv": (_long_cell, "第3行有一格"),
    "长格.xlsx": (_long_cell_in_a_workbook, "第1行有一格"),
    "长行.csv": (_long_line, "有一行超过"),
    "引号.csv": (_open_quote, "引号没有成对"),
    "多列.csv": (_all_columns, 21),
    "多一列.csv": (_one_column_more, "16385列"),
    "多列.xlsx": (_all_columns_in_a_workbook, 1),
    "空行.csv": (_empty_rows, 2),
    "空行.xlsx": (_empty_rows_in_a_workbook, 2),
}


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured by the operating system only elsewhere")
def test_a_giant_is_refused_or_read_in_little_memory_and_time(tmp_path):
    for name, (make, _) in GIANTS.items():
        make(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, tmp_path / "store", *(tmp_path / name for name in GIANTS)],
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS * 4,
        check=False,
    )
    found = {name: said for line in done.stdout.splitlines() for name, said in json.loads(line).items()}
    assert list(found) == list(GIANTS), f"{done.returncode}: {done.stderr[-2000:]}"
    for name, (_, expected) in GIANTS.items():
        said = found[name]
        assert said["memory"] < MEMORY, (name, said)
        if isinstance(expected, int):
            assert said.get("rows") == said.get("kept") == expected, (name, said)
        else:
            assert expected in said.get("sentence", ""), (name, said)
            assert said["sentence"].endswith("。") and "\n" not in said["sentence"]


FEW = Limits(file=10 * MB, unpacked=MB, html=MB, rows=2000, cells=20_000, advice="请分开。")


def test_one_long_text_in_many_cells_of_an_old_workbook_is_many_long_texts(tmp_path):
    path = write_xls(tmp_path / "a.xls", [["长" * 30_000]] * 34)
    assert len(list(open_source(path, None, FEW).sheets[0].rows())) == 34
    path = write_xls(tmp_path / "b.xls", [["长" * 30_000]] * 36)
    with pytest.raises(UserError, match="文字合计"):
        open_source(path, None, FEW)


@pytest.mark.parametrize("size", [8, 37, 8224])
def test_the_lengths_of_texts_are_found_however_they_are_cut(size):
    """As a spreadsheet cuts them: a text's header whole, the rest of its characters behind a byte that says their width."""
    texts = ["编号", "x" * 300, "", "长" * 5000, "abc"]
    assert oldstrings.lengths(list(_cut(texts, size))) == [len(text) for text in texts]


def _cut(texts: list[str], size: int) -> Iterator[bytes]:
    piece = struct.pack("<II", len(texts), len(texts))
    for text in texts:
        wide = not text.isascii()
        if len(piece) + 5 > size:
            yield piece
            piece = b""
        piece += struct.pack("<HB", len(text), wide)
        for sign in text:
            encoded = sign.encode("utf-16-le" if wide else "latin-1")
            if len(piece) + len(encoded) > size:
                yield piece
                piece = bytes([wide])
            piece += encoded
    yield piece


def test_a_number_of_texts_that_cannot_be_is_damage():
    with pytest.raises(ValueError):
        oldstrings.lengths([struct.pack("<II", 1, 0x7FFFFFFF) + b"\0" * 300])


def record(kind: int, body: bytes) -> bytes:
    return bytes([kind, *([1] if kind > 127 else [])]) + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def test_one_long_text_in_many_cells_of_a_binary_workbook_is_many_long_texts():
    texts = BinarySheet([], "a.xlsb", FEW)
    long = "长" * 15_000
    texts.feed(_text_record(long) + b"\0" * 6)
    assert texts.strings == [len(long)]
    cells = [record(0, struct.pack("<III", n, 0, 0)) + record(7, struct.pack("<III", 0, 0, 0)) for n in range(100)]
    begin = record(145, b"")
    sheet = BinarySheet(texts.strings, "a.xlsb", FEW)
    sheet.feed(begin + b"".join(cells[:69]) + b"\0" * 6)
    assert sheet.pointers >= 68
    with pytest.raises(UserError, match="文字合计"):
        BinarySheet(texts.strings, "a.xlsb", FEW).feed(begin + b"".join(cells) + b"\0" * 6)


def _text_record(text: str) -> bytes:
    body = b"\0" + struct.pack("<I", len(text)) + text.encode("utf-16-le")
    size = len(body)
    return bytes([19, size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14]) + body


def test_many_sheets_are_bounded_together(tmp_path):
    """Each may be as large as that; all of them are in memory at once."""
    corner = [[""] * 9 for _ in range(1000)]
    corner[0][0] = corner[-1][-1] = "x"
    two = {"甲": corner, "乙": corner}
    assert len(open_source(write_xlsx(tmp_path / "a.xlsx", two), None, FEW).sheets) == 2
    with pytest.raises(UserError, match="合计占27000格"):
        open_source(write_xlsx(tmp_path / "b.xlsx", two | {"丙": corner}), None, FEW)


def test_the_page_takes_a_year_of_a_province():
    """What bounds a workbook must not refuse a real one: half a million rows of thirty columns in a few sheets."""
    UPLOAD.check_cells(500_000 * 30, "a.xlsx")
