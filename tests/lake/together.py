"""Bureaus that publish at once, in processes of their own, some of them killed, while another process reads the lake."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from data.lake.address import LakeAddress
from data.lake.bridge import packages
from data.lake.publishing import Published, publish
from data.store import Store

ROOT = Path(__file__).parents[2]
# Reads the lake again and again until its input ends, and says for each bureau the states that it was in, one after another.
_READER = """
import json, sys, threading, time
sys.path.insert(0, sys.argv[1])
import duckdb
from data.lake.engine import Refused
from data.lake.engine.connecting import attach, connect
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
connection, seen, reads = connect({}), {}, 0
while not ended.is_set():
    try:
        attach(connection, {"data_path": sys.argv[2]}, read_only=True)
        break
    except Refused:
        time.sleep(0.1)
while not ended.is_set():
    try:
        found = connection.execute(
            "SELECT bureau, marks, cases, keys, lines FROM (SELECT unnest($names) AS bureau) "
            "LEFT JOIN (SELECT bureau, string_agg(DISTINCT district) AS marks, count(*) AS cases, "
            "count(DISTINCT row_key) AS keys FROM lake.cases GROUP BY bureau) USING (bureau) "
            "LEFT JOIN (SELECT bureau, count(*) AS lines FROM lake.backlog GROUP BY bureau) USING (bureau)",
            {"names": json.loads(sys.argv[3])},
        ).fetchall()
        for bureau, *state in found:
            before = seen.setdefault(bureau, [])
            if before[-1:] != [state]:
                before.append(state)
        reads += 1
    except duckdb.CatalogException:
        pass  # its tables are not there yet
    ended.wait(0.06)
print(json.dumps([seen, reads]))
"""


@dataclass
class Together:
    """What came of it: answers of those who finished, exit code and words of the killed, the states that were read."""

    folder: Path
    lake: LakeAddress
    names: list[str]
    done: dict[str, list[Published]] = field(default_factory=dict)
    killed: list[tuple[int, str]] = field(default_factory=list)
    seen: dict[str, list[list]] = field(default_factory=dict)
    reads: int = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read the lake in another process while the block runs."""
        command = [sys.executable, "-c", _READER, str(packages()), str(self.lake.data_path), json.dumps(self.names)]
        reader = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield
        finally:
            said, _ = reader.communicate(timeout=60)
        self.seen, self.reads = json.loads(said)

    def publish_at_once(self) -> None:
        """Let every bureau publish at the same time."""
        with ThreadPoolExecutor() as running:  # each has an engine of its own
            for done in [running.submit(self._publish, name) for name in self.names]:
                done.result()

    def publish_and_kill(self, name: str, whom: str, beside: str = "") -> None:
        """Let one publish and kill it when its first rows are on the share: the `caller`, or its `engine`; beside: another one."""
        with ThreadPoolExecutor() as running:
            other = running.submit(self._publish, beside) if beside else None
            before = self._files(name)
            process = self._start(name)
            while self._files(name) == before:
                assert process.poll() is None, process.communicate()
                time.sleep(0.001)
            if whom == "caller":
                process.kill()
            else:
                (engine,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                os.kill(int(engine), signal.SIGKILL)
            _, complaint = process.communicate(timeout=60)
            self.killed.append((process.returncode, complaint))
            if other:
                other.result()

    def _start(self, name: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "data", "publish", "--bureau", name, "--store", str(self.folder / name)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        return subprocess.Popen(command, cwd=ROOT, env=self._environment, **pipes)

    def _publish(self, name: str) -> None:
        done = publish(Store(self.folder / name), self.lake, name)
        if done.changed:
            self.done.setdefault(name, []).append(done)

    def _files(self, name: str) -> int:
        """Return how many files with cases of a bureau are on the share."""
        return sum(
            unquote(path.parent.name) == f"bureau={name}" for path in self.lake.data_path.rglob("cases/*/*.parquet")
        )

    @property
    def _environment(self) -> dict[str, str]:
        known = dict(self.lake.connection)
        line = f"postgres://{known['user']}@/{known['dbname']}?host={known['host']}&data_path={self.lake.data_path}"
        return os.environ | self.lake.variables | {"KPI_LAKE": line, "PYTHONIOENCODING": "utf-8"}
