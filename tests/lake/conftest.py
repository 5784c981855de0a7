"""A PostgreSQL of the tests' own, on a socket in a temporary folder, and lakes in it.

Without PostgreSQL's programs or the lake's packages (make lake) these tests are skipped; where KPI_TEST_LAKE says so,
as in CI, they fail instead.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.lake.address import LakeAddress, find_lake
from data.lake.bridge import packages
from data.store import Store

_ACCESS = "local all locked scram-sha-256\nlocal all all trust\n"


def programs() -> Path | None:
    """Return the folder with initdb and postgres, which Debian keeps off the PATH; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).resolve().parent if here else None


def as_user(command: list[object]) -> list[str]:
    """Return a command as somebody who is not root: PostgreSQL refuses to run as root."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    nobody = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups", *words]


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Start PostgreSQL and give the folder of its socket; the user is lake, one called locked has a password, a stranger no rights."""
    programs_ = programs()
    missing = "PostgreSQL" if programs_ is None else "" if (packages() / "duckdb").is_dir() else "make lake"
    if missing:
        (pytest.fail if os.environ.get("KPI_TEST_LAKE") else pytest.skip)(f"数据湖的测试需要 {missing}")
    with tempfile.TemporaryDirectory(prefix="kpi-pg-") as name:  # short: a socket's path has 107 bytes at most
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            for path in (folder, data):
                shutil.chown(path, "nobody")
        run = {"check": True, "capture_output": True, "cwd": folder}
        made = ["-A", "trust", "-U", "lake", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(as_user([programs_ / "initdb", "-D", data, *made]), **run)
        (data / "pg_hba.conf").write_text(_ACCESS)
        settings = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=40"
        control = [programs_ / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        subprocess.run(as_user([*control, "-o", settings, "start"]), **run)
        try:
            sql = "CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE stranger LOGIN"
            subprocess.run([programs_ / "psql", "-h", folder, "-U", "lake", "-d", "postgres", "-c", sql], **run)
            yield folder
        finally:
            subprocess.run(as_user([*control, "-m", "immediate", "stop"]), check=False, capture_output=True, cwd=folder)


@pytest.fixture(scope="module")
def lake(server: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> LakeAddress:
    """Give an empty lake: a database and a folder of its own for each test file."""
    name = request.module.__name__.rpartition(".")[2]
    command = [programs() / "createdb", "-h", server, "-U", "lake", name]
    subprocess.run(command, check=True, capture_output=True)
    share = tmp_path_factory.mktemp("share 共享")
    return find_lake(f"postgres://lake@/{name}?host={server}&data_path={share}", Store(share / "none"))
