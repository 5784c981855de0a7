"""Imports one file and says what is wrong with what the importer made of it; nothing is wrong with a refusal in one sentence."""

import json
import re
import shutil
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from data.bulk import blocks, stream
from data.bulk.mapper import ColumnMapper
from data.errors import UserError
from data.importing import import_files
from data.mapping import Mapper
from data.opening import Opened, open_file
from data.profiles import load_profiles
from data.reference import Reference
from data.result import ImportResult
from data.schema import table_columns
from data.store import Store
from tests.fuzz import counting
from tests.fuzz.seeds import ID_NUMBERS, PHONES

AS_OF = datetime(2025, 10, 31, 18)
SECONDS = 20
_SECRET = b"a key of 32 bytes for tests only"
_PERSONAL = re.compile(rf"(?<!\d)(?:{'|'.join([*PHONES, *ID_NUMBERS])}|1990000\d{{4}})(?!\d)")
_NUMBERED = ("case_no", "upstream_no", "local_no", "repeat_of", "activity_no", "case_key", "related_cases")
# Of a row in quarantine the numbers stay as they are: masked, nobody could correct it.
_ALLOWED = re.compile(r'"[^"]*(?:编号|工单号)[^"]*": "[^"]*"')
_NO_SENTENCE = re.compile(r"Traceback|Error\b|Exception|\bat 0x|<class|\n")


class TooLong(BaseException):
    """The time for one file is over; no Exception, so that nothing on the way catches it."""


@dataclass
class Made:
    """One file made to be imported.

    tables: what was written into it, by sheet, where that is known; numbers: of the cases that it began with;
    names: of people, where each cell still stands below its heading, so that those too must be masked.
    """

    path: Path
    what: str
    numbers: set[str] = field(default_factory=set)
    tables: dict[str | None, list[list[str]]] | None = None
    names: tuple[str, ...] = ()


@dataclass
class Verdict:
    """What came of a file: the sentence it was refused with, or the rows read; and what must not be."""

    refused: str = ""
    rows_read: int = 0
    problems: list[str] = field(default_factory=list)


class Judge:
    """Has a store of one version, which every file is imported into and which is put back after each."""

    def __init__(self, folder: Path, begin: Path):
        self.base, self.folder = folder / "base", folder / "store"
        self.base.mkdir(parents=True)
        (self.base / "secret.key").write_bytes(_SECRET)
        import_files([begin], Store(self.base), as_of=AS_OF)
        shutil.copytree(self.base, self.folder)
        self._profiles, self._reference = load_profiles(Store(self.base)), Reference()

    def judge(self, made: Made) -> Verdict:
        """Import a file and look at everything that came of it."""
        verdict, before = Verdict(), snapshot(self.folder)
        try:
            with time_limit(SECONDS):
                result = import_files([made.path], Store(self.folder), as_of=AS_OF)
                verdict.rows_read = result.rows_read
        except UserError as error:
            verdict.refused = str(error)
            verdict.problems += [*_of_a_sentence(str(error), made), *_of_a_refusal(before, snapshot(self.folder))]
            return verdict
        except BaseException as error:
            verdict.problems.append(told(error))
            self._put_back()
            return verdict
        try:
            with time_limit(SECONDS * 2):
                verdict.problems += [*self._of_a_success(made, result)]
        except BaseException as error:
            verdict.problems.append("judging: " + told(error))
        self._put_back()
        return verdict

    def _put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self.base, self.folder)

    def _of_a_success(self, made: Made, result: ImportResult) -> Iterator[str]:
        counts = result.counts
        if result.rows_read != result.accepted + result.quarantined:
            yield "rows_read is not accepted + quarantined"
        if result.accepted != counts.new + counts.updated + counts.unchanged + counts.older:
            yield f"accepted {result.accepted} is not the sum of {counts}"
        yield from self._of_the_store(made, result)
        opened = open_file(made.path, made.path.name, self._profiles, False, AS_OF)
        quick, slow = self._rows(opened, True), self._rows(opened, False)
        if quick != slow:
            wrong = [place for place in {**quick, **slow} if quick.get(place) != slow.get(place)]
            yield f"columns and rows differ at {wrong[:5]}"
        if len(slow) != result.rows_read:
            yield f"{result.rows_read} rows were imported, {len(slow)} mapped"
        yield from counting.lost(opened, made, set(slow), result)

    def _rows(self, opened: Opened, by_columns: bool) -> dict[tuple[int, int], tuple]:
        """Return every row that is read, by sheet and number."""
        found = {}
        with way(by_columns):
            for at, (sheet, layout) in enumerate(opened.tables):
                mapper = Mapper(layout, self._reference, _SECRET, AS_OF, opened.source.from_1904)
                columns = table_columns(layout.profile.table)
                for piece in stream.mapped(sheet, mapper):
                    for row in piece.table.to_pylist() if piece.table is not None else ():
                        if row["is_kept"]:
                            values = {name: row.get(name) for name in columns if name not in _LATER}
                            found[at, row["row_no"]] = (values, [], {})
                    for row in piece.rows:
                        values = {name: row.values.get(name) for name in columns if name not in _LATER}
                        assert (at, row.row_no) not in found
                        found[at, row.row_no] = (values, row.problems, row.cells)
        return found

    def _of_the_store(self, made: Made, result: ImportResult) -> Iterator[str]:
        store = Store(self.folder)
        if list(store.work_folder.glob("*")):
            yield "something is left in work/"
        said = json.dumps(result.as_json(), ensure_ascii=False)
        yield from (f"the result shows {kind}" for kind in personal(said, made.names))
        if not result.is_published:
            return
        with duckdb.connect(str(store.path_of(store.current())), read_only=True) as connection:
            tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
            for (table,) in tables:
                columns = connection.execute(f"SELECT name, type FROM pragma_table_info('{table}')").fetchall()
                for column, kind in columns:
                    if kind in ("DOUBLE", "FLOAT"):
                        if connection.execute(
                            f'SELECT count(*) FROM {table} WHERE NOT isfinite("{column}")'
                        ).fetchone()[0]:
                            yield f"{table}.{column} holds what is no number"
                    elif "VARCHAR" in kind and column not in _NUMBERED:
                        cells = connection.execute(f'SELECT DISTINCT "{column}"::VARCHAR FROM {table}').fetchall()
                        text = "\n".join(_ALLOWED.sub("", cell) for (cell,) in cells if cell)
                        yield from (f"{table}.{column} shows {kind}" for kind in personal(text, made.names))
            waiting = connection.execute("SELECT count(*) FROM quarantine WHERE batch_no > 1").fetchone()[0]
            if waiting != result.quarantined:
                yield f"{result.quarantined} rows were quarantined, {waiting} wait"


# Derived when a batch is stored, or worked out by who writes it.
_LATER = {"as_of", "edition_at", "batch_no", "file_name", "sheet", "row_no", "case_key", "fields"}


@contextmanager
def way(by_columns: bool) -> Iterator[None]:
    """Have every sheet mapped by columns, where that is possible at all, or every row by itself."""
    former = stream.FEW, stream.SMALL_FILE, blocks.BLOCK, ColumnMapper.__dict__["fits"]
    stream.FEW, stream.SMALL_FILE, blocks.BLOCK = (0, 0, 3000) if by_columns else (1 << 40, 1 << 60, blocks.BLOCK)
    if not by_columns:
        ColumnMapper.fits = staticmethod(lambda mapper: False)
    try:
        yield
    finally:
        stream.FEW, stream.SMALL_FILE, blocks.BLOCK = former[:3]
        ColumnMapper.fits = former[3]


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise TooLong in the block when the time is over; where there are no such signals, only the parent watches."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def over(*_: object) -> None:
        raise TooLong(f"more than {seconds} s")

    former = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def snapshot(folder: Path) -> dict[str, tuple]:
    """Return what must be the same after a refusal: everything but the audit log and the lock."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("access/") and not name.endswith(".lock"):
            state = path.stat()
            small = path.read_bytes() if state.st_size < 1 << 16 else None
            found[name] = (state.st_size, state.st_mtime_ns, small)
    return found


def personal(text: str, names: tuple[str, ...]) -> list[str]:
    """Return what kinds of a person's data stand in a text."""
    found = ["a telephone or an ID number"] if _PERSONAL.search(text) else []
    return found + (["a name"] if any(name in text for name in names) else [])


def told(error: BaseException) -> str:
    """Return a defect in one line: its kind, where it arose, what it says."""
    last = traceback.extract_tb(error.__traceback__)[-4:]
    way_there = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(last))
    return f"{type(error).__name__} at {way_there}: {str(error)[:300]}"


def _of_a_sentence(text: str, made: Made) -> Iterator[str]:
    if _NO_SENTENCE.search(text) or not text.endswith("。") or not re.search("[\u4e00-\u9fff]{4}", text):
        yield f"not one Chinese sentence: {text[:300]!r}"
    if len(text) > 2000:
        yield f"a sentence of {len(text)} characters"
    yield from (f"the sentence shows {kind}" for kind in personal(text, made.names))


def _of_a_refusal(before: dict[str, tuple], after: dict[str, tuple]) -> Iterator[str]:
    if changed := [name for name in {**before, **after} if before.get(name) != after.get(name)]:
        yield f"refused, and yet changed: {changed[:5]}"
