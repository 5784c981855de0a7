"""The audit log on the command line, and what the commands and the data layer leave in it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import openpyxl
import pytest

from data import views
from data.__main__ import main
from data.access import audit, chain
from data.access.roles import ROLES
from data.access.viewer import Viewer, acting
from data.errors import UserError
from data.profiles import save_user_profile
from data.reference import editing
from data.refreshing import assign_branch, change, refresh
from data.store import Store
from metrics.report import editions, texts
from metrics.report.texts import Texts
from tests.data.files import case, ledger, take
from tests.report.sample import DOCUMENT

LI = Viewer("lihua", "李华", "office", ROLES["office"].permissions, address="10.1.2.3")
JULY, AUGUST = "台账_20250731.csv", "台账_20250831.csv"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store whose folder does not exist yet."""
    return Store(tmp_path / "store")


@pytest.fixture
def call(store: Store, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command and gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["--store", str(store.folder), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def told(store: Store) -> list[tuple[str, str]]:
    """Return event and state of every entry, oldest first."""
    return [(one.event, one.state) for one in reversed(audit.entries(store))]


def both(event: str, end: str = "ok") -> list[tuple[str, str]]:
    return [(event, "begun"), (event, end)]


# ---- what is recorded ----


def test_an_import_says_its_files_its_rows_and_its_version(store, tmp_path):
    with acting(LI):
        result = take(store.folder, ledger(tmp_path / JULY, case("A-1"), case("A-2")))
    end, begun = audit.entries(store)
    assert (begun.event, begun.state, begun.what, begun.account) == ("import", "begun", {"files": JULY}, "lihua")
    assert end.state == "ok" and end.what["rows"] == "2" and end.what["version"] == result.version


def test_a_file_that_cannot_be_read_leaves_a_failed_import(store, tmp_path):
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(UserError):
        take(store.folder, tmp_path / "a.csv")
    assert told(store) == both("import", "failed")
    assert "a.csv" in audit.entries(store)[0].what["why"]


def test_no_import_without_a_log(store, tmp_path):
    store.folder.mkdir()
    store.access_folder.write_text("")
    with pytest.raises(UserError, match="审计日志写不进去"):
        take(store.folder, ledger(tmp_path / JULY, case("A-1")))
    assert store.versions() == [] and not store.work_folder.exists()


def test_commands_that_change_nothing_write_nothing(call, store, tmp_path):
    file = ledger(tmp_path / JULY, case("A-1"))
    for command in (["import", file, "--dry-run"], ["status"], ["audit", "list"], ["audit", "verify"]):
        assert call(*command)[0] == 0
    assert not chain.folder_of(store.access_folder).exists()
    call("import", file)
    before = told(store)
    for command in (["import", file, "--dry-run"], ["status"], ["status", "--json"], ["audit", "list"]):
        assert call(*command)[0] == 0
    assert told(store) == before == both("import")


def test_going_back_and_making_anew_are_recorded(call, store, tmp_path):
    first = take(store.folder, ledger(tmp_path / JULY, case("A-1"))).version
    take(store.folder, ledger(tmp_path / AUGUST, case("A-2")))
    assert call("use", first)[0] == 0 and call("refresh")[0] == 0
    assert told(store) == both("import") * 2 + both("rollback") + both("refresh")
    assert audit.entries(store, event="rollback")[1].what == {"version": first}
    assert audit.entries(store, event="refresh")[0].what["version"] == store.current()
    assert refresh(store) == store.current()
    assert call("use", "000099-20250101T000000")[0] == 1
    assert told(store)[-1] == ("refresh", "ok")


@pytest.mark.parametrize(
    ("edit", "event"),
    [
        (lambda folder: editing.set_setting(folder, "due_soon_days", 9), "define"),
        (lambda folder: editing.set_row(folder, "targets", {"kpi": "satisfaction_rate", "target": "97%"}), "target"),
        (lambda folder: editing.set_alias(folder, "下陆", "下陆区分局"), "branch_list"),
    ],
)
def test_a_change_of_the_definitions_says_from_what_to_what_by_whom_and_why(store, edit, event):
    change(store, edit, "某项", "7", "9", "李华", "局务会决定")
    assert told(store) == both(event)
    expected = {"what": "某项", "before": "7", "after": "9", "author": "李华", "reason": "局务会决定"}
    assert audit.entries(store)[1].what == expected


def test_no_change_of_the_definitions_without_a_log(store):
    store.folder.mkdir()
    store.access_folder.write_text("")
    with pytest.raises(UserError, match="审计日志写不进去"):
        change(store, lambda folder: editing.set_setting(folder, "due_soon_days", 9), "某项", "", "9", "李华", "试")
    assert not store.reference_folder.exists()


def test_a_branch_that_is_assigned_and_a_format_that_is_mapped_are_recorded(store, tmp_path):
    take(store.folder, ledger(tmp_path / JULY, case("A-1", 责任分局="某某所")))
    assign_branch(store, "某某所", "下陆区分局")
    save_user_profile(store, "我的格式", {"case_no": "编号", "received_at": "时间"}, {"source": "甲"})
    assert told(store)[2:] == both("branch_list") + both("define")


def test_saved_views_are_recorded_with_their_conditions_but_not_with_names(store):
    views.save(
        store,
        "常用",
        "where=content%7E%E7%8E%8B%E5%B0%8F%E6%98%8E&branch=%E4%B8%8B%E9%99%86%E5%8C%BA%E5%88%86%E5%B1%80",
    )
    with pytest.raises(UserError, match="已有名为"):
        views.save(store, "常用", "")
    views.delete(store, "常用")
    assert told(store) == both("view_saved") + both("view_saved", "failed") + both("view_deleted")
    query = audit.entries(store)[-1].what["query"]
    assert "下陆区分局" in query and "王**" in query and "小明" not in query


def test_a_freeze_and_the_texts_of_a_report_are_recorded_without_the_texts(store, tmp_path):
    version = take(store.folder, ledger(tmp_path / JULY, case("A-1"))).version
    texts.save(store, "2025-09", "", Texts(problems="不宜外传的话"), "李华")
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=version)
    frozen = msgspec.structs.replace(DOCUMENT, stamp=stamp, edition=0)
    editions.freeze(store, frozen, {"a.html": b"a"}, "李华")
    with pytest.raises(UserError):
        editions.freeze(store, msgspec.structs.replace(frozen, edition=1), {"a.html": b"a"}, "李华", "更正")
    assert told(store)[2:] == both("report_text") + both("freeze") + both("freeze", "failed")
    end, _ = audit.entries(store, event="freeze")[2:]
    assert end.what["edition"] == "1"
    assert "不宜外传".encode() not in chain.month_files(store.access_folder)[0].read_bytes()


# ---- the commands ----


def test_verify_says_that_all_is_well_and_is_recorded_itself(call, store):
    audit.record(store, "page", by=LI)
    code, out, err = call("audit", "verify")
    assert (code, err) == (0, "") and "审计日志完整：1条" in out
    assert told(store) == [("page", "ok"), ("audit_verify", "ok")]


def test_verify_names_the_first_bad_entry_and_fails(call, store):
    for number in range(3):
        audit.record(store, "page", {"page": f"第{number}页"})
    (path,) = chain.month_files(store.access_folder)
    path.write_bytes(path.read_bytes().replace("第1页".encode(), "第9页".encode()))
    code, out, err = call("audit", "verify")
    assert (code, out) == (1, "") and f"{path.name} 第2行" in err.splitlines()[0]
    assert told(store)[-1] == ("audit_verify", "failed")
    code, _, err = call("audit", "verify")
    assert code == 1 and f"{path.name} 第2行" in err.splitlines()[0]


def test_list_shows_the_newest_first_and_only_what_is_asked_for(call, store):
    audit.record(store, "export", {"file": "甲.xlsx", "rows": 3}, by=LI)
    audit.record(store, "sign_in_failed", {"account": "wang"})
    lines = call("audit", "list")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert "lihua（李华） 10.1.2.3 导出 成功 文件：甲.xlsx；行数：3" in lines[1]
    assert call("audit", "list", "--event", "导出")[1].splitlines() == lines[1:]
    assert call("audit", "list", "--failed")[1].splitlines() == lines[:1]
    assert call("audit", "list", "--account", "lihua", "--to", "2020-01-01")[1] == "没有这样的记录。\n"
    assert call("audit", "list", "--event", "exprot")[0] == 1


def test_export_gives_the_same_rows_as_csv_and_as_a_workbook_and_is_recorded(call, store, tmp_path):
    audit.record(store, "export", {"file": "=cmd.xlsx", "rows": 3}, by=LI)
    written = audit.record(store, "page", by=Viewer("=1+1", "甲", "auditor", frozenset()))
    for name in ("log.csv", "log.xlsx"):
        assert call("audit", "export", "--out", tmp_path / name, "--event", "page")[0] == 0
    lines = list(csv.reader(io.StringIO((tmp_path / "log.csv").read_text("utf-8-sig"))))
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert lines[2][:3] == list(rows[2][:3]) == ["序号", "时间", "账号"]
    assert lines[3][2] == rows[3][2] == "'=1+1"
    assert lines[3][-1] == rows[3][-1] == written.hash and rows[3][0] == 2
    assert len(lines) == len(rows) == 4
    assert told(store)[2:] == both("audit_export") * 2
    assert audit.entries(store)[1].what == {"file": "log.xlsx", "entries": "1", "event": "page"}


def test_export_into_what_is_no_table_or_no_folder_says_so(call, store, tmp_path):
    audit.record(store, "page")
    assert ".csv 或 .xlsx" in call("audit", "export", "--out", tmp_path / "log.pdf")[2]
    assert "写不进去" in call("audit", "export", "--out", tmp_path / "none" / "log.csv")[2]
    assert told(store)[1:] == both("audit_export", "failed") * 2
