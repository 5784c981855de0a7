"""A reading server shows the last version that has arrived whole, whatever a copy brings first, and changes nothing."""

import shutil
from pathlib import Path

import pytest

from data import following, readonly
from data.errors import UserError
from data.store import Store
from metrics.__main__ import main as metrics_main
from tests.data.files import case, ledger, take


@pytest.fixture
def publish(tmp_path, store):
    """Return a function that imports one more case on the importing machine and returns the version."""

    def one_more(number: int) -> str:
        return take(store, ledger(tmp_path / f"台账_202507{number:02d}.csv", case(f"A-{number}"))).version

    return one_more


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Store:
    """Return the store of a reading server, nothing in it yet; called reading from the first look at it on."""
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    found = Store(tmp_path / "copy")
    found.versions_folder.mkdir(parents=True)
    return found


@pytest.fixture
def reading(monkeypatch):
    """Return a function that makes this process a reading server that has just been started, or no longer."""

    def switch(value: str = "1") -> None:
        following._last.clear()
        following._verdicts.clear()
        monkeypatch.setattr(following, "_RETRY", 0.0)
        monkeypatch.setenv(readonly.SWITCH, value)

    return switch


def bring(source: Path, target: Store, version: str) -> None:
    shutil.copyfile(source / "versions" / f"{version}.duckdb", target.path_of(version))


def point(source: Path, target: Store) -> None:
    shutil.copyfile(source / "CURRENT", target.folder / "CURRENT")


def many(store: Store) -> int:
    return store.reader().query("SELECT count(*) FROM cases")[0][0]


def test_a_version_is_in_force_once_it_is_there(store, copy, publish, reading):
    first = publish(1)
    reading()
    assert copy.current() is None and copy.reader() is None
    bring(store, copy, first)
    assert copy.current() is None, "nobody has said that it is in force"
    point(store, copy)
    assert (copy.current(), copy.awaited(), many(copy)) == (first, None, 1)


def test_a_pointer_that_comes_first_leaves_the_former_version_in_force(store, copy, publish, reading):
    bring(store, copy, first := publish(1))
    point(store, copy)
    second = publish(2)
    reading()
    assert copy.current() == first
    point(store, copy)
    assert (copy.current(), copy.awaited(), many(copy)) == (first, second, 1)
    reading()
    assert copy.current() == first, "a restart loses which version was in force"
    bring(store, copy, second)
    assert (copy.current(), copy.awaited(), many(copy)) == (second, None, 2)


@pytest.mark.parametrize("spoilt", ["half", "zeros", "empty", "other"])
def test_a_version_that_is_not_whole_is_never_shown(store, copy, publish, reading, spoilt):
    bring(store, copy, first := publish(1))
    point(store, copy)
    second = publish(2)
    reading()
    assert copy.current() == first
    whole = (store / "versions" / f"{second}.duckdb").read_bytes()
    half = whole[: len(whole) // 2]
    other = (store / "versions" / f"{first}.duckdb").read_bytes()  # whole, but not what was published under the name
    content = {"half": half, "zeros": half.ljust(len(whole), b"\0"), "empty": b"", "other": other}[spoilt]
    copy.path_of(second).write_bytes(content)
    point(store, copy)
    assert (copy.current(), copy.awaited(), many(copy)) == (first, second, 1)
    copy.path_of(second).write_bytes(whole)
    assert (copy.current(), many(copy)) == (second, 2)


@pytest.mark.parametrize("content", [b"", b"0000", b"000002-2025", b"\xff\xfe\0"])
def test_half_a_pointer_is_no_error(store, copy, publish, reading, content):
    bring(store, copy, first := publish(1))
    point(store, copy)
    reading()
    assert copy.current() == first
    (copy.folder / "CURRENT").write_bytes(content)
    assert (copy.current(), many(copy)) == (first, 1)
    (copy.folder / "CURRENT").unlink()
    assert copy.current() == first


def test_where_no_version_was_ever_whole_there_is_one_sentence(store, copy, publish, reading):
    first = publish(1)
    point(store, copy)
    reading()
    for content in (None, b"DUCK"):
        if content:
            copy.path_of(first).write_bytes(content)
        with pytest.raises(UserError, match=r"^数据版本还没有传完，请稍后刷新；.*复制任务。$"):
            copy.reader()


def test_going_back_is_followed(store, copy, publish, reading):
    for version in (first := publish(1), second := publish(2)):
        bring(store, copy, version)
    point(store, copy)
    reading()
    assert copy.current() == second
    reading("0")
    Store(store).use(first)
    reading()
    point(store, copy)
    assert (copy.current(), many(copy)) == (first, 1)


def test_a_pointer_of_an_older_program_is_followed_as_well(store, copy, publish, reading):
    bring(store, copy, first := publish(1))
    (copy.folder / "CURRENT").write_text(f"{first}\n")
    reading()
    assert (copy.current(), many(copy)) == (first, 1)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    "command",
    [
        "import {file}", "import --dry-run {file}", "use {version}", "refresh", "demo", "backup {out}", "restore {out}",
    ],
)  # fmt: skip
def test_every_command_that_writes_says_where_to_go(tmp_path, store, publish, reading, monkeypatch, call, command):
    version, file = publish(1), ledger(tmp_path / "台账_20250801.csv", case("A-9"))
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    reading()
    before = snapshot(store)
    code, out, err = call(*command.format(file=file, version=version, out=tmp_path / "kpi.zip").split())
    assert (code, out, err) == (1, "", readonly.WORDS + "\n")
    assert snapshot(store) == before and not (tmp_path / "kpi.zip").exists()


def test_a_freeze_is_refused_before_anything_is_made(tmp_path, store, publish, reading, monkeypatch, capsys):
    publish(1)
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    reading()
    before = snapshot(store)
    arguments = [
        "--store",
        str(store),
        "report",
        "--month",
        "2025-07",
        "--format",
        "html",
        "--out",
        str(tmp_path / "out"),
    ]
    assert metrics_main([*arguments, "--freeze", "--author", "张三"]) == 1
    assert capsys.readouterr().err == readonly.WORDS + "\n" and snapshot(store) == before


def test_what_reads_goes_on(tmp_path, store, publish, reading, monkeypatch, call):
    publish(1)
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "own"))
    reading()
    before = snapshot(store)
    assert call("status")[0] == 0 and call("audit", "verify")[0] == 0
    assert snapshot(store) == before


@pytest.mark.parametrize("command", [["status"], ["users", "list"]])
def test_without_a_place_of_its_own_a_reading_server_does_nothing(store, publish, reading, monkeypatch, call, command):
    publish(1)
    monkeypatch.delenv("KPI_ACCESS", raising=False)
    reading()
    code, _, err = call(*command)
    assert code == 1 and "KPI_ACCESS" in err and err.count("\n") == 1


def test_a_switch_that_is_neither_on_nor_off_is_told(reading, call):
    reading("maybe")
    code, _, err = call("status")
    assert code == 1 and "KPI_READ_ONLY" in err and err.count("\n") == 1
