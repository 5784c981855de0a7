"""Frozen editions: whole or not at all, never overwritten, the same bytes for ever. Real folders, real processes."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from data import kept
from data.errors import UserError
from data.store import Store
from metrics.report import editions
from metrics.report.document import Document, to_json
from tests.metrics.build import make_store
from tests.report.sample import DOCUMENT

FILES = {"报告.html": b"<p>1</p>", "报告.docx": bytes(range(256)) * 400}
BRANCH = "黄石经开区·铁山区分局"


@pytest.fixture
def store(tmp_path):
    reader = make_store(tmp_path / "store", [{"received_at": "2025-09-01"}])
    return Store(tmp_path / "store"), reader.version


def report(version: str, key: str = "2025-09", branch: str = "", edition: int = 0):
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=version)
    return msgspec.structs.replace(DOCUMENT, key=key, branch=branch, stamp=stamp, edition=edition)


def test_a_frozen_report_comes_back_byte_for_byte(store):
    folder, version = store
    number = editions.next_number(folder, "2025-09")
    made = editions.freeze(folder, report(version, edition=number), FILES, " 张\u202e三 ")
    (found,) = editions.editions(folder, "2025-09")
    assert found == made and found.number == 1 and found.version == version
    assert {name: editions.read(found, name) for name in found.file_names} == FILES
    assert editions.document(found) == report(version, edition=1)
    manifest = found.manifest
    assert (manifest.author, manifest.reason, manifest.definitions) == ("张 三", "", DOCUMENT.stamp.definitions)
    assert manifest.as_of.isoformat() == "2025-09-30T00:00:00"
    assert all((found.folder / name).stat().st_mode & 0o777 == 0o440 for name in (*FILES, kept.DOCUMENT, kept.MANIFEST))


def test_the_number_is_put_into_a_document_without_one(store):
    folder, version = store
    assert editions.document(editions.freeze(folder, report(version), FILES, "张三")).edition == 1


def test_a_second_edition_needs_a_reason_and_leaves_the_first_as_it_was(store):
    folder, version = store
    first = editions.freeze(folder, report(version), FILES, "张三")
    before = {path: path.read_bytes() for path in first.folder.iterdir()}
    with pytest.raises(UserError, match="更正原因"):
        editions.freeze(folder, report(version), FILES, "张三")
    second = editions.freeze(folder, report(version, edition=2), {"报告.html": b"2"}, "李四", "补录一件")
    assert [one.number for one in editions.editions(folder, "2025-09")] == [
        1,
        2,
    ] and second.manifest.reason == "补录一件"
    assert {path: path.read_bytes() for path in first.folder.iterdir()} == before


def test_a_number_that_was_taken_meanwhile_is_refused(store):
    folder, version = store
    editions.freeze(folder, report(version, edition=1), FILES, "张三")
    with pytest.raises(UserError, match="重新生成"):
        editions.freeze(folder, report(version, edition=1), FILES, "李四", "同时")
    assert len(editions.editions(folder, "2025-09")) == 1


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", ".x", "x.", "", "con.html", "manifest.json", "document.json",
                                  "a\u202eb", "x" * 300, "a\nb", "C:x"])  # fmt: skip
def test_a_name_that_is_none_is_refused_and_nothing_is_written(store, name):
    folder, version = store
    with pytest.raises(UserError):
        editions.freeze(folder, report(version), {**FILES, name: b"x"}, "张三")
    assert editions.editions(folder, "2025-09") == [] and editions.next_number(folder, "2025-09") == 1


@pytest.mark.parametrize("key", ["../../x", "2025-13", "2025Q5", "", "2025-09/..", "2025-09\n"])
def test_a_key_that_is_none_is_refused(store, key):
    with pytest.raises(UserError, match="报告期"):
        editions.editions(store[0], key)


@pytest.mark.parametrize("branch", [BRANCH, "../..", "=1+1", "a/b", "待归属", " ", "CON"])
def test_a_branch_has_its_own_editions_whatever_its_name(store, branch):
    folder, version = store
    editions.freeze(folder, report(version), FILES, "张三")
    made = editions.freeze(folder, report(version, branch=branch), {"分局.html": b"b"}, "张三")
    assert made.folder.is_relative_to(folder.reports_folder / "2025-09" / "branches")
    assert len(editions.editions(folder, "2025-09", branch)) == len(editions.editions(folder, "2025-09")) == 1
    assert editions.latest(folder).manifest.branch == ""


def test_the_latest_is_the_citys_report_that_was_frozen_last(store, monkeypatch):
    folder, version = store
    assert editions.latest(folder) is editions.latest_html(folder) is None
    moments = iter(["2025-10-08T09:00:00", "2025-10-09T09:00:00"])
    monkeypatch.setattr(editions, "now", lambda: datetime.fromisoformat(next(moments)))
    editions.freeze(folder, report(version, "2025Q3"), {"a.html": b"quarter"}, "张三")
    editions.freeze(folder, report(version, "2025-08"), {"a.docx": b"-", "a.html": b"month"}, "张三")
    assert editions.latest(folder).manifest.key == "2025-08" and editions.latest_html(folder) == b"month"


def test_a_changed_file_is_not_handed_out(store):
    folder, version = store
    made = editions.freeze(folder, report(version), FILES, "张三")
    path = made.folder / "报告.docx"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(UserError, match="损坏"):
        editions.read(made, "报告.docx")
    path.unlink()
    with pytest.raises(UserError, match="损坏"):
        editions.read(made, "报告.docx")
    with pytest.raises(UserError, match="没有文件"):
        editions.read(made, "../../../CURRENT")


def test_versions_that_reports_rest_on_are_known_and_never_guessed(store):
    folder, version = store
    assert editions.versions_needed(folder) == set()
    made = editions.freeze(folder, report(version, branch=BRANCH), FILES, "张三")
    assert editions.versions_needed(folder) == {version}
    path = made.folder / kept.MANIFEST
    path.chmod(0o600)
    good = json.loads(path.read_text("utf-8"))
    for bad in ("", "{}", "[]", json.dumps(good | {"number": 7}), json.dumps(good | {"version": "../x"})):
        path.write_text(bad, "utf-8")
        with pytest.raises(UserError, match=r"manifest\.json"):
            editions.versions_needed(folder)
    path.unlink()
    with pytest.raises(UserError, match=r"manifest\.json"):
        editions.versions_needed(folder)


def test_a_report_of_a_version_that_is_gone_is_not_frozen(store):
    with pytest.raises(UserError, match="不在数据仓里"):
        editions.freeze(store[0], report("000099-20250101T000000"), FILES, "张三")


def test_nobody_freezes_without_a_name_or_without_files(store):
    folder, version = store
    with pytest.raises(UserError, match="定稿人"):
        editions.freeze(folder, report(version), FILES, " \n")
    with pytest.raises(UserError, match="文件"):
        editions.freeze(folder, report(version), {}, "张三")


def test_while_one_freezes_the_other_is_told(store):
    folder, version = store
    with kept.only_freeze(folder), pytest.raises(UserError, match="正在定稿"):
        editions.freeze(folder, report(version), FILES, "张三")
    assert editions.editions(folder, "2025-09") == []


KILLED = """
import os, signal, sys
from pathlib import Path
from data import kept
from data.store import Store
from metrics.report import editions
from metrics.report.document import from_json

at, seen = int(sys.argv[3]), 0

def counted(function):
    def wrapped(*args, **named):
        global seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        done = function(*args, **named)
        if seen == -at:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return wrapped

def counting(*args, keep=kept.keep):  # the audit log is written before
    os.fsync, Path.rename = counted(os.fsync), counted(Path.rename)
    return keep(*args)

kept.keep = counting
document = from_json(Path(sys.argv[2]).read_bytes())
editions.freeze(Store(Path(sys.argv[1])), document, {"a.html": b"a" * 100_000, "b.docx": b"b" * 100_000}, "张三")
"""


def freezing(store: Store, document: Document, path: Path, moment: int = 0) -> subprocess.Popen:
    """Start a process of its own that freezes a document, and kills itself at a moment (0: never)."""
    path.write_bytes(to_json(document))
    command = [sys.executable, "-c", KILLED, str(store.folder), str(path), str(moment)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True)


def test_of_two_freezes_at_once_one_wins(store, tmp_path):
    folder, version = store
    both = [freezing(folder, report(version, edition=1), tmp_path / f"{i}.json") for i in range(2)]
    told = {one.communicate(timeout=60)[1]: one.returncode for one in both}
    assert sorted(told.values()) == [0, 1], told
    assert [words for words, code in told.items() if code and "UserError" in words], told
    assert len(editions.editions(folder, "2025-09")) == 1


def test_killed_at_any_moment_it_leaves_no_half_edition(store, tmp_path):
    """At each of 4 files (fsync 1–4), the folder (5), before and after the rename (6), and the folder that holds it (7)."""
    folder, version = store
    whole = 0
    for number, moment in enumerate((1, 2, -3, 4, 5, 6, -6, 7), start=1):
        key = f"{2010 + number}"
        killed = freezing(folder, report(version, key), tmp_path / "document.json", moment)
        assert killed.communicate(timeout=60)[1] == "" and killed.returncode == -9
        found = editions.editions(folder, key)
        whole += len(found)
        for edition in found:
            assert set(edition.file_names) == {"a.html", "b.docx"}
            assert [editions.read(edition, name)[:1] for name in edition.file_names] == [b"a", b"b"]
        assert editions.versions_needed(folder) <= {version}
    assert whole == 2  # killed after the rename (-6 and 7): there, and whole
    assert (folder.reports_folder / "work").exists()
    editions.freeze(folder, report(version), FILES, "张三")
    assert not (folder.reports_folder / "work").exists()
