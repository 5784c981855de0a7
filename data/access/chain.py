"""The file of the audit log: JSON lines, each sealed with the one before it, so that no line can be changed unseen.

    access/audit.key                   the key of the seals, made at first use, readable by its owner only
    access/audit/audit-2026-11.jsonl   one line per entry: its fields, the seal of the former line, its own seal
    access/audit/HEAD                  how many entries there are and the last seal, sealed too: a cut end is noticed

A line's seal is HMAC-SHA256 over the very bytes before it, so nothing depends on how JSON is written. Months go on
from one another. Where an append finds the end of the log other than HEAD says, it goes on from HEAD, or with LOST in
place of a seal: the break stays in the log for ever, and nobody who damages the log stops the bureau's work.
How the log is checked is data/access/proof.py.
"""

import hmac
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import filelock
import msgspec

from data.dates import now
from data.durable import flush_folder
from data.errors import UserError

LOST = "lost"  # stands for the former seal where HEAD was gone or was not what the log says
WAIT_SECONDS = 20.0  # a busy disk is waited for; longer, and the action stops
_SEAL = re.compile(rb',"hash":"([0-9a-f]{64})"\}')
_SEALED_BY = len(b',"hash":""}') + 64  # bytes at the end of a line
_BLOCK = 1 << 14  # bytes; most lines have a few hundred
_MONTH = re.compile(r"audit-\d{4}-\d{2}\.jsonl")
_queue = threading.Lock()  # threads of one process need not ask the file system in turns


class Unwritable(UserError):
    """The log cannot be written, so what was to be recorded must not happen; `reason` is the part in brackets."""

    def __init__(self, reason: str, place: Path):
        super().__init__(f"审计日志写不进去（{reason}），操作已停止；请检查文件夹“{place}”的权限和磁盘空间后重试。")
        self.reason = reason


@dataclass(frozen=True)
class End:
    """Where the log ends: how many entries there were, and the seal of the last."""

    count: int
    hash: str


def folder_of(place: Path) -> Path:
    """Return where the lines lie; `place` is the store's access folder."""
    return place / "audit"


def month_files(place: Path) -> list[Path]:
    """Return the files of the log, oldest first."""
    folder = folder_of(place)
    return sorted(path for path in folder.iterdir() if _MONTH.fullmatch(path.name)) if folder.is_dir() else []


def append(place: Path, fields: Mapping[str, object]) -> bytes:
    """Add one entry and return its line; when this returns, the line is on the disk. Raises Unwritable, and adds nothing."""
    try:
        with alone(place):
            return _append(place, fields)
    except filelock.Timeout as error:
        raise Unwritable(f"别的程序占用了{WAIT_SECONDS:g}秒", place) from error
    except OSError as error:
        raise Unwritable(error.strerror or type(error).__name__, place) from error


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Keep every other writer out while the block runs, waiting some seconds for one that is at work."""
    with _queue:
        folder_of(place).mkdir(0o700, parents=True, exist_ok=True)
        with filelock.FileLock(folder_of(place) / "lock", timeout=WAIT_SECONDS, poll_interval=0.002):
            yield


def _append(place: Path, fields: Mapping[str, object]) -> bytes:
    key, clock = _key_made(place), now()
    end = _next_to(place, key)
    files = month_files(place)
    # A clock that was set back writes on in the newest file: the order of the files is the order of the chain.
    name = max(f"audit-{clock:%Y-%m}.jsonl", files[-1].name if files else "")
    moment = {"seq": end.count + 1, "at": clock.isoformat(timespec="milliseconds")}
    line = sealed(key, msgspec.json.encode({**moment, **fields, "previous": end.hash}))
    with _opened(folder_of(place) / name) as file:
        former = file.seek(0, os.SEEK_END)
        try:
            _put(file, line + b"\n")
            if not former:
                flush_folder(folder_of(place))
            _write_head(place, key, End(end.count + 1, seal_of(line)))
        except BaseException:
            with suppress(OSError):
                file.truncate(former)
                os.fsync(file.fileno())
            raise
    return line


def _next_to(place: Path, key: bytes) -> End:
    """Return what the next entry follows; a line that was not finished is cut off, for its action never happened."""
    head, tail = read_head(place, key), None
    for path in reversed(month_files(place)):
        with _opened(path) as file:
            if tail := _last_line(file):
                break
    last = end_of(tail) if tail else None
    if head is None:
        return End(last.count if last else 0, LOST)
    if last is None or last == head:
        return head
    if last.count == head.count + 1:  # killed between the line and HEAD
        return last
    return head if last.count <= head.count else End(last.count, LOST)


def _last_line(file) -> bytes | None:
    """Return the last whole line of a file, after what was torn behind it is cut off."""
    size = file.seek(0, os.SEEK_END)
    start, block = size, b""
    while start > 0 and block.count(b"\n") < 2:
        start = max(0, start - _BLOCK)
        file.seek(start)
        block = file.read(size - start)
    whole = block.rfind(b"\n") + 1
    if whole < len(block):
        file.truncate(start + whole)
    lines = block[:whole].splitlines()
    return lines[-1] if lines else None


def backwards(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, the last first, holding no more than a block of them; what is torn is a line too."""
    with path.open("rb") as file:
        start, rest = file.seek(0, os.SEEK_END), b""
        while start > 0:
            end, start = start, max(0, start - _BLOCK)
            file.seek(start)
            rest, *lines = (file.read(end - start) + rest).split(b"\n")
            yield from reversed(lines)
        yield rest


def sealed(key: bytes, body: bytes) -> bytes:
    """Return a JSON object with the seal over its bytes as its last member."""
    return body[:-1] + b',"hash":"' + hmac.digest(key, body, "sha256").hex().encode() + b'"}'


def is_sealed(key: bytes, line: bytes) -> bool:
    """Say whether a line is as it was written."""
    found = _SEAL.fullmatch(line[-_SEALED_BY:])
    body = line[:-_SEALED_BY] + b"}"
    return bool(found) and hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), found[1])


def seal_of(line: bytes) -> str:
    """Return the seal that stands at the end of a line, or an empty text."""
    found = _SEAL.fullmatch(line[-_SEALED_BY:])
    return found[1].decode() if found else ""


def end_of(line: bytes) -> End | None:
    """Return number and seal that a line says of itself, or None where it is no entry."""
    try:
        number = msgspec.json.decode(line)["seq"]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError):
        return None
    return End(number, seal_of(line)) if isinstance(number, int) and seal_of(line) else None


def read_key(place: Path) -> bytes | None:
    """Return the key of the seals, or None where there is none."""
    path = place / "audit.key"
    return path.read_bytes() if path.exists() else None


def read_head(place: Path, key: bytes) -> End | None:
    """Return what HEAD says, or None where it is gone, damaged or not sealed with this key."""
    try:
        line = (folder_of(place) / "HEAD").read_bytes().rstrip(b"\n")
    except FileNotFoundError:
        return None
    if not is_sealed(key, line):
        return None
    said = msgspec.json.decode(line)
    return End(said["count"], said["last"])


def _key_made(place: Path) -> bytes:
    """Return the key; at first use it is made, after a HEAD that says that there is nothing yet."""
    if (key := read_key(place)) is not None:
        return key
    key = secrets.token_bytes(32)
    if not month_files(place):
        _write_head(place, key, End(0, ""))
    _replace(place / "audit.key", key)
    return key


def _write_head(place: Path, key: bytes, end: End) -> None:
    said = msgspec.json.encode({"count": end.count, "last": end.hash})
    _replace(folder_of(place) / "HEAD", sealed(key, said) + b"\n")


def _replace(path: Path, content: bytes) -> None:
    """Put a small file in the place of another, whole or not at all; only for who keeps other writers out."""
    written = path.with_name(f"{path.name}.new")
    try:
        with _opened(written) as file:
            file.truncate(0)
            _put(file, content)
        written.replace(path)
    except OSError:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise


def _opened(path: Path):
    """Open a file for reading and writing, unbuffered; a new one is its owner's only."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)


def _put(file, content: bytes) -> None:
    """Write all of a text where the file stands and wait until it is on the disk; a full disk may take a part only."""
    while content:
        content = content[file.write(content) :]
    os.fsync(file.fileno())
