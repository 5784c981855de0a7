"""What a publication does to the lake: the importer's rules for re-export, one bureau's rows and no others'."""

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from data.errors import UserError
from data.importing import import_files
from data.lake import columns
from data.schema import TABLES
from data.store import Store
from tests.lake.rows import AS_OF, city, edited, of_bureau, send, take
from tests.test_architecture import imports, is_part, under

LATER = datetime(2025, 10, 22, 18)
NOTHING = {"backlog": (), "key_cases": ()}


def case(number: int, **more) -> dict:
    return {
        "case_no": f"N-{number}",
        "received_at": "2025-08-01",
        "accepted_at": "2025-08-03",
        "branch": "直属分局",
    } | more


def counts(done) -> tuple[int, ...]:
    return done.new, done.updated, done.unchanged, done.older, done.removed, done.only_in_lake


@pytest.fixture(scope="module")
def neighbour(lake, tmp_path_factory):
    """Another bureau with cases of the same numbers; whatever is published beside it, its rows stay."""
    folder = tmp_path_factory.mktemp("neighbour")
    city(folder, [case(1, status="办理中"), case(4, status="已办结", closed_at="2025-08-09")], **NOTHING)
    send(folder, lake, "乙市")
    return lake


def test_newer_wins_older_changes_nothing_and_replace_takes_back(neighbour, tmp_path):
    lake, store = neighbour, Store(tmp_path / "city")
    first = city(store.folder, [case(1), case(2), case(3)], **NOTHING).version
    assert counts(send(store.folder, lake, "甲市")) == (3, 0, 0, 0, 0, 0)
    again = send(store.folder, lake, "甲市")
    assert (again.changed, counts(again)) == (False, (0, 0, 3, 0, 0, 0))

    closed = case(1, status="已办结", closed_at="2025-08-20", rating="满意")
    city(store.folder, [closed, case(2), case(3), case(4)], as_of=LATER, **NOTHING)
    done = send(store.folder, lake, "甲市")
    assert (done.changed, counts(done)) == (True, (1, 1, 2, 0, 0, 0))

    store.use(first)
    older = send(store.folder, lake, "甲市")
    assert (older.changed, older.snapshot, counts(older)) == (False, done.snapshot, (0, 0, 0, 3, 0, 1))
    replaced = send(store.folder, lake, "甲市", replace=True)
    assert counts(replaced) == (0, 1, 2, 0, 1, 0)

    fetched, province = take(tmp_path / "province", lake)
    assert of_bureau(province, "status, as_of", "甲市") == [("办理中", AS_OF)] * 3
    assert of_bureau(province, "case_no, status", "乙市") == [("乙市 · N-1", "办理中"), ("乙市 · N-4", "已办结")]
    assert province.query("SELECT count(DISTINCT case_key), count(*) FROM cases") == [(5, 5)]
    assert (fetched.snapshot, province.meta["lake_snapshot"]) == (replaced.snapshot, str(replaced.snapshot))
    past, province = take(tmp_path / "province", lake, done.snapshot)
    states = of_bureau(province, "status, as_of", "甲市")
    assert (past.snapshot, states) == (done.snapshot, [("已办结", LATER), *[("办理中", LATER)] * 3])
    with pytest.raises(UserError, match="没有这个快照"):
        take(tmp_path / "province", lake, done.snapshot + 100)


def test_a_correction_of_the_same_export_takes_effect_once(neighbour, tmp_path):
    """As when the store was refreshed under other terms: nothing was exported anew, and the limit is another."""
    lake, store = neighbour, Store(tmp_path / "city")
    old = city(store.folder, [case(1), case(2)], settings={"cohort_days": "45"}, **NOTHING).version
    send(store.folder, lake, "丙市")
    change = "UPDATE cases SET due_at = TIMESTAMP '2025-09-01' WHERE case_no = 'N-1'"
    edited(store.folder, f"{change}; UPDATE meta SET value = '2025-09-23T09:00:00' WHERE key = 'published_at'")
    assert counts(send(store.folder, lake, "丙市")) == (0, 1, 1, 0, 0, 0)
    store.use(old)
    assert counts(send(store.folder, lake, "丙市")) == (0, 0, 1, 1, 0, 0)
    done, province = take(tmp_path / "province", lake)
    assert of_bureau(province, "due_at", "丙市")[0] == (datetime(2025, 9, 1),)
    assert [note for note in done.notes if "丙市" in note and "45" in note and "60" in note], "another setting is named"
    assert not take(tmp_path / "province", lake)[0].changed


def test_two_stores_do_not_share_a_name(neighbour, tmp_path):
    city(tmp_path / "other", [case(9)], as_of=LATER, **NOTHING)
    with pytest.raises(UserError, match=r"来自另一个数据仓.*--replace"):
        send(tmp_path / "other", neighbour, "乙市")
    _, province = take(tmp_path / "province", neighbour)
    assert len(of_bureau(province, "case_no", "乙市")) == 2
    with pytest.raises(UserError, match="不能再上报"):
        send(tmp_path / "province", neighbour, "省")
    with pytest.raises(UserError, match="不能再导入"):
        import_files([_export(tmp_path)], Store(tmp_path / "province"))
    with pytest.raises(UserError, match="有自己导入的数据"):
        take(tmp_path / "other", neighbour)


def _export(folder):
    path = folder / "台账_20250731.csv"
    path.write_text("信访件编号,登记时间,责任分局\nA-1,2025-07-01,下陆区分局\n", "utf-8")
    return path


def test_every_column_is_sent_or_stays_by_decision():
    """A field that somebody adds to the schema does not leave the house unseen."""
    known = {table: {field.name for field in TABLES[table]} for table in columns.STAYS}
    assert [columns.STAYS[table] - known[table] for table in known] == [set()] * 3
    assert sum(len(columns.sent(table)) for table in known) == SENT, "new fields: decide in data/lake/columns.py"
    personal = ("name", "phone", "id_number", "address", "free_text")
    for table, stays in columns.STAYS.items():
        assert [f.name for f in TABLES[table] if f.kind in personal and f.name not in stays] == []


SENT = 67


def test_the_same_bureau_from_two_machines_at_once(neighbour, tmp_path):
    """DuckLake alone lets both insert every row; the lock makes the second see what the first has done."""
    city(tmp_path / "丁市", [case(number) for number in range(50)], **NOTHING)
    Store(tmp_path / "丁市").secret_key()
    shutil.copytree(tmp_path / "丁市", tmp_path / "copy")
    with ThreadPoolExecutor() as running:
        both = [running.submit(send, tmp_path / name, neighbour, "丁市") for name in ("丁市", "copy")]
    assert sorted(one.result().new for one in both) == [0, 50]
    assert len(of_bureau(take(tmp_path / "province", neighbour)[1], "case_no", "丁市")) == 50


def test_the_engine_and_the_product_do_not_load_each_other():
    """Each has a DuckDB of its own."""
    for path in under("data/lake/engine"):
        allowed = ("duckdb", "data.lake.engine", *sys.stdlib_module_names)
        assert [name for name in imports(path) if not is_part(name, allowed)] == []
    product = [*under("data"), *under("metrics"), *under("pages")]
    users = [path for path in product if any(is_part(name, ("data.lake.engine",)) for name in imports(path))]
    assert set(users) <= set(under("data/lake/engine"))
