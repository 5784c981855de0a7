"""Nothing half done is ever seen: killed at any moment, two at once, read meanwhile, files damaged or gone."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data.errors import UserError
from data.importing import only_import
from data.store import Store
from tests.data.files import case, ledger, stored, take

JULY, AUGUST = ("台账_20250731.csv", "台账_20250831.csv")


class Stopped(BaseException):
    """What stands for the process ending at a certain step."""


@pytest.mark.parametrize("step", range(4))
def test_stopped_at_any_step_the_former_version_stays_in_force(tmp_path, store, step):
    version = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    path = ledger(tmp_path / AUGUST, case("A-2"))
    steps = []

    def stop(what, done, of):
        steps.append(what)
        if len(steps) > step:
            raise Stopped

    try:
        take(store, path, progress=stop)
    except Stopped:
        assert (Store(store).current(), set(stored(store))) == (version, {"A-1"})
        take(store, path)
    else:
        assert len(steps) == step, "more steps than are tried here"
    assert set(stored(store)) == {"A-1", "A-2"}


def test_stopped_between_the_new_file_and_the_pointer(tmp_path, store, monkeypatch):
    version = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    path = ledger(tmp_path / AUGUST, case("A-2"))
    with monkeypatch.context() as patched:
        patched.setattr(Store, "point_to", lambda self, name: (_ for _ in ()).throw(Stopped))
        with pytest.raises(Stopped):
            take(store, path)
    assert (Store(store).current(), set(stored(store))) == (version, {"A-1"})
    assert take(store, path).is_published
    assert set(stored(store)) == {"A-1", "A-2"}


def spawn(store: Path, path: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "data", "import", str(path)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"KPI_STORE": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_at_any_moment_the_former_version_stays_in_force(tmp_path, store):
    """SIGKILL, which no program can answer, at moments spread over the whole run."""
    version = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    big = ledger(tmp_path / AUGUST, *(case(f"B-{n}", 反映内容=f"异味{n}") for n in range(4000)))
    rehearsal = tmp_path / "rehearsal"
    shutil.copytree(store, rehearsal)
    began = time.monotonic()
    assert spawn(rehearsal, big).wait(120) == 0
    lasts = time.monotonic() - began
    moments = random.Random(2025)
    for n in range(4):
        process = spawn(store, big)
        time.sleep(lasts * (n + moments.random()) / 4)
        process.kill()
        if process.wait(120) == 0:
            break  # it was done before the signal came
        assert Store(store).current() in (version, Store(store).versions()[-1])
        if Store(store).current() != version:
            break  # published, and killed on its way out
        assert set(stored(store)) == {"A-1"}
    assert spawn(store, big).wait(120) == 0
    assert len(stored(store)) == 4001
    assert list((store / "work").iterdir()) == []


def test_readers_read_on_while_imports_are_published(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-0")))
    paths = [ledger(tmp_path / f"台账_202508{n:02}.csv", *(case(f"A-{m}") for m in range(n + 1))) for n in range(1, 5)]
    seen, failures, done = [], [], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                reader = Store(store).reader()
                cases = reader.query("SELECT count(*) FROM cases")[0][0]
                told = reader.query("SELECT sum(new) FROM imports")[0][0]
                seen.append(cases)
                if cases != told:
                    failures.append(f"{cases} cases, {told} told")
            except Exception as error:  # whatever a page would have met
                failures.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for path in paths:
        take(store, path)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(seen) <= {1, 2, 3, 4, 5} and len(seen) > 10
    assert len(stored(store)) == 5


def test_a_reader_opened_before_keeps_its_version(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1")))
    reader = Store(store).reader()
    take(store, ledger(tmp_path / AUGUST, case("A-2")))
    assert reader.query("SELECT count(*) FROM cases") == [(1,)]


def test_of_two_imports_at_once_the_second_is_told_so(tmp_path, store, run_data):
    path = ledger(tmp_path / JULY, case("A-1"))
    with only_import(Store(store)):
        refused = run_data("import", path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.strip() == "另一个导入正在进行，请等它完成后再试；这次没有改动任何数据。"
    assert run_data("import", path).returncode == 0


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"000099-20250101T000000\n", b"../../etc/passwd\n", "版本".encode()]
)
def test_a_damaged_pointer_gives_a_sentence_and_use_mends_it(tmp_path, store, call, content):
    version = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    (store / "CURRENT").write_bytes(content)
    with pytest.raises(UserError, match="use"):
        Store(store).current()
    code, shown, told = call("status")
    assert (code, shown, told.count("\n")) == (1, "", 1)
    assert call("use", version)[0] == 0
    assert set(stored(store)) == {"A-1"}


def test_a_version_whose_file_was_deleted(tmp_path, store):
    first = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    second = take(store, ledger(tmp_path / AUGUST, case("A-2"))).version
    Store(store).path_of(second).unlink()
    with pytest.raises(UserError, match=f"use.*{first}"):
        Store(store).reader()
    Store(store).use(first)
    assert set(stored(store)) == {"A-1"}
    assert take(store, tmp_path / AUGUST).is_published
    assert set(stored(store)) == {"A-1", "A-2"}


def test_a_version_file_that_is_damaged_gives_a_sentence(tmp_path, store, run_data):
    version = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    path = Store(store).path_of(version)
    path.chmod(0o640)
    path.write_bytes(b"not a database" * 400)
    told = run_data("status")
    assert (told.returncode, told.stderr.count("\n"), "Traceback" in told.stderr) == (1, 1, False)
    assert version in told.stderr


def test_a_store_that_cannot_be_written_gives_a_sentence(tmp_path, run_data):
    (tmp_path / "occupied").write_text("a file, not a folder")
    told = run_data("import", ledger(tmp_path / JULY, case("A-1")), "--store", tmp_path / "occupied")
    assert (told.returncode, told.stdout, "Traceback" in told.stderr) == (1, "", False)
    assert "写不进去" in told.stderr
