"""What has been written stays written, whatever happens to the power."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from data.errors import UserError

PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)  # flags of a key file's first writing


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and needs none."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def flush_file(path: Path) -> None:
    """Make the content of a file durable."""
    with path.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextmanager
def disk_told(folder: Path) -> Iterator[None]:
    """Turn what a full, failing or read-only disk makes of writing below `folder` into one sentence. Raises UserError.

    DuckDB says such things in words of its own, which may quote a cell and are left out.
    """
    try:
        yield
    except OSError as error:
        if error.filename and not Path(os.fsdecode(error.filename)).is_relative_to(folder):
            raise
        raise _unwritable(folder, error.strerror or type(error).__name__) from error
    except (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as error:
        raise _unwritable(folder, "磁盘已满、出错或内存不足") from error


def _unwritable(folder: Path, why: str) -> UserError:
    return UserError(f"数据仓“{folder}”写不进去（{why}），原有数据没有改动；请检查磁盘空间和权限后重试。")
