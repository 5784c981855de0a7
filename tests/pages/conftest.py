"""Pages in three states of the store: none, a whole city, one branch alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import stores

ROOT = Path(__file__).parents[2]
WITHOUT_CASES = ("pages/admin.py", "pages/audit.py")  # they read accounts and the log, no version of the store
PAGES = ["app.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of the whole city, with an unfinished month."""
    return stores.city(tmp_path_factory.mktemp("city")).folder


@pytest.fixture(scope="session")
def lone_branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store of real data of one branch."""
    return stores.city(tmp_path_factory.mktemp("lone"), stores.BRANCHES[:1], is_demo=False).folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that runs a page on a store, with the parameters of an address."""

    def open_page(page: str, store: Path, **address: str | list[str]) -> AppTest:
        monkeypatch.setenv("KPI_STORE", str(store))
        test = AppTest.from_file(str(ROOT / page), default_timeout=60)
        for name, value in address.items():
            test.query_params[name] = value
        return test.run()

    return open_page


def html(test: AppTest) -> str:
    """Return everything of ours that a page has drawn, as HTML."""
    return "\n".join(element.proto.body for element in test.get("html"))
