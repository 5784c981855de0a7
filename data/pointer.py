"""CURRENT, the one file that says which version is in force: what it says, how it is read, how it is replaced.

The version's name, and in a second line the SHA-256 of its file, by which a reading server knows that a copy has arrived
whole (data/following.py); an older program wrote the name only.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.durable import flush_file, flush_folder
from data.errors import UserError

FILE = "CURRENT"
VERSION_NAME = re.compile(r"\d{6}-[0-9A-Za-z-]+")
NOTHING = "none"  # while the first version is published: without it, a lost pointer looks like no data
_LONGEST = 200  # bytes


@dataclass(frozen=True)
class Pointer:
    """What CURRENT says. digest: the SHA-256 of the version's file; empty where an older program wrote it."""

    version: str
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> "Pointer":
        """Return the pointer that a text stands for; it may be nonsense, as after half a copy."""
        version, _, digest = text.strip().partition("\n")
        return cls(version.strip(), digest.strip())

    @property
    def text(self) -> str:
        return "\n".join(filter(None, (self.version, self.digest))) + "\n"


def read(folder: Path) -> Pointer | None:
    """Return what CURRENT in a store's folder says, None where there is none. Raises UserError for one that is damaged."""
    try:
        with (folder / FILE).open("rb") as opened:
            found = Pointer.parse(opened.read(_LONGEST).decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):  # a file in the store's place: who writes is told so
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(folder, "读不出来") from error
    if found.version != NOTHING and not VERSION_NAME.fullmatch(found.version):
        raise damaged(folder, "已损坏")
    return found


def damaged(folder: Path, how: str) -> UserError:
    """Return the error for a pointer that is lost or damaged; how: the Chinese words for that."""
    return UserError(
        f"数据仓“{folder}”的版本指针 CURRENT {how}，请用 python -m data check --repair 修复，或用 use 命令指定版本。"
    )


def to_nothing(folder: Path, versions: Sequence[str]) -> UserError:
    """Return the error for a pointer to a version whose file is gone; versions: those that are there, oldest first."""
    use = f"用 python -m data use 版本号 换到仍在的版本（有：{'、'.join(versions[-5:])}）"
    return UserError(
        f"数据仓“{folder}”当前版本的文件不在了，请{use if versions else '删去其中的 CURRENT，再重新导入'}。"
    )


def write(folder: Path, pointer: Pointer) -> None:
    """Replace CURRENT at once and for good; only for who keeps other writers out."""
    new, place = folder / f"{FILE}.new", folder / FILE
    if place.is_dir():
        place.rename(folder / f"{FILE}.damaged-{secrets.token_hex(4)}")  # no file can take its place
    new.write_text(pointer.text, "utf-8")
    flush_file(new)
    new.replace(place)
    flush_folder(folder)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file. Raises OSError."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
