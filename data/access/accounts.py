"""Accounts: who may sign in and as what. There is no default account, and the last administrator cannot be lost.

A new account gets a random password that is shown once and must be changed at the first sign-in. An `sso` account has
none: it signs in through the organisation's identity provider alone. Whatever changes what an account may do ends its
sessions. Every change is in the audit log before it takes effect, in the name of who acts.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.access import attempts, audit, book, passwords, roster, sessions, settings
from data.access.account import Account, difference, way
from data.access.attempts import SignInError
from data.access.roles import NOBODY, ROLES
from data.access.sessions import DAY, Clock
from data.access.viewer import Viewer, named
from data.dates import CHINA
from data.errors import UserError
from data.reference import Reference
from data.store import Store

__all__ = ["Account", "Accounts", "SignInError"]

_ACCOUNT = re.compile(r"[a-z0-9._-]{2,32}")
_LONGEST_NAME = 20


@dataclass(frozen=True)
class Accounts:
    """The accounts of a store. clock: seconds since 1970."""

    store: Store
    clock: Clock = time.time

    def exist(self) -> bool:
        """Say whether there is any account."""
        roster.follow(self.store)
        with book.reading(self.store) as db:
            return bool(db and db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone())

    def all(self) -> list[Account]:
        """Return all accounts, by name of account."""
        roster.follow(self.store)
        with book.reading(self.store) as db:
            return self._read(db, "") if db else []

    def get(self, account: str) -> Account | None:
        """Return an account, or None."""
        roster.follow(self.store)
        with book.reading(self.store) as db:
            found = self._read(db, "WHERE account = ?", account) if db else []
        return found[0] if found else None

    def by_sso(self, name: str) -> Account | None:
        """Return the enabled account of this name that signs in through the identity provider, or None."""
        found = self.get(name)
        return found if found and found.enabled and found.sso else None

    def add(self, account: str, name: str, role: str, branches: Iterable[str] = (), sso: bool = False) -> str:
        """Add an account and return its first password; empty for single sign-on. Raises UserError."""
        if not _ACCOUNT.fullmatch(account):
            raise UserError(f"账号“{account}”写法不对：用2至32个小写字母、数字、点、横线或下划线，例如 zhang.san。")
        name, own = _name(name), self._branches(role, branches)
        first, password = self._first(sso)
        with roster.writing(self.store) as db:
            if self._read(db, "WHERE account = ?", account):
                raise UserError(f"已有账号“{account}”，请另取一个，或修改它。")
            is_first = db.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is None
            if is_first and (role != "admin" or sso):
                raise UserError("第一个账号必须是用密码登录的管理员（角色 admin），请先建立它。")
            told = {
                "what": "增加",
                "account": account,
                "name": name,
                "role": ROLES[role].name,
                "branch": own,
                "登录方式": way(sso),
            }
            with audit.action(self.store, "account", told):
                db.execute(
                    "INSERT INTO accounts VALUES (?, ?, ?, ?, TRUE, ?, ?, ?, ?, NULL)",
                    [account, name, role, _json(own), sso, password, not sso, self.clock()],
                )
                attempts.forget(db, account)
                db.commit()
        return first

    def reset_password(self, account: str) -> str:
        """Give an account a new first password and return it; ends its sessions and its lock. Raises UserError."""
        first, password = self._first()
        with roster.writing(self.store) as db:
            if self._one(db, account).sso:
                raise UserError(f"账号“{account}”用单点登录，没有密码；要用密码登录，请先取消它的单点登录。")
            with audit.action(self.store, "account", {"what": "重置密码", "account": account}):
                self._put_password(db, account, password, True)
                db.commit()
        return first

    def change(
        self,
        account: str,
        *,
        name: str | None = None,
        role: str | None = None,
        branches: Iterable[str] | None = None,
        enabled: bool | None = None,
        sso: bool | None = None,
    ) -> str:
        """Change what is given; return the first password of an account that no longer uses single sign-on, else empty.

        A role other than branch loses its branches. Raises UserError, also when no administrator would be left.
        """
        first, password = self._first() if sso is False else ("", None)
        with roster.writing(self.store) as db:
            now = self._one(db, account)
            role = role or now.role
            stays = branches is None and role == now.role  # as it is, even where the list of branches has changed
            own = now.branches if stays else self._branches(role, branches or ())
            name = now.name if name is None else _name(name)
            enabled, sso = now.enabled if enabled is None else enabled, now.sso if sso is None else sso
            after = (name, role, own, enabled, sso)
            if after == (now.name, now.role, now.branches, now.enabled, now.sso):
                return ""
            _keep_an_administrator(db, account, role == "admin" and enabled and not sso)
            told = {"account": account, **difference(now, *after)}
            with audit.action(self.store, "account", told):
                db.execute(
                    "UPDATE accounts SET name = ?, role = ?, branches = ?, enabled = ?, sso = ? WHERE account = ?",
                    [name, role, _json(own), enabled, sso, account],
                )
                if sso != now.sso:
                    self._put_password(db, account, password, not sso)
                if after[1:] != (now.role, now.branches, now.enabled, now.sso):
                    sessions.drop(db, account)
                db.commit()
        return first if now.sso and not sso else ""

    def unlock(self, account: str) -> None:
        """End the lock of an account and forget its failures. Raises UserError."""
        with book.writing(self.store) as db:
            self._one(db, account)
            audit.record(self.store, "account", {"what": "解锁", "account": account})
            attempts.forget(db, account)

    def set_password(self, account: str, old: str, new: str, address: str = "") -> None:
        """Change one's own password and end one's sessions everywhere; raises UserError with what is wrong.

        A wrong old password counts as a failed sign-in and raises SignInError.
        """
        roster.refuse_here()
        attempts.check(self.store, account, old, address, self.clock())
        wrong = "新密码不能与原密码相同" if passwords.are_same(old, new) else passwords.problem(account, new)
        if wrong:
            raise UserError(f"{wrong}。新密码要求：{passwords.RULES}。")
        password = passwords.hashed(new)
        with roster.writing(self.store) as db:
            now = self._one(db, account)
            who = named() or Viewer(account, now.name, now.role, NOBODY.permissions, address=address)
            with audit.action(self.store, "password", {"account": account}, by=who):
                self._put_password(db, account, password, False)
                db.commit()

    def check(self, account: str, password: str, address: str) -> Account:
        """Return the account when the password is right; raises SignInError and counts the failure when it is not."""
        attempts.check(self.store, account, password, address, self.clock())
        with book.reading(self.store) as db:
            return self._one(db, account)

    def _read(self, db: sqlite3.Connection, where: str, *values: str) -> list[Account]:
        moment, days = self.clock(), settings.read(self.store).password_days
        locked = attempts.locks(db, moment)
        rows = db.execute(f"SELECT * FROM accounts {where} ORDER BY account", values).fetchall()
        return [
            Account(
                row["account"], row["name"], row["role"], tuple(json.loads(row["branches"])), bool(row["enabled"]),
                not row["sso"] and (bool(row["must_change"]) or moment - row["password_at"] >= days * DAY),
                _clock_time(locked.get(attempts.name_hash(db, row["account"]))), _clock_time(row["last_sign_in"]),
                bool(row["sso"]),
            )
            for row in rows
        ]  # fmt: skip

    def _one(self, db: sqlite3.Connection, account: str) -> Account:
        if found := self._read(db, "WHERE account = ?", account):
            return found[0]
        known = "、".join(one.account for one in self._read(db, "")) or "无"
        raise UserError(f"没有账号“{account}”，有：{known}。")

    def _branches(self, role: str, branches: Iterable[str]) -> tuple[str, ...]:
        if role not in ROLES:
            names = "、".join(f"{one.key}（{one.name}）" for one in ROLES.values())
            raise UserError(f"没有角色“{role}”，有：{names}。")
        own = tuple(dict.fromkeys(branches))
        if role != "branch":
            if own:
                raise UserError(
                    f"角色“{ROLES[role].name}”不按分局限定，请不要给它分局；只看本分局的人请用角色 branch。"
                )
            return ()
        known = [branch.branch for branch in Reference(self.store.reference_folder).branches if branch.enabled]
        unknown = [name for name in own if name not in known]
        if unknown or not own:
            what = f"没有分局“{'、'.join(unknown)}”" if unknown else "分局账号要写明是哪个分局"
            raise UserError(f"{what}，分局名录里有：{'、'.join(known)}。")
        return own

    def _put_password(self, db: sqlite3.Connection, account: str, password: str | None, must_change: bool) -> None:
        db.execute(
            "UPDATE accounts SET password = ?, must_change = ?, password_at = ? WHERE account = ?",
            [password, must_change, self.clock(), account],
        )
        attempts.forget(db, account)
        sessions.drop(db, account)

    @staticmethod
    def _first(sso: bool = False) -> tuple[str, str | None]:
        """Return a first password and how it is kept; hashed before a change begins, for others wait for a change."""
        first = "" if sso else passwords.initial()
        return first, passwords.hashed(first) if first else None


def _keep_an_administrator(db: sqlite3.Connection, account: str, stays: bool) -> None:
    """Raise UserError where nobody else could sign in as administrator; single sign-on may fail, so it does not count."""
    others = "SELECT 1 FROM accounts WHERE role = 'admin' AND enabled AND NOT sso AND account"
    is_one = db.execute(f"{others} = ?", [account]).fetchone() is not None
    if is_one and not stays and db.execute(f"{others} <> ?", [account]).fetchone() is None:
        raise UserError(f"“{account}”是最后一个启用的、用密码登录的管理员，不能停用或改角色；请先增加另一个管理员。")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise UserError(f"姓名应有1至{_LONGEST_NAME}个字，例如 张三。")
    return name


def _json(branches: tuple[str, ...]) -> str:
    return json.dumps(branches, ensure_ascii=False)


def _clock_time(moment: float | None) -> datetime | None:
    return datetime.fromtimestamp(moment, CHINA).replace(tzinfo=None) if moment else None
