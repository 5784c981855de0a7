"""Writes a report: the sections in their order, what stands over them and what follows, as one document.

The city's report follows the template of a 通报 to the branches; a branch's notice follows the form in which a bureau
writes to one branch. A branch's notice is written from a reader whose scope is that branch, so that nothing of another
branch can be in it; the comparison of the branches that the bureau has agreed to is handed in ready-made.
"""

import re
from datetime import datetime

from data.scope import Scope
from data.store import Reader
from metrics.edition import edition
from metrics.parameters import number
from metrics.reconcile import Check, reconcile
from metrics.report import small_rows
from metrics.report.document import Block, Document, Heading, Paragraph, Stamp
from metrics.report.draft import Draft, Texts, paragraph
from metrics.report.sections import (
    annex,
    board,
    by_branch,
    closing,
    features,
    handling,
    key_items,
    notice,
    overall,
    problems,
)
from metrics.report.subject import Subject, subject

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]')


def write(reader: Reader, key: str, texts: Texts, corrections: tuple[str, ...] = (), edition_no: int = 0) -> Document:
    """Return the report of the city on a period. corrections: what changed in reports frozen before, in sentences.

    Raises UserError for a key that is none or a period that has not begun.
    """
    draft = Draft(reader, subject(reader, key), texts)
    checks = tuple(reconcile(reader, draft.period))
    blocks = [
        *_opening(draft, texts.addressee),
        *overall.blocks(draft),
        *handling.blocks(draft),
        *by_branch.blocks(draft),
        *features.blocks(draft),
        *key_items.blocks(draft),
        *problems.blocks(draft),
        *_corrections(draft, corrections),
        *_failed(checks),
        *closing.blocks(draft),
    ]
    return _document(draft, blocks, annex.blocks(draft, checks), checks, edition_no, with_board=True)


def write_notice(
    reader: Reader, key: str, branch: str, texts: Texts, corrections: tuple[str, ...] = (), edition_no: int = 0
) -> Document:
    """Return the notice to one branch: its own figures and cases, and the agreed table in which all branches stand.

    reader: of the whole city; only the comparison is read from it. Raises UserError for an unknown branch.
    """
    city = Draft(reader, subject(reader, key), texts)
    table = by_branch.of_period(city, "")
    comparison = small_rows.merged(table, city.facts.all, number(reader, "small_cell_least"), (branch,))
    own = Reader(reader.path, reader.version, Scope((branch,)))
    draft = Draft(own, subject(own, key, branch), texts)
    blocks = [
        *_opening(draft, f"{branch}："),
        *notice.blocks(draft, annex.unlinked(comparison)),
        *problems.blocks(draft),
        *_corrections(draft, corrections),
        *closing.blocks(draft),
    ]
    annexed = [Heading("附件1  口径说明", 1), *annex.definitions(draft), *annex.ledger(draft)]
    return _document(draft, blocks, annexed, (), edition_no, with_board=False)


def _opening(draft: Draft, addressee: str) -> list[Block]:
    whole = "" if draft.period.complete else f"（数据{draft.period.cut_words}，统计期未结束）"
    to = addressee.rstrip("：:")
    return [
        *([Paragraph((f"{to}：",), "addressee")] if to else []),
        paragraph(f"现将{draft.subject.period_words}{draft.area}生态环境信访投诉办理情况{whole}通报如下。"),
    ]


def _corrections(draft: Draft, sentences: tuple[str, ...]) -> list[Block]:
    """Return what later imports changed in reports that were frozen before; nothing where nothing changed."""
    if not sentences:
        return []
    first = paragraph("以前定稿的报告，因后来的导入有下列数字变化，特此更正：")
    return [
        draft.section("更正说明"),
        first,
        *(Paragraph((f"{i}. {words}",), "item") for i, words in enumerate(sentences, 1)),
    ]


def _failed(checks: tuple[Check, ...]) -> list[Block]:
    """Return a note for every line of the reconciliation that does not agree."""
    return [
        Paragraph(
            (f"注：对账不符——{one.name}：{one.left_words}{one.left}，{one.right_words}{one.right}。{one.explanation}",),
            "note",
        )
        for one in checks
        if not one.ok
    ]


def _document(
    draft: Draft,
    blocks: list[Block],
    annexed: list[Block],
    checks: tuple[Check, ...],
    edition_no: int,
    with_board: bool,
) -> Document:
    reader, subject_ = draft.reader, draft.subject
    title = f"关于{subject_.period_words}{draft.area}生态环境信访投诉办理情况的通报"
    stem = f"{subject_.period_words}{subject_.branch or draft.area}信访通报"
    one_page = board.board(draft) if with_board else None
    return Document(
        key=subject_.key,
        branch=subject_.branch,
        title=title,
        unit_name=draft.unit_name,
        period_words=subject_.period_words,
        file_stem=_NOT_IN_NAMES.sub("", stem),
        stamp=_stamp(reader, subject_),
        blocks=tuple(blocks),
        annex=tuple(annexed),
        board=one_page,
        facts=draft.facts.all,
        checks=checks,
        is_demo=reader.is_demo,
        edition=edition_no,
    )


def _stamp(reader: Reader, about: Subject) -> Stamp:
    return Stamp(_moment(reader.as_of), reader.version, edition(reader), about.where.words or "全部信访件")


def _moment(when: datetime) -> str:
    return f"{when.year}年{when.month}月{when.day}日{when.hour}时"
