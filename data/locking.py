"""One writer at a time: a lock file that an ended process leaves free, on Windows too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from data.errors import UserError


@contextmanager
def alone(path: Path, busy: str, wait: float = 0) -> Iterator[None]:
    """Keep everybody else out while the block runs. busy: the sentence for who comes second. Raises UserError.

    wait: seconds to wait for who is first, for where that may be a backup, which needs the lock for a moment only.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path, timeout=wait)
        lock.acquire()
    except filelock.Timeout as error:
        raise UserError(busy) from error
    except OSError as error:
        raise UserError(f"数据仓“{path.parent}”不能写入（{error.strerror}），请检查权限或磁盘。") from error
    try:
        yield
    finally:
        lock.release()
