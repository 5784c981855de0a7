"""定稿: freezes a report as a numbered edition that never changes, and finds the editions again.

What is frozen is the document, from which every format comes, and the very bytes of every file. A second freeze of a
report is a corrected edition with a number and a reason of its own; the first stays as it was. How the files are kept
is data/kept.py.
"""

from collections.abc import Mapping

import msgspec

from data import kept
from data.access.audit import action
from data.dates import now
from data.errors import UserError
from data.kept import Edition, KeptFile, Manifest, editions, read, versions_needed
from data.store import Store
from metrics.report.document import Document, from_json, to_json

__all__ = [
    "Edition",
    "KeptFile",
    "document",
    "editions",
    "freeze",
    "latest",
    "latest_html",
    "next_number",
    "read",
    "versions_needed",
]

_LONGEST_AUTHOR, _LONGEST_REASON = 40, 200  # characters


def next_number(store: Store, key: str, branch: str = "") -> int:
    """Return the number that the next edition of a report will have; its files are made with it."""
    return max(kept.numbers(store, key, branch), default=0) + 1


def freeze(store: Store, document: Document, files: Mapping[str, bytes], author: str, reason: str = "") -> Edition:
    """Keep a report for ever as its next edition: the document, and every file by name. Nothing is overwritten.

    document.edition: 0, or what `next_number` said when the files were made. Raises UserError where nobody says who
    freezes it, a corrected edition has no reason, its number was taken meanwhile, its store version is gone, or another
    freeze is under way.
    """
    author, reason = signed(store, document.key, document.branch, author, reason)
    if not files:
        raise UserError("没有可定稿的文件，请先生成报告。")
    told = {"key": document.key, "branch": document.branch, "author": author, "reason": reason}
    with action(store, "freeze", told) as end, kept.only_freeze(store):
        end["edition"] = number = next_number(store, document.key, document.branch)
        if document.edition not in (0, number):
            raise UserError(f"第{document.edition}版已被别人定稿，现在应为第{number}版，请重新生成报告后再定稿。")
        signed(store, document.key, document.branch, author, reason)
        manifest = _manifest(store, document, number, author, reason if number > 1 else "")
        frozen = msgspec.structs.replace(document, edition=number)
        if kept.DOCUMENT in files:
            raise UserError(f"文件名“{kept.DOCUMENT}”留给定稿本身使用，请换一个名称。")
        return kept.keep(store, manifest, {kept.DOCUMENT: to_json(frozen), **files})


def signed(store: Store, key: str, branch: str, author: str, reason: str) -> tuple[str, str]:
    """Return author and reason as they are kept. Raises UserError where nobody says who freezes a report, or why again."""
    author = _line(author, _LONGEST_AUTHOR, "定稿人")
    reason = _line(reason, _LONGEST_REASON, "更正原因")
    if not author:
        raise UserError("请写明定稿人，定稿要留下记录。")
    number = next_number(store, key, branch)
    if number > 1 and not reason:
        raise UserError(f"该报告已经定稿，再次定稿为第{number}版，请写明更正原因。")
    return author, reason


def document(edition: Edition) -> Document:
    """Return the document that an edition froze. Raises UserError when it is damaged, or of a product too old to read."""
    try:
        return from_json(read(edition, kept.DOCUMENT))
    except msgspec.MsgspecError as error:
        raise UserError(
            f"定稿“{edition.manifest.key}”第{edition.number}版的内容本软件读不出来，请看其原文件。"
        ) from error


def latest(store: Store) -> Edition | None:
    """Return the city's report that was frozen last, or None. Raises UserError when a manifest is damaged."""
    found = [edition for key in kept.keys(store) for edition in editions(store, key)]
    return max(found, key=lambda one: (one.manifest.frozen_at, one.manifest.key, one.number), default=None)


def latest_html(store: Store) -> bytes | None:
    """Return the web page of the city's report that was frozen last; None where there is no report, or it has no page.

    Raises UserError when it is damaged.
    """
    edition = latest(store)
    pages = [name for name in edition.file_names if name.endswith(".html")] if edition else []
    return read(edition, pages[0]) if edition and pages else None


def _manifest(store: Store, document: Document, number: int, author: str, reason: str) -> Manifest:
    version = document.stamp.version
    if version not in store.versions():
        raise UserError(f"报告所据的数据版本“{version[:40]}”不在数据仓里，请按现有版本重新生成报告后再定稿。")
    return Manifest(
        number=number,
        key=document.key,
        branch=document.branch,
        version=version,
        definitions=document.stamp.definitions,
        as_of=store.reader(version=version).as_of,
        frozen_at=now().replace(microsecond=0),
        author=author,
        reason=reason,
        files=(),
    )


def _line(text: str, longest: int, what: str) -> str:
    """Return a text on one line without what nobody sees. Raises UserError for a long one."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if len(text) > longest:
        raise UserError(f"{what}太长（{len(text)}字），请缩短到{longest}字以内。")
    return text
