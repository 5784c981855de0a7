"""What `python -m data check` finds, and what `--repair` mends without losing anything."""

import json
import os
import shutil
import sqlite3
from contextlib import suppress
from datetime import datetime

import duckdb
import pytest

from data.access import audit, book
from data.attached import damage_told
from data.derived import quoted
from data.errors import UserError
from data.sound import fault_of
from data.store import Store
from data.verifying import check
from tests.data.files import case, ledger, take
from tests.metrics.build import make_store

_FIRST_BLOCK, _BLOCK = 3 * 4096, 256 << 10  # of a DuckDB file, in bytes


def kinds(store: Store) -> list[str]:
    return [finding.kind for finding in check(store)]


def changed(store: Store, *statements: str) -> None:
    """Change the newest version behind everybody's back."""
    path = store.path_of(store.versions()[-1])
    path.chmod(0o640)
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_store_is_sound_and_is_not_touched(two, told):
    before = {path: path.stat().st_mtime_ns for path in two.folder.rglob("*") if path.is_file()}
    code, shown, wrong = told(two, "check")
    assert (code, wrong) == (0, "") and "完好：2个版本" in shown
    assert {path: path.stat().st_mtime_ns for path in two.folder.rglob("*") if path.is_file()} == before


def test_of_no_store_it_is_said_that_there_is_none(tmp_path):
    with pytest.raises(UserError, match="没有数据仓文件夹"):
        check(Store(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE imports SET rows_read = rows_read + 1 WHERE batch_no = 2",
        "UPDATE imports SET new = new + 1, unchanged = unchanged - 1 WHERE batch_no = 2",
        "UPDATE import_files SET quarantined = 7 WHERE batch_no = 1",
        "DELETE FROM cases WHERE case_no = 'A-2'",
        "INSERT INTO cases SELECT * FROM cases WHERE case_no = 'A-2'",
        "DELETE FROM imports WHERE batch_no = 1",
    ],
)
def test_a_version_that_contradicts_its_log_is_found_and_left_as_it_is(two, told, statement):
    changed(two, statement)
    code, _, wrong = told(two, "check", "--repair")
    assert code == 1 and "导入记录对不上" in wrong
    assert len(two.versions()) == 2


@pytest.mark.parametrize("statement", ["DROP TABLE imports", "DELETE FROM meta WHERE key = 'as_of'"])
def test_a_version_that_lacks_a_part_is_damaged(two, statement):
    changed(two, statement)
    assert kinds(two) == ["damaged"]


def test_a_version_of_an_older_schema_is_sound(two):
    changed(two, "DROP TABLE scorecard", "DROP TABLE events", "UPDATE meta SET value = '1' WHERE key = 'schema'")
    assert kinds(two) == []


def test_a_version_of_a_later_program_is_not_set_aside(two, told):
    changed(two, "UPDATE meta SET value = '99' WHERE key = 'schema'")
    code, _, wrong = told(two, "check", "--repair")
    assert code == 1 and "先升级" in wrong and len(two.versions()) == 2


def test_a_changed_byte_in_a_block_is_found_by_its_checksum(two):
    """One byte of one block at a time: what is used is found, also where the file still opens; what is free is nobody's."""
    path = two.path_of(two.versions()[-1])
    path.chmod(0o640)
    whole = path.read_bytes()
    found, unread = 0, 0
    for at in range(_FIRST_BLOCK + 100, len(whole), _BLOCK):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        if [fault.kind for fault in fault_of(path)] != ["damaged"]:
            continue
        found += 1
        with duckdb.connect(":memory:") as connection, suppress(duckdb.Error):
            connection.execute(f"ATTACH '{quoted(path)}' AS version (READ_ONLY)")
            unread += 1
    assert found > unread > 0


def test_a_page_that_meets_a_block_that_does_not_read_gets_a_sentence(tmp_path):
    with pytest.raises(UserError, match=r"已损坏.*check --repair"), damage_told(tmp_path / "000001-x.duckdb"):
        raise duckdb.Error("Corrupt database file: computed checksum 1 does not match stored checksum 2")
    with pytest.raises(duckdb.ParserException), damage_told(tmp_path / "000001-x.duckdb"):
        duckdb.execute("SELEC")


def test_a_damaged_version_in_force_is_set_aside_and_the_newest_sound_one_put_in_force(two, told):
    first, second = two.versions()
    two.path_of(second).chmod(0o640)
    two.path_of(second).write_bytes(b"not a database" * 4000)
    code, shown, wrong = told(two, "check", "--json")
    assert (code, wrong) == (1, "")
    assert [(f["kind"], f["is_mendable"]) for f in json.loads(shown)["findings"]] == [("damaged", True)]
    code, shown, wrong = told(two, "check", "--repair")
    assert (code, wrong) == (0, "")
    assert first in shown and second in shown and "最新的完好版本" in shown
    assert two.current() == first
    assert two.path_of(second).with_suffix(".duckdb.damaged").read_bytes().startswith(b"not a database")
    assert [entry.state for entry in audit.entries(two, event="repair")] == ["ok", "begun"]
    assert int(two.next_version_name(datetime(2025, 1, 1))[:6]) == 3


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "binary": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "another name": lambda path: path.write_text("latest", "utf-8"),
    "a version that is gone": lambda path: path.write_text("000099-20250101T000000\n", "utf-8"),
    "a way out": lambda path: path.write_text("../../../etc/passwd", "utf-8"),
    "huge": lambda path: path.write_bytes(b"0" * (8 << 20)),
    "a folder": lambda path: (path.unlink(), path.mkdir(), (path / "inner").write_text("x")),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_pointer_is_a_sentence_everywhere_and_can_be_mended(two, told, damage):
    newest = two.current()
    damage(two.folder / "CURRENT")
    for command in (["status"], ["check"]):
        code, _, wrong = told(two, *command)
        assert code == 1 and wrong.count("\n") == 1 and ("repair" in wrong or "use" in wrong)
    code, shown, wrong = told(two, "check", "--repair")
    assert (code, wrong) == (0, "") and newest in shown and "CURRENT" in shown
    assert two.current() == newest and len(two.versions()) == 2


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_pointer_is_mended_by_use_as_well(two, told, damage):
    damage(two.folder / "CURRENT")
    assert told(two, "use", two.versions()[0])[0] == 0
    assert two.current() == two.versions()[0]


def test_an_import_onto_a_lost_pointer_stops_instead_of_beginning_anew(two, tmp_path):
    """Without the pointer the store must not pass for an empty one: the next version would hold one file alone."""
    (two.folder / "CURRENT").unlink()
    with pytest.raises(UserError, match="不见了"):
        take(two.folder, ledger(tmp_path / "台账_20250930.csv", case("B-1")))
    assert len(two.versions()) == 2


def test_what_killed_runs_left_is_found_and_removed(two, told):
    left = [
        "work/000003-x.duckdb",
        "CURRENT.new",
        "secret.4711",
        "reference/targets.csv.new",
        "reports/work/edition-01/a",
    ]
    for name in left:
        (two.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (two.folder / name).write_text("half", "utf-8")
    assert kinds(two) == ["leftover"] * 5
    with two.only_writer():
        assert kinds(two) == []  # whoever imports just now needs them
    code, shown, _ = told(two, "check", "--repair")
    assert (code, shown.count("已删去")) == (0, 5)
    assert not any((two.folder / name).exists() for name in left)


def test_a_key_that_others_can_read_is_closed_and_a_lost_one_is_missed(two, told):
    path = two.folder / "secret.key"
    path.chmod(0o644)
    assert kinds(two) == ["secret_mode"]
    assert told(two, "check", "--repair")[0] == 0 and path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    assert kinds(two) == ["secret"]
    path.write_bytes(b"short")
    path.chmod(0o600)
    assert kinds(two) == ["secret"]


def test_lists_settings_and_formats_that_do_not_parse_are_named(two):
    for name in ("reference/settings.toml", "reference/targets.csv", "reference/branches.csv", "profiles/a.toml"):
        (two.folder / name).parent.mkdir(exist_ok=True)
        (two.folder / name).write_bytes(b"\xff[broken\nkpi,\n")
    found = [finding.where for finding in check(two)]
    assert sorted(found) == [
        "profiles/a.toml",
        "reference/branches.csv",
        "reference/settings.toml",
        "reference/targets.csv",
    ]


def test_the_log_and_the_accounts_are_looked_at(two):
    lines = next((two.access_folder / "audit").glob("*.jsonl"))
    lines.write_bytes(lines.read_bytes().replace(b"begun", b"begin", 1))
    with sqlite3.connect(book.path_of(two)) as db:
        db.execute("CREATE TABLE t (x)")
    book.path_of(two).write_bytes(b"no accounts" * 1000)
    assert set(kinds(two)) == {"audit", "accounts"}


def test_an_edition_that_was_changed_or_whose_version_is_gone_is_named(tmp_path):
    from tests.faults.scenes import _freeze

    make_store(tmp_path / "store", [{"received_at": "2025-09-01"}])
    store = Store(tmp_path / "store")
    _freeze(store.folder)
    assert not {"edition"} & set(kinds(store))
    (page,) = store.reports_folder.glob("*/edition-01/报告.html")
    page.chmod(0o640)
    page.write_bytes(b"<p>2</p>")
    store.path_of(store.current()).unlink()
    found = [finding.where for finding in check(store) if finding.kind == "edition"]
    assert found == ["reports/2025-09/edition-01/报告.html", "reports/2025-09/edition-01"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_copy_that_cannot_be_written_is_checked_all_the_same(two, tmp_path):
    copy = shutil.copytree(two.folder, tmp_path / "copy")
    for path in [*copy.rglob("*"), copy]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert kinds(Store(copy)) == []
    finally:
        for path in [copy, *copy.rglob("*")]:
            path.chmod(0o700)
