"""A store of two small imports, copied for every test, and the command line as another program calls it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data.__main__ import main
from data.store import Store
from tests.data.files import case, ledger, take


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two versions with three cases; not to be changed."""
    place = tmp_path_factory.mktemp("made")
    person = {"信访人": "测试甲", "联系电话": "13800000000"}
    take(place / "store", ledger(place / "台账_20250731.csv", case("A-1", **person)))
    take(place / "store", ledger(place / "台账_20250831.csv", case("A-2", **person), case("A-3")))
    return place / "store"


@pytest.fixture
def two(made: Path, tmp_path: Path) -> Store:
    """Return a copy of that store on a path with a space, quotes and Chinese characters."""
    return Store(shutil.copytree(made, tmp_path / "数据 'it''s' \"仓\"" / "store"))


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs python -m data on a store; gives exit code, stdout and stderr."""

    def run(store: Store, *arguments: object) -> tuple[int, str, str]:
        code = main(["--store", str(store.folder), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="session")
def made_of_five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of five versions that keeps only two of them; not to be changed."""
    place = tmp_path_factory.mktemp("five")
    own = place / "store" / "reference" / "settings.toml"
    own.parent.mkdir(parents=True)
    own.write_text("prune_versions = false\nkeep_newest = 2\nkeep_months = 0\n", "utf-8")
    for day in range(1, 6):
        take(place / "store", ledger(place / f"台账_2025080{day}.csv", *(case(f"A-{n}") for n in range(day))))
    return place / "store"


@pytest.fixture
def five(made_of_five: Path, tmp_path: Path) -> Store:
    """Return a copy of that store."""
    return Store(shutil.copytree(made_of_five, tmp_path / "store"))
