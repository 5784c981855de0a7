"""What a killed run may leave in a store: half-built files that nobody will ever read, and nothing else.

Published versions, editions and the pointer are put in place by a rename, so whatever bears one of the names below was
not finished. An import clears them at its start; `python -m data check` names them and `--repair` removes them. Files
that are written without the import's lock count only once they are old enough to be nobody's.
"""

import shutil
import time
from contextlib import suppress
from pathlib import Path

_OLD = 600  # seconds
_LOCKED = ("work/*", "CURRENT.new", "secret.[0-9]*", "reference/*.new", "profiles/.*.new")
_FREEZING = ("reports/work/*",)
_ANYTIME = ("reports/**/.*.new", "views/**/.*.new", "derived/new-*", "access/*.new", "access/audit/*.new")


def found(folder: Path) -> list[Path]:
    """Return what was left below a store's folder, as of a moment when nothing is imported and nothing frozen."""
    left = [path for pattern in (*_LOCKED, *_FREEZING) for path in sorted(folder.glob(pattern))]
    old = time.time() - _OLD
    return left + [path for pattern in _ANYTIME for path in sorted(folder.glob(pattern)) if _changed(path) < old]


def clear(folder: Path) -> None:
    """Remove what a killed import or change left; only for who keeps the others out."""
    for pattern in _LOCKED:
        for path in folder.glob(pattern):
            remove(path)


def empty(folder: Path) -> None:
    """Remove everything in a folder, as far as the disk lets us; the next run tries again."""
    for path in folder.glob("*"):
        with suppress(OSError):
            remove(path)


def remove(path: Path) -> None:
    """Remove a file or folder, the read-only too, which Windows would refuse. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.rglob("*"):
            inner.chmod(0o700)
        shutil.rmtree(path)
        return
    with suppress(OSError):
        path.chmod(0o600)
    path.unlink(missing_ok=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # finished meanwhile
        return time.time()
