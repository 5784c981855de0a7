"""One machine imports again and again, two reading servers show it: one on the same folder, one on a copy.

Everything is a process of its own. The copy is made as badly as can be: the pointer first, then the version, piece by
piece under its final name. Whatever a page shows must be one whole published version, and never an error.
"""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from data import readonly
from data.access import roster
from data.access.accounts import Accounts
from data.store import Store
from tests.access.conftest import PASSWORD
from tests.access.serving import ROOT, Browser, run, serving, texts
from tests.data.files import case, ledger, take
from tests.pages.conftest import html

CASES, IMPORTS = 10, 5  # of each import; every one makes a version
_IMPORTER = """
import sys
from pathlib import Path
from tests.access.test_reading_servers import IMPORTS, add
for number in range(2, IMPORTS + 1):
    add(Path(sys.argv[1]), number)
"""
_NOT_WRITING = {"make_files", "make_packs"}  # files to take away


def add(folder: Path, number: int) -> None:
    """Import the next cases; afterwards there are CASES for each version."""
    rows = [case(f"A-{number}-{one}") for one in range(CASES)]
    take(folder, ledger(folder.parent / f"台账_202507{number:02d}.csv", *rows))


@contextmanager
def importing(folder: Path) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([sys.executable, "-c", _IMPORTER, str(folder)], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def copied(source: Path, target: Path) -> Iterator[None]:
    """Keep a copy of a store up to date while the block runs, in the wrong order and a piece at a time."""
    stop = threading.Event()

    def copy() -> None:
        while not stop.wait(0.1):
            for name in ("CURRENT", roster.FILE):
                with suppress(FileNotFoundError):
                    (target / name).write_bytes((source / name).read_bytes())
            for version in (source / "versions").glob("*.duckdb"):
                if not (target / "versions" / version.name).exists():
                    in_pieces(version, target / "versions" / version.name)

    target.joinpath("versions").mkdir(parents=True, exist_ok=True)
    copying = threading.Thread(target=copy)
    copying.start()
    try:
        yield
    finally:
        stop.set()
        copying.join()


def in_pieces(version: Path, target: Path) -> None:
    content = version.read_bytes()
    piece = len(content) // 8 + 1
    with target.open("wb", buffering=0) as out:
        out.truncate(len(content))  # as robocopy does: full size at once, zeros where nothing has arrived
        for start in range(0, len(content), piece):
            out.write(content[start : start + piece])
            time.sleep(0.1)


def look(browser: Browser) -> int:
    """Open the first page and return the number of the version that it shows."""
    with browser.page() as page:
        told = run(page)
    assert not any(one.delta.new_element.HasField("exception") for one in told)
    return seen(texts(told))


def seen(page: str) -> int:
    """Return the number of the version that a page shows, after making sure that its figures are that version's."""
    version = int(re.search(r"版本(\d{6})", page)[1])
    total = int(re.search(r'信访总量.*?<span class="big">(\d+)<small>件', page)[1])
    accepted = re.search(r'及时受理率.*?<span class="foot">(\d+) / (\d+)</span>', page)
    assert (total, *map(int, accepted.groups())) == (CASES * version,) * 3
    return version


def test_every_page_of_a_reading_server_is_one_whole_version(tmp_path):
    home, copy = tmp_path / "store", tmp_path / "copy"
    accounts = Accounts(Store(home))
    for name, role in (("admin.one", "admin"), ("office.one", "office")):
        accounts.set_password(name, accounts.add(name, name, role), PASSWORD)
    first = accounts.add("new.one", "新人", "office")
    add(home, 1)
    roster.share(Store(home))
    shared = {readonly.SWITCH: "1", "KPI_ACCESS": str(tmp_path / "own-1")}
    other = {readonly.SWITCH: "1", "KPI_ACCESS": str(tmp_path / "own-2")}
    shown = {}
    with copied(home, copy):
        while not (copy / roster.FILE).exists():
            time.sleep(0.05)
        with serving(Store(home), **shared) as one, serving(Store(copy), **other) as two:
            readers = {address: Browser(address).sign_in("office.one") for address in (one, two)}
            new = Browser(two).sign_in("new.one", first)
            assert roster.HERE in new.get("/account").text, "a password is changed on the importing machine"
            for address, browser in readers.items():
                shown[address] = [look(browser)]
            with importing(home) as importer:
                until = time.monotonic() + 90
                while any(versions[-1] < IMPORTS for versions in shown.values()):
                    assert time.monotonic() < until and importer.poll() in (None, 0), shown
                    for address, browser in readers.items():
                        shown[address].append(look(browser))
    for versions in shown.values():
        assert versions == sorted(versions) and (versions[0], versions[-1]) == (1, IMPORTS)
    assert not (copy / "access").exists() and not list(copy.glob("*.lock"))


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("app.py", {}),
        ("pages/imports.py", {}),
        ("pages/settings.py", {}),
        ("pages/explore.py", {}),
        ("pages/quality.py", {}),
        ("pages/mechanism.py", {"view": "分局评估"}),
        ("pages/monthly.py", {"part": "定稿与更正"}),
    ],
)
def test_no_page_offers_what_cannot_be_done(opened, city, monkeypatch, tmp_path, page, address):
    monkeypatch.setenv(readonly.SWITCH, "1")
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    before = {path: path.stat().st_mtime_ns for path in city.folder.rglob("*")}
    test = opened(page, city.folder, **address)
    assert not test.exception and {button.key for button in test.button} <= _NOT_WRITING
    drawn = html(test)
    assert not re.search(r'<a href="(imports|settings|admin)["?]', drawn.split("</nav>")[0])
    assert readonly.WORDS in drawn
    is_for_writing = page in ("pages/imports.py", "pages/settings.py")
    assert (f'role="alert">{readonly.WORDS}' in drawn) == is_for_writing
    assert {path: path.stat().st_mtime_ns for path in city.folder.rglob("*")} == before


def test_a_page_says_which_version_is_on_its_way(opened, city, monkeypatch, tmp_path):
    monkeypatch.setenv(readonly.SWITCH, "1")
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    assert "只读 · 新版本" not in html(opened("app.py", city.folder))
    pointer = city.folder / "CURRENT"
    former = pointer.read_bytes()
    try:
        pointer.write_text("000009-20251123T080000\n")
        assert "只读 · 新版本000009传送中" in html(opened("app.py", city.folder))
    finally:
        pointer.write_bytes(former)
