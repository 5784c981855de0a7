"""The command line as scripts rely on it: keys, exit codes, one sentence for what the user can mend, never a traceback."""

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from data.__main__ import main
from data.dates import CHINA
from data.store import Store
from tests.data.files import case, ledger, stored, table, take, write_text, write_xlsx

NAME = "台账_20250930.csv"
KEYS = {
    "version", "as_of", "dry_run", "files", "rows_read", "accepted", "new", "updated", "unchanged", "older", "quarantined", "rejections", "warnings",
    "unknown_headings", "unmatched_branches",
}  # fmt: skip
FILE_KEYS = {
    "file",
    "sha256",
    "profile",
    "format",
    "encoding",
    "sheet",
    "header_row",
    "rows_read",
    "accepted",
    "quarantined",
}
MORE_KEYS = {"notes"}  # ours, beside those that were agreed on


def expect_refusal(done: tuple[int, str, str], *words: str) -> None:
    code, shown, told = done
    assert (code, shown, told.count("\n"), "Traceback" in told) == (1, "", 1, False)
    assert re.search("[\u4e00-\u9fff]", told) and all(word in told for word in words)


def test_import_json_has_the_agreed_keys_and_sums(tmp_path, call):
    rows = [
        case("A-1"),
        case("A-2", 责任分局="某某所", 渠道="飞鸽"),
        case("A-2"),
        case("A-3", 登记时间=""),
        case("2.30704E+17"),
        case("A-4", 登记时间=""),
    ]
    path = write_text(
        tmp_path / NAME, [["某局台账"], [], *table(*(row | {"天气": "晴"} for row in rows)), ["合计", "6"]], "gb18030"
    )
    code, shown, told = call("import", path, "--json")
    found = json.loads(shown)
    assert (code, told) == (0, "")
    assert set(found) - MORE_KEYS == KEYS
    [file] = found["files"]
    assert set(file) - MORE_KEYS == FILE_KEYS
    assert {key: file[key] for key in FILE_KEYS - {"sha256"}} == {
        "file": NAME, "profile": "本局台账", "format": "csv", "encoding": "gb18030", "sheet": None, "header_row": 3, "rows_read": 6, "accepted": 3, "quarantined": 3,
    }  # fmt: skip
    assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found["as_of"], found["dry_run"]) == ("2025-09-30T23:59:59", False)
    assert found["rows_read"] == found["accepted"] + found["quarantined"] == 6
    assert found["accepted"] == found["new"] + found["updated"] + found["unchanged"] + found["older"] == 3
    assert found["rejections"] == {"R02": 1, "R03": 2}
    assert found["warnings"] == {"W01": 1, "W03": 1, "W10": 1}
    assert (found["unknown_headings"], found["unmatched_branches"]) == (["天气"], {"某某所": 1})


def test_one_call_is_one_batch(tmp_path, call, store):
    paths = [ledger(tmp_path / f"台账{n}_20250930.csv", case(f"A-{n}")) for n in range(3)]
    found = json.loads(call("import", *paths, "--json")[1])
    assert (len(found["files"]), found["rows_read"], found["new"]) == (3, 3, 3)
    assert Store(store).versions() == [found["version"]]
    expect_refusal(call("import", ledger(tmp_path / "新_20251031.csv", case("A-9")), tmp_path / "没有.csv"), "没有.csv")
    assert Store(store).versions() == [found["version"]]


def test_the_same_bytes_twice(tmp_path, call):
    path = ledger(tmp_path / NAME, case("A-1"), case("A-2"))
    first, second = (json.loads(call("import", path, "--json")[1]) for _ in range(2))
    assert second["version"] == first["version"]
    assert (second["accepted"], second["unchanged"], second["new"]) == (2, 2, 0)


def test_a_dry_run_publishes_nothing(tmp_path, call, store):
    path = ledger(tmp_path / NAME, case("A-1"))
    code, shown, _ = call("import", path, "--dry-run", "--json")
    found = json.loads(shown)
    assert (code, found["dry_run"], found["new"], found["version"]) == (0, True, 1, None)
    assert (Store(store).current(), Store(store).versions()) == (None, [])
    version = json.loads(call("import", path, "--json")[1])["version"]
    found = json.loads(call("import", ledger(tmp_path / "新_20251031.csv", case("A-2")), "--dry-run", "--json")[1])
    assert (found["new"], found["version"], Store(store).versions()) == (1, version, [version])
    assert list(stored(store)) == ["A-1"]


# ---- the moment of the export ----


def as_of(call, path: Path, *more: object) -> str:
    return json.loads(call("import", path, *more, "--dry-run", "--json")[1])["as_of"]


@pytest.mark.parametrize(
    ("option", "moment"),
    [
        ("2025-09-30", "2025-09-30T23:59:59"),
        ("2025-09-30T18:00", "2025-09-30T18:00:00"),
        ("2025-09-30T18:00:05", "2025-09-30T18:00:05"),
    ],
)
def test_as_of_as_it_was_asked_for(tmp_path, call, option, moment):
    """A day alone means its end: what was closed that day was closed."""
    assert (
        as_of(call, ledger(tmp_path / "台账_20250101.csv", case(登记时间="2025-01-01", 受理时间="")), "--as-of", option)
        == moment
    )


def test_as_of_from_the_name_else_a_title_else_the_files_own_time(tmp_path, call):
    titled = [["导出时间：2025年9月29日 08:30"], *table(case())]
    assert as_of(call, write_text(tmp_path / NAME, titled)) == "2025-09-30T23:59:59"
    assert as_of(call, write_text(tmp_path / "台账.csv", titled)) == "2025-09-29T08:30:00"
    assert (
        as_of(call, ledger(tmp_path / "台账.csv", case(), saved=datetime(2025, 9, 28, 7, 6, 5, tzinfo=CHINA)))
        == "2025-09-28T07:06:05"
    )


def test_the_store_is_as_of_its_newest_export(tmp_path, call):
    for name in ("台账_20250831.csv", "台账_20250930.csv", "台账_20250731.csv"):
        call("import", ledger(tmp_path / name, case(name)))
    assert json.loads(call("status", "--json")[1])["as_of"] == "2025-09-30T23:59:59"


def test_a_profile_file_on_the_command_line(tmp_path, call):
    """The example of the contract; what a profile can say is tested in test_profiles.py."""
    profile = tmp_path / "boston.toml"
    profile.write_text(
        'name = "波士顿311"\n[columns]\ncase_no = "case_enquiry_id"\nbranch = ["police_district", "district"]\nreceived_at = "open_dt"\n'
        '[values.status]\n"Open" = "办理中"\n[constants]\nchannel = "网络"\n[options]\ndate_order = "YMD"\nbranches = "as-is"\n',
        "utf-8",
    )
    rows = [["case_enquiry_id", "open_dt", "police_district"], ["101005000001", "2025-03-04 08:05:00", "D4"]]
    code, shown, _ = call("import", write_text(tmp_path / "311_20250930.csv", rows), "--profile", profile, "--json")
    found = json.loads(shown)
    assert (code, found["files"][0]["profile"], found["accepted"], found["unmatched_branches"]) == (
        0,
        "波士顿311",
        1,
        {},
    )
    broken = tmp_path / "broken.toml"
    broken.write_text("name = [", "utf-8")
    expect_refusal(call("import", tmp_path / "311_20250930.csv", "--profile", broken), "broken.toml", "TOML")


# ---- exit codes, and where the store is ----


def test_exit_codes_and_streams_of_the_real_program(tmp_path, run_data):
    path = ledger(tmp_path / NAME, case())
    done = run_data("import", path, "--json")
    assert (done.returncode, done.stderr, json.loads(done.stdout)["new"]) == (0, "", 1)
    missing = run_data("import", tmp_path / "没有.csv", "--json")
    expect_refusal((missing.returncode, missing.stdout, missing.stderr), "没有.csv")
    unknown = run_data("import", write_text(tmp_path / "怪.csv", [["流水", "何时"], ["1", "2"]]))
    expect_refusal((unknown.returncode, unknown.stdout, unknown.stderr), "流水", "何时")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("import",),
        ("imports", "x"),
        ("import", "x", "--as-of", "gestern"),
        ("import", "x", "--jsn"),
        ("use",),
        ("status", "more"),
    ],
)
def test_wrong_usage(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert caught.value.code == 2
    assert capsys.readouterr().out == ""


def test_the_store_before_and_after_the_command_and_in_the_environment(tmp_path, monkeypatch, capsys):
    path = str(ledger(tmp_path / NAME, case()))
    folders = [tmp_path / name for name in ("before", "after", "environment", "overruled")]
    before, after, environment, overruled = map(str, folders)
    monkeypatch.setenv("KPI_STORE", overruled)
    assert main(["--store", before, "import", path]) == 0
    assert main(["import", path, "--store", after]) == 0
    monkeypatch.setenv("KPI_STORE", environment)
    assert main(["import", path]) == 0
    assert [Store(folder).current() is not None for folder in folders] == [True, True, True, False]
    for arguments in (["--store", before, "status"], ["status", "--store", after], ["status"]):
        capsys.readouterr()
        assert main(arguments) == 0
        assert "信访件 1 行" in capsys.readouterr().out


def test_status_of_an_empty_store(call):
    code, shown, _ = call("status", "--json")
    found = json.loads(shown)
    assert (code, found["version"], found["as_of"], found["imports"]) == (0, None, None, [])
    code, shown, _ = call("status")
    assert code == 0 and "空的" in shown


def test_status_tells_version_counts_and_imports(tmp_path, call):
    call("import", ledger(tmp_path / "台账_20250831.csv", case("A-1"), case("")))
    version = json.loads(call("import", ledger(tmp_path / NAME, case("A-2")), "--json")[1])["version"]
    found = json.loads(call("status", "--json")[1])
    assert (found["version"], found["cases"], found["quarantined"], found["is_demo"]) == (version, 2, 1, False)
    assert [(entry["rows_read"], entry["accepted"], entry["quarantined"]) for entry in found["imports"]] == [
        (2, 1, 1),
        (1, 1, 0),
    ]


def test_use(tmp_path, call):
    first = json.loads(call("import", ledger(tmp_path / "台账_20250831.csv", case("A-1")), "--json")[1])["version"]
    call("import", ledger(tmp_path / NAME, case("A-2")))
    assert call("use", first)[0] == 0
    assert json.loads(call("status", "--json")[1])["version"] == first
    expect_refusal(call("use", "000099-20250101T000000"), "没有版本")


def test_demo_is_built_once_marked_and_never_over_real_data(tmp_path, call, store):
    assert call("demo")[0] == 0
    found = json.loads(call("status", "--json")[1])
    assert found["is_demo"] and found["cases"] > 1000
    assert call("demo", "--if-empty")[0] == 0
    assert Store(store).versions() == [found["version"]]
    call("import", ledger(tmp_path / NAME, case("A-1")))
    found = json.loads(call("status", "--json")[1])
    assert (found["is_demo"], found["cases"], len(found["imports"])) == (False, 1, 1)
    expect_refusal(call("demo"), "正式数据")


def test_progress_goes_to_a_terminal_only(tmp_path, store):
    """A pipe sees none of it (test above); the callback itself is called, with what is being done."""
    told = []
    take(
        store,
        write_xlsx(tmp_path / "台账_20250930.xlsx", table(case())),
        progress=lambda what, done, of: told.append(what),
    )
    assert told[0] == "打开 台账_20250930.xlsx" and "发布新版本" in told


def test_a_character_that_the_terminal_lacks_does_not_break_the_command(tmp_path, store, run_data):
    """A Chinese Windows gives a pipe in GBK, and names have characters beyond it."""
    path = ledger(tmp_path / NAME, case(责任分局="㙟𠮷所"))
    done = run_data("import", path, PYTHONUTF8="0", PYTHONIOENCODING="gbk")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert list(stored(store)) == ["A-001"]
