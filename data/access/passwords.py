"""Passwords: what a good one is, how one is kept, and how one is tried.

argon2id with the library's defaults, the low-memory profile of RFC 9106; what was hashed with former parameters is
hashed anew at the next sign-in. A hash takes 64 MB, so a process computes two at a time and lets the others wait.
"""

import secrets
import string
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.errors import UserError

SHORTEST, LONGEST, KINDS = 10, 128, 3
AT_ONCE, WAIT_SECONDS = 2, 20.0
RULES = f"至少{SHORTEST}位，含大写字母、小写字母、数字、符号中的三种，不含账号，不是常见密码"
_COMMON = frozenset(
    [
        "password123", "password1234", "password@123", "passw0rd123", "p@ssw0rd123", "p@ssword123",
        "admin12345", "admin123456", "admin@12345", "admin@123456", "administrator1", "qwerty12345",
        "qwertyuiop1", "qwer1234!@#$", "1qaz2wsx3edc", "1qaz@wsx3edc", "!qaz2wsx3edc", "abc1234567",
        "abcd123456", "abcd1234!@#$", "abc123456789", "aa12345678", "aa123456789", "a123456789", "aa@12345678",
        "asd1234567", "welcome@123", "changeme123", "huangshi123", "huangshi2025", "huangshi2026",
        "huangshi@123", "huanbao@123", "huanbao123456", "hssthj@123", "shengtai@123", "xinfang123",
        "xinfang@123", "xinfang123456", "hubei@12345", "woaini1314", "woaini@1314", "zaq12wsxcde3",
    ]
)  # fmt: skip
_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no l, I, 1, o, O, 0: it is read out and typed
_hasher = PasswordHasher()
_slots = threading.BoundedSemaphore(AT_ONCE)


def initial() -> str:
    """Return a random password that meets the rules: four groups of four, about 90 bits."""
    while True:
        found = "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))
        if problem("", found) is None:
            return found


def problem(account: str, password: str) -> str | None:
    """Return in Chinese what is wrong with a new password, None when it is good."""
    password = _normal(password)
    if len(password) < SHORTEST:
        return f"密码至少要{SHORTEST}位"
    if len(password) > LONGEST:
        return f"密码最多{LONGEST}位"
    if not password.isprintable():
        return "密码里有看不见的字符"
    if _kinds(password) < KINDS:
        return "密码要含大写字母、小写字母、数字、符号中的三种"
    if account and account.casefold() in password.casefold():
        return "密码里不能有账号"
    return "这个密码太常见" if password.casefold() in _COMMON else None


def hashed(password: str) -> str:
    """Return a password as it is kept."""
    with _slot():
        return _hasher.hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Say whether a password is the one that is kept; where none is kept, it takes as long to say no."""
    password, stand_in = _normal(password), _stand_in()
    is_possible = kept is not None and len(password) <= LONGEST
    with _slot():
        try:
            _hasher.verify(kept if is_possible else stand_in, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return is_possible


def are_same(one: str, other: str) -> bool:
    """Say whether two passwords that were typed are the same."""
    return _normal(one) == _normal(other)


def is_outdated(kept: str) -> bool:
    """Say whether a kept password was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _stand_in() -> str:
    """Return the hash of a password that nobody knows."""
    return hashed(secrets.token_urlsafe(32))


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise UserError("同时登录的人太多，请稍后再试。")
    try:
        yield
    finally:
        _slots.release()


def _normal(password: str) -> str:
    """Return a password in the form that is hashed: a full-width letter or sign typed by an input method is the same."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _kinds(password: str) -> int:
    kinds = {
        "upper" if letter in string.ascii_uppercase
        else "lower" if letter in string.ascii_lowercase
        else "digit" if letter in string.digits
        else "sign"
        for letter in password
    }  # fmt: skip
    return len(kinds)
