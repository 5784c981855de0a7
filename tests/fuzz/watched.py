"""`make fuzz`: has bad files made and imported in a process of its own, and starts another where one hangs or ends without a word.

`python -m tests.fuzz.watched out/fuzz SECONDS [SEED]`. Every file that something was wrong with stays in the folder, its
name saying seed and number; `python -m tests.fuzz --seed SEED --first NUMBER --count 1 --out DIR` makes the same file again.
"""

import json
import queue
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SILENCE = 90  # seconds without a word: a file takes one, and every step of it has a limit of its own


@dataclass
class Report:
    """What came of a run. wrong: one line for each file that something was wrong with."""

    files: int = 0
    refused: int = 0
    rows: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run(out: Path, seed: int, count: int, seconds: float, silence: float = SILENCE) -> Report:
    """Try that many files, for at most so long."""
    report, first, end = Report(), 0, time.monotonic() + seconds
    while first < count and (left := end - time.monotonic()) > 0:
        at, announced = _one_process(report, out, seed, (first, count - first), left, silence)
        if not announced:
            return report
        first = at + 1
    return report


def _one_process(
    report: Report, out: Path, seed: int, which: tuple[int, int], seconds: float, silence: float
) -> tuple[int, bool]:
    """Run one process until it ends; return the last number it named, and whether there is more to be done."""
    command = [
        sys.executable, "-m", "tests.fuzz", "--out", str(out), "--seed", str(seed), "--first", str(which[0]),
        "--count", str(which[1]), "--seconds", str(seconds),
    ]  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    with (out / "stderr.txt").open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, encoding="utf-8")
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=_pass_on, args=(process, lines), daemon=True).start()
        at, pending = which[0] - 1, None
        try:
            while (line := lines.get(timeout=silence)) is not None:
                told = json.loads(line)
                at = told["number"]
                if "file" in told:
                    pending = told
                elif "problems" in told:
                    report.wrong.append(f"{seed}/{at} {told['what']}: {'; '.join(told['problems'])[:2000]}")
                else:
                    pending = None
                    report.files += 1
                    report.refused += bool(told["refused"])
                    report.rows += told["rows"]
                    report.seconds += told["seconds"]
            code = process.wait()
        except queue.Empty:
            process.kill()
            code = process.wait()
    if pending is None and code not in (0, 1):
        report.wrong.append(f"{seed}/{at}: ended with {code}: {(out / 'stderr.txt').read_text('utf-8')[-2000:]}")
        return at, False
    if pending is not None:
        why = f"hung for {silence} s" if code < 0 and code == -9 else f"ended with {code}"
        (out / "now" / pending["file"]).replace(out / pending["file"])
        report.wrong.append(f"{seed}/{at} {pending['what']}: {why}: {(out / 'stderr.txt').read_text('utf-8')[-800:]}")
    return at, pending is not None or code == 1


def _pass_on(process: subprocess.Popen, lines: "queue.SimpleQueue[str | None]") -> None:
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def main() -> int:
    """Try files for as long as was said, and tell what came of it."""
    out, seconds = Path(sys.argv[1]), float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    print(f"种子 {seed}，{seconds:.0f} 秒；有问题的文件留在 {out}", flush=True)
    report = run(out, seed, 1 << 30, seconds)
    print(
        f"{report.files} 个文件，其中 {report.refused} 个被一句话拒绝，读入 {report.rows} 行，{report.seconds:.0f} 秒处理器时间"
    )
    for line in report.wrong:
        print(f"有问题：{line}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
