"""A branch sees its own cases and nothing of another's: on every page, in every query, behind every link.

The pages and the queries are found, not listed: what a page asks for is written down while everybody's pages are
drawn, and asked again for the branch.
"""

import ast
import io
import pickle
import re
import zipfile
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from data.access import settings
from data.errors import UserError
from data.scope import ALL, ROWS, Scope
from data.store import Reader, Store
from data.versionfile import all_tables
from pages.parts import downloads, query
from tests.access.two_branches import MARK, OTHER, OWN, own_alone
from tests.pages.conftest import PAGES, ROOT

WITH_FILES = ("pages/cases.py", "pages/backlog.py", "pages/satisfaction.py", "pages/mechanism.py")
VIEWS = {
    "pages/mechanism.py": [{"view": "分局评估"}],
    "pages/hotspots.py": [{"site": f"{MARK}某采石场"}, {"site": "某采石场"}],
}


def drawn(page: str, store: Path, monkeypatch: pytest.MonkeyPatch, **address: object) -> AppTest:
    monkeypatch.setenv("KPI_STORE", str(store))
    test = AppTest.from_file(str(ROOT / page), default_timeout=120)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def everything(test: AppTest) -> bytes:
    """Return all that a page sends to the browser: texts, charts, tables, options of inputs."""
    return b"\n".join(proto.SerializeToString() for proto in _protos(test._tree) if proto is not None)


def written(data: bytes) -> str:
    """Return everything that is written in a file, in the parts of an archive as well."""
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return "\n".join(written(opened.read(name)) for name in opened.namelist())


def echoed(test: AppTest, *given: str) -> bytes:
    """Return all that a page sends, without what was in its address anyway."""
    found = everything(test)
    for text in given:
        for form in (text, quote(text), quote_plus(text), escape(text)):
            found = found.replace(form.encode(), b"")
    return found


def _protos(node: object) -> list:
    children = getattr(node, "children", {})
    found = [getattr(node, "proto", None)]
    for child in children.values():
        found += _protos(child)
    return found


@pytest.fixture(scope="module")
def alone(city: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return own_alone(city, tmp_path_factory.mktemp("alone") / "store")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_branch_anything_of_another(page, city, signed_in, monkeypatch):
    for address in [{}, *VIEWS.get(page, [])]:
        everybody = drawn(page, city.folder, monkeypatch, **address)
        assert not everybody.exception
    settings.save(city, branch_exports=True)
    signed_in(city.folder, "branch", OWN)
    files: list[tuple[str, Callable[[], bytes]]] = []
    monkeypatch.setattr(downloads.st, "download_button", lambda label, made, file, *_, **__: files.append((file, made)))
    for address in [{}, {"branch": OTHER}, *VIEWS.get(page, [])]:
        test = drawn(page, city.folder, monkeypatch, **address)
        assert not test.exception
        assert MARK.encode() not in echoed(test, *address.values())
    assert files or page not in WITH_FILES
    for name, made in files:
        assert MARK not in written(made()), name


def test_the_marks_would_be_seen(city, monkeypatch):
    """The search above finds what is there: whoever sees everything sees the marks, in lists, tables and inputs."""
    for page in ("app.py", "pages/cases.py", "pages/quality.py", "pages/mechanism.py", "pages/explore.py"):
        assert MARK.encode() in everything(drawn(page, city.folder, monkeypatch)), page


@pytest.fixture(scope="module")
def asked(city: Store, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Callable, tuple]]:
    """Return every query that the pages make, as function and arguments."""
    found: dict[bytes, tuple[Callable, tuple]] = {}
    real = query.ask

    def ask(reader: Reader, read: Callable, *arguments: object) -> object:
        found[pickle.dumps((read.__module__, read.__name__, repr(arguments)))] = (read, arguments)
        return real(reader, read, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "ask", ask)
        for page in PAGES:
            for address in [{}, *VIEWS.get(page, [])]:
                drawn(page, city.folder, patch, **address)
    return list(found.values())


def test_every_query_gives_a_branch_what_it_would_get_from_a_store_of_its_own(asked, city, alone):
    assert len({(read.__module__, read.__name__) for read, _ in asked}) > 30
    scoped = city.reader(Scope((OWN,)))
    own = alone.reader(Scope((OWN,)))
    assert own.query("SELECT count(*) FROM cases") == alone.reader(ALL).query("SELECT count(*) FROM cases") != [(0,)]
    for read, arguments in asked:
        found = [_answer(read, reader, arguments) for reader in (scoped, own)]
        assert MARK not in found[0] or MARK in repr(arguments), (read, arguments)
        assert found[0] == found[1], (read, arguments)


def _answer(read: Callable, reader: Reader, arguments: tuple) -> str:
    try:
        answer = read(reader, *arguments)
    except UserError as error:
        return f"refused: {error}"
    return answer.to_csv() if hasattr(answer, "to_csv") else repr(answer)


def test_no_link_that_a_colleague_sends_shows_a_branch_more(city, signed_in, monkeypatch):
    links: dict[tuple, str] = {}
    for page in PAGES:
        test = drawn(page, city.folder, monkeypatch)
        for href in re.findall(r'href="([^"]+)"', "\n".join(element.proto.body for element in test.get("html"))):
            parts = urlsplit(unescape(href))
            given = parse_qs(parts.query)
            if not parts.scheme and parts.path in ("cases", "passport", "case", "hotspots", "explore"):
                links.setdefault(
                    (parts.path, *sorted(given), given.get("kpi", [""])[0], given.get("part", [""])[0]), href
                )
    assert len(links) > 20
    signed_in(city.folder, "branch", OWN)
    for href in list(links.values())[:24]:
        parts = urlsplit(unescape(href))
        test = drawn(f"pages/{parts.path}.py", city.folder, monkeypatch, **parse_qs(parts.query))
        assert not test.exception, href
        values = [part for _, text in parse_qsl(parts.query) for part in (text, *text.split(":"))]
        assert MARK.encode() not in echoed(test, parts.query, *values), href


@pytest.mark.parametrize("table", all_tables())
def test_every_table_says_what_a_branch_sees_of_it(table):
    assert table in ROWS


def test_a_table_that_nobody_thought_of_is_not_there(city):
    with pytest.raises(Exception, match="does not exist"):
        city.reader(Scope((OWN,))).query("SELECT * FROM duckdb_nothing")
    assert city.reader(Scope(())).query("SELECT count(*) FROM cases") == [(0,)]


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


_MAKES_READERS = {"pages/parts/access.py", "pages/parts/query.py"}


@pytest.mark.parametrize("path", [ROOT / "app.py", *modules("pages")], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_makes_a_reader_of_its_own(path):
    """The one way to the cases is the reader that pages/parts/access.py makes for who is looking."""
    if str(path.relative_to(ROOT)) in _MAKES_READERS:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_given = ast.unparse(node.func) == "access.reader"
            assert is_given or name not in ("reader", "Reader", "Scope"), f"{path}:{node.lineno}"
        if isinstance(node, ast.ImportFrom):
            assert node.module != "data.scope", f"{path}:{node.lineno}"


_NARROW = {"metrics/report/content.py", "metrics/report/revisions.py"}  # one branch's part of what the reader may see


@pytest.mark.parametrize("path", modules("metrics"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_figure_widens_what_its_reader_sees(path):
    text = path.read_text("utf-8")
    assert not re.search(r"\bversion\.(cases|backlog|key_cases|activities|quarantine|warnings|events)\b", text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reader":
            scope = ast.unparse(node.args[2]) if len(node.args) > 2 else "none"
            allowed = {"SHARED", "reader.scope"} | (
                {"Scope((branch,))"} if str(path.relative_to(ROOT)) in _NARROW else set()
            )
            assert scope in allowed, f"{path}:{node.lineno}: {scope}"


@pytest.mark.parametrize("path", sorted((ROOT / "metrics" / "sql").glob("*.sql")), ids=lambda path: path.name)
def test_no_sql_reaches_past_the_views(path):
    text = path.read_text("utf-8")
    assert not re.search(
        r"\b(version|memory|temp|main|information_schema)\.|duckdb_\w+\(|read_\w+\(|pragma", text, re.I
    )
