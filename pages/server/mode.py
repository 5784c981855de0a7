"""How this process is served: by `streamlit run app.py` alone, by serve.py for one person, or by serve.py with login."""

import ipaddress
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from data import readonly
from data.access import viewer
from data.access.accounts import Accounts
from data.errors import UserError
from data.store import Store

Gate = Literal["none", "open", "login"]
SINGLE_SIGN_ON = "oidc.toml"  # in the access folder; what it holds, oidc.py says
_FORWARDED = ("forwarded", "x-forwarded", "x-real-ip", "x-client-ip")
_FIRST = "请先用 python -m data users add 账号 --name 姓名 --role admin 建立管理员，再用 streamlit run serve.py 启动。"
ELSEWHERE = f"没有启用登录时，看板只在本机（127.0.0.1）上使用，已拒绝。要供网络上的人使用，{_FIRST}"
_NO_ROSTER = (
    "这台只读服务器还没有收到账号名册 roster.json，不能供网络使用；"
    "请在导入机上执行 python -m data users share，等它随数据仓传过来后再启动。"
)
_gate: Gate = "none"


def gate() -> Gate:
    """Return how this process is served: none (app.py alone), open (serve.py, one person), login."""
    return _gate


def set_gate(kind: Gate) -> None:
    """Say how this process is served; once there is a login it stays."""
    global _gate
    _gate = "login" if _gate == "login" else kind
    if _gate == "login":
        viewer.require_login()


def decide(store: Store, address: str) -> None:
    """Set how serve.py is served. Raises UserError where it would listen on a network without anybody to sign in.

    address: server.address of Streamlit's options, empty when it listens everywhere.
    """
    readonly.check(store.folder, store.access_folder)
    if not with_login(store) and not is_this_machine(address):
        if readonly.is_on():
            raise UserError(_NO_ROSTER)
        raise UserError(f"还没有可登录的账号，不能在地址“{address or '0.0.0.0'}”上供网络使用。{_FIRST}")
    set_gate("open")


def with_login(store: Store) -> bool:
    """Say whether everybody must sign in: from the first account on, at once and for the rest of this process."""
    if _gate != "login" and ((store.access_folder / SINGLE_SIGN_ON).exists() or Accounts(store).exist()):
        set_gate("login")
    return _gate == "login"


def refusal(address: str, headers: Mapping[str, str]) -> str | None:
    """Return why a request cannot be answered without login: one sentence; None when it comes from this machine.

    address: server.address of Streamlit's options, empty when it listens everywhere. headers: those of the request;
    a name that is not this machine's in Host or Origin, or the mark of a proxy, means that somebody else is asking.
    """
    names = {name.lower(): value for name, value in headers.items()}
    host, origin = names.get("host", ""), names.get("origin", "")
    from_here = (
        is_this_machine(address)
        and (not host or is_this_machine(_without_port(host)))
        and (not origin or is_this_machine(_host_of(origin)))
        and not any(name.startswith(_FORWARDED) for name in names)
    )
    return None if from_here else ELSEWHERE


def is_this_machine(name: str) -> bool:
    """Say whether a host name or address is this machine's own and nobody else's."""
    name = name.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
