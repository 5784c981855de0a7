"""What became of a batch of files, in the form that pages show and scripts rely on."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime

from data.merging import Counts


@dataclass
class FileResult:
    """What became of one sheet of one file."""

    file: str
    sha256: str
    profile: str
    format: str
    encoding: str | None
    sheet: str | None
    header_row: int
    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class ImportResult:
    """What became of a batch; `as_json` is the form that scripts rely on."""

    version: str | None
    as_of: datetime
    dry_run: bool
    files: list[FileResult] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    rejections: Counter = field(default_factory=Counter)
    warnings: Counter = field(default_factory=Counter)
    unknown_headings: list[str] = field(default_factory=list)
    unmatched_branches: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    is_published: bool = False

    @property
    def rows_read(self) -> int:
        return sum(f.rows_read for f in self.files)

    @property
    def accepted(self) -> int:
        return sum(f.accepted for f in self.files)

    @property
    def quarantined(self) -> int:
        return sum(f.quarantined for f in self.files)

    def as_json(self) -> dict[str, object]:
        files = [asdict(f) for f in self.files]
        for entry in files:
            if not entry["notes"]:
                del entry["notes"]
        return {
            "version": self.version,
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "files": files,
            "rows_read": self.rows_read,
            "accepted": self.accepted,
            **asdict(self.counts),
            "quarantined": self.quarantined,
            "rejections": dict(sorted(self.rejections.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "unknown_headings": self.unknown_headings,
            "unmatched_branches": dict(self.unmatched_branches.most_common()),
            "notes": self.notes,
        }
