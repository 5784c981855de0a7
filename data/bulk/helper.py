"""A second process that maps every other piece or so, while this one maps the rest and stores what comes out.

One job is on its way at a time, so that neither waits for the other with a full pipe. The helper holds its own end of
the pipe only: when this process is killed, it meets the end of the pipe and ends. Where it cannot be started, or dies,
its job is done here: what comes out is the same.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Protocol

Jobs = Iterator[tuple[int, object | None]]  # a mark of the job, and its job; None is handed through


class Work(Protocol):
    """What can be done here and there."""

    def do(self, job: object) -> object:
        """Do one job."""


_WAITING = 3  # results that may wait for one before them


@contextmanager
def helper(work: "Work", is_wanted: bool) -> Iterator[Callable[[Jobs], Iterator[tuple[int, object]]]]:
    """Give a function that does jobs in order. work: has the method do(job), and is sent to the helper once."""
    line = _started(work) if is_wanted else None
    try:
        do = work.do
        yield lambda jobs: _shared(jobs, do, line) if line else ((mark, job and do(job)) for mark, job in jobs)
    finally:
        if line:
            line.close()


def _started(work: "Work") -> Connection | None:
    if multiprocessing.current_process().daemon:  # such a one may have none of its own
        return None
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, work), daemon=True)
    try:
        process.start()
    except OSError:  # no memory, no more processes allowed
        ours.close()
        return None
    finally:
        theirs.close()
    return ours


def _serve(line: Connection, work: "Work") -> None:
    """Do jobs until the line ends."""
    while True:
        try:
            job = line.recv()
        except EOFError:
            return
        try:
            answer = (work.do(job), None)
        except Exception as error:
            answer = (None, error)
        try:
            line.send(answer)
        except OSError:
            return


def _shared(jobs: Jobs, do: Callable[[object], object], line: Connection) -> Iterator[tuple[int, object]]:
    """Do jobs in two processes and yield what came out, in order."""
    waiting: deque[tuple[int, object, bool]] = deque()  # mark, result or the job that is out, whether it is out
    is_alive, is_busy, is_over = True, False, False

    while not is_over or waiting:
        if not is_over:
            mark, job = next(jobs, (None, None))
            if mark is None:
                is_over = True
            elif job is not None and is_alive and not is_busy:
                is_busy = is_alive = _sent(line, job)
                waiting.append((mark, job, True) if is_alive else (mark, do(job), False))
            else:
                waiting.append((mark, job and do(job), False))
        while waiting:
            mark, result, is_out = waiting[0]
            if is_out and not (is_over or len(waiting) > _WAITING or line.poll()):
                break
            waiting.popleft()
            if is_out:
                is_busy, (is_alive, result) = False, _received(line, result, do)
            yield mark, result


def _sent(line: Connection, job: object) -> bool:
    try:
        line.send(job)
    except OSError:
        return False
    return True


def _received(line: Connection, job: object, do: Callable[[object], object]) -> tuple[bool, object]:
    """Return whether the helper is still there, and what came out; without it, do the job here."""
    try:
        result, error = line.recv()
    except (EOFError, OSError):
        return False, do(job)
    if error:
        raise error
    return True, result
