"""One batch while it is being built, in a file of its own that nobody else can see until it is published."""

import hashlib
import json
from collections.abc import Callable, Iterator

import duckdb

from data.bulk.stream import Mapped, mapped
from data.dates import now
from data.deriving import derive, set_meta
from data.errors import UserError
from data.layouts import Layout
from data.mapping import Mapper
from data.merging import Counts, append_rows, create_stage, merge_stage, stage_columns, stage_rows
from data.opening import Opened
from data.privacy import show_headings
from data.reading import Sheet
from data.reference import Reference
from data.result import FileResult, ImportResult
from data.rows import MappedRow
from data.rules import Problem
from data.schema import UNMATCHED_BRANCH
from data.store import Store
from data.versionfile import connect, create_tables

Progress = Callable[[str, int, int | None], None]  # what is being done, how many rows so far, of how many (if known)


class Batch:
    """One batch while it is being built in a file of its own."""

    def __init__(
        self,
        store: Store,
        reference: Reference,
        opened: list[Opened],
        dry_run: bool,
        progress: Progress,
        is_demo: bool,
    ):
        self.store, self.reference, self.opened = store, reference, opened
        self.progress, self.is_demo = progress, is_demo
        self.secret = store.secret_key()
        self.result = ImportResult(store.current(), max(o.as_of for o in opened), dry_run)

    def run(self) -> ImportResult:
        """Build the batch on the version in force, or on nothing when that one is the demonstration, and publish it."""
        reader = self.store.reader()
        if reader and reader.is_of_bureaus:
            raise UserError(
                f"数据仓“{self.store.folder}”取自数据湖，不能再导入文件；请在各单位自己的数据仓导入后上报。"
            )
        start = None if self.is_demo or (reader and reader.is_demo) else reader
        with self.store.draft(start) as (built, self.version):
            with connect(built) as connection:
                create_tables(connection)
                self._fill(connection)
            if self._changes_something and not self.result.dry_run:
                self.progress("发布新版本", 0, None)
                self.store.publish(built, self.version)
                self.result.version, self.result.is_published = self.version, True
        return self.result

    def _fill(self, connection: duckdb.DuckDBPyConnection) -> None:
        last, as_of = connection.execute("SELECT max(batch_no), max(as_of) FROM imports").fetchone()
        self.batch_no = (last or 0) + 1
        seen = set(connection.execute("SELECT sha256, profile_hash FROM import_files").fetchall())
        self._changes_something = False
        for opened in sorted(self.opened, key=lambda o: (o.as_of, o.edition_at, o.sha256)):
            is_known = all((opened.sha256, layout.profile.content_hash) in seen for _, layout in opened.tables)
            self._changes_something |= not is_known
            self._import_file(connection, opened, is_known)
        if not self.result.rows_read:
            self._changes_something = False
            self.result.notes.append("只有表头，没有一行数据，没有发布新版本")
        self.progress("核对与汇总", 0, None)
        self.result.as_of = (
            max(self.result.as_of, as_of or self.result.as_of)
            if self._changes_something
            else as_of or self.result.as_of
        )
        if self._changes_something:
            derive(connection, self.reference)
            self._warn_about_limits(connection)
            self._record(connection)

    def _import_file(self, connection: duckdb.DuckDBPyConnection, opened: Opened, is_known: bool) -> None:
        for rule, note in opened.notes:
            self.result.notes.append(f"{opened.name}：{note}")
            self._remark(connection, opened, rule, None, note)
        for sheet, layout in opened.tables:
            table = layout.profile.table
            create_stage(connection, table)
            mapper = Mapper(layout, self.reference, self.secret, opened.as_of, opened.source.from_1904)
            outcome = FileResult(
                opened.name,
                opened.sha256,
                layout.profile.name,
                opened.source.format,
                opened.source.encoding,
                sheet.name,
                layout.heading_row,
            )
            self.result.files.append(outcome)
            unknown = show_headings(layout.unknown)
            self.result.unknown_headings += [h for h in unknown if h not in self.result.unknown_headings]
            if sheet.hidden_rows:
                outcome.notes.append(f"有{sheet.hidden_rows}行隐藏的行，已一并读入")
                self._remark(connection, opened, "W14", outcome.sheet, outcome.notes[-1])
            connection.begin()  # a commit for every piece would cost more than the rows
            for piece in self._mapped(sheet, layout, mapper, opened):
                outcome.rows_read += piece.kept
                outcome.accepted += piece.kept
                if piece.table is not None and not is_known:
                    stage_columns(connection, table, piece.table, self._origin(sheet, opened))
                self._take(connection, piece.rows, table, opened, outcome, is_known)
            connection.commit()
            if is_known:
                self.result.counts += Counts(unchanged=outcome.accepted)
            else:
                counts, repeated = merge_stage(connection, table, mapper.present)
                self.result.counts += counts
                if repeated:
                    outcome.notes.append(f"有{repeated}行与同一文件的其他行编号相同，已合并为一件")
                    self._remark(connection, opened, "W10", outcome.sheet, outcome.notes[-1], repeated)
                self._log_file(connection, opened, layout, outcome)

    def _remark(
        self,
        connection: duckdb.DuckDBPyConnection,
        opened: Opened,
        rule: str,
        sheet: str | None,
        message: str,
        count: int = 1,
    ) -> None:
        """Write down what is doubtful about a whole sheet."""
        self.result.warnings[rule] += count
        append_rows(connection, "warnings", [[self.batch_no, opened.name, sheet, None, rule, "", None, message]])

    def _mapped(self, sheet: Sheet, layout: Layout, mapper: Mapper, opened: Opened) -> Iterator[Mapped]:
        """Yield the sheet's rows, mapped and checked, in pieces."""
        number = layout.first_row - 1
        for piece in mapped(sheet, mapper):
            for row in piece.rows:
                row.values |= self._origin(sheet, opened) | {"row_no": row.row_no}
                if layout.profile.table == "cases":
                    row.values["case_key"] = f"{row.values.get('source')}|{row.values.get('case_no')}"
            yield piece
            number += piece.many
            self.progress(f"读取 {opened.name}", number, None)

    def _origin(self, sheet: Sheet, opened: Opened) -> dict[str, object]:
        """Return what all rows of a sheet have in common."""
        return {
            "as_of": opened.as_of,
            "edition_at": opened.edition_at,
            "batch_no": self.batch_no,
            "file_name": opened.name,
            "sheet": sheet.name,
        }

    def _take(
        self,
        connection: duckdb.DuckDBPyConnection,
        rows: list[MappedRow],
        table: str,
        opened: Opened,
        outcome: FileResult,
        is_known: bool,
    ) -> None:
        """Stage the accepted rows of a chunk, put the others into quarantine, and write down every warning.

        Rows of a file that the version already holds are only counted.
        """
        accepted = [row for row in rows if not row.is_rejected]
        rejected = [row for row in rows if row.is_rejected]
        outcome.rows_read += len(rows)
        outcome.accepted += len(accepted)
        outcome.quarantined += len(rejected)
        if accepted and not is_known:
            stage_rows(connection, table, [row.values for row in accepted])
        for row in rejected:
            self.result.rejections.update({p.rule for p in row.problems if p.rejects})
        warnings = []
        for row in accepted:
            self.result.warnings.update({p.rule for p in row.problems})
            warnings += [self._warning(opened, row, problem) for problem in row.problems]
            if row.values.get("branch") == UNMATCHED_BRANCH:
                self.result.unmatched_branches[row.values.get("branch_raw") or "（空白）"] += 1
        if is_known:
            return
        if warnings:
            append_rows(connection, "warnings", warnings)
        attempted = [row.quarantine_id for row in rejected if row.quarantine_id]
        if attempted:  # still wrong: the row waits once, in its new state
            connection.execute("DELETE FROM quarantine WHERE qid IN (SELECT unnest(?))", [attempted])
        if rejected:
            self._quarantine(connection, rejected, opened, outcome)
        corrected = [[row.quarantine_id] for row in accepted if row.quarantine_id]
        if corrected:
            connection.executemany("UPDATE quarantine SET is_resolved = true WHERE qid = ?", corrected)

    def _warning(self, opened: Opened, row: MappedRow, problem: Problem) -> list[object]:
        return [
            self.batch_no, opened.name, row.values["sheet"], row.row_no, problem.rule, problem.field,
            row.values.get("case_key"), f"第{row.row_no}行：{problem.message}",
        ]  # fmt: skip

    def _quarantine(
        self, connection: duckdb.DuckDBPyConnection, rows: list[MappedRow], opened: Opened, outcome: FileResult
    ) -> None:
        records = []
        for row in rows:
            cells = json.dumps(row.cells, ensure_ascii=False)
            qid = hashlib.sha256(
                f"{outcome.profile}\n{cells}\n{row.values['sheet']}\n{row.row_no}".encode("utf-8", "replace")
            ).hexdigest()[:16]
            rejecting = [p for p in row.problems if p.rejects]
            reasons = f"第{row.row_no}行：" + "；".join(p.message for p in rejecting)
            records.append(
                [qid, self.batch_no, opened.name, row.values["sheet"], row.row_no, outcome.profile, opened.as_of,
                 sorted({p.rule for p in rejecting}), reasons, cells, row.values.get("petitioner_key"), False]
            )  # fmt: skip
        connection.execute(
            "DELETE FROM quarantine WHERE qid IN (SELECT unnest(?))", [[record[0] for record in records]]
        )
        append_rows(connection, "quarantine", records)

    def _log_file(
        self, connection: duckdb.DuckDBPyConnection, opened: Opened, layout: Layout, outcome: FileResult
    ) -> None:
        connection.execute(
            "INSERT INTO import_files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self.batch_no, opened.name, opened.sha256, layout.profile.name, layout.profile.content_hash, layout.profile.source,
             outcome.format, outcome.encoding, outcome.sheet, outcome.header_row, opened.as_of,
             outcome.rows_read, outcome.accepted, outcome.quarantined],
        )  # fmt: skip

    def _warn_about_limits(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Name the cases of this batch whose given limit is later than the law allows without an approved extension."""
        late = connection.execute(
            "SELECT file_name, sheet, row_no, case_key, due_given_at::DATE, due_at::DATE FROM cases "
            "WHERE batch_no = ? AND due_given_at::DATE > due_at::DATE",
            [self.batch_no],
        ).fetchall()
        self.result.warnings["W06"] += len(late)
        if not late:
            del self.result.warnings["W06"]
            return
        rows = [
            [self.batch_no, file, sheet, row_no, "W06", "限办截止时间", key,
             f"第{row_no}行：“限办截止时间”{given}晚于法定时限{limit}而没有批准的延期，按{limit}计"]
            for file, sheet, row_no, key, given, limit in late
        ]  # fmt: skip
        append_rows(connection, "warnings", rows)

    def _record(self, connection: duckdb.DuckDBPyConnection) -> None:
        counts, at = self.result.counts, now().replace(microsecond=0)
        newest = max(o.as_of for o in self.opened)
        connection.execute(
            "INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self.batch_no, self.version, at, newest, self.result.rows_read, self.result.accepted,
             counts.new, counts.updated, counts.unchanged, counts.older, self.result.quarantined],
        )  # fmt: skip
        set_meta(
            connection,
            {
                "as_of": self.result.as_of.isoformat(),
                "published_at": at.isoformat(),
                "is_demo": str(self.is_demo).lower(),
            },
        )
