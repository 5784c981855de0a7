"""A file of delimited text, read row by row as csv.reader has it, from its beginning or from any row's beginning."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError
from data.limits import CELL_CHARACTERS, Limits

csv.field_size_limit(CELL_CHARACTERS)
_LONGEST_LINE = 20_000_000  # characters; beyond it nothing says where a line ends
GUARDS = ("=", "'", "`", "’", '"')


@dataclass(frozen=True)
class TextFile:
    """One opened file of text. `name` is what messages call it."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    limits: Limits

    def rows(self, begin: int = 0, number: int = 1) -> Iterator[list[str]]:
        """Yield the rows from a place in the file on. number: that of the first of them, as the user sees it."""
        encoding = "utf-8" if begin and self.encoding == "utf-8-sig" else self.encoding
        with self.path.open("rb") as raw:
            raw.seek(begin)
            opened = io.TextIOWrapper(raw, encoding)  # any line ending, the old Macintosh's too
            lines = _Remembered(self._lines(opened))
            reader = csv.reader(lines, delimiter=self.delimiter)
            try:
                for at, row in enumerate(reader, number):
                    if len(lines.since) > 1 and not _is_well_quoted(lines.since, self.delimiter):
                        raise UserError(
                            f"文件“{self.name}”第{at}行的引号没有成对，后面{len(lines.since) - 1}行文字连成了一格；请改正引号，或用 Excel 另存为 .xlsx 后再导入。"
                        )
                    lines.since.clear()
                    if len(row) > self.limits.columns:
                        self.limits.check_columns(len(row), self.name)
                    if at > self.limits.rows:
                        self.limits.check_rows(at, self.name)
                    yield [unguard(cell) if cell[:1] in GUARDS else cell for cell in row]
            except csv.Error as error:
                if "field limit" in str(error):
                    self.limits.check_cell(CELL_CHARACTERS + 1, self.name, reader.line_num)
                raise UserError(
                    f"文件“{self.name}”的分列有误（{error}），请用 Excel 另存为 .xlsx 后再导入。"
                ) from error

    def _lines(self, opened: io.TextIOWrapper) -> Iterator[str]:
        """Yield the lines without NUL characters. Raises UserError for a line that would fill the memory."""
        while line := opened.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise UserError(
                    f"文件“{self.name}”有一行超过{_LONGEST_LINE}字，多半不是表格；请改用 Excel 另存为 .xlsx 后再导入。"
                )
            yield line.replace("\0", "")


class _Remembered:
    """Lines on their way to csv.reader. since: those that were taken since it was last cleared."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.since: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.since.append(line)
            yield line


def _is_well_quoted(lines: list[str], delimiter: str) -> bool:
    """Tell whether a row of several lines is one: a quote that is never closed makes one cell of all rows after it."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def unguard(cell: str) -> str:
    """Take off what exports put around a number so that a spreadsheet leaves it alone: ="007", '007, "007"."""
    bare = cell.removeprefix("=")
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        return bare[1:-1]
    return cell[1:] if cell[:1] in ("'", "`", "’") and cell[1:].isalnum() else cell
