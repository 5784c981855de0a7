"""By columns and row by row: the same rows, problems, counts and quarantine, whatever stands in the cells."""

import os
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from data.bulk import blocks, stream
from data.bulk.mapper import ColumnMapper
from data.layouts import Layout
from data.mapping import Mapper
from data.opening import open_file
from data.profiles import load_profiles
from data.reference import Reference
from data.schema import table_columns
from data.store import Store
from tests.data.files import case, table, take, write_text

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
SECRET = b"a key of 32 bytes for tests only"
MANY = 240
SEEDS = int(os.environ.get("BULK_SEEDS", "2"))  # more of them by command
# What goes wrong in cells: half of it must make a remark or a quarantined row, the other half must not.
CELLS = [
    "", " ", "无", "-", "\u200b", "\ufffd", "未知的", "１２３", "2025/3/1", "2025-03-28 10:11", "2025年3月28日", "7.4", "20250328", "2025-02-30",
    "2031-01-01", "1980-01-01", "45000.5", "2.30704E+17", "230704420000020365", "420281198001011234", "A-1", "A-1", "张三丰", "王五", "匿名",
    "13812345678", "0714-6512345", "138****1234", "张三丰 13812345678", "家住3栋2单元501室", "我叫张三丰，电话13812345678", "大冶市分局",
    "下陆分局、西塞山区分局", "下陆分局", "市城管委", "已办结", "办理中", "未受理", "满意", "不满意", "0", "3", "是", "否", "√", "大气", "噪声、水", "恶臭异味",
    "油烟 大气", "=\"007\"", "'007", "合计", "共3件", "小计：5", "制表人：某某", "a'b", 'say "x"', "back\\slash", "tab\tin", "line\nbreak", "é", "（住址略）",
    "114.5", "30.2", "1e3", "nan", "99999", "３０.２", "全国平台", "电话", "12345热线", "李丽女士反映", "鄂B12345", "联系人李建国", "a@b.cn", "热线-240708-000123",
    "热线-241301-000123", "D3HB202405250066", "微信号abc12345", "铁山分局", "开发区•铁山区分局", "x" * 300, "路" * 200,
]  # fmt: skip


def sheets() -> Iterator[tuple[str, Layout, list[list[str]], datetime]]:
    """Give every sheet of the samples that can be mapped by columns."""
    store = Store(SAMPLES / "none")
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix not in (".csv", ".xlsx", ".xls"):
            continue
        opened = open_file(path, path.name, load_profiles(store), False, None)
        for number, (sheet, layout) in enumerate(opened.tables):
            if ColumnMapper.fits(mapper_of(layout, opened.as_of)):
                yield (
                    f"{layout.profile.name}-{number}",
                    layout,
                    list(sheet.rows())[layout.first_row - 1 :],
                    opened.as_of,
                )


def mapper_of(layout: Layout, as_of: datetime) -> Mapper:
    return Mapper(layout, Reference(), SECRET, as_of)


SHEETS = list(sheets())


def spoilt(rows: list[list[str]], chance: random.Random) -> list[list[str]]:
    """Return some of the rows, cells of them replaced, swapped, cut and doubled."""
    rows = [list(row) for row in chance.sample(rows, min(MANY, len(rows)))]
    for row in rows:
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
            place = chance.randrange(len(row))
            match chance.randrange(6):
                case 0 | 1 | 2:
                    row[place] = chance.choice(CELLS)
                case 3:
                    row[place] += chance.choice(CELLS)
                case 4:
                    other = chance.randrange(len(row))
                    row[place], row[other] = row[other], row[place]
                case 5:
                    row[place] = chance.choice(chance.choice(rows) or [""])
        if not chance.randrange(40):
            row.extend(chance.choice((["zu viel"], [""])))
        if not chance.randrange(40):
            del row[chance.randrange(len(row)) :]
    return rows


def by_rows(mapper: Mapper, rows: list[list[str]]) -> dict[int, tuple]:
    found = {}
    for number, cells in enumerate(rows):
        if not mapper.layout.is_decoration(cells):
            row = mapper.map(cells, number)
            values = {name: row.values.get(name) for name in table_columns("cases")}
            found[number] = values, row.problems, row.cells, row.quarantine_id
    return found


def by_columns(mapper: Mapper, rows: list[list[str]]) -> tuple[dict[int, tuple], int]:
    """Return the rows, and how many of them were mapped by columns."""
    mapped = stream.Work(mapper).map(stream.piece_of(rows, len(mapper.layout.headings)))
    found = {}
    for row in mapped.table.to_pylist():
        if not row.pop("is_kept"):
            continue
        number = row.pop("row_no")
        assert row.pop("case_key") == f"{row['source']}|{row['case_no']}"
        found[number] = {name: row.get(name) for name in table_columns("cases")}, [], {}, ""
    for row in mapped.rows:
        assert row.row_no not in found
        values = {name: row.values.get(name) for name in table_columns("cases")}
        found[row.row_no] = values, row.problems, row.cells, row.quarantine_id
    assert mapped.many == len(rows)
    return found, mapped.kept


@pytest.mark.parametrize("name,layout,rows,as_of", SHEETS, ids=[name for name, *_ in SHEETS])
def test_both_ways_find_the_same_in_the_samples(monkeypatch, name, layout, rows, as_of):
    monkeypatch.setattr(stream, "FEW", 0)
    found, many = by_columns(mapper_of(layout, as_of), rows)
    assert found == by_rows(mapper_of(layout, as_of), rows)
    assert many > 0.85 * len(found), "or it would not be worth it"


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name,layout,rows,as_of", SHEETS, ids=[name for name, *_ in SHEETS])
def test_both_ways_find_the_same_in_whatever_was_done_to_them(monkeypatch, name, layout, rows, as_of, seed):
    monkeypatch.setattr(stream, "FEW", 0)
    changed = spoilt(rows, random.Random(f"{name}{seed}"))
    found, many = by_columns(mapper_of(layout, as_of), changed)
    assert found == by_rows(mapper_of(layout, as_of), changed)
    assert many > 10


def taken(folder: Path, path: Path) -> tuple[dict, list[list[tuple]]]:
    """Return what an import says, and everything that it stored."""
    folder.mkdir()
    (folder / "secret.key").write_bytes(SECRET)
    result = take(folder, path, as_of=datetime(2025, 9, 30)).as_json()
    result.pop("version")
    reader = Store(folder).reader()
    tables = [
        reader.query("SELECT * FROM cases ORDER BY case_key"),
        reader.query("SELECT * FROM warnings ORDER BY ALL"),
        reader.query("SELECT * FROM quarantine ORDER BY ALL"),
    ]
    return result, tables


def exported(chance: random.Random, many: int) -> list[list[object]]:
    """Return a ledger in which one row in twelve has a cell that is wrong, or odd."""
    rows = []
    for number in range(many):
        row = case(f"A-{number:05d}", 反映内容="夜间有异味，" + chance.choice(CELLS), 联系电话=f"139{number:08d}")
        row["信访人"] = chance.choice(("李丽", "王强军", ""))
        if not chance.randrange(12):
            heading = chance.choice(("责任分局", "登记时间", "办理状态", "污染类型", "信访件编号"))
            row[heading] = chance.choice(CELLS)
        rows.append(row)
    return table(*rows)


EXPORTS = {
    "utf-8": lambda rows: rows,
    "utf-8-sig": lambda rows: [["演示 导出时间：2025-09-30"], *rows],
    "gb18030": lambda rows: rows,
}


@pytest.mark.parametrize("encoding", EXPORTS)
@pytest.mark.parametrize("helped", [False, True])
def test_a_file_in_blocks_and_by_rows(tmp_path, monkeypatch, encoding, helped):
    rows = EXPORTS[encoding](exported(random.Random(encoding), 1500))
    path = write_text(tmp_path / "台账.csv", [[str(c).replace("\ufffd", "？") for c in row] for row in rows], encoding)
    with monkeypatch.context() as patched:
        patched.setattr(stream, "FEW", 1 << 40)
        slow = taken(tmp_path / "slow", path)
    monkeypatch.setattr(stream, "SMALL_FILE", 0)
    monkeypatch.setattr(blocks, "BLOCK", 70_000)
    monkeypatch.setattr(stream, "LARGE_FILE", 0 if helped else 1 << 40)
    read = []
    monkeypatch.setattr(stream, "parse", lambda *told: read.append(1) or blocks.parse(*told))
    assert taken(tmp_path / "quick", path) == slow
    assert len(read) >= (1 if helped else 3), "it was not read in blocks"
    assert slow[0]["rows_read"] > 1400 and slow[0]["quarantined"] > 10 and slow[0]["warnings"]
