"""From a store to a finished report: which version, which text blocks, what changed in reports that were frozen before.

A frozen report is given as it was kept, never made anew; what is made here is a draft, or the next edition.
"""

from collections.abc import Callable
from dataclasses import replace

from data import readonly
from data.dates import now
from data.errors import UserError
from data.store import Reader, Store
from metrics.report import content, editions, produce, revisions, subject, texts
from metrics.report.document import Document, Fact, day_words
from metrics.report.editions import Edition
from metrics.report.produce import Produced, Told
from metrics.report.revisions import Revision
from metrics.report.texts import Texts

_LOOKED_BACK = 12  # periods before, whose frozen reports a new one corrects


def reader_of(store: Store, version: str | None = None) -> Reader:
    """Return a reader of the version in force, or of another. Raises UserError where there is no data or no such version."""
    if version is not None and version not in store.versions():
        raise UserError(f"没有版本“{version}”，最近的版本有：{'、'.join(store.versions()[-5:]) or '无'}。")
    reader = store.reader(version=version)
    if reader is None:
        raise UserError(
            "数据仓里还没有数据，请先用 python -m data import 导入，或用 python -m data demo 生成演示数据。"
        )
    return reader


def draft(store: Store, reader: Reader, key: str, branch: str = "", number: int = 0) -> Document:
    """Return the report of a version with the text blocks as they are kept; number 0 is a draft. Raises UserError."""
    return written(reader, key, branch, *parts(store, reader, key, branch), number)


def parts(store: Store, reader: Reader, key: str, branch: str = "") -> tuple[Texts, tuple[str, ...]]:
    """Return what a report has beside its figures: the text blocks as kept, and the corrections of former reports."""
    return texts.texts(store, key, branch), tuple(corrections(store, reader, key, branch))


def written(
    reader: Reader, key: str, branch: str, own: Texts, corrected: tuple[str, ...] = (), number: int = 0
) -> Document:
    """Return the document of the city, or the notice to a branch."""
    if branch:
        return content.write_notice(reader, key, branch, own, corrected, number)
    return content.write(reader, key, own, corrected, number)


def changes(
    store: Store, edition: Edition, now: Reader, wanted: Callable[[Fact], bool] = lambda fact: True
) -> list[Revision]:
    """Return what the data in force makes of a frozen report's figures: one entry for each figure that is another now."""
    then = store.reader(version=edition.version) if edition.version in store.versions() else None
    return revisions.revisions(editions.document(edition), then, now, wanted)


def corrections(store: Store, now: Reader, key: str, branch: str = "") -> list[str]:
    """Return what changed in the reports frozen for the periods before, in sentences, the oldest period first.

    Only figures of all cases together are told in the next report; the page 月报 lists every one.
    """
    found: list[str] = []
    for before in subject.earlier(key, _LOOKED_BACK):
        frozen = editions.editions(store, before, branch)
        if frozen:
            found += revisions.sentences(changes(store, frozen[-1], now, lambda fact: not fact.group))
    return found


def freeze(
    store: Store,
    reader: Reader,
    key: str,
    branch: str,
    author: str,
    reason: str = "",
    told: Told = lambda _: None,
    mark: str = "",
) -> tuple[Edition, Produced]:
    """Make every format of a report and keep it for ever; return the edition and its files. Signed today if no day is set.

    mark: the words of the watermark, of who freezes it; the files stay as they were frozen, whoever takes them. Raises UserError for a period that is not over, without an author, and for a further edition without a reason.
    """
    readonly.refuse()
    about = subject.subject(reader, key, branch)
    if not about.period.complete:
        raise UserError(
            f"{about.period_words}还没有结束（数据截至{about.period.cut}），不能定稿；请在期满并导入数据后再定稿。"
        )
    editions.signed(store, key, branch, author, reason)  # before a minute of drawing
    own, corrected = parts(store, reader, key, branch)
    own = replace(own, signed_on=own.signed_on or day_words(now().date()))
    made = written(reader, key, branch, own, corrected, editions.next_number(store, key, branch))
    produced = produce.produce(made, told=told, mark=mark)
    return editions.freeze(store, made, produced.files, author, reason), produced


def kept_files(edition: Edition) -> Produced:
    """Return the files of a frozen report as they were kept. Raises UserError where one is damaged."""
    return Produced({name: editions.read(edition, name) for name in edition.file_names})
