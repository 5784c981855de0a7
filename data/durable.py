"""What has been written stays written, whatever happens to the power."""

import os
from pathlib import Path

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
