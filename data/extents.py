"""How far the cells of a sheet reach, read from the parts of a workbook as they are unpacked, without keeping them.

The reader of workbooks keeps a block from the first filled cell to the last, and gives the rows from the first of all:
what counts is the last filled row times the last filled column. Cells that have a style but no content do not count,
as there. A place that is not written follows from the one before.
"""

import re
from collections.abc import Sequence
from xml.parsers import expat

from data.limits import Limits

_CONTROLS = bytes(b if b in b"\t\n\r" or b >= 32 else 32 for b in range(256))  # some exports have them; expat does not
_ROOTS = {
    "worksheet": "worksheet",
    "sst": "sst",
    "workbook": "workbook",
    "document-content": "ods",
    "document": "ods",
}
_PLACE = re.compile(r"([A-Za-z]{0,40})(\d{1,40})")
_VALUES = ("v", "is", "f")


class XmlPart:
    """One XML part of a workbook. strings: the lengths of the texts that cells of this book may point to."""

    def __init__(self, strings: Sequence[int], name: str, limits: Limits) -> None:
        self.kind = ""
        self.hidden_rows = 0
        self.hidden: list[int] = []  # of an OpenDocument: by sheet
        self.cells = 0  # of all sheets in this part, from the first of each to its last
        self.from_1904 = False
        self.strings: list[int] = []
        self._known, self._name, self._limits = strings, name, limits
        self._longest = max(strings, default=0)
        self._depth = 0
        self._row = self._column = -1
        self._last_row = self._last_column = -1
        self.text = self._text = self._characters = 0
        self._is_text, self._points = False, False
        self._digits = ""
        self._repeat = self._row_repeat = 1
        self._filled_in_row = -1
        self._sheets = self._before = 0
        self._is_hidden = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._root

    def feed(self, block: bytes) -> None:
        """Take the next block. Raises ValueError for what is no XML, UserError for what goes beyond the limits."""
        if self.kind == "other":
            return
        try:
            self._parser.Parse(block.translate(_CONTROLS) if b"\0" not in block[:4] else block, False)
        except expat.ExpatError as error:
            self._give_up(error)

    def close(self) -> None:
        """Take the end."""
        if self.kind == "other":
            return
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            self._give_up(error)

    def _give_up(self, error: expat.ExpatError) -> None:
        if self.kind in ("worksheet", "sst", "ods", ""):
            raise ValueError("damaged part") from error
        self.kind = "other"

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type in a workbook")

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        self.kind = _ROOTS.get(_local(tag), "other")
        parser = self._parser
        if self.kind == "other":
            parser.StartElementHandler = None
        elif self.kind == "worksheet":
            parser.StartElementHandler = self._sheet_start
            parser.EndElementHandler = self._sheet_end
        elif self.kind == "sst":
            parser.StartElementHandler = self._string_start
            parser.EndElementHandler = self._string_end
        elif self.kind == "ods":
            parser.StartElementHandler = self._ods_start
            parser.EndElementHandler = self._ods_end
            parser.CharacterDataHandler = self._ods_text
        else:
            parser.StartElementHandler = self._workbook_start

    def _workbook_start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")

    # -- the texts that cells point to

    def _string_start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "si":
            self._text = 0
            self._parser.CharacterDataHandler = self._string_text

    def _string_text(self, text: str) -> None:
        self._text += len(text)

    def _string_end(self, tag: str) -> None:
        if _local(tag) == "si":
            self.strings.append(self._text)
            self._parser.CharacterDataHandler = None

    # -- a sheet of an .xlsx

    def _sheet_start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "c":
            place = attributes.get("r")
            if place is not None:
                self._row, self._column = _place(place, self._row)
            else:
                self._column += 1
            self._points = attributes.get("t") == "s"
        elif tag == "v" or tag in _VALUES:
            self._fill()
            if self._points and self._longest:
                self._point()
        elif tag == "row":
            place = attributes.get("r", "")
            self._row = int(place) - 1 if place.isdigit() else self._row + 1
            self._column = -1
            self.hidden_rows += attributes.get("hidden") in ("1", "true")

    def _fill(self) -> None:
        if self._row > self._last_row or self._column > self._last_column:
            self._last_row = max(self._last_row, self._row)
            self._last_column = max(self._last_column, self._column)
            self._limits.check_area(self._last_row + 1, self._last_column + 1, self._name)
            self.cells = (self._last_row + 1) * (self._last_column + 1)

    def _point(self) -> None:
        """Begin to read which text a cell points to: the same long text in many cells is many long texts."""
        self._digits = ""
        self._parser.CharacterDataHandler = self._digit

    def _digit(self, text: str) -> None:
        self._digits += text[:20]

    def _sheet_end(self, tag: str) -> None:
        if self._points and _local(tag) == "v":
            self._parser.CharacterDataHandler = None
            number = int(self._digits) if self._digits.strip().isdigit() else -1
            self.text += self._known[number] if 0 <= number < len(self._known) else 0
            self._limits.check_text(self.text, self._name)
            self._points = False

    # -- an OpenDocument: every sheet in one part, blanks and repetitions in one element

    def _ods_start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._row = self._last_row = self._last_column = -1
            self._sheets += 1
            self.hidden.append(0)
            self._before = self.cells
            self._limits.check_sheets(self._sheets, self._name)
        elif tag == "table:table-row":
            self._row_repeat = _repeat(attributes, "table:number-rows-repeated")
            self._column = self._filled_in_row = -1
            self._is_hidden = attributes.get("table:visibility") in ("collapse", "filter")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._repeat = _repeat(attributes, "table:number-columns-repeated")
            self._is_text = "office:value-type" in attributes or "table:formula" in attributes
            self._characters = sum(map(len, attributes.values())) if self._is_text else 0

    def _ods_text(self, text: str) -> None:
        self._characters += len(text)

    def _ods_end(self, tag: str) -> None:
        if tag in ("table:table-cell", "table:covered-table-cell"):
            self._column += self._repeat
            if self._is_text or self._characters:
                self._filled_in_row = self._column
                self.text += self._characters * self._repeat * self._row_repeat
                self._limits.check_text(self.text, self._name)
            self._characters = 0
        elif tag == "table:table-row":
            self._row += self._row_repeat
            if self._filled_in_row >= 0:
                self._last_row = self._row
                self._last_column = max(self._last_column, self._filled_in_row)
                self._limits.check_area(self._last_row + 1, self._last_column + 1, self._name)
                self.cells = self._before + (self._last_row + 1) * (self._last_column + 1)
                self._limits.check_cells(self.cells, self._name)
                if self._is_hidden and self.hidden:
                    self.hidden[-1] += self._row_repeat


class BinarySheet:
    """A part of an .xlsb: records of a type, a length and bytes. Parts that are no sheet hold no sheet data.

    strings: as XmlPart takes them. pointers: how many cells point to a text; text: how many characters they get by it.
    """

    _DATA, _DATA_END, _ROW, _TEXT, _POINTS = 145, 146, 0, 19, 7
    _CELLS = range(1, 12)
    _LOOK = 12  # bytes of a record that are looked at

    def __init__(self, strings: Sequence[int], name: str, limits: Limits) -> None:
        self._known, self._name, self._limits = strings, name, limits
        self.strings: list[int] = []
        self.cells = self.pointers = self.text = self.hidden_rows = 0
        self.is_sheet = False
        self._rest = b""
        self._skip = 0
        self._inside = False
        self._row = self._last_row = self._last_column = -1

    def feed(self, block: bytes) -> None:
        """Take the next block. Raises UserError for what goes beyond the limits."""
        if self._skip:
            dropped = min(self._skip, len(block))
            self._skip -= dropped
            block = block[dropped:]
        data, at = self._rest + block, 0
        while (header := _record(data, at)) is not None:
            kind, length, start = header
            if start + min(length, self._LOOK) > len(data):
                break
            self._take(kind, data[start : start + min(length, self._LOOK)])
            at = start + length
            if at > len(data):
                self._skip, at = at - len(data), len(data)
                break
        self._rest = data[at:]

    def _take(self, kind: int, body: bytes) -> None:
        if kind in (self._DATA, self._DATA_END):
            self._inside = kind == self._DATA
            self.is_sheet |= self._inside
        elif self._inside and len(body) >= 4:
            number = int.from_bytes(body[:4], "little")
            if kind == self._ROW:
                self._row = number
                self.hidden_rows += len(body) >= 12 and body[11] >> 4 & 1
            elif kind in self._CELLS and kind != 1:  # 1 is a blank
                self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, number)
                self._limits.check_area(self._last_row + 1, self._last_column + 1, self._name)
                self.cells = (self._last_row + 1) * (self._last_column + 1)
                if kind == self._POINTS and len(body) >= 12:
                    self._point(int.from_bytes(body[8:12], "little"))
        elif kind == self._TEXT and len(body) >= 5:
            self.strings.append(int.from_bytes(body[1:5], "little"))

    def _point(self, which: int) -> None:
        self.pointers += 1
        self.text += self._known[which] if which < len(self._known) else 0
        self._limits.check_text(self.text, self._name)


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return type, length and start of the record at a place; None where its header is not all there yet."""
    if len(data) < at + 6:
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | (data[at] & 0x7F) << 7
        at += 1
    length = 0
    for shift in range(0, 28, 7):
        length |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            break
    return kind, length, at


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _place(text: str, row: int) -> tuple[int, int]:
    """Return row and column, from 0, of a place such as B12; ValueError for what is none."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError("a cell without a place")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 12 else 1
