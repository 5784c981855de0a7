"""What a store holds: the version in force, its counts, and the imports that made it."""

from data.schema import LABELS
from data.store import Store


def status(store: Store) -> dict[str, object]:
    """Return the state of a store as plain values; version is None for an empty store."""
    reader = store.reader()
    if reader is None:
        return {
            "version": None,
            "as_of": None,
            "is_demo": False,
            "versions": store.versions(),
            "tables": [],
            "quarantined": 0,
            "imports": [],
        }
    count = lambda sql: reader.query(sql)[0][0]  # noqa: E731 - one word for four uses
    imports = reader.query(
        'SELECT batch_no, version, imported_at, as_of, rows_read, accepted, new, updated, unchanged, "older", quarantined '
        "FROM imports ORDER BY batch_no"
    )
    names = (
        "batch_no",
        "version",
        "imported_at",
        "as_of",
        "rows_read",
        "accepted",
        "new",
        "updated",
        "unchanged",
        "older",
        "quarantined",
    )
    files = reader.query(
        "SELECT batch_no, file, profile, source, sheet, as_of, rows_read, accepted, quarantined FROM import_files ORDER BY batch_no, file"
    )
    file_names = ("batch_no", "file", "profile", "source", "sheet", "as_of", "rows_read", "accepted", "quarantined")
    return {
        "version": reader.version,
        "as_of": reader.as_of.isoformat(),
        "is_demo": reader.is_demo,
        "versions": store.versions(),
        "cases": count("SELECT count(*) FROM cases"),
        "tables": [
            {"table": t, "name": label, "rows": count(f"SELECT count(*) FROM {t}")} for t, label in LABELS.items()
        ],
        "unmatched_branch": count("SELECT count(*) FROM cases WHERE branch = '待归属'"),
        "quarantined": count("SELECT count(*) FROM quarantine WHERE NOT is_resolved"),
        "imports": [_plain(names, row) for row in imports],
        "files": [_plain(file_names, row) for row in files],
    }


def _plain(names: tuple[str, ...], row: tuple) -> dict[str, object]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in zip(names, row, strict=True)
    }
