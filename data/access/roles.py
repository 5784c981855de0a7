"""The roles and what each may do: the one place that says so; pages, downloads, the matrix and the tests read it.

A role is given to an account by the administrator. Rows are cut by `Viewer.scope` where data is read, columns by
`Field.shown`; what stands here decides which pages and actions there are.
"""

from dataclasses import dataclass

PERMISSIONS = {
    "figures": "看指标",
    "cases": "看案件（脱敏）",
    "text": "看脱敏正文",
    "report": "看月报草稿与全部定稿",
    "export": "导出",
    "import": "导入数据",
    "define": "改口径与设置",
    "freeze": "定稿",
    "audit": "看审计日志",
    "accounts": "管理账号与安全设置",
}


@dataclass(frozen=True)
class Role:
    """What holders of an account may do. reach: all, branch (their own branches' rows only), none (no case data)."""

    key: str
    name: str
    about: str
    reach: str
    permissions: frozenset[str]


def _role(key: str, name: str, about: str, reach: str, *permissions: str) -> Role:
    unknown = set(permissions) - set(PERMISSIONS)
    if unknown:
        raise ValueError(f"role {key} names unknown permissions {unknown}")
    return Role(key, name, about, reach, frozenset(permissions))


ROLES = {
    role.key: role
    for role in (
        _role("leader", "局领导", "看全部指标，下钻到脱敏案件", "all", "figures", "cases", "report"),
        _role(
            "office", "信访办", "全部数据，导入、口径、定稿、导出", "all",
            "figures", "cases", "text", "report", "export", "import", "define", "freeze",
        ),
        _role("branch", "分局", "只看本分局的指标与案件；别的分局只看已公布的对比表", "branch", "figures", "cases"),
        _role("auditor", "审计员", "只看审计日志", "none", "audit"),
        _role("admin", "管理员", "管账号与安全设置，不看业务数据", "none", "accounts"),
    )
}  # fmt: skip

# Whoever sits at the machine itself: the single-user way on 127.0.0.1 and the command line.
LOCAL = Role("local", "本机", "单机使用，不登录", "all", frozenset(PERMISSIONS))
# Whoever has not been named on a server with login: what forgets to say who is looking shows nothing.
NOBODY = Role("nobody", "未登录", "没有登录", "none", frozenset())


def role_of(key: str) -> Role:
    """Return a role by its key, or KeyError."""
    return next((role for role in (LOCAL, NOBODY) if role.key == key), None) or ROLES[key]
