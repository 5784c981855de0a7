"""The second process: its results come in order, its death costs nothing, and it does not outlive the first."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.bulk.helper import helper


class Double:
    """Doubles numbers; where it is sent to, it dies of a certain one, and fails at another."""

    def __init__(self, deadly: int = -1, faulty: int = -1):
        self.home, self.deadly, self.faulty, self.elsewhere = os.getpid(), deadly, faulty, 0

    def do(self, job: int) -> tuple[int, bool]:
        is_away = os.getpid() != self.home
        if is_away and job >= self.deadly > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if job == self.faulty:
            raise ValueError(f"job {job}")
        time.sleep(0.01)
        return job * 2, is_away


def done(work: Double, many: int = 60, is_wanted: bool = True) -> list[tuple[int, tuple[int, bool] | None]]:
    with helper(work, is_wanted) as run:
        return list(run((mark, mark if mark % 7 else None) for mark in range(many)))


def values(found: list) -> list:
    return [(mark, result and result[0]) for mark, result in found]


def test_two_processes_do_what_one_does_in_the_same_order():
    alone = done(Double(), is_wanted=False)
    shared = done(Double())
    assert values(shared) == values(alone) == [(mark, mark * 2 if mark % 7 else None) for mark in range(60)]
    assert {result[1] for _, result in shared if result} == {True, False}, "both were to do some of it"


def test_a_helper_that_dies_leaves_its_work_to_be_done_here():
    found = done(Double(deadly=20))
    assert values(found) == values(done(Double(), is_wanted=False))
    assert any(result[1] for _, result in found if result)


def test_what_goes_wrong_there_goes_wrong_here():
    with pytest.raises(ValueError, match="job 30"):
        done(Double(faulty=30))


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a process as POSIX does")
def test_a_helper_ends_with_the_process_that_started_it():
    script = (
        "import multiprocessing, time\n"
        "from tests.data.test_bulk_helper import Double, helper\n"
        "if __name__ == '__main__':\n"
        "    with helper(Double(), True) as run:\n"
        "        print(list(run(iter([(1, 1)]))) and multiprocessing.active_children()[0].pid, flush=True)\n"
        "        time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    path = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, "-c", script], cwd=root, env=path, stdout=subprocess.PIPE) as process:
        number = int(process.stdout.readline())
        assert is_there(number)
        process.kill()
    for _ in range(200):
        if not is_there(number):
            return
        time.sleep(0.05)
    pytest.fail("the helper is still there")


def is_there(number: int) -> bool:
    """Tell whether a process is running; one that has ended and is not yet fetched is not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
