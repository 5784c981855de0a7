"""What the command `report` does: makes or freezes a report and writes its files, without a display, from cron or a scheduler.

A report that was frozen is written as it was kept, byte for byte; `--draft` makes one of the data in force.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from data import derived
from data.access import audit, settings
from data.access.viewer import local
from data.dates import now
from data.errors import UserError
from data.store import Reader, Store, default_folder
from metrics.report import editions, making, packs, produce, revisions
from metrics.report.editions import Edition
from metrics.report.formats import check, format_of
from metrics.report.produce import Produced

_MOST_TOLD = 5  # changed figures of a frozen report that are told in the terminal


def run(options: argparse.Namespace) -> int:
    """Make what was asked, write it, say what was written; return the exit code."""
    store = Store(options.store or default_folder())
    formats = tuple(name.strip() for name in options.format.split(",") if name.strip())
    check(formats)
    reader = making.reader_of(store, options.version)
    if not derived.is_large(reader):
        derived.keep(reader)  # takes less than a second, and each of a report's hundreds of queries half the time
    if options.all_branches:
        mark = _mark(store, reader)
        made, edition, changed = packs.packs(store, reader, options.key, formats, _told(options), mark), None, []
    else:
        made, edition, changed = _report(options, store, reader, formats)
    if made.missing and not made.files:
        raise UserError(" ".join(made.missing))
    taken = {"内容": f"{options.key}{options.branch}报告", "文件": tuple(made.files), "到": str(options.out)}
    audit.record(store, "export", taken)
    written = _write(options.out, made.files)
    if options.json:
        print(json.dumps(_as_json(options, reader, edition, written, made, changed), ensure_ascii=False, indent=2))
    else:
        _say(options, edition, written)
    for sentence in (*made.missing, *_told_changes(edition, changed)):
        print(sentence, file=sys.stderr)
    return 0


def _report(
    options: argparse.Namespace, store: Store, reader: Reader, formats: tuple[str, ...]
) -> tuple[Produced, Edition | None, list[str]]:
    """Return the files, the edition they are of (None for a draft), and what the data in force makes of it."""
    key, branch = options.key, options.branch
    if options.freeze:
        mark = _mark(store, reader)
        edition, made = making.freeze(store, reader, key, branch, options.author, options.reason, _told(options), mark)
        return _only(made, formats), edition, []
    kept = editions.editions(store, key, branch)
    if kept and not options.draft and options.version is None:
        changed = revisions.sentences(making.changes(store, kept[-1], reader))
        return _only(making.kept_files(kept[-1]), formats), kept[-1], changed
    draft = making.draft(store, reader, key, branch)
    return produce.produce(draft, formats, _told(options), _mark(store, reader)), None, []


def _mark(store: Store, reader: Reader) -> str:
    """Return the watermark of who runs the command; empty when the administrator switched it off."""
    return local().mark(reader.settings.get("unit_name", ""), now()) if settings.read(store).watermark else ""


def _only(made: Produced, formats: tuple[str, ...]) -> Produced:
    wanted = {name: data for name, data in made.files.items() if format_of(name) in formats}
    return Produced(wanted, made.missing)


def _told(options: argparse.Namespace) -> produce.Told:
    """Return how progress is told: on stderr, and only to a terminal."""
    shows = sys.stderr.isatty() and not options.json
    return lambda words: print(f"正在生成：{words}", file=sys.stderr) if shows else None


def _write(folder: Path, files: Mapping[str, bytes]) -> dict[str, Path]:
    """Write the files, each whole or not at all, and return name → path. Raises UserError where that cannot be done."""
    found = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            target = folder / name
            temporary = target.with_name(f".{target.name}.new")
            temporary.write_bytes(data)
            temporary.replace(target)
            found[name] = target
    except OSError as error:
        raise UserError(
            f"报告写不进文件夹“{folder}”（{error.strerror}），请检查磁盘空间和权限，或用 --out 换一个。"
        ) from error
    return found


def _as_json(
    options: argparse.Namespace,
    reader: Reader,
    edition: Edition | None,
    written: Mapping[str, Path],
    made: Produced,
    changed: list[str],
) -> dict[str, object]:
    return {
        "key": options.key,
        "branch": options.branch,
        "edition": edition.number if edition else None,
        "version": edition.version if edition else reader.version,
        "as_of": (edition.manifest.as_of if edition else reader.as_of).isoformat(),
        "files": [
            {
                "file": str(path),
                "format": format_of(name),
                "bytes": len(made.files[name]),
                "sha256": produce.sha256(made.files[name]),
            }
            for name, path in written.items()
        ],
        "missing": list(made.missing),
        "changed": changed,
    }


def _say(options: argparse.Namespace, edition: Edition | None, written: Mapping[str, Path]) -> None:
    state = f"定稿第{edition.number}版" if edition else "草稿"
    names = "、".join(written) or "没有文件"
    print(f"{options.key}{options.branch and f'（{options.branch}）'}{state}，写到{options.out.resolve()}：{names}")


def _told_changes(edition: Edition | None, changed: list[str]) -> list[str]:
    if not edition or not changed:
        return []
    more = f"等{len(changed)}处" if len(changed) > _MOST_TOLD else ""
    shown = "；".join(sentence.rstrip("。") for sentence in changed[:_MOST_TOLD])
    return [f"后来的导入改变了已定稿的数字：{shown}{more}。定稿不变；要出更正版，请加 --freeze --reason 原因。"]
