"""Kills a command of the product at a chosen point, over and over, and looks each time whether the store came through.

    python -m tests.faults.killed WORK MOST [COMMAND...]     at most MOST points of each command; 0: all of them

A point is the first run of a line of the product, or any call that changes a file (Python's audit events). A fork of
this process runs the command and kills itself with SIGKILL there: nothing is closed, flushed or answered. Besides, the
parent kills at moments of the clock, so that it also happens inside DuckDB. Other forks then look at the store: a process
that has opened DuckDB must not be forked, so this one never does.
"""

import contextlib
import json
import os
import shutil
import signal
import stat
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from data.store import Store
from data.verifying import check
from tests.faults.scenes import SCENES, Scene, digest

ROOT = Path(__file__).parents[2]
_PRODUCT = tuple(f"{ROOT / name}{os.sep}" for name in ("data", "metrics"))
_CHANGES = ("open", "os.", "shutil.", "tempfile.")
_HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv")
_TIMES = 12  # moments of the clock


class Counter:
    """Counts the points that a command passes, and ends the process at one of them."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.passed, self.on, self.seen = at, 0, False, set()
        self.calls: list[int] = []  # which points are calls that change a file

    def begin(self) -> None:
        self.on = True
        sys.addaudithook(self._audit)
        sys.settrace(self._trace)
        threading.settrace(self._trace)

    def end(self) -> None:
        sys.settrace(None)
        self.on = False

    def _point(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple) -> None:
        if self.on and event.startswith(_CHANGES) and event not in _HARMLESS:
            if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
                return
            self.calls.append(self.passed + 1)
            self._point()

    def _trace(self, frame, event, _):
        if not frame.f_code.co_filename.startswith(_PRODUCT):
            return None
        if event == "line" and (place := (frame.f_code, frame.f_lineno)) not in self.seen:
            self.seen.add(place)
            self._point()
        return self._trace


def forked(run: Callable[[], object], kill_after: float | None = None) -> tuple[int, str]:
    """Run a function in a fork and return how it ended (0, or minus the signal) and what it returned or failed with."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            os.close(reading)
            with (
                Path(os.devnull).open("w") as nothing,
                contextlib.redirect_stdout(nothing),
                contextlib.redirect_stderr(nothing),
            ):
                try:
                    said, code = run(), 0
                except BaseException:
                    said = traceback.format_exc()
            os.write(writing, json.dumps(said).encode()[:60_000])
        os._exit(code)
    os.close(writing)
    if kill_after is not None:
        time.sleep(kill_after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return ended, json.loads(said) if said else ""


def copied(source: Path, target: Path) -> Path:
    """Put a fresh copy of a prepared store in place, permissions and all."""
    if target.exists():
        for path in target.rglob("*"):
            path.chmod(stat.S_IRWXU)
        shutil.rmtree(target)
    return shutil.copytree(source, target)


def done(run: Callable[[], object]) -> object:
    """Run in a fork and return the result. Raises RuntimeError with the traceback."""
    code, said = forked(run)
    if code:
        raise RuntimeError(said)
    return said


def look(scene: Scene, folder: Path, states: list) -> str:
    """Return what is wrong with a store after a kill and after the command was given again; nothing is well."""
    if scene.is_whole_after_kill:
        shown = digest(folder)
        if shown not in states:
            return f"neither old nor new: {shown}"
    scene.run(folder)
    if (shown := digest(folder)) != states[-1]:
        return f"not what the command makes: {shown}"
    wrong = [f.words for f in check(Store(folder))]
    return f"after the same command: {wrong}" if wrong else ""


def main(work: Path, name: str, most: int) -> int:
    """Kill one command everywhere, print what is wrong and how many points there were, and return how many went wrong."""
    scene = SCENES[name]
    prepared, folder = work / f"{name}-prepared", work / name
    done(lambda: scene.prepare(prepared))
    states = [done(lambda: digest(prepared))] if scene.is_whole_after_kill else []
    copied(prepared, folder)

    def counted(at: int = 0) -> tuple[int, list[int]]:
        counter = Counter(at)
        counter.begin()
        scene.run(folder)
        counter.end()
        return counter.passed, counter.calls

    began = time.monotonic()
    many, calls = done(counted)
    lasts = time.monotonic() - began
    states.append(done(lambda: digest(folder)))
    points = [("point", n) for n in range(1, many + 1)] + [("time", lasts * n / _TIMES) for n in range(1, _TIMES + 1)]
    if most:  # of the calls that change a file, evenly, the last among them
        points = [("point", calls[len(calls) * n // most - 1]) for n in range(1, most + 1)]
    killed = wrong = 0
    for kind, at in points:
        copied(prepared, folder)
        ended, said = forked(lambda at=at: counted(at)) if kind == "point" else forked(lambda: scene.run(folder), at)
        killed += ended == -signal.SIGKILL
        problem = said if ended > 0 else forked(lambda: look(scene, folder, states))[1]
        if problem:
            wrong += 1
            print(json.dumps({"at": [kind, at], "problem": problem}, ensure_ascii=False), flush=True)
    told = {
        "command": name,
        "points": many,
        "calls": len(calls),
        "tried": len(points),
        "killed": killed,
        "wrong": wrong,
    }
    print(json.dumps(told), flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(min(1, sum([main(Path(sys.argv[1]), name, int(sys.argv[2])) for name in sys.argv[3:] or SCENES])))
