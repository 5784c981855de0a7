"""Which version a reading server shows: the one that CURRENT names, once all of it has arrived.

A copy made by a program may bring CURRENT before the version that it names, or half of that version under its final
name. CURRENT says the version's SHA-256, and until the file agrees the former version stays in force: no error, no
figure of a file that is not whole. Which one that is, is kept beside the sessions, so that a restart does not lose it.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from data.errors import UserError
from data.pointer import NOTHING, Pointer, digest_of, read

_RETRY = 2.0  # seconds: a file that was not whole is read through again no sooner
_KEPT = "version-in-force"  # file in the access folder
_MOST_DIGESTS = 16


def told(folder: Path) -> Pointer | None:
    """Return what CURRENT in a store's folder says, None where nothing was published; half copied, it names nothing yet."""
    try:
        found = read(folder)
    except UserError:
        return Pointer("")
    return None if found and found.version == NOTHING else found


def choose(pointer: Pointer | None, folder: Path, access_folder: Path) -> str | None:
    """Return the version to show, of those in `folder`: the named one if it is whole, else the last that was.

    Returns None where nothing was ever published. Raises UserError where something was and none of it has arrived.
    """
    former = _kept(access_folder)
    has_former = bool(former) and (folder / f"{former}.duckdb").exists()
    if pointer and is_whole(folder / f"{pointer.version}.duckdb", pointer.digest, wait=not has_former):
        _keep(access_folder, pointer.version)
        return pointer.version
    if has_former:
        return former
    if pointer is None and former is None:
        return None
    raise UserError("数据版本还没有传完，请稍后刷新；一直如此时，请管理员检查从导入机到这台只读服务器的复制任务。")


def is_whole(path: Path, digest: str, wait: bool = True) -> bool:
    """Say whether a version's file has arrived as it was published; read through once for each state of the file.

    wait: for another thread that is reading it through, which takes seconds for a gigabyte; else it has not arrived yet.
    """
    try:
        seen = path.stat()
    except OSError:
        return False
    state = (path, seen.st_size, seen.st_mtime_ns, digest)
    verdict, until = _verdicts.get(state, (False, 0.0))
    if verdict or time.monotonic() < until:
        return verdict
    if not _reading.acquire(blocking=wait):
        return False
    try:
        verdict, until = _verdicts.get(state, (False, 0.0))
        if verdict or time.monotonic() < until:  # another thread has just read it
            return verdict
        with suppress(OSError):
            verdict = seen.st_size > 0 and (not digest or digest_of(path) == digest)
        _verdicts[state] = verdict, time.monotonic() + _RETRY
        while len(_verdicts) > _MOST_DIGESTS:
            _verdicts.pop(next(iter(_verdicts)))
    finally:
        _reading.release()
    return verdict


# State of a file → whether it is whole, and until when that is believed of one that is not.
_verdicts: dict[tuple, tuple[bool, float]] = {}
_reading = threading.Lock()
_last: dict[Path, str] = {}


def _keep(access_folder: Path, version: str) -> None:
    """Note which version was last whole; where that cannot be written, this process knows it all the same."""
    if _last.get(access_folder) == version:
        return
    _last[access_folder] = version
    with suppress(OSError):
        access_folder.mkdir(0o700, parents=True, exist_ok=True)
        written = access_folder / f"{_KEPT}.{os.getpid()}.{threading.get_ident()}"
        written.write_text(version + "\n", "utf-8")
        written.replace(access_folder / _KEPT)


def _kept(access_folder: Path) -> str | None:
    if found := _last.get(access_folder):
        return found
    try:
        return (access_folder / _KEPT).read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
