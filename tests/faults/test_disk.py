"""A disk that is full, a folder that cannot be written, a clock that goes backwards, two at once: nothing is lost."""

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from data import batch
from data import store as store_module
from data.access import chain
from data.errors import UserError
from data.store import Store
from data.verifying import check
from tests.data.files import case, ledger, stored, take


@contextmanager
def files_no_longer_than(largest: int) -> Iterator[None]:
    """Have the system refuse to let a file grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refused(answer: tuple[int, str, str]) -> bool:
    """Say whether a command gave one sentence and nothing else."""
    return answer[:2] == (1, "") and answer[2].count("\n") == 1 and "Traceback" not in answer[2]


@pytest.mark.parametrize("share", [0.2, 0.999])
def test_no_room_for_the_new_version(two, told, tmp_path, share):
    """Less than the copy of the version in force, and just too little for what comes after it."""
    before, size = two.current(), two.path_of(two.current()).stat().st_size
    path = ledger(tmp_path / "台账_20250930.csv", *(case(f"B-{n}", 反映内容=f"异味{n}" * 9) for n in range(1000)))
    with files_no_longer_than(int(size * share)):
        answer = told(two, "import", path)
    assert refused(answer) and "磁盘" in answer[2], answer
    assert "异味" not in answer[2]
    assert two.current() == before and set(stored(two.folder)) == {"A-1", "A-2", "A-3"}
    assert check(two) == []
    assert told(two, "import", path)[0] == 0


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of a few MB, which only root may."""
    place = tmp_path / "小 盘"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_is_full(small_disk, made, told, tmp_path):
    store = Store(shutil.copytree(made, small_disk / "store"))
    before = store.current()
    path = ledger(tmp_path / "台账_20250930.csv", case("B-1"))
    filler = small_disk / "filler"
    with filler.open("wb") as out, pytest.raises(OSError):
        while True:
            out.write(bytes(1 << 16))
            out.flush()
    for command in (["import", path], ["use", store.versions()[0]], ["refresh"]):
        answer = told(store, *command)
        assert refused(answer), answer
    assert store.current() == before
    filler.unlink()
    assert check(store) == [] or [finding.kind for finding in check(store)] == ["space"]
    assert told(store, "import", path)[0] == 0
    assert set(stored(store.folder)) == {"A-1", "A-2", "A-3", "B-1"}


@pytest.fixture
def read_only(two):
    """Make a store that cannot be written, to root either where that can be had."""
    is_root = os.geteuid() == 0
    if is_root:
        bound = ["mount", "--bind", two.folder, two.folder], ["mount", "-o", "remount,ro,bind", two.folder]
        for command in bound:
            if subprocess.run(command, capture_output=True, check=False).returncode:
                subprocess.run(["umount", "-l", two.folder], capture_output=True, check=False)
                pytest.skip("root writes everywhere, and may not mount here")
    else:
        for path in [*two.folder.rglob("*"), two.folder]:
            path.chmod(0o500 if path.is_dir() else 0o400)
    yield two
    if is_root:
        subprocess.run(["umount", "-l", two.folder], check=True)
    else:
        for path in [two.folder, *two.folder.rglob("*")]:
            path.chmod(0o700)


def test_a_folder_that_cannot_be_written(read_only, told, tmp_path):
    path = ledger(tmp_path / "台账_20250930.csv", case("B-1"))
    for command in (["import", path], ["use", read_only.versions()[0]], ["prune"], ["refresh"]):
        answer = told(read_only, *command)
        assert refused(answer) and "写" in answer[2], answer
    assert told(read_only, "status")[0] == 0
    assert told(read_only, "check")[0] == 0


def test_a_clock_that_goes_backwards(two, tmp_path, monkeypatch):
    """The running number orders the versions, and the export's own moment says what is newest."""
    as_of, past = two.reader().as_of, datetime(2003, 1, 1)
    for module in (store_module, batch, chain):
        monkeypatch.setattr(module, "now", lambda: past)
    for day, number in ((1, "B-1"), (2, "B-2")):
        past -= timedelta(days=day)
        take(two.folder, ledger(tmp_path / f"台账_2025090{day}.csv", case(number)))
    versions = two.versions()
    assert [name[:6] for name in versions] == ["000001", "000002", "000003", "000004"]
    assert two.current() == versions[-1] and versions[-1][7:11] == "2002"
    assert two.reader().as_of == datetime(2025, 9, 2, 23, 59, 59) > as_of
    assert set(stored(two.folder)) == {"A-1", "A-2", "A-3", "B-1", "B-2"}
    monkeypatch.undo()
    assert check(two) == []


def test_of_two_imports_at_once_one_waits_and_then_says_so(two, tmp_path):
    path = ledger(tmp_path / "台账_20250930.csv", case("B-1"))
    with two.only_writer():
        began = time.monotonic()
        with pytest.raises(UserError, match="另一个导入正在进行"):
            two.use(two.versions()[0])
        assert time.monotonic() - began > 2
    assert take(two.folder, path).is_published


def test_a_version_deleted_by_hand(two, told):
    gone = two.current()
    two.path_of(gone).unlink()
    answer = told(two, "status")
    assert refused(answer) and two.versions()[0] in answer[2]
    code, shown, _ = told(two, "check", "--repair")
    assert code == 0 and gone in shown and two.versions()[0] in shown
    assert set(stored(two.folder)) == {"A-1"}
