"""What the tests of the importer share: a folder for a store, and the command line as another program calls it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from data.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return the folder of a store that does not exist yet."""
    return tmp_path / "store"


@pytest.fixture
def run_data(store: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs python -m data on the empty store, with further variables of the environment."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "data", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"KPI_STORE": str(store), "PYTHONUTF8": "1"} | environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def call(store: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs a command in this process, which is faster; gives exit code, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["--store", str(store), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run
