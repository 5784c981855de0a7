"""Makes bad files from a seed and imports them one by one, in a process of its own that may have little memory.

`python -m tests.fuzz --seed 7 --count 90 --out DIR` (or --seconds 600). Each line of what it prints is JSON: the number of a
file before it is imported, and what is wrong with it, if anything is. A process that ends without a word was ended by the
file that it had announced; `make fuzz` (tests/fuzz/watched.py) keeps that file and goes on with the next one.
"""

import argparse
import json
import random
import resource
import shutil
import sys
import time
from pathlib import Path

from tests import peak
from tests.fuzz import changes, damage, written
from tests.fuzz.counting import swallowed
from tests.fuzz.judge import Judge, Made
from tests.fuzz.seeds import NAMES, Seed, seeds

MEMORY = 1200 << 20  # bytes that the process may have in use at its highest
_SPACE = 6 << 30  # of addresses: the database maps more than it uses


def make(seed: int, number: int, folder: Path) -> Made:
    """Make the file with that number; the same seed and number always make the same one."""
    chance = random.Random(f"{seed}/{number}")
    kind = number % 10
    begin: Seed = chance.choice(seeds())
    form = chance.choice(written.FORMATS)
    path = folder / f"{seed}-{number}{_ending(form)}"
    if kind == 9:
        path, what, tables = damage.special(number // 10, path, begin, chance)
        return Made(path, f"{begin.name}: {what}", begin.numbers, tables)
    rows, what, in_place = (
        changes.change(begin, chance) if kind < 6 or chance.random() < 0.5 else (begin.rows, "as it is", True)
    )
    if kind == 8:
        form = chance.choice(("xlsx", "xlsx", "ods"))
        path = path.with_suffix(f".{form}")
    tables = written.write(path, form, rows, chance)
    if kind < 6:
        return Made(path, f"{begin.name} {form}: {what}", begin.numbers, tables, tuple(NAMES) if in_place else ())
    data, how = (damage.damaged_inside if kind == 8 else damage.damage)(path.read_bytes(), chance)
    path.write_bytes(data)
    return Made(path, f"{begin.name} {form}: {what}, {how}", begin.numbers)


def _ending(form: str) -> str:
    kind, _, _encoding = form.partition(":")
    return {"html": ".xls", "tsv": ".tsv", "ssv": ".csv"}.get(kind, f".{kind}")


def main() -> int:
    """Try files until there were enough of them, or the time is over; return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description="坏文件测试：一个进程")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1 << 30)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE))
    shutil.rmtree(asked.out / "now", ignore_errors=True)
    folder = asked.out / "now"
    folder.mkdir(parents=True)
    begin = folder / "begin.csv"
    written.write(begin, "csv:utf-8", seeds()[-1].rows[:6], random.Random(0))
    judge, end, wrong = Judge(folder, begin), time.monotonic() + asked.seconds, 0
    for number in range(asked.first, asked.first + asked.count):
        if time.monotonic() > end:
            break
        made = make(asked.seed, number, folder)
        _say({"number": number, "file": made.path.name, "what": made.what})
        begun = time.process_time()
        verdict = judge.judge(made)
        if not verdict.refused and made.tables is None and (many := swallowed(made.path, made.numbers)):
            verdict.problems.append(f"{many} rows stand within one cell, and nobody says so")
        used = peak.memory()
        if used > MEMORY:
            verdict.problems.append(f"{used >> 20} MB of memory")
        seconds = round(time.process_time() - begun, 2)
        _say({"number": number, "seconds": seconds, "refused": verdict.refused[:80], "rows": verdict.rows_read})
        if verdict.problems:
            wrong += 1
            kept = asked.out / made.path.name
            shutil.copyfile(made.path, kept)
            _say({"number": number, "problems": verdict.problems, "what": made.what, "kept": str(kept)})
        made.path.unlink()
        if used > MEMORY:
            break
    shutil.rmtree(folder)
    return 1 if wrong else 0


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
