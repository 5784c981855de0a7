"""What the tests of bad files share: a judge with a store of its own."""

import random
from pathlib import Path

import pytest

from tests.fuzz import written
from tests.fuzz.judge import Judge
from tests.fuzz.seeds import people


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Return a judge whose store has six cases."""
    folder: Path = tmp_path_factory.mktemp("judge")
    written.write(folder / "begin.csv", "csv:utf-8", people()[:7], random.Random(0))
    return Judge(folder / "here", folder / "begin.csv")
