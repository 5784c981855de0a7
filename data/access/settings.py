"""The access settings, which the administrator changes: watermark, who may export, and the times of sign-in.

They lie beside the accounts, not among the settings of the computation: they change no number, make no new version of
the data, and whoever defines figures must not be able to switch the watermark off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from data.access import audit, book, roster
from data.access.book import HasAccess
from data.errors import UserError


@dataclass(frozen=True)
class AccessSettings:
    """The values in force. leader_exports, branch_exports: whether these roles may export, for they may not by nature."""

    watermark: bool = True
    branch_comparison: bool = True
    leader_exports: bool = False
    branch_exports: bool = False
    idle_minutes: int = 30
    lock_after: int = 5
    lock_minutes: int = 15
    session_hours: int = 12
    password_days: int = 180

    def added(self, role: str) -> frozenset[str]:
        """Return the permissions that the settings add to a role's own."""
        exports = {"leader": self.leader_exports, "branch": self.branch_exports}
        return frozenset({"export"} if exports.get(role) else ())


@dataclass(frozen=True)
class Known:
    """What a setting is called and, of a number, its unit and its bounds; without bounds it is a switch."""

    words: str
    unit: str = ""
    low: int | None = None
    high: int | None = None

    @property
    def is_switch(self) -> bool:
        return self.low is None

    def shown(self, value: bool | int) -> str:
        """Return a value as people read it."""
        return ("是" if value else "否") if self.is_switch else f"{value}{self.unit}"


KNOWN = {
    "watermark": Known("页面与导出文件加水印"),
    "branch_comparison": Known("分局可看各分局对比表"),
    "leader_exports": Known("局领导可以导出"),
    "branch_exports": Known("分局可以导出"),
    "idle_minutes": Known("闲置多久自动退出", "分钟", 5, 120),
    "lock_after": Known("连续登录失败几次锁定账号", "次", 3, 10),
    "lock_minutes": Known("账号锁定多久", "分钟", 5, 1440),
    "session_hours": Known("一次登录最长多久", "小时", 1, 24),
    "password_days": Known("密码多久必须更换", "天", 30, 365),
}


def read(store: HasAccess) -> AccessSettings:
    """Return the settings of a store; the defaults where none were changed. Raises UserError for a damaged file."""
    with book.reading(store) as db:
        rows = db.execute("SELECT name, value FROM settings").fetchall() if db else ()
    return _of(rows)


def save(store: HasAccess, **changes: bool | int) -> AccessSettings:
    """Change some settings and return all; every one is checked first. Raises UserError."""
    for name, value in changes.items():
        _check(name, value)
    with roster.writing(store) as db:
        rows = db.execute("SELECT name, value FROM settings").fetchall()
        before = asdict(_of(rows))
        changed = {name: value for name, value in changes.items() if value != before[name]}
        if not changed:
            return AccessSettings(**before)
        told = {
            "setting": [KNOWN[name].words for name in changed],
            "before": [KNOWN[name].shown(before[name]) for name in changed],
            "after": [KNOWN[name].shown(value) for name, value in changed.items()],
        }
        with audit.action(store, "access_setting", told):
            for name, value in changed.items():
                db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", [name, int(value)])
            db.commit()
    return AccessSettings(**before | changed)


def _check(name: str, value: object) -> None:
    known = KNOWN.get(name)
    if known is None:
        raise UserError(f"没有叫“{name}”的安全设置，有：{'、'.join(KNOWN)}。")
    if known.is_switch:
        if not isinstance(value, bool):
            raise UserError(f"安全设置“{known.words}”只能是 是 或 否。")
    elif isinstance(value, bool) or not isinstance(value, int) or not known.low <= value <= known.high:
        raise UserError(f"安全设置“{known.words}”应是{known.low}至{known.high}的整数（{known.unit}）。")


def _of(rows: Iterable[Mapping]) -> AccessSettings:
    kept = {row["name"]: row["value"] for row in rows if row["name"] in KNOWN}
    return AccessSettings(**{name: bool(value) if KNOWN[name].is_switch else value for name, value in kept.items()})


assert set(KNOWN) == {field.name for field in fields(AccessSettings)}
