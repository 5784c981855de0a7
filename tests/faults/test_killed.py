"""SIGKILL in the midst of an import, a freeze, a rollback, a clearing-up and a repair; `make faults` tries every point."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.scenes import SCENES

MOST = int(os.environ.get("FAULT_POINTS", "3"))  # of each command; 0: all of them, by the hour


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a killed fork is how this is tried")
def test_killed_anywhere_the_store_is_whole_and_the_same_command_completes(tmp_path):
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed", tmp_path, str(MOST)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    summaries = {line["command"]: line for line in lines if "command" in line}
    assert [line for line in lines if "problem" in line] == [], told.stderr
    assert told.returncode == 0 and summaries.keys() == SCENES.keys(), told.stderr
    assert all(line["killed"] >= 2 and line["calls"] > 3 for line in summaries.values()), summaries
