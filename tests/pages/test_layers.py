"""The arrows of the layers, on the screen's side: a page is short, imports little, and does no arithmetic."""

import ast
import inspect
from pathlib import Path

import pytest

from tests.pages.conftest import PAGES, ROOT

ALLOWED = ("streamlit", "pages.parts", "metrics", "data.store")
PARTS = sorted((ROOT / "pages" / "parts").glob("*.py"))


def _imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_like_a_description_of_its_screen(page):
    text = (ROOT / page).read_text("utf-8")
    assert len(text.splitlines()) < 80
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.BinOp)]
    for name in _imported(ROOT / page):
        assert name.startswith(ALLOWED), f"{page} imports {name}"


def test_charts_know_nothing_of_streamlit():
    assert not [
        name for name in _imported(ROOT / "metrics" / "charts" / "trend.py") if name.startswith(("streamlit", "pages"))
    ]


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_only_one_module_caches_and_leaves_nothing_out_of_the_key(path):
    text = path.read_text("utf-8")
    assert ("cache_data" in text) == (path.name == "query.py")
    if path.name == "query.py":
        from pages.parts import query

        names = inspect.signature(query._cached.__wrapped__).parameters
        assert not [name for name in names if name.startswith("_")]
        assert {"path", "branches"} <= set(names)
