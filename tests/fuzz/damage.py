"""What is done to the bytes of a file after it is written, and files that are something else than their name says."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
from PIL import Image

from tests.fuzz.seeds import Seed
from tests.fuzz.written import fill, shown


def damage(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return a file's bytes damaged in one to three ways, and in which."""
    names = chance.choices(list(DAMAGES), k=chance.choice((1, 1, 2, 3)))
    for name in names:
        data = DAMAGES[name](data, chance)
    return data, "+".join(names)


def _at(data: bytes, chance: random.Random) -> int:
    """Return a place, as often near the beginning as anywhere."""
    return chance.randrange(max(1, min(len(data), chance.choice((600, len(data) or 1)))))


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 4, 40)) if data else 0):
        changed[_at(data, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_out(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + data[at + chance.choice((1, 2, 7, 512)) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return (
        data[:at]
        + chance.choice((b"\0", b"\xff", b'"', b'"', b",", b"\n", b"\r", b"<", b"\0" * 600, chance.randbytes(9)))
        + data[at:]
    )


def truncate(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.choice((_at(data, chance), len(data) - 1, len(data) // 2))]


def repeat(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    return data[:at] + data[at : at + 700] * 2 + data[at + 700 :]


def overwrite(data: bytes, chance: random.Random) -> bytes:
    at = _at(data, chance)
    piece = chance.choice((b"\0" * 16, b"\xff" * 4, b"\x7f\xff\xff\xff", chance.randbytes(64)))
    return data[:at] + piece + data[at + len(piece) :]


def quote(data: bytes, chance: random.Random) -> bytes:
    """Open a quote at the beginning of a cell."""
    places = [at for at, byte in enumerate(data[:20_000]) if byte in b",\n"]
    at = chance.choice(places) + 1 if places else 0
    return data[:at] + b'"' + data[at:]


def other_encoding(data: bytes, chance: random.Random) -> bytes:
    """Put bytes of another encoding into it."""
    at = _at(data, chance)
    return data[:at] + "民件".encode(chance.choice(("gb18030", "utf-8", "utf-16-le", "big5hkscs"))) + data[at:]


def mark(data: bytes, chance: random.Random) -> bytes:
    """Put a byte-order mark before it."""
    return chance.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) + data


DAMAGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    made.__name__: made for made in (flip, cut_out, insert, truncate, repeat, overwrite, quote, other_encoding, mark)
}


def damaged_inside(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return a packed workbook one part of which is damaged, and packed again as if nothing were wrong."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        names = source.namelist()
        chosen = chance.choice([name for name in names if "sheet" in name.lower() or "content" in name] * 3 + names)
        how = ""
        for name in names:
            part = source.read(name)
            if name == chosen:
                if chance.random() < 0.1:
                    how = f"without {name}"
                    continue
                part, how = xml_damage(part, chance)
                how = f"{how} in {name}"
            packed.writestr(name, part)
    return out.getvalue(), how


_TAGS = (
    b"<row",
    b"</row>",
    b"<c ",
    b"</c>",
    b"<v>",
    b"</sheetData>",
    b't="s"',
    b"<table:table-row",
    b"</table:table-cell>",
    b'r="',
    b"<si>",
)
_WITH = (b"", b"<row r='0'>", b'r="A0"', b'r="ZZZ99"', b't="s" t="s"', b"<!-- -->", b"<![CDATA[x]]>", b"&#xD800;", b"&bad;", b"\xff", b't="d"', b't="e"', b'r="-1"',
         b'<c r="A999999999"/>', b"<v>1e400</v>", b"<v>-9</v>", b"<v>99999999</v>")  # fmt: skip


def xml_damage(part: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return a part with a tag replaced by something odd, or with damaged bytes."""
    tag = chance.choice(_TAGS)
    if tag not in part or chance.random() < 0.3:
        return damage(part, chance)
    pieces = part.split(tag)
    at, odd = chance.randrange(1, len(pieces)), chance.choice(_WITH)
    return tag.join(pieces[:at]) + odd + tag.join(pieces[at:]), f"{odd!r} for {tag!r}"


def special(at: int, path: Path, seed: Seed, chance: random.Random) -> tuple[Path, str, dict | None]:
    """Write a file that is no table, or a workbook that is an odd one; return what must be found in it, if anything."""
    names = list(SPECIALS)
    name = names[at % len(names)]
    found = SPECIALS[name](seed, chance)
    content, tables = found if isinstance(found, tuple) else (found, None)
    path = path.with_suffix(chance.choice((".xlsx", ".xls", ".csv")))
    path.write_bytes(content)
    return path, name, tables


def _saved(book: object) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return out.getvalue()


def _document(seed: Seed, chance: random.Random) -> bytes:
    document = docx.Document()
    table = document.add_table(0, 3)
    for row in shown(seed.rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = text
    return _saved(document)


def _zip(seed: Seed, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("台账.csv", "\n".join(",".join(row) for row in shown(seed.rows)))
    return out.getvalue()


def _sheets(seed: Seed, chance: random.Random) -> tuple[bytes, dict]:
    """A workbook whose sheets are emptied, renamed, out of order, hidden."""
    book = openpyxl.Workbook()
    titles = chance.sample(["Sheet1", "2024", " 空 ", "填写说明", "a&b<c>", "长" * 31, "‮x", "数据'"], 5)
    tables = {}
    for title in titles:
        sheet = book.create_sheet(title)
        rows = chance.choice(([], seed.rows, seed.rows[: seed.heading + 1], seed.rows[seed.heading + 1 :]))
        fill(sheet, rows)
        sheet.sheet_state = chance.choice(("visible", "hidden", "veryHidden"))
        tables[title] = shown(rows)
    tables["Sheet"] = []
    book.active.sheet_state = "visible"
    return _saved(book), tables


def _merged(seed: Seed, chance: random.Random) -> tuple[bytes, dict]:
    """A workbook with cells merged anywhere, the merged ones emptied as spreadsheets do."""
    book = openpyxl.Workbook()
    fill(book.active, seed.rows)
    for _ in range(4):
        row, column = chance.randrange(1, len(seed.rows)), chance.randrange(1, 8)
        book.active.merge_cells(
            start_row=row,
            start_column=column,
            end_row=row + chance.randrange(4),
            end_column=column + chance.randrange(3),
        )
    return _saved(book), {"Sheet": [["" if c is None else str(c) for c in row] for row in book.active.values]}


def _macro(seed: Seed, chance: random.Random) -> tuple[bytes, dict]:
    """A workbook with a macro: other types of its parts, and a part of bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_plain(seed))) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
            packed.writestr(name, part)
        packed.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + chance.randbytes(3000))
    return out.getvalue(), {"Sheet": shown(seed.rows)}


def _plain(seed: Seed) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active, seed.rows)
    return _saved(book)


def _encrypted_zip(seed: Seed, chance: random.Random) -> bytes:
    """A workbook whose members say that they are encrypted."""
    data = bytearray(_plain(seed))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for member in packed.infolist():
            data[member.header_offset + 6] |= 1
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    return bytes(data)


def _password(seed: Seed, chance: random.Random) -> bytes:
    """What a workbook with a password is: a compound file with a packed part that nobody can read."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 1000
        + "EncryptedPackage".encode("utf-16-le")
        + chance.randbytes(5000)
    )


def _bomb(seed: Seed, chance: random.Random) -> bytes:
    """A text of gigabytes, packed by gzip: no kind of table at all."""
    return b"\x1f\x8b\x08" + zlib.compress(b" " * (1 << 22))


def _pdf(seed: Seed, chance: random.Random) -> bytes:
    return b"%PDF-1.7\n" + chance.randbytes(2000)


def _mixed(seed: Seed, chance: random.Random) -> bytes:
    """A text whose lines are in several encodings."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in shown(seed.rows)]
    return b"\n".join(line.encode(chance.choice(("utf-8", "gb18030"))) for line in lines)


def _old_word(seed: Seed, chance: random.Random) -> bytes:
    """A compound file with sectors and no workbook."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return head + chance.randbytes(512 * 9 - len(head))


SPECIALS: dict[str, Callable[[Seed, random.Random], bytes | tuple[bytes, dict]]] = {
    "sheets": _sheets, "merged": _merged, "macro": _macro, "encrypted zip": _encrypted_zip, "password": _password, "document": _document,
    "png": lambda seed, chance: _picture("PNG"), "jpeg": lambda seed, chance: _picture("JPEG"), "bmp": lambda seed, chance: _picture("BMP"),
    "zip": _zip, "gzip": _bomb, "pdf": _pdf, "mixed encodings": _mixed, "old word": _old_word, "random": lambda seed, chance: chance.randbytes(3000),
    "zeros": lambda seed, chance: b"\0" * 4096, "empty": lambda seed, chance: b"", "one byte": lambda seed, chance: chance.randbytes(1),
    "blanks": lambda seed, chance: b" \r\n\t" * 900, "only a mark": lambda seed, chance: b"\xef\xbb\xbf", "only pk": lambda seed, chance: b"PK\x03\x04" * 50,
    "empty zip": lambda seed, chance: b"PK\x05\x06" + b"\0" * 18, "html without a table": lambda seed, chance: b"<html><body>x</body></html>",
}  # fmt: skip
