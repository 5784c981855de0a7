"""The layers, and what keeps them apart: data/ ← metrics/ ← pages/, app.py. An arrow that points up fails here."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
LONGEST_MODULE, LONGEST_PAGE = 300, 79


def tracked(*under: str) -> list[Path]:
    """Return what git tracks, or would track with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *under],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


MODULES = [path for path in tracked("*.py") if path.suffix == ".py"]


def under(folder: str) -> list[Path]:
    return [path for path in MODULES if path.is_relative_to(ROOT / folder)]


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, anywhere in it, and every name that it takes from one."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_part(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(module + ".") for module in modules)


def named(paths: list[Path]) -> dict[str, object]:
    return {"argvalues": paths, "ids": [str(path.relative_to(ROOT)) for path in paths]}


def test_there_is_something_to_look_at():
    assert len(under("data")) > 10 and len(under("metrics")) > 5 and len(PAGES) > 3 and under("pages/parts")


@pytest.mark.parametrize("path", **named(under("data")))
def test_data_knows_nothing_above_it(path):
    above = ("metrics", "pages", "app", "serve", "streamlit", "tests", "bench")
    assert [name for name in imports(path) if is_part(name, above)] == []


@pytest.mark.parametrize("path", **named(under("metrics")))
def test_metrics_know_nothing_of_the_screen_nor_of_the_database(path):
    above = ("pages", "app", "serve", "streamlit", "tests", "bench", "duckdb")
    assert [name for name in imports(path) if is_part(name, above)] == []


@pytest.mark.parametrize("path", **named(PAGES))
def test_a_page_describes_its_screen_and_no_more(path):
    allowed = ("pages.parts", "metrics", "data.store", "streamlit", *sys.stdlib_module_names)
    assert [name for name in imports(path) if not is_part(name, allowed)] == []
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_PAGE


@pytest.mark.parametrize("path", **named([*under("pages/parts"), *PAGES, ROOT / "serve.py"]))
def test_the_screen_reads_through_the_one_reader(path):
    assert [name for name in imports(path) if is_part(name, ("duckdb", "sqlite3", "app", "tests", "bench"))] == []


@pytest.mark.parametrize("path", **named([path for path in MODULES if not path.is_relative_to(ROOT / "tests")]))
def test_only_data_opens_the_database(path):
    """And the benchmark, which makes its stores without the importer, as the tests do."""
    if path.is_relative_to(ROOT / "data") or path.is_relative_to(ROOT / "bench"):
        return
    assert "duckdb.connect" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", **named([path for path in MODULES if not path.is_relative_to(ROOT / "tests")]))
def test_no_module_is_too_long_to_be_read(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def test_git_tracks_nothing_of_a_store():
    listed = subprocess.run(
        ["git", "ls-files", "data/store"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    )
    assert listed.stdout == ""
    assert [path for path in tracked() if path.suffix in (".duckdb", ".wal") or path.name == "secret.key"] == []


def test_nothing_refers_to_a_place_outside_the_repository():
    outside = re.compile(r"\.\./" + "shared" + r"|(?<![\w.}/])/" + "work" + r"(?:/|\b)(?!\w)")
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a workbook, a picture
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in outside.finditer(text)]
    assert found == []


@pytest.mark.parametrize("path", **named([*under("pages"), *PAGES]))
def test_files_are_taken_away_in_one_place(path):
    """There it is asked who may, the watermark is put on, and the log is written first."""
    assert "download_button(" not in path.read_text("utf-8") or path.name == "downloads.py"
