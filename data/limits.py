"""How large a file may be, and the sentence for each bound that one goes beyond.

A file of a few kilobytes can unpack to gigabytes, or name a cell in the last corner of a sheet so that everything
before it is built in memory. Each bound is therefore held before anything is built. What the pages accept fits a
server that several people share; the command line takes the large files of a first import, and refuses only what no
export ever is. Columns, the length of a cell and the ratio of a zip bomb are the same for both.
"""

from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError

MB = 1 << 20
COLUMNS = 16_384  # of a spreadsheet
CELL_CHARACTERS = 100_000  # a spreadsheet keeps 32 767 of them
_ON_COMMAND = "请分成几个文件再导入。"
_ON_PAGE = "请分成几个文件上传，或请管理员在服务器上用 python -m data import 导入。"
_BROKEN = "请用 Excel 打开，只留下数据所在的表，另存后再导入。"


@dataclass(frozen=True)
class Limits:
    """The bounds of one way in. Sizes in bytes; cells: of all sheets, of each from its first to its last, blanks included.

    ratio: unpacked to packed, of a member that unpacks to more than ratio_from; html: a page is kept whole in memory.
    """

    file: int
    unpacked: int
    html: int
    rows: int
    cells: int
    advice: str
    ratio: int = 250
    ratio_from: int = 32 * MB
    members: int = 10_000
    sheets: int = 256
    columns: int = COLUMNS
    cell_characters: int = CELL_CHARACTERS

    def check_file(self, path: Path, name: str) -> None:
        """Raise UserError for a file that is too large to be looked into."""
        if (size := path.stat().st_size) > self.file:
            raise UserError(f"文件“{name}”有{_size(size)}，超过上限{_size(self.file)}，{self.advice}")

    def check_html(self, path: Path, name: str) -> None:
        """Raise UserError for a page that would take too much memory."""
        if (size := path.stat().st_size) > self.html:
            raise UserError(
                f"网页表格“{name}”有{_size(size)}，超过上限{_size(self.html)}，请用 Excel 打开后另存为 .xlsx 再导入。"
            )

    def check_unpacked(self, size: int, name: str) -> None:
        """Raise UserError for what is packed small and unpacks to too much."""
        if size > self.unpacked:
            raise UserError(f"文件“{name}”解压后超过上限{_size(self.unpacked)}，没有读取；{self.advice}")

    def check_ratio(self, size: int, packed: int, name: str) -> None:
        """Raise UserError for a member that unpacks to so many times its size that it can be no table."""
        if size > self.ratio_from and size > self.ratio * max(packed, 1):
            raise UserError(
                f"文件“{name}”解压后是原来的{self.ratio}倍以上，不像正常的表格，没有读取；请重新导出，或用 Excel 打开另存。"
            )

    def check_members(self, many: int, name: str) -> None:
        """Raise UserError for an archive of too many parts."""
        if many > self.members:
            raise UserError(
                f"文件“{name}”里有{many}个部件，超过上限{self.members}个，不像正常的表格；请用 Excel 打开另存。"
            )

    def check_sheets(self, many: int, name: str) -> None:
        """Raise UserError for too many sheets."""
        if many > self.sheets:
            raise UserError(f"文件“{name}”有{many}张表，超过上限{self.sheets}张，请分成几个文件再导入。")

    def check_area(self, rows: int, columns: int, name: str) -> None:
        """Raise UserError for a sheet whose last cell is too far from its first."""
        self.check_columns(columns, name)
        self.check_rows(rows, name)
        if rows * columns > self.cells:
            raise UserError(
                f"文件“{name}”有一张表占{rows}行×{columns}列，超过上限{self.cells}格；若数据没有这么多，{_BROKEN}"
            )

    def check_cells(self, cells: int, name: str) -> None:
        """Raise UserError for sheets that are too much together: all of a workbook are in memory at once."""
        if cells > self.cells:
            raise UserError(f"文件“{name}”各张表合计占{cells}格，超过上限{self.cells}格；若数据没有这么多，{_BROKEN}")

    def check_columns(self, columns: int, name: str) -> None:
        """Raise UserError for too many columns."""
        if columns > self.columns:
            raise UserError(f"文件“{name}”有{columns}列，超过上限{self.columns}列，多半是分隔符错位；请重新导出。")

    def check_rows(self, rows: int, name: str) -> None:
        """Raise UserError for too many rows."""
        if rows > self.rows:
            raise UserError(f"文件“{name}”超过上限{self.rows}行，{self.advice}")

    def check_cell(self, characters: int, name: str, row: int) -> None:
        """Raise UserError for a cell that is too long. row: its row as the user sees it, from 1."""
        if characters > self.cell_characters:
            raise UserError(
                f"文件“{name}”第{row}行有一格超过{self.cell_characters}字，多半是引号没有成对；请改正后再导入。"
            )

    def check_text(self, characters: int, name: str) -> None:
        """Raise UserError for a workbook whose cells repeat long texts until they fill the memory."""
        if characters > self.unpacked:
            raise UserError(f"文件“{name}”各格的文字合计超过{_size(self.unpacked)}，没有读取；{self.advice}")


COMMAND = Limits(
    file=20 * 1024 * MB, unpacked=4096 * MB, html=300 * MB, rows=50_000_000, cells=100_000_000, advice=_ON_COMMAND
)
UPLOAD = Limits(
    file=500 * MB, unpacked=800 * MB, html=60 * MB, rows=2_000_000, cells=20_000_000, advice=_ON_PAGE
)  # fmt: skip


def _size(size: int) -> str:
    return f"{size / (1024 * MB):.1f}GB" if size >= 1024 * MB else f"{max(size / MB, 0.1):.0f}MB"
