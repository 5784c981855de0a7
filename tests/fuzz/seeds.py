"""What the fuzzing begins with: a few rows of every kind of export, from the samples, and a ledger full of invented people."""

import csv
import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import openpyxl
import python_calamine

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
PLATFORM = "全国平台举报明细_三季度_演示_20250930_1800.xlsx"
HOTLINE = "12345热线工单_演示_20251031_1800.csv"
LEDGER = "本局信访台账_演示_20251031_1800.xls"
INSPECTION = "督察交办_演示_20251031_1800.ods"
LETTERS = "督办函台账_演示_20251031_1800.xlsx"
MANY = 16  # rows of each
PHONES = [f"199000{n:05d}" for n in range(20001, 20001 + MANY)]
NAMES = [
    f"欧阳{a}{b}" for a, b in zip("嬅璕嫚婳翀焜琤璟垚昉旻晔珺瑄璠瓒", "璕嫚婳翀焜琤璟垚昉旻晔珺瑄璠瓒嬅", strict=True)
]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int) -> str:
    """Return an ID number that is nobody's and whose check digit is right."""
    begin = f"4202811980{1 + serial % 12:02d}15{serial % 1000:03d}"
    return begin + "10X98765432"[sum(int(d) * w for d, w in zip(begin, _WEIGHTS, strict=True)) % 11]


ID_NUMBERS = [id_number(900 + n) for n in range(MANY)]


@dataclass(frozen=True)
class Seed:
    """Rows as they stand in a sheet. heading: the place of the heading row; number: the column of the case's number."""

    name: str
    rows: list[list[object]]
    heading: int
    number: int
    merged: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> set[str]:
        """The numbers of its cases, as far as a total or a title cannot be taken for one."""
        found = (str(row[self.number] or "") for row in self.rows[self.heading + 1 :] if len(row) > self.number)
        return {text for text in found if len(text) > 4 and any(c.isdigit() for c in text) and text.isascii()}


@lru_cache(maxsize=1)
def seeds() -> list[Seed]:
    """Return all of them."""
    book = openpyxl.load_workbook(SAMPLES / PLATFORM)
    letters = openpyxl.load_workbook(SAMPLES / LETTERS)
    hotline = list(csv.reader(io.StringIO((SAMPLES / HOTLINE).read_bytes().decode("gb18030"))))
    return [
        _seed("平台", [list(row) for row in book.worksheets[0].values], "举报编号"),
        _seed("热线", hotline, "工单编号"),
        _seed("台账", _calamine(LEDGER), "信访件编号"),
        _seed("督察", _calamine(INSPECTION), "受理编号"),
        _seed("督办", [list(row) for row in letters.worksheets[0].values], "督办编号"),
        _seed("人", people(), "信访件编号"),
    ]


def _calamine(name: str) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_path(SAMPLES / name).get_sheet_by_index(0).to_python()


def _seed(name: str, rows: list[list[object]], number: str) -> Seed:
    """Cut a table short: what is above the heading, some rows, and its end."""
    rows = [["" if cell is None else cell for cell in row] for row in rows]
    heading = next(at for at, row in enumerate(rows) if any(number in str(cell) for cell in row))
    column = next(at for at, cell in enumerate(rows[heading]) if number in str(cell))
    begin, end = rows[: heading + 1 + MANY], rows[max(heading + 1 + MANY, len(rows) - 2) :]
    return Seed(name, [*begin, *end], heading, column)


def people() -> list[list[object]]:
    """Return a ledger in which everybody's name, telephone, ID number and address stands, in texts too."""
    rows: list[list[object]] = [
        ["信访件编号", "责任分局", "登记时间", "受理时间", "办结时间", "办理状态", "渠道", "污染类型", "满意度", "信访人", "联系电话",
         "身份证号", "信访人住址", "反映内容", "办理结果"]
    ]  # fmt: skip
    for n, (name, phone, number) in enumerate(zip(NAMES, PHONES, ID_NUMBERS, strict=True)):
        content = (
            f"{name}反映：夜间有异味，“很呛”，\n电话{phone}" if n % 3 else f'我叫{name}，说"气味大"，身份证{number}'
        )
        rows.append(
            [f"RX-2025{n:05d}", "下陆区分局", f"2025-03-{n + 1:02d}", "2025-04-05", "", "办理中", "电话", "大气", "", name, phone,
             number, f"演示路{n}号演示小区3栋{n}单元", content, f"已答复{name}（{phone}）"]
        )  # fmt: skip
    return rows
