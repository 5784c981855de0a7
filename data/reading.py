"""Files as they come, read as rows of text and nothing else.

Everything is text first, so that an 18-digit case number survives. A number that a spreadsheet already holds as a
number and that has more digits than it can keep comes out in scientific notation, the mark by which the rules know it.
What a file is, its first bytes say, not its name: "xls" files are BIFF, zip or HTML.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import lxml.html
import python_calamine

from data import compound, unpacking
from data.errors import UserError
from data.limits import COMMAND, Limits
from data.textfile import TextFile

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
_NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")
_ENCODINGS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass
class Sheet:
    """One table of a file. `rows()` starts anew at each call; row numbers are those that the user sees, from 1."""

    name: str | None
    rows: Callable[[], Iterator[list[str]]]
    merged: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    hidden_rows: int = 0
    text: TextFile | None = None  # of a file of text: what can be read in blocks

    def filled_rows(self) -> Iterator[list[str]]:
        """Yield the rows with every cell that is merged downward repeated in the rows it covers."""
        begins: dict[int, list[tuple[int, int]]] = {}  # row → the column and the last row of what is merged from there
        for first_row, column, last_row, _ in self.merged:
            if last_row > first_row:
                begins.setdefault(first_row, []).append((column, last_row))
        covering: dict[int, tuple[int, str]] = {}  # column → the last row that is covered, and the text
        for number, row in enumerate(self.rows()):
            for column, (last_row, text) in list(covering.items()):
                if number > last_row:
                    del covering[column]
                elif column < len(row) and not row[column]:
                    row[column] = text
            for column, last_row in begins.get(number, ()):
                covering[column] = (last_row, row[column] if column < len(row) else "")
            yield row


@dataclass
class Source:
    """One opened file."""

    path: Path
    format: str  # csv, tsv, xlsx, xls, ods, html
    encoding: str | None
    sheets: list[Sheet]
    from_1904: bool = False


def open_source(path: Path, name: str | None = None, limits: Limits = COMMAND) -> Source:
    """Open a file of any supported kind. `name` is what messages call it.

    Raises UserError in words for all others, and for what goes beyond the limits: here, or while its rows are read.
    """
    name = name or path.name
    if not path.is_file():
        raise UserError(f"找不到文件“{name}”，请核对路径。")
    limits.check_file(path, name)
    with path.open("rb") as opened:
        head = opened.read(4096)
    if not head.strip(b"\0 \r\n\t"):
        raise UserError(f"文件“{name}”是空的，请重新导出。")
    if head.startswith(_NOT_TABLES):
        raise UserError(f"文件“{name}”不是表格，请确认导出的是 Excel 或 CSV 文件。")
    try:
        if head.startswith((_OLE, _ZIP)):
            return _open_workbook(path, name, head, limits)
    except python_calamine.PasswordError as error:
        raise UserError(f"文件“{name}”设了打开密码，请在 Excel 里去掉密码后另存，再导入。") from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise UserError(f"文件“{name}”不是能读的表格，或已损坏，请用 Excel 打开另存为 .xlsx 后再导入。") from error
    return _open_text(path, name, head, limits)


def _open_workbook(path: Path, name: str, head: bytes, limits: Limits) -> Source:
    if head.startswith(_OLE):
        data, kind = path.read_bytes(), "xls"
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UserError(f"文件“{name}”设了打开密码，请在 Excel 里去掉密码后另存，再导入。")
        seen = compound.look_through(data, name, limits)
    else:
        seen = unpacking.look_through(path, name, limits)  # before all of it is read into memory
        data, kind = path.read_bytes(), "ods" if b"opendocument.spreadsheet" in head[:120] else "xlsx"
    # From its bytes: with a path, calamine would believe the ending of the name.
    with _panics_are_damage():
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        limits.check_sheets(len(book.sheet_names), name)
        found = [book.get_sheet_by_index(index) for index in range(len(book.sheet_names))]
    sheets = []
    for index, (title, sheet) in enumerate(zip(book.sheet_names, found, strict=True)):
        merged = [(a[0], a[1], b[0], b[1]) for a, b in sheet.merged_cell_ranges or ()]
        sheets.append(Sheet(title, _workbook_rows(sheet, name, limits), merged, seen.hidden.get(index, 0)))
    return Source(path, kind, None, sheets, seen.from_1904)


@contextmanager
def _panics_are_damage() -> Iterator[None]:
    """Make a ValueError of what calamine gives up with: no Exception, so nothing else would catch it."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError("damaged workbook") from error
        raise


def _workbook_rows(
    sheet: python_calamine.CalamineSheet, name: str, limits: Limits
) -> Callable[[], Iterator[list[str]]]:
    before = [""] * (sheet.start[1] if sheet.start else 0)  # columns: it gives the blank rows above, not these

    def rows() -> Iterator[list[str]]:
        for number, row in enumerate(sheet.iter_rows(), 1):  # one at a time: a heading is found without the rest
            if row.count("") == len(row):  # a sheet may have a million of them
                yield [*before, *row]
                continue
            texts = [*before, *(cell if isinstance(cell, str) else _cell_text(cell) for cell in row)]
            if (longest := max(map(len, texts), default=0)) > limits.cell_characters:
                limits.check_cell(longest, name, number)
            yield texts

    return rows


def _cell_text(cell: object) -> str:
    """Return a cell's text; a number with more digits than a spreadsheet keeps comes in scientific notation."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, (int, float)):
        if isinstance(cell, float) and not cell.is_integer():
            return repr(cell)
        return str(int(cell)) if abs(cell) < 10**_EXACT_DIGITS else f"{cell:.14E}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _open_text(path: Path, name: str, head: bytes, limits: Limits) -> Source:
    encoding = detect_encoding(path, name, head)
    start = head.decode(encoding, "ignore").lstrip("\ufeff \r\n\t").lower()
    if start.startswith(("<html", "<!doctype html", "<table", "<meta", "<head", "<?xml")) and "<" in start:
        limits.check_html(path, name)
        return _open_html(path, name, encoding, limits)
    delimiter = _delimiter(path, encoding)

    text = TextFile(path, name, encoding, delimiter, limits)
    return Source(path, "tsv" if delimiter == "\t" else "csv", encoding, [Sheet(None, text.rows, text=text)])


def detect_encoding(path: Path, name: str, head: bytes) -> str:
    """Return utf-8-sig, utf-16, utf-8 or gb18030: the first that reads the whole file. Raises UserError when none does."""
    for encoding, mark in _ENCODINGS:
        if head.startswith(mark):
            if _reads(path, encoding):
                return encoding
            raise UserError(f"文件“{name}”的文字编码中途损坏，请重新导出。")
    if b"\0" in head:
        raise UserError(f"文件“{name}”不是文本、Excel 或网页表格，请确认导出的是表格文件。")
    for encoding in ("utf-8", "gb18030"):
        if _reads(path, encoding):
            return encoding
    raise UserError(f"文件“{name}”的文字编码无法识别（不是 UTF-8 也不是 GB18030），请用 Excel 另存为 .xlsx 后再导入。")


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as opened:
            while block := opened.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """Return the separator that splits the first lines into the most columns, the most evenly."""
    with path.open(encoding=encoding) as opened:
        start = opened.read(1 << 16)
    best = (0.0, ",")
    for delimiter in (",", "\t", ";"):
        widths = [len(row) for row in csv.reader(io.StringIO(start), delimiter=delimiter) if row][:50]
        common = max(set(widths), key=widths.count, default=1)
        score = (common - 1) * widths.count(common) / max(len(widths), 1)
        best = max(best, (score, delimiter), key=lambda item: item[0])
    return best[1]


def _open_html(path: Path, name: str, encoding: str, limits: Limits) -> Source:
    """Read the innermost tables of a page; pandas.read_html would turn 007 into 7."""
    document = lxml.html.document_fromstring(
        path.read_text(encoding).encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    found = [table for table in document.iter("table") if table.find(".//table") is None]
    if not found:
        raise UserError(f"网页文件“{name}”里没有表格，请重新导出。")
    limits.check_sheets(len(found), name)
    tables = [_html_sheet(table, name, limits) for table in found]
    many = len(tables) > 1
    sheets = [
        Sheet(f"表{n}" if many else None, lambda rows=rows: (list(row) for row in rows), merged)
        for n, (rows, merged) in enumerate(tables, 1)
    ]
    return Source(path, "html", encoding, sheets)


def _html_sheet(
    table: lxml.html.HtmlElement, name: str, limits: Limits
) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    """Return the rows of a table and its merged ranges; a cell that spans stands in its first place only."""
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int, int]] = []
    taken: dict[int, int] = {}  # column → how many further rows a cell above still covers
    widest = 0
    for line in table.iter("tr"):
        row: list[str] = []
        for cell in line.iterchildren("td", "th"):
            while taken.get(len(row), 0):
                taken[len(row)] -= 1
                row.append("")
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            if across > 1 or down > 1:
                merged.append((len(rows), len(row), len(rows) + down - 1, len(row) + across - 1))
            limits.check_columns(len(row) + across, name)
            text = cell.text_content().strip()
            limits.check_cell(len(text), name, len(rows) + 1)
            for offset in range(across):
                taken[len(row)] = down - 1
                row.append("" if offset else text)
        while taken.get(len(row), 0):
            taken[len(row)] -= 1
            row.append("")
        rows.append(row)
        widest = max(widest, len(row))
        limits.check_area(len(rows), widest, name)
    return rows, merged


def _span(cell: lxml.html.HtmlElement, kind: str) -> int:
    text = cell.get(kind, "1").strip()
    return min(max(int(text), 1), 1000) if text.isdigit() else 1
