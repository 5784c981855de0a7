"""One account, and what is said about it in words: on the administrator's page, on the command line, in the log."""

from dataclasses import dataclass
from datetime import datetime

from data.access.roles import ROLES


@dataclass(frozen=True)
class Account:
    """An account as it stands; times as clocks in China show them. locked_until: None when it is not locked now."""

    account: str
    name: str
    role: str
    branches: tuple[str, ...]
    enabled: bool
    must_change: bool
    locked_until: datetime | None
    last_sign_in: datetime | None
    sso: bool

    @property
    def states(self) -> list[str]:
        """Return what is to be said about it beside its role, in words."""
        locked = [f"锁定至{self.locked_until:%m-%d %H:%M}"] if self.locked_until else []
        must_change = ["须改密码"] if self.must_change else []
        return [_state(self.enabled), *locked, *must_change, *([way(True)] if self.sso else [])]


def difference(now: Account, name: str, role: str, own: tuple[str, ...], enabled: bool, sso: bool) -> dict[str, object]:
    """Return in words what a change changes, before and after."""
    pairs = [
        ("姓名", now.name, name),
        ("角色", ROLES[now.role].name, ROLES[role].name),
        ("分局", "、".join(now.branches) or "无", "、".join(own) or "无"),
        ("状态", _state(now.enabled), _state(enabled)),
        ("登录方式", way(now.sso), way(sso)),
    ]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    return {
        "what": "修改",
        "before": "，".join(f"{what}：{before}" for what, before, _ in changed),
        "after": "，".join(f"{what}：{after}" for what, _, after in changed),
    }


def _state(enabled: bool) -> str:
    return "启用" if enabled else "停用"


def way(sso: bool) -> str:
    """Return how an account signs in."""
    return "单点登录" if sso else "密码"
