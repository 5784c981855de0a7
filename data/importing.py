"""One import from top to bottom: open → read → map → check → merge → publish, whole or not at all."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

from data import pruning, readonly
from data.access.audit import action
from data.batch import Batch, Progress
from data.durable import disk_told
from data.limits import COMMAND, Limits
from data.opening import open_file
from data.profiles import find_profile, load_profiles
from data.reference import Reference
from data.result import ImportResult
from data.store import Store


def import_files(
    paths: Sequence[Path],
    store: Store,
    profile: str | None = None,
    as_of: datetime | None = None,
    dry_run: bool = False,
    progress: Progress = lambda what, done, of: None,
    names: Sequence[str] | None = None,
    is_demo: bool = False,
    limits: Limits = COMMAND,
) -> ImportResult:
    """Import files as one batch and publish a new version; nothing is published when anything goes wrong.

    paths: the files; names: what they are called for the user, if not as on disk. profile: a name or a .toml file;
    without it each file's format is found from its headings. as_of: the moment of the export; without it, the time in
    the file's name or title rows, else the file's modification time. limits: how large a file may be. Raises UserError.
    """
    readonly.refuse()
    names = list(names or [path.name for path in paths])
    told = {"files": names} | ({"profile": profile} if profile else {}) | ({"demo": "是"} if is_demo else {})
    with nullcontext({}) if dry_run else action(store, "import", told) as end:
        profiles = [find_profile(profile, store)] if profile else load_profiles(store)
        reference = Reference(store.reference_folder)
        opened = []
        for path, name in zip(paths, names, strict=True):
            progress(f"打开 {name}", 0, None)
            opened.append(open_file(path, name, profiles, bool(profile), as_of, limits))
        with only_import(store), disk_told(store.folder):
            result = Batch(store, reference, opened, dry_run, progress, is_demo).run()
            if result.is_published and (note := pruning.after_publish(store)):
                result.notes.append(note)
        end.update(rows=result.rows_read, quarantined=result.quarantined, version=result.version)
        return result


def only_import(store: Store) -> AbstractContextManager[None]:
    """Keep every other import out while the block runs. Raises UserError when one is under way already."""
    return store.only_writer()
