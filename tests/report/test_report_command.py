"""python -m metrics report: what it writes, freezes and refuses, with and without a browser; the notices to the branches."""

import html as html_text
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import docx
import duckdb
import openpyxl
import pytest
from docx.oxml.ns import qn

from data.access import settings
from data.store import Store
from metrics.__main__ import main
from metrics.report import docx as docx_format
from metrics.report import html, making, xlsx
from metrics.report.document import Paragraph, plain
from metrics.report.produce import sha256
from tests.pages import stores

ROOT = Path(__file__).parents[2]
QUICK = "docx,html"


def _run(store, *arguments):
    """Run the command in this process and return its exit code."""
    return main(["--store", str(store.folder), "report", *map(str, arguments)])


def _json(capsys):
    return json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Return a store that no test changes."""
    return stores.city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def frozen_once(tmp_path_factory):
    """Return a small store in which August and September are frozen, and what the command said of September."""
    store, out = stores.city(tmp_path_factory.mktemp("数据 仓"), branches=("下陆区分局",)), io.StringIO()
    folder = str(tmp_path_factory.mktemp("out"))
    with redirect_stdout(out):
        august = ("--month", "2025-08", "--out", folder, "--format", QUICK)
        assert _run(store, *august, "--freeze", "--author", "张三") == 0
        out.truncate(0), out.seek(0)
        assert _run(store, "--month", "2025-09", "--out", folder, "--freeze", "--author", "张三", "--json") == 0
    return store.folder, json.loads(out.getvalue())


@pytest.fixture
def frozen(frozen_once, tmp_path):
    """Return a copy of that store, which a test may change, and what was said of September."""
    folder, said = frozen_once
    return Store(Path(shutil.copytree(folder, tmp_path / "数据 仓"))), said


@pytest.fixture
def own(tmp_path):
    """Return a small store that a test may freeze reports in."""
    return stores.city(tmp_path / "数据 仓", branches=("下陆区分局",))


def test_every_format_is_written_and_listed(city, tmp_path, capsys):
    assert _run(city, "--month", "2025-09", "--out", tmp_path, "--json") == 0
    said = _json(capsys)
    assert (said["key"], said["edition"], said["version"], said["missing"]) == ("2025-09", None, city.current(), [])
    formats = [file["format"] for file in said["files"]]
    assert set(formats) == {"docx", "xlsx", "html", "pdf", "pptx", "png"} and formats.count("png") == 6
    for file in said["files"]:
        data = Path(file["file"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), sha256(data))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(Path(file["file"]).name for file in said["files"])


def test_a_line_says_what_was_written(city, tmp_path, capsys):
    assert _run(city, "--quarter", "2025Q2", "--out", tmp_path, "--format", "docx") == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "2025Q2草稿" in out and "2025年第二季度全市信访通报.docx" in out


def test_a_frozen_report_comes_out_again_byte_for_byte(frozen, tmp_path, capsys):
    store, before = frozen
    later = stores.import_late_case(store)
    assert _run(store, "--month", "2025-09", "--out", tmp_path / "b", "--json") == 0
    again = _json(capsys)
    assert [file["sha256"] for file in again["files"]] == [file["sha256"] for file in before["files"]]
    assert (before["edition"], again["edition"]) == (1, 1) and again["version"] == before["version"] != later
    assert any("信访总量" in sentence and "BULU1" in sentence for sentence in again["changed"])


def test_a_correction_needs_a_reason_and_is_an_edition_of_its_own(frozen, tmp_path, capsys):
    store, _ = frozen
    stores.import_late_case(store)
    freeze = ("--month", "2025-09", "--out", tmp_path / "out", "--format", QUICK, "--freeze", "--author", "张三")
    assert _run(store, *freeze) == 1 and "更正原因" in capsys.readouterr().err
    assert _run(store, *freeze, "--reason", "补录一件", "--json") == 0
    assert _json(capsys)["edition"] == 2


def test_the_next_report_tells_what_changed_in_the_one_before(frozen, tmp_path):
    store, _ = frozen
    with store.draft(store.reader()) as (built, version):
        with duckdb.connect(str(built)) as connection:
            august = "received_at::DATE BETWEEN '2025-08-01' AND '2025-08-31' AND status = '已办结'"
            connection.execute(
                f"DELETE FROM cases WHERE case_key IN (SELECT case_key FROM cases WHERE {august} LIMIT 1)"
            )
        store.publish(built, version)
    assert _run(store, "--month", "2025-09", "--draft", "--out", tmp_path / "out", "--format", "html") == 0
    page = (tmp_path / "out" / "2025年9月全市信访通报.html").read_text("utf-8")
    words = re.sub(r"<[^>]+>", "", page)
    assert "更正说明" in words and re.search(r"2025年8月信访总量：\d+件 → \d+件", words)


def test_a_draft_of_a_frozen_month_can_still_be_made(frozen, tmp_path, capsys):
    store, _ = frozen
    later = stores.import_late_case(store)
    assert _run(store, "--month", "2025-09", "--out", tmp_path / "out", "--format", QUICK, "--draft", "--json") == 0
    said = _json(capsys)
    assert (said["edition"], said["version"]) == (None, later)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--month", "2025-10", "--freeze", "--author", "张三"], "还没有结束"),
        (["--month", "2025-09", "--freeze"], "定稿人"),
        (["--month", "2025-13"], "2025-13"),
        (["--month", "2025Q3"], "--month"),
        (["--month", "2027-01"], "还没有数据"),
        (["--month", "2025-09", "--format", "doc"], "没有“doc”这种格式"),
        (["--month", "2025-09", "--branch", "武昌分局"], "没有分局“武昌分局”"),
        (["--month", "2025-09", "--version", "000009-x"], "没有版本“000009-x”"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_writes_nothing(own, tmp_path, capsys, arguments, words):
    out = tmp_path / "out"
    assert _run(own, *arguments, "--out", out) == 1
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
    assert not out.exists() and not (own.folder / "reports").exists()


def test_a_folder_that_cannot_be_written_is_said(city, tmp_path, capsys):
    (tmp_path / "taken").write_text("a file")
    assert _run(city, "--month", "2025-09", "--format", "docx", "--out", tmp_path / "taken") == 1
    assert "写不进文件夹" in capsys.readouterr().err


def test_an_empty_store_is_said(tmp_path, capsys):
    assert _run(Store(tmp_path), "--month", "2025-09") == 1
    assert "数据仓里还没有数据" in capsys.readouterr().err


def test_without_a_period_it_is_a_mistake_of_usage(city):
    with pytest.raises(SystemExit) as left:
        _run(city)
    assert left.value.code == 2


def test_from_cron_without_a_browser_the_office_formats_are_whole(city, tmp_path):
    # An empty PATH has neither Chromium nor anything else; there is no display and no home either.
    (tmp_path / "bin").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "metrics", "--store", city.folder, "report", "--month", "2025-09", "--out", tmp_path / "out", "--json"],
        cwd=ROOT, env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {file["format"] for file in said["files"]} >= {"docx", "xlsx", "pptx", "html"}
    assert [sentence for sentence in said["missing"] if sentence.startswith("PDF没有生成") and sentence.endswith("。")]
    assert "Traceback" not in done.stderr


def test_where_nothing_of_what_was_asked_can_be_made_it_fails(city, tmp_path, monkeypatch, capsys):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert _run(city, "--month", "2025-09", "--format", "pdf", "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert said.err.startswith("PDF没有生成") and said.err.count("\n") == 1 and not (tmp_path / "out").exists()


def test_the_notices_of_all_branches_hold_nothing_of_one_another(tmp_path):
    two = stores.city(tmp_path / "store", stores.BRANCHES[:2])
    assert _run(two, "--month", "2025-09", "--all-branches", "--format", "docx,xlsx", "--out", tmp_path / "out") == 0
    (archive,) = (tmp_path / "out").iterdir()
    numbers = {}
    for branch, number in two.reader().query("SELECT branch, case_no FROM cases WHERE case_no IS NOT NULL"):
        numbers.setdefault(branch, set()).add(number)
    with zipfile.ZipFile(archive) as opened:
        folders = {name.split("/")[0] for name in opened.namelist()}
        assert folders == set(stores.BRANCHES[:2])
        for name in opened.namelist():
            branch = name.split("/")[0]
            foreign = set().union(*(own for other, own in numbers.items() if other != branch)) - numbers[branch]
            words = set(re.findall(r"[0-9A-Za-z一-龥-]+", _text(opened.read(name))))
            assert not words & foreign, name


def _text(data):
    """Return everything that is written in a file, in the parts of an archive as well."""
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return "\n".join(_text(opened.read(name)) for name in opened.namelist())


def test_the_same_store_gives_the_same_bytes_in_another_process(city, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_ACCESS", str(tmp_path / "access"))
    settings.save(Store(city.folder), watermark=False)  # it has the minute in it
    found = []
    for zone in ("Asia/Shanghai", "America/New_York"):
        done = subprocess.run(
            [sys.executable, "-m", "metrics", "--store", city.folder, "report", "--month", "2025-09", "--format",
             "docx,xlsx,pptx,html", "--out", tmp_path / zone.replace("/", "-"), "--json"],
            cwd=ROOT, env=os.environ | {"TZ": zone, "PYTHONHASHSEED": str(len(found))}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.append({Path(file["file"]).name: file["sha256"] for file in json.loads(done.stdout)["files"]})
    assert found[0] == found[1]


def test_every_number_of_a_real_report_is_in_every_format_and_equals_the_command_line(city, capsys):
    reader = city.reader()
    document = making.draft(city, reader, "2025-09")
    word = docx.Document(io.BytesIO(docx_format.write(document)))
    in_word = "\n".join(part.text for part in word.element.body.iter(qn("w:t")))
    in_word = re.sub(r"\s", "", in_word)
    in_page = re.sub(r"\s", "", html_text.unescape(re.sub(r"<[^>]+>", "", html.write(document).decode())))
    for block in document.blocks:
        if isinstance(block, Paragraph):
            words = re.sub(r"\s", "", plain(block.text))
            assert words in in_word and words in in_page
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write(document)))
    for table in document.tables:
        cells = [
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
        ]
        texts = [plain(cell) for row in table.rows for cell in row if isinstance(cell, str) and cell]
        assert not [text for text in texts if text not in cells and not re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
    asked = sorted({fact.kpi for fact in document.facts if fact.period == "2025-09" and not fact.group})
    assert (
        main(
            [
                "--store",
                str(city.folder),
                "show",
                *asked,
                "--from",
                "2025-09",
                "--to",
                "2025-09",
                "--every",
                "total",
                "--json",
            ]
        )
        == 0
    )
    shown = {figure["kpi"]: figure for figure in _json(capsys)}
    numbers = [number for number in document.numbers() if number.value is not None]
    for fact in document.facts:
        if fact.kpi in asked and fact.period == "2025-09" and not fact.group:
            assert fact.value == shown[fact.kpi]["value"] and fact.text == shown[fact.kpi]["text"]
            made_of = {shown[fact.kpi][name] for name in ("value", "numerator", "denominator")}
            assert {number.value for number in numbers if number.fact == fact.id} <= made_of
