"""Bad files of a fixed seed: one sentence or every row accounted for, each; `make fuzz` goes on for as long as is wished."""

import os
import sys

import pytest

from tests.fuzz import watched

SEED, COUNT = 2025, int(os.environ.get("FUZZ_FILES", "60"))


@pytest.mark.skipif(
    sys.platform == "win32", reason="memory and time are bounded by the operating system only elsewhere"
)
def test_whatever_is_done_to_a_file_nothing_is_lost_and_nothing_breaks(tmp_path):
    report = watched.run(tmp_path, SEED, COUNT, 600)
    assert report.wrong == []
    assert report.files == COUNT
    assert report.refused > COUNT // 10 and report.rows > COUNT * 3, "most of what is made is to be read"
