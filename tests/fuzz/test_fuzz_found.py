"""What the fuzzing has found, made small: each was lost, or told badly, once. See tests/fuzz/found/."""

import struct
import zipfile
from pathlib import Path

import pytest

from data.importing import import_files
from data.store import Store
from tests.data.files import write_ods, write_xls
from tests.fuzz.judge import AS_OF, Judge, Made

FOUND = Path(__file__).parent / "found"
CASES = {f"A-00{n}" for n in range(1, 6)}
# file → the numbers in it, the rows that are to be read, what the refusal or the remark says
KEPT: dict[str, tuple[set[str], int, str]] = {
    "表头在中间.csv": (CASES, 3, "第1行至第2行在表头之上，像是数据（2行），未读取"),
    "引号没有成对.csv": (CASES, 0, "第3行的引号没有成对"),
    "引号错位.csv": (CASES, 0, "第3行的引号没有成对"),
    "活动里的合计.csv": ({"YP-2025-01", "YP-2025-02"}, 2, ""),
    "表头有换行.csv": (set(), 0, "编 号甲、时 间、" + "x" * 40 + "；"),
}


def test_every_file_that_was_kept_is_tried():
    assert {path.name for path in FOUND.iterdir()} == set(KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_what_was_found_stays_mended(judge: Judge, store: Path, name):
    numbers, rows, said = KEPT[name]
    verdict = judge.judge(Made(FOUND / name, name, numbers))
    assert verdict.problems == []
    assert verdict.rows_read == rows and bool(verdict.refused) == (not rows)
    if not rows:
        assert said in verdict.refused
        return
    result = import_files([FOUND / name], Store(store), as_of=AS_OF)
    assert said in " ".join(result.notes)
    assert result.warnings["W19"] == bool(said)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the folder of a store that does not exist yet."""
    return tmp_path / "store"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_hidden_rows_are_told_in_every_kind_of_workbook(tmp_path, store, kind):
    lines = [line.split(",") for line in (FOUND / "引号没有成对.csv").read_text("utf-8").replace('"', "").splitlines()]
    path = tmp_path / f"台账.{kind}"
    (write_xls if kind == "xls" else write_ods)(path, lines)
    _hide(path, kind)
    result = import_files([path], Store(store), as_of=AS_OF)
    assert result.warnings["W14"] == 1 and result.rows_read == 5
    assert "有1行隐藏的行" in " ".join(note for file in result.files for note in file.notes)


def _hide(path: Path, kind: str) -> None:
    """Hide the third row of a workbook."""
    if kind == "xls":
        data = bytearray(path.read_bytes())
        at = data.index(struct.pack("<HHH", 0x208, 16, 2))
        data[at + 4 + 12] |= 0x20
        path.write_bytes(data)
        return
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    row = b"<table:table-row>"
    pieces = parts["content.xml"].split(row)
    parts["content.xml"] = (
        row.join(pieces[:3]) + b'<table:table-row table:visibility="collapse">' + row.join(pieces[3:])
    )
    with zipfile.ZipFile(path, "w") as out:
        for name, part in parts.items():
            out.writestr(name, part)
