"""docs/deployment.md tells the truth: its commands, options, variables and files are there, its numbers those in force."""

import argparse
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from streamlit import config

from data.__main__ import _parser
from data.access import passwords
from data.access.settings import AccessSettings
from pages.server import oidc, where

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "deployment.md"
TEXT = GUIDE.read_text("utf-8")
DEPLOY = sorted((ROOT / "docs" / "deploy").iterdir())
ALL = "\n".join([TEXT, *(path.read_text("utf-8-sig") for path in DEPLOY)])
SERVICE = (ROOT / "docs" / "deploy" / "kpi.service").read_text("utf-8")
NGINX = (ROOT / "docs" / "deploy" / "nginx.conf").read_text("utf-8")
PROXY = (ROOT / "docs" / "deploy" / "nginx-proxy.conf").read_text("utf-8")

COMMANDS = sorted(
    {
        found.strip()
        for line in TEXT.replace("kpi-data …", "").splitlines()
        for found in re.findall(r"python -m data ((?:[^\s`|#：；，。（）]+ ?)+)", line)
        if not found.startswith(("…", '"'))
    }
)
SERVED = re.findall(r"(?:streamlit|-m streamlit) run serve\.py ((?:--[\w.]+ ?\S* ?)+)", ALL)


def sources(*folders: str) -> str:
    return "\n".join(path.read_text("utf-8") for one in folders for path in (ROOT / one).rglob("*.py"))


def test_there_is_something_to_look_at():
    assert len(COMMANDS) > 10 and len(SERVED) == 3 and len(DEPLOY) > 5


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_one(command):
    words = shlex.split(command)
    try:
        _parser().parse_args(words)
    except SystemExit:
        pytest.fail(f"python -m data {command} is no command")


@pytest.mark.parametrize("options", SERVED)
def test_every_option_of_the_server_is_one(options):
    named = re.findall(r"--([\w.]+)", options)
    assert len(named) >= 3
    known = {name.lower() for name in config.get_config_options()}
    assert [name for name in named if name.lower() not in known] == []


def test_every_variable_is_read_by_the_code():
    named = set(re.findall(r"\bKPI_[A-Z]+\b", ALL))
    assert {"KPI_STORE", "KPI_ACCESS", "KPI_PROXIES"} <= named
    code = sources("data", "metrics", "pages")
    assert [name for name in sorted(named) if f'"{name}"' not in code] == []


def test_every_file_that_is_linked_is_there():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    assert len(links) > 6
    assert [link for link in links if not (GUIDE.parent / link).exists()] == []
    unnamed = [path.name for path in DEPLOY if path.name not in TEXT]
    assert unnamed == [], "a file that the guide does not speak of"
    assert "docs/deployment.md" in (ROOT / "README.md").read_text("utf-8")


def test_the_settings_of_single_sign_on_are_those_that_are_read():
    block = TEXT.split("access/oidc.toml` 写")[1].split("\n\n")[1]
    given = tomllib.loads(re.sub(r"^    ", "", block, flags=re.MULTILINE))
    assert set(given) - {"issuer"} <= set(oidc.Provider.__dataclass_fields__)
    assert given["address"] + where.SINGLE_BACK in TEXT


def test_the_numbers_of_the_table_are_those_in_force():
    rules, (row,) = AccessSettings(), re.findall(r"^\| 身份鉴别 .*$", TEXT, re.MULTILINE)
    for words in (
        f"至少{passwords.SHORTEST}位",
        f"{rules.lock_after}次失败锁{rules.lock_minutes}分钟",
        f"闲置{rules.idle_minutes}分钟",
    ):
        assert words in row


def test_proxy_service_and_server_agree():
    """Prefix, port and size of an upload stand in several places."""
    served = SERVICE.split("serve.py", 1)[1]
    port, prefix = (re.search(rf"--server\.{name} (\S+)", served)[1] for name in ("port", "baseUrlPath"))
    assert f"proxy_pass http://127.0.0.1:{port};" in PROXY and f"location /{prefix}/ " in NGINX
    assert f"location = /{prefix}{where.LOGIN} " in NGINX
    caddy = (ROOT / "docs" / "deploy" / "Caddyfile").read_text("utf-8")
    assert f"reverse_proxy 127.0.0.1:{port}" in caddy and f"handle /{prefix}/*" in caddy
    own = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]["maxUploadSize"]
    assert f"client_max_body_size {own}m;" in NGINX and f"max_size {own}MB" in caddy


def test_the_folders_of_the_service_are_those_of_the_guide():
    store = re.search(r"Environment=KPI_STORE=(\S+)", SERVICE)[1]
    assert store.startswith("/var/lib/kpi/") and f"`{store}`" in TEXT and f"KPI_STORE={store}" in TEXT
    assert "StateDirectory=kpi" in SERVICE


def test_a_command_that_is_none_is_found():
    """So that the tests above can fail."""
    with pytest.raises(SystemExit):
        _parser().parse_args(["backup"])
    assert isinstance(_parser(), argparse.ArgumentParser)
