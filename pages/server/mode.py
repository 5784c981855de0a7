"""How this process is served: by `streamlit run app.py` alone, by serve.py for one person, or by serve.py with login."""

import ipaddress
from collections.abc import Mapping
from typing import Literal

from data.access import viewer

Gate = Literal["none", "open", "login"]
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_ELSEWHERE = (
    "没有启用登录时，看板只在本机（127.0.0.1）上使用，已拒绝。要供网络上的人使用，请先用 "
    "python -m data users add 账号 --name 姓名 --role admin 建立管理员，再用 streamlit run serve.py 启动。"
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


def refusal(address: str, headers: Mapping[str, str]) -> str | None:
    """Return why a request cannot be answered without login: one sentence; None when it comes from this machine.

    address: server.address of Streamlit's options, empty when it listens everywhere. headers: those of the request;
    a name that is not this machine's in Host, or the mark of a proxy, means that somebody else is asking.
    """
    names = {name.lower(): value for name, value in headers.items()}
    host = names.get("host", "")
    if not is_this_machine(address) or (host and not is_this_machine(_without_port(host))):
        return _ELSEWHERE
    return _ELSEWHERE if any(name in names for name in _FORWARDED) else None


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
