"""What the rule of clearing-up keeps and removes, and that nothing goes while anything cannot be read."""

import json
from datetime import datetime

import msgspec
import pytest

from data import pruning
from data.__main__ import main
from data.access import audit
from data.errors import UserError
from data.pruning import Version, prune, reasons
from data.store import Store
from metrics.report import editions
from tests.data.files import case, ledger, take
from tests.report.sample import DOCUMENT

RULE = {"keep_newest": 2, "keep_months": 2, "keep_used_days": 30}


def version(number: int, day: str, is_demo: bool = False) -> Version:
    return Version(f"{number:06d}-x", datetime.fromisoformat(day), is_demo)


def kept(
    versions: list[Version], current: int, needed: set[int] = frozenset(), used: set[int] = frozenset()
) -> list[int]:
    named = lambda numbers: {f"{number:06d}-x" for number in numbers}  # noqa: E731 - one word for two uses
    stays = reasons(versions, f"{current:06d}-x", named(needed), named(used), RULE)
    return sorted(int(name[:6]) for name in stays)


DAYS = ["2025-01-31", "2025-02-10", "2025-02-20", "2025-03-01", "2025-03-02", "2025-03-03"]
SIX = [version(number, day) for number, day in enumerate(DAYS, 1)]


def test_the_newest_the_last_of_each_month_and_what_somebody_needs_stay():
    assert kept(SIX, 6) == [3, 5, 6]
    assert kept(SIX, 1) == [1, 3, 5, 6]
    assert kept(SIX, 6, needed={2}, used={4}) == [2, 3, 4, 5, 6]


def test_a_clock_that_was_set_back_removes_nothing_new():
    """The running number says which is newest, whatever month a wrong clock gave it."""
    assert {5, 6} <= set(kept([*SIX[:4], version(5, "2003-01-01"), version(6, "2003-01-02")], 6))


def test_demonstrations_are_counted_apart():
    demos = [version(number, "2025-03-05", is_demo=True) for number in (7, 8, 9)]
    assert kept([*SIX, *demos], 6) == [3, 5, 6, 8, 9]


def test_what_was_frozen_or_used_or_is_in_force_stays_and_the_rest_goes(five, capsys):
    first, second, third, *newest = five.versions()
    five.use(second)
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=first)
    document = msgspec.structs.replace(DOCUMENT, key="2025-08", branch="", stamp=stamp, edition=0)
    editions.freeze(five, document, {"报告.html": b"1"}, "张三")
    command = ["--store", str(five.folder), "prune", "--json"]
    assert main([*command, "--dry-run"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["removed"], len(five.versions())) == ([third], 5)
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["removed"], five.versions()) == ([third], [first, second, *newest])
    assert (told["kept"][first], told["kept"][second]) == ("定稿报告所依据", "当前版本")
    assert audit.entries(five, event="prune")[0].what["removed"] == third


def spoil_manifest(store: Store) -> None:
    folder = store.reports_folder / "2025-08" / "edition-01"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(b"{")


def spoil_version(store: Store) -> None:
    path = store.path_of(store.versions()[0])
    path.chmod(0o640)
    path.write_bytes(b"no database" * 400)


def spoil_log(store: Store) -> None:
    (store.access_folder / "audit" / "HEAD").write_bytes(b"{}")


def spoil_pointer(store: Store) -> None:
    (store.folder / "CURRENT").unlink()


def spoil_settings(store: Store) -> None:
    (store.reference_folder / "settings.toml").write_text("keep_newest = 0\n", "utf-8")


@pytest.mark.parametrize("spoil", [spoil_manifest, spoil_version, spoil_log, spoil_pointer, spoil_settings])
def test_nothing_goes_while_anything_cannot_be_read(five, spoil, capsys):
    spoil(five)
    assert main(["--store", str(five.folder), "prune"]) == 1
    assert len(five.versions()) == 5 and capsys.readouterr().err.count("\n") == 1


def test_an_import_clears_up_after_itself_where_the_settings_say_so(five, tmp_path):
    (five.reference_folder / "settings.toml").write_text("keep_newest = 2\nkeep_months = 0\n", "utf-8")
    result = take(five.folder, ledger(tmp_path / "台账_20250901.csv", case("B-1")))
    assert result.is_published and len(five.versions()) == 2
    spoil_log(five)
    result = take(five.folder, ledger(tmp_path / "台账_20250902.csv", case("B-2")))
    assert result.is_published and len(five.versions()) == 3
    assert "没有清理" in result.notes[-1]


def test_a_file_that_cannot_go_is_left_for_the_next_time(five):
    """As Windows does with one that a page has open: the file system's own refusal, of a folder in the file's place."""
    first, second, *_ = five.versions()
    plan = pruning.Pruned(removed=[first, second])
    five.path_of(first).unlink()
    five.path_of(first).mkdir()
    done = pruning._removed(five, plan)
    assert (done.left, done.removed) == ([first], [second])


def test_nobody_clears_up_during_a_backup_or_an_import(five):
    with five.only_writer(), pytest.raises(UserError, match="正在进行"):
        prune(five)
    with pruning.alone(five.folder / "backup.lock", "x"), pytest.raises(UserError, match="备份"):
        prune(five)
    assert len(five.versions()) == 5


def test_a_version_that_is_being_read_stays_readable(five):
    reader = five.reader(version=five.versions()[0])
    assert reader.query("SELECT count(*) FROM cases") == [(1,)]
    prune(five)
    assert not reader.path.exists() and reader.query("SELECT count(*) FROM cases") == [(1,)]
