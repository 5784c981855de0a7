"""The audit log: whole after crashes and crowds, and every kind of tampering is seen, for ever."""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

from data.access import audit, chain, proof
from data.access.roles import ROLES
from data.access.viewer import Viewer, acting
from data.errors import UserError
from data.store import Store

ROOT = Path(__file__).parents[2]
LI = Viewer("lihua", "李华", "office", ROLES["office"].permissions, address="10.1.2.3", session="0a1b2c3d")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store whose folder does not exist yet."""
    return Store(tmp_path / "store")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the clock of the log."""

    def set_to(moment: str) -> None:
        for module in (chain, proof):
            monkeypatch.setattr(module, "now", lambda: datetime.fromisoformat(moment))

    return set_to


def filled(store: Store, many: int = 6) -> Path:
    """Write some entries and return the one file that they are in."""
    for number in range(1, many + 1):
        audit.record(store, "page", {"page": f"第{number}页"}, by=LI)
    (path,) = chain.month_files(store.access_folder)
    return path


def problems(store: Store) -> str:
    return "\n".join(audit.verify(store).problems)


def swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def other_letter(line: bytes) -> bytes:
    return line[:-4] + (b"1" if line[-4:-3] == b"0" else b"0") + line[-3:]


TAMPERINGS = {
    "changed": (lambda lines: [*lines[:2], lines[2].replace("第3页".encode(), "第8页".encode()), *lines[3:]], "第3行"),
    "one letter of a seal": (lambda lines: [other_letter(lines[0]), *lines[1:]], "第1行"),
    "deleted": (lambda lines: [*lines[:2], *lines[3:]], "第4条"),
    "first deleted": (lambda lines: lines[1:], "之前的1条不在了"),
    "inserted": (lambda lines: [*lines[:3], b'{"seq":4,"event":"page"}\n', *lines[3:]], "第4行"),
    "repeated": (lambda lines: [*lines[:3], lines[2], *lines[3:]], "第4行"),
    "swapped": (swapped, "第3行"),
    "cut tail": (lambda lines: lines[:4], "末尾缺少2条"),
    "emptied": (lambda lines: [], "末尾缺少6条"),
    "last line end cut": (lambda lines: [*lines[:5], lines[5].rstrip()], "末尾缺少1条"),
}


def test_an_entry_says_who_what_when_and_from_where(store, clock):
    clock("2026-11-23T09:30:00.123")
    written = audit.record(store, "export", {"file": "案件.xlsx", "rows": 12}, by=LI)
    assert (written.seq, written.at) == (1, datetime(2026, 11, 23, 9, 30, 0, 123000))
    assert (written.account, written.name, written.role, written.address) == ("lihua", "李华", "office", "10.1.2.3")
    assert (written.session, written.event, written.state) == ("0a1b2c3d", "export", "ok")
    assert written.what == {"file": "案件.xlsx", "rows": "12"}
    assert audit.entries(store) == [written]


def test_whoever_acts_in_this_thread_is_the_one_recorded(store):
    with acting(LI):
        audit.record(store, "page")
    audit.record(store, "page")
    there, here = audit.entries(store)
    assert (here.account, there.role) == ("lihua", "local")


def test_nobody_else_may_read_the_key_nor_the_log(store):
    path = filled(store)
    for secret in (store.access_folder / "audit.key", path, path.parent / "HEAD"):
        assert secret.stat().st_mode & 0o077 == 0, secret.name


def test_an_empty_log_is_in_order_and_looking_at_it_writes_nothing(store):
    verdict = audit.verify(store)
    assert verdict.ok and verdict.many == 0 and audit.entries(store) == []
    assert not store.folder.exists()


def test_an_untouched_log_is_found_whole(store):
    filled(store)
    verdict = audit.verify(store)
    assert verdict.ok and verdict.many == 6 and verdict.head == audit.entries(store)[0].hash
    assert "完整：6条" in verdict.words


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_still_found_after_more_was_written(store, name):
    change, expected = TAMPERINGS[name]
    path = filled(store)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    verdict = audit.verify(store)
    assert not verdict.ok and expected in verdict.problems[0] and verdict.problems[0] in verdict.words
    for _ in range(3):
        audit.record(store, "page")
    assert not audit.verify(store).ok


def test_the_only_problem_of_one_changed_line_is_that_line(store):
    path = filled(store)
    path.write_bytes(path.read_bytes().replace("第3页".encode(), "第8页".encode()))
    assert audit.verify(store).problems == [f"{path.name} 第3行不是原来写下的内容，可能被修改或插入。"]


def test_a_line_made_with_another_key_is_found(store, tmp_path):
    path, other = filled(store), filled(Store(tmp_path / "other"))
    lines, theirs = path.read_bytes().splitlines(keepends=True), other.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], theirs[3], *lines[4:]]))
    assert "第4行" in problems(store)


@pytest.mark.parametrize("gone", ["HEAD", "HEAD and tail", "old HEAD and tail", "everything but the key", "the key"])
def test_what_is_taken_away_beside_the_lines_is_found_for_ever(store, gone):
    path = filled(store, 3)
    head = path.parent / "HEAD"
    former = head.read_bytes()
    filled(store, 5)
    lines = path.read_bytes().splitlines(keepends=True)
    if gone == "old HEAD and tail":
        head.write_bytes(former)
        path.write_bytes(b"".join(lines[:6]))
    elif gone == "the key":
        (store.access_folder / "audit.key").unlink()
    else:
        head.unlink()
        if gone == "HEAD and tail":
            path.write_bytes(b"".join(lines[:6]))
        elif gone == "everything but the key":
            path.unlink()
    assert not audit.verify(store).ok
    for _ in range(3):
        audit.record(store, "page")
    assert not audit.verify(store).ok


def test_a_log_whose_every_file_is_gone_goes_on_where_it_was_and_the_gap_is_named(store):
    filled(store).unlink()
    assert "末尾缺少6条" in problems(store)
    assert audit.record(store, "page").seq == 7
    assert "之前的6条不在了" in problems(store)


def test_months_are_one_chain_and_a_month_that_is_gone_is_named(store, clock):
    for month in (9, 10, 11):
        clock(f"2026-{month:02d}-20T10:00:00")
        audit.record(store, "page")
        audit.record(store, "page")
    first, middle, last = chain.month_files(store.access_folder)
    assert [path.name for path in (first, middle, last)] == [f"audit-2026-{m}.jsonl" for m in ("09", "10", "11")]
    assert audit.verify(store).ok and audit.verify(store).many == 6
    kept = middle.read_bytes()
    middle.unlink()
    assert "第5条" in problems(store) and "缺少2条" in problems(store)
    middle.write_bytes(kept)
    first.unlink()
    assert "之前的2条不在了，且不满3年" in problems(store)


def test_a_month_older_than_three_years_may_be_moved_away_whole(store, clock):
    for moment in ("2023-10-20", "2023-11-02", "2026-11-20"):
        clock(f"{moment}T10:00:00")
        audit.record(store, "page")
    chain.month_files(store.access_folder)[0].unlink()
    verdict = audit.verify(store)
    assert verdict.ok and verdict.many == 2 and verdict.since == datetime(2023, 11, 2, 10)
    clock("2026-11-01T10:00:00")
    assert "不满3年" in problems(store)


def test_a_clock_that_is_set_back_does_not_break_the_chain(store, clock):
    for moment in ("2026-10-31T23:59:59", "2026-11-01T00:00:01", "2026-10-31T23:59:58"):
        clock(moment)
        audit.record(store, "page")
    assert audit.verify(store).ok
    assert [one.seq for one in audit.entries(store)] == [3, 2, 1]
    assert [one.seq for one in audit.entries(store, until=date(2026, 10, 31))] == [3, 1]


@pytest.mark.parametrize("torn", [b'{"seq":7,"at":"2026-', b"\x00" * 50_000])
def test_a_line_that_was_not_finished_never_happened(store, torn):
    path = filled(store)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    assert audit.verify(store).ok and len(audit.entries(store)) == 6
    assert audit.record(store, "page").seq == 7
    assert path.read_bytes().startswith(whole + b'{"seq":7,')
    assert audit.verify(store).ok


def test_a_torn_first_line_of_a_month_goes_on_from_the_month_before(store, clock):
    clock("2026-10-31T10:00:00")
    filled(store)
    (chain.folder_of(store.access_folder) / "audit-2026-11.jsonl").write_bytes(b'{"seq":7')
    clock("2026-11-01T10:00:00")
    assert audit.record(store, "page").seq == 7
    assert audit.verify(store).ok


def test_a_writer_killed_between_the_line_and_head_leaves_a_good_log(store):
    path = filled(store)
    head = path.parent / "HEAD"
    former = head.read_bytes()
    audit.record(store, "page")
    head.write_bytes(former)
    assert audit.verify(store).ok and audit.verify(store).many == 7
    assert audit.record(store, "page").seq == 8
    assert audit.verify(store).ok


def test_killed_at_any_moment_the_log_is_whole(store):
    program = "import sys; from pathlib import Path; from data.store import Store; from data.access import audit\n"
    program += "while True: audit.record(Store(Path(sys.argv[1])), 'page', {'page': '总览'})"
    for delay in (0.6, 0.65, 0.7, 0.8):
        writer = subprocess.Popen([sys.executable, "-c", program, str(store.folder)], cwd=ROOT)
        time.sleep(delay)
        writer.kill()
        writer.wait()
        verdict = audit.verify(store)
        assert verdict.ok, verdict.words
        audit.record(store, "page")
    assert audit.verify(store).ok


def _write_many(folder: Path, name: str, many: int) -> None:
    for number in range(many):
        audit.record(Store(folder), "page", {"page": f"{name} {number}"})


def test_processes_and_threads_write_at_once(store):
    write = "import sys; from pathlib import Path; from tests.access.test_audit import _write_many\n"
    write += "_write_many(Path(sys.argv[1]), sys.argv[2], 40)"
    workers = [subprocess.Popen([sys.executable, "-c", write, store.folder, f"p{n}"], cwd=ROOT) for n in range(3)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: _write_many(store.folder, f"t{n}", 20), range(4)))
        seen = [audit.verify(store).words for _ in range(20) if not audit.verify(store).ok]
    for worker in workers:
        assert worker.wait(120) == 0
    verdict = audit.verify(store)
    assert seen == [] and verdict.ok and verdict.many == 200
    pages = [one.what["page"] for one in audit.entries(store)]
    assert len(set(pages)) == 200
    assert [page for page in reversed(pages) if page.startswith("t1 ")] == [f"t1 {n}" for n in range(20)]


def test_a_writer_who_holds_the_log_too_long_stops_the_action(store, monkeypatch):
    monkeypatch.setattr(chain, "WAIT_SECONDS", 0.05)
    filled(store)
    held = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys, filelock\nwith filelock.FileLock(sys.argv[1]):\n print('held', flush=True); sys.stdin.read()",
            str(chain.folder_of(store.access_folder) / "lock"),
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    held.stdout.readline()
    with pytest.raises(UserError, match="审计日志写不进去"):
        audit.record(store, "page")
    held.communicate()
    assert audit.record(store, "page").seq == 7


def _fill_up(folder: str) -> None:
    """Write until the file may not grow, in a process of its own; then say how far it came."""
    store = Store(Path(folder))
    audit.record(store, "page", {"page": "总览"})
    many, length = 1, _length(store)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    while True:
        ran = False
        try:
            with audit.action(store, "import", {"files": "6月.xlsx"}):
                ran = True
        except UserError as error:
            print(many, length, ran, _length(store), error, sep="|")
            return
        many, length = many + 2, _length(store)


def _length(store: Store) -> int:
    return sum(path.stat().st_size for path in chain.month_files(store.access_folder))


def test_a_disk_that_takes_no_more_stops_the_action_and_leaves_the_log_whole(store):
    program = "import signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    program += "from tests.access.test_audit import _fill_up; _fill_up(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(store.folder)], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    many, length, ran, after, said = done.stdout.strip().split("|")
    assert "审计日志" in said and "磁盘空间" in said
    verdict = audit.verify(store)
    assert verdict.ok and int(many) > 10
    written = verdict.many - int(many)
    assert (written, ran) in ((0, "False"), (1, "True"))  # the block ran only where its beginning is in the log
    if not written:
        assert length == after
    audit.record(store, "page")
    assert audit.verify(store).ok


def test_a_full_disk_stops_the_action_and_leaves_the_log_whole(tmp_path, monkeypatch):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount; the test above limits the size of a file instead")
    try:
        monkeypatch.setenv("KPI_ACCESS", str(small))
        store = Store(tmp_path / "store")
        ran = 0
        with pytest.raises(UserError, match="审计日志"):
            for _ in range(1000):
                with audit.action(store, "import", {"files": "表" * 300}):
                    ran += 1
        begun = [one for one in audit.entries(store) if one.state == "begun"]
        assert ran > 3 and len(begun) == ran and audit.verify(store).ok
        with pytest.raises(UserError, match="审计日志写不进去"):
            for _ in range(100):
                audit.record(store, "page")
        assert audit.verify(store).ok
        subprocess.run(["mount", "-o", "remount,size=1m", str(small)], check=True)
        audit.record(store, "page")
        assert audit.verify(store).ok
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_nothing_runs_when_the_log_cannot_be_written(store):
    store.folder.mkdir()
    store.access_folder.write_text("a file where the folder should be")
    ran = []
    with pytest.raises(UserError, match="审计日志写不进去"), audit.action(store, "import"):
        ran.append(1)
    assert ran == []


def test_an_action_leaves_its_beginning_and_its_end(store):
    with audit.action(store, "import", {"files": ["a.csv", "b.csv"]}) as told:
        assert [one.state for one in audit.entries(store)] == ["begun"]
        told["rows"] = 5
    end, begun = audit.entries(store)
    assert (begun.state, begun.what) == ("begun", {"files": "a.csv、b.csv"})
    assert (end.state, end.what) == ("ok", {"begun": "1", "rows": "5"})


@pytest.mark.parametrize(
    ("error", "said"), [(UserError("列“登记时间”缺少。"), "列“登记时间”缺少。"), (ValueError("王小明"), "ValueError")]
)
def test_a_failed_action_says_why_without_the_content_of_a_cell(store, error, said):
    with pytest.raises(type(error)), audit.action(store, "import", {"files": "a.csv"}):
        raise error
    end, begun = audit.entries(store)
    assert (begun.state, end.state, end.what) == ("begun", "failed", {"begun": "1", "why": said})


def test_the_first_error_is_heard_when_the_end_cannot_be_written_either(store):
    with pytest.raises(ValueError, match="first"), audit.action(store, "import"):
        shutil.rmtree(store.access_folder)
        store.access_folder.write_text("")
        raise ValueError("first")


def test_an_action_whose_end_cannot_be_written_says_so(store):
    with pytest.raises(UserError, match="操作已完成，但审计日志没有记下结果"), audit.action(store, "import"):
        shutil.rmtree(store.access_folder)
        store.access_folder.write_text("")


def test_names_and_numbers_typed_as_search_words_are_not_in_the_bytes(store):
    planted = [
        "王小明",
        "欧阳修文",
        "13812345678",
        "420202199003071234",
        "鄂B12345",
        "zhang@example.com",
        "where=content%7E%E7%8E%8B%E5%B0%8F%E6%98%8E&where=x%257E%25E7%258E%258B%25E5%25B0%258F%25E6%2598%258E",
        "3栋2单元501室",
    ]
    told = [
        "被反映对象：含“王小明”“13812345678”",
        "content~王小明 欧阳修文",
        "site_name~王\u200b小明 １３８１２３４５６７８",
        "身份证 420202199003071234，车牌鄂B12345，家住幸福路3栋2单元501室",
        "zhang@example.com",
        "where=content%7E%E7%8E%8B%E5%B0%8F%E6%98%8E&where=x%257E%25E7%258E%258B%25E5%25B0%258F%25E6%2598%258E",
        "投诉人王小明来电",
    ]
    for event in ("query", "drill", "page", "text", "export"):
        for text in told:
            audit.record(store, event, {"filter": text}, by=LI)
    written = b"".join(path.read_bytes() for path in store.folder.rglob("*") if path.is_file()).decode(
        "utf-8", "ignore"
    )
    assert [word for word in planted if word in written] == []
    assert "王**" in written and "138****5678" in written and "李华" in written


def test_words_of_our_own_lists_are_told_as_they_are(store):
    told = "满意度：满意；渠道：来信、来访；责任分局：下陆区分局、黄石港区分局；版本000012-20251102T101010"
    assert audit.record(store, "query", {"filter": told}).what == {"filter": told}


def test_a_text_is_one_line_of_no_more_than_400_characters(store):
    told = audit.record(
        store, "define", {"what": "甲\n乙\r\n\x00丙\x1b[31m\u202e丁", "long": "水" * 5000, "odd": "\ud800"}
    )
    assert told.what["what"] == "甲 乙 丙[31m丁"
    assert len(told.what["long"]) == 400 and told.what["long"].endswith("水…")
    assert audit.verify(store).ok and len(chain.month_files(store.access_folder)[0].read_bytes().splitlines()) == 1


def test_entries_are_found_by_day_account_event_and_failure(store, clock):
    for day, account, event, ok in (
        ("2026-09-30", "lihua", "export", True),
        ("2026-10-01", "lihua", "export", False),
        ("2026-10-02", "wang", "query", True),
        ("2026-11-02", "wang", "sign_in_failed", True),
    ):
        clock(f"{day}T10:00:00")
        audit.record(store, event, by=Viewer(account, account, "office", frozenset()), ok=ok)

    def found(**asked: object) -> list[int]:
        return [one.seq for one in audit.entries(store, **asked)]

    assert found() == [4, 3, 2, 1]
    assert found(limit=2) == [4, 3]
    assert found(since=date(2026, 10, 1)) == [4, 3, 2]
    assert found(until=date(2026, 10, 1)) == [2, 1]
    assert found(since=date(2026, 10, 1), until=date(2026, 10, 31)) == [3, 2]
    assert found(account="wang") == [4, 3] and found(event="export") == [2, 1]
    assert found(failed=True) == [4, 2]


def test_an_event_that_is_not_in_the_list_is_a_defect(store):
    with pytest.raises(ValueError, match="no such event"):
        audit.record(store, "exprot")


def test_a_long_log_is_read_backwards_in_blocks(store):
    for number in range(60):
        audit.record(store, "page", {f"k{n}": f"{number} " + "水" * 390 for n in range(2)})
    assert [one.seq for one in audit.entries(store)] == list(range(60, 0, -1))


def test_an_entry_costs_no_more_when_the_log_is_long(store):
    path = filled(store)
    key, lines = chain.read_key(store.access_folder), []
    last = chain.end_of(path.read_bytes().splitlines()[-1])
    for number in range(7, 100_007):
        body = b'{"seq":%d,"at":"2026-11-23T10:00:00.000","event":"page","previous":"%s"}' % (
            number,
            last.hash.encode(),
        )
        lines.append(chain.sealed(key, body) + b"\n")
        last = chain.End(number, chain.seal_of(lines[-1][:-1]))
    with path.open("ab") as out:
        out.writelines(lines)
    chain._write_head(store.access_folder, key, last)
    begun = time.perf_counter()
    assert audit.verify(store).many == 100_006
    whole = time.perf_counter() - begun
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        audit.record(store, "page")
        times.append(time.perf_counter() - begun)
    assert sorted(times)[10] < whole / 10
