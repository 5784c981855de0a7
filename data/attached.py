"""Version files as this process has them open: each once, read-only, while a reader of it lives or it was asked lately.

A page that has begun on a version ends on it, whatever is imported, put in force or pruned meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import duckdb

from data import derived
from data.errors import UserError
from data.versionfile import stand_in_for_missing

if TYPE_CHECKING:
    from data.store import Reader

DERIVED = "derived"  # the database of what is kept beside a version


class Opened:
    """This process's instance of one version, attached read-only, and beside it what is kept of it, once that is there."""

    def __init__(self, path: Path) -> None:
        """Attach the version; `missing` are the tables of later schemas, which stand in empty. Raises UserError."""
        try:
            self.stat = path.stat()
        except FileNotFoundError:
            raise UserError(
                f"版本“{path.stem}”的文件不在了，请刷新页面，或用 python -m data status 查看现有版本。"
            ) from None
        self.instance = duckdb.connect(":memory:")
        try:
            self.instance.execute(f"ATTACH '{derived.quoted(path)}' AS version (READ_ONLY)")
        except duckdb.Error as error:
            raise _damaged(path) from error
        self.missing = stand_in_for_missing(self.instance, "version")
        self._kept: Path | None = None
        self._is_kept = False
        self._attaching = threading.RLock()

    def keeps(self, reader: "Reader") -> bool:
        """Say whether the version's derived relations are attached, and attach them as soon as they are there."""
        if self._is_kept:
            return True
        with self._attaching:
            if self._kept is None:
                self._kept = derived.path_of(reader)
            if not self._is_kept and self._kept.exists():
                try:
                    self.instance.execute(f"ATTACH '{derived.quoted(self._kept)}' AS {DERIVED} (READ_ONLY)")
                    self._is_kept = True
                except duckdb.Error:  # damaged; the cases themselves are there, and the next server makes it anew
                    with suppress(OSError):
                        self._kept.unlink()
        return self._is_kept


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Turn a block of a version that does not read (a wrong checksum, a bad disk) into a sentence. Raises UserError."""
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException | duckdb.FatalException) or "Corrupt database" in str(error):
            raise _damaged(path) from error
        raise


def _damaged(path: Path) -> UserError:
    return UserError(
        f"版本“{path.stem}”的文件已损坏，请用 python -m data check --repair 修复，或用 python -m data use 换到别的版本。"
    )


_open: WeakValueDictionary[Path, Opened] = WeakValueDictionary()
_lately: dict[Path, Opened] = {}
_opening = threading.Lock()
_KEPT_OPEN = 4


def attached(path: Path) -> Opened:
    """Return this process's instance of a version. Versions never change, so the last few are kept, and all in use."""
    with _opening:
        opened = _open.get(path)
        if opened is None or _is_another(path, opened):
            opened = _open[path] = Opened(path)
        if _lately.get(path) is not opened:
            _lately[path] = opened
            while len(_lately) > _KEPT_OPEN:
                _lately.pop(next(iter(_lately)))
        return opened


def _is_another(path: Path, opened: Opened) -> bool:
    """Say whether another file is there by that name: one that was damaged has been repaired."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return False
    return (now.st_size, now.st_mtime_ns) != (opened.stat.st_size, opened.stat.st_mtime_ns)


def forget() -> None:
    """Open every version anew from here on, as a new process would; readers keep what they have."""
    with _opening:
        _open.clear()
        _lately.clear()
