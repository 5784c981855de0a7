"""Versions: what a later export changes, what an older one must not, and that nothing half done is ever seen."""

import hashlib
import shutil
from datetime import datetime

import duckdb
import pytest

from data.errors import UserError
from data.scope import ALL, Scope
from data.store import Store
from tests.data.files import case, ledger, stored, table, take, write_text

JULY, AUGUST, SEPTEMBER = ("台账_20250731.csv", "台账_20250831.csv", "台账_20250930.csv")
SAVED = datetime(2025, 10, 1)


def counts_of(result) -> tuple[int, int, int, int]:
    counts = result.counts
    return counts.new, counts.updated, counts.unchanged, counts.older


# ---- publishing and going back ----


def test_an_empty_store_has_nothing_in_force(store):
    assert (Store(store).current(), Store(store).reader(), Store(store).versions()) == (None, None, [])


def test_each_import_publishes_a_version_and_leaves_the_former_ones_as_they_were(tmp_path, store):
    first = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    path = Store(store).path_of(first)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    second = take(store, ledger(tmp_path / AUGUST, case("A-2"))).version
    assert Store(store).versions() == [first, second]
    assert Store(store).current() == second
    assert path.stat().st_mode & 0o222 == 0
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert (set(stored(store)), set(stored(store, version=first))) == ({"A-1", "A-2"}, {"A-1"})
    assert list((store / "work").iterdir()) == []


def test_a_version_of_an_older_schema_is_read_and_built_upon(tmp_path, store):
    """A table that came later is empty in it, for every viewer, and there again with the next import."""
    first = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    path = Store(store).path_of(first)
    path.chmod(0o640)
    with duckdb.connect(str(path)) as connection:
        for name in ("activities", "monitoring", "targets", "breaks", "steps"):
            connection.execute(f"DROP TABLE {name}")
    for scope in (ALL, Scope(("下陆区分局",))):
        reader = Store(store).reader(scope)
        assert [reader.query(f"SELECT count(*) FROM {name}") for name in ("cases", "activities", "breaks")] == [
            [(1,)],
            [(0,)],
            [(0,)],
        ]
    training = {"培训编号": "P-1", "培训内容": "业务", "计划时间": "2025-03-01", "培训时间": "2025-03-02"}
    take(store, ledger(tmp_path / "培训_20250831.csv", training))
    assert (set(stored(store)), set(stored(store, "activities"))) == ({"A-1"}, {"P-1"})


def test_an_activity_of_the_whole_bureau_is_shown_to_every_branch(tmp_path, store):
    row = {"培训编号": "P-1", "培训内容": "业务", "计划时间": "2025-03-01", "责任分局": ""}
    rows = [row, row | {"培训编号": "P-2", "责任分局": "大冶分局"}, row | {"培训编号": "P-3", "责任分局": "下陆分局"}]
    take(store, ledger(tmp_path / "培训_20250831.csv", *rows))
    seen = Store(store).reader(Scope(("下陆区分局",))).query("SELECT activity_no FROM activities ORDER BY 1")
    assert seen == [("P-1",), ("P-3",)]


def test_use_goes_back_and_the_next_import_goes_on_from_there(tmp_path, store):
    first = take(store, ledger(tmp_path / JULY, case("A-1"))).version
    second = take(store, ledger(tmp_path / AUGUST, case("A-2"))).version
    Store(store).use(first)
    assert (Store(store).current(), set(stored(store))) == (first, {"A-1"})
    third = take(store, ledger(tmp_path / SEPTEMBER, case("A-3"))).version
    assert Store(store).versions() == [first, second, third]
    assert set(stored(store)) == {"A-1", "A-3"}


def test_use_of_a_version_that_does_not_exist(tmp_path, store):
    version = take(store, ledger(tmp_path / JULY, case())).version
    for wrong in ("000009-20250101T000000", "../CURRENT", ""):
        with pytest.raises(UserError, match=f"没有版本.*{version}"):
            Store(store).use(wrong)
    assert Store(store).current() == version


def test_a_reader_sees_the_branches_of_its_scope_only(tmp_path, store):
    take(
        store, ledger(tmp_path / JULY, case("A-1"), case("A-2", 责任分局="大冶市分局"), case("A-3", 责任分局="O'Brien"))
    )
    count = "SELECT count(*) FROM cases"
    scopes = [None, ("下陆区分局",), ("下陆区分局", "大冶市分局"), (), ("O'Brien' OR '1'='1",)]
    assert [Store(store).reader(Scope(scope)).query(count)[0][0] for scope in scopes] == [3, 1, 2, 0, 0]
    assert len({Store(store).reader(Scope(scope)).key for scope in scopes}) == len(scopes)


# ---- the same case again ----


def test_the_same_bytes_change_nothing(tmp_path, store):
    path = ledger(tmp_path / JULY, case("A-1"), case("A-2"), case("", 登记时间="2025-03-01"))
    first = take(store, path)
    again = take(store, path)
    renamed = take(store, shutil.copy(path, tmp_path / "台账_20251231.csv") and tmp_path / "台账_20251231.csv")
    for result in (again, renamed):
        assert (result.version, result.is_published) == (first.version, False)
        assert counts_of(result) == (0, 0, 2, 0)
        assert (result.rows_read, result.accepted, result.quarantined) == (3, 2, 1)
    assert Store(store).versions() == [first.version]
    assert Store(store).reader().query("SELECT count(*) FROM quarantine") == [(1,)]


def test_a_later_export_updates_a_case(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1"), case("A-2")))
    closed = case("A-1", 办理状态="已办结", 办结时间="2025-08-02")
    result = take(store, ledger(tmp_path / AUGUST, closed, case("A-2"), case("A-3")))
    assert counts_of(result) == (1, 1, 1, 0)
    assert [found["status"] for found in map(stored(store).get, ("A-1", "A-2", "A-3"))] == [
        "已办结",
        "办理中",
        "办理中",
    ]


def test_an_older_export_overwrites_nothing_but_adds_what_is_missing(tmp_path, store):
    take(store, ledger(tmp_path / AUGUST, case("A-1", 办理状态="已办结", 办结时间="2025-08-02")))
    result = take(store, ledger(tmp_path / JULY, case("A-1"), case("A-0")))
    assert counts_of(result) == (1, 0, 0, 1)
    assert stored(store)["A-1"]["status"] == "已办结"
    assert Store(store).reader().as_of == datetime(2025, 8, 31, 23, 59, 59)
    assert Store(store).reader().query("SELECT count(*) FROM events") == [(0,)]


def test_a_corrected_file_of_the_same_export_moment_takes_effect(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1", 责任分局="某某所"), saved=datetime(2025, 8, 1)))
    result = take(store, ledger(tmp_path / "台账改_20250731.csv", case("A-1"), saved=datetime(2025, 8, 2)))
    assert counts_of(result) == (0, 1, 0, 0)
    assert stored(store)["A-1"]["branch"] == "下陆区分局"


def test_a_closed_case_in_progress_again_is_a_reopening(tmp_path, store):
    states = [("已办结", "2025-07-02"), ("办理中", ""), ("已办结", "2025-09-02"), ("办理中", "")]
    for month, (status, closed) in enumerate(states, 7):
        row = case("A-1", 办理状态=status, 办结时间=closed, 反映内容=f"{month}月")
        take(store, ledger(tmp_path / f"台账_2025{month:02}28.csv", row))
    found = stored(store)["A-1"]
    assert (found["status"], found["reopened_count"], found["closed_at"]) == ("办理中", 2, None)
    events = (
        Store(store)
        .reader()
        .query('SELECT kind, "before", "after", seen_at::DATE::VARCHAR FROM events ORDER BY seen_at')
    )
    assert events == [("reopened", "已办结", "办理中", "2025-08-28"), ("reopened", "已办结", "办理中", "2025-10-28")]


def test_a_changed_rating_is_kept_with_the_first_one(tmp_path, store):
    for name, rating in ((JULY, "不满意"), (AUGUST, "不满意"), (SEPTEMBER, "满意")):
        take(store, ledger(tmp_path / name, case("A-1", 办理状态="已办结", 办结时间="2025-07-02", 满意度=rating)))
    found = stored(store)["A-1"]
    assert (found["first_rating"], found["rating"], found["rating_changes"]) == ("不满意", "满意", 1)
    assert Store(store).reader().query("SELECT kind, before, after FROM events") == [
        ("rating_changed", "不满意", "满意")
    ]


FULL = case("A-1", 满意度="满意", 办理状态="已办结", 办结时间="2025-03-09", 行业="化工", 二级污染="油烟", 协办分局="大冶市分局", 延期天数="5", 重点件="是",
            经度="115.1", 信访人="张演示", 联系电话="19900001234", 办理性质="主办", 最后修改时间="2025-04-01")  # fmt: skip
STORED_AS = {
    "责任分局": ("branch", "branch_raw"), "受理时间": ("accepted_at", "due_at"), "办结时间": ("closed_at",), "办理状态": ("status", "status_raw"),
    "渠道": ("channel", "channel_raw"), "污染类型": ("pollution",), "二级污染": ("pollution_sub",), "协办分局": ("co_branches",),
    "满意度": ("rating", "rating_raw", "rating_state"), "行业": ("industry",), "延期天数": ("extension_days",), "重点件": ("is_key_case",),
    "经度": ("lon",), "信访人": ("petitioner_name",), "联系电话": ("petitioner_phone", "petitioner_key"), "反映内容": ("content",),
}  # fmt: skip


def test_a_column_that_a_later_file_lacks_keeps_what_was_known(tmp_path, store):
    """One case for each column, and one later file that lacks it."""
    rows = {heading: FULL | {"信访件编号": f"A-{n}"} for n, heading in enumerate(STORED_AS)}
    take(store, ledger(tmp_path / JULY, *rows.values()))
    before = stored(store)
    files = []
    for n, (heading, row) in enumerate(rows.items()):
        without = {name: cell for name, cell in (row | {"处罚情况": "罚款"}).items() if name != heading}
        files.append(write_text(tmp_path / f"台账{n}_20250831.csv", table(without)))
    take(store, *files, profile="本局台账")
    after = stored(store)
    for heading, row in rows.items():
        old, new = before[row["信访件编号"]], after[row["信访件编号"]]
        assert new["penalty"] == "罚款"
        assert {name: str(new[name]) for name in STORED_AS[heading]} == {
            name: str(old[name]) for name in STORED_AS[heading]
        }
        assert set(new["fields"]) >= set(old["fields"])


def test_an_outcome_is_not_undone_by_a_file_without_a_column_of_states(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1", 办理状态="撤回"), case("A-2", 办理状态="不受理")))
    rows = [{name: cell for name, cell in case(number).items() if name != "办理状态"} for number in ("A-1", "A-2")]
    take(store, write_text(tmp_path / AUGUST, table(*rows)))
    assert [stored(store)[number]["status"] for number in ("A-1", "A-2")] == ["撤回", "不予受理"]
    assert Store(store).reader().query("SELECT * FROM events") == []


def test_an_empty_cell_of_a_later_file_is_a_value(tmp_path, store):
    rows = {heading: FULL | {"信访件编号": f"A-{n}"} for n, heading in enumerate(STORED_AS)}
    take(store, ledger(tmp_path / JULY, *rows.values()))
    take(store, ledger(tmp_path / AUGUST, *(row | {heading: ""} for heading, row in rows.items())))
    special = {
        "责任分局": "待归属",
        "办理状态": "未注明",
        "渠道": "未注明",
        "二级污染": "[]",
        "协办分局": "[]",
        "污染类型": "['大气']",
    }
    found = stored(store)
    emptied = {heading: str(found[row["信访件编号"]][STORED_AS[heading][0]]) for heading, row in rows.items()}
    assert emptied == {heading: special.get(heading, "None") for heading in rows}


def test_rows_of_one_case_for_several_branches_are_one_case(tmp_path, store):
    rows = [
        case("A-1", 责任分局=branch, 办理性质=role)
        for branch, role in (("大冶市分局", "协办"), ("下陆区分局", "主办"), ("阳新县分局", "协办"))
    ]
    result = take(store, ledger(tmp_path / JULY, *rows))
    assert (result.accepted, counts_of(result)) == (3, (1, 0, 2, 0))
    found = stored(store)["A-1"]
    assert (found["branch"], sorted(found["co_branches"])) == ("下陆区分局", ["大冶市分局", "阳新县分局"])


def test_branches_that_join_in_later_are_seen_without_a_column_for_them(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1")))
    rows = [
        case("A-1", 责任分局=branch, 办理性质=role) for branch, role in (("下陆区分局", "主办"), ("大冶市分局", "协办"))
    ]
    take(store, ledger(tmp_path / AUGUST, *rows))
    found = stored(store)["A-1"]
    assert (found["branch"], list(found["co_branches"])) == ("下陆区分局", ["大冶市分局"])


def test_the_same_number_in_two_systems_is_two_cases(tmp_path, store):
    rows = [case("1", 来源系统="全国平台"), case("1", 来源系统="12345热线")]
    assert counts_of(take(store, ledger(tmp_path / JULY, *rows))) == (2, 0, 0, 0)


def test_a_corrected_branch_list_takes_effect_with_the_next_import(tmp_path, store):
    take(store, ledger(tmp_path / JULY, case("A-1", 责任分局="某某所")))
    (store / "reference").mkdir()
    (store / "reference" / "branch_aliases.csv").write_text("alias,branch,from,to\n某某所,下陆区分局,,\n", "utf-8")
    take(store, ledger(tmp_path / AUGUST, case("A-2")))
    assert stored(store)["A-1"]["branch"] == "下陆区分局"


# ---- the demonstration ----


def test_the_first_real_import_replaces_the_demonstration_entirely(tmp_path, store):
    demo = take(store, ledger(tmp_path / JULY, case("D-1"), case("")), is_demo=True).version
    assert Store(store).reader().is_demo
    take(store, ledger(tmp_path / "台账_20250131.csv", case("A-1", 登记时间="2025-01-02", 受理时间="")))
    reader = Store(store).reader()
    assert (reader.is_demo, list(stored(store))) == (False, ["A-1"])
    assert reader.as_of == datetime(2025, 1, 31, 23, 59, 59)  # not the demonstration's
    assert reader.query("SELECT count(*) FROM imports") == [(1,)]
    assert reader.query("SELECT count(*) FROM quarantine") == [(0,)]
    assert demo in Store(store).versions()
