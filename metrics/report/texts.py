"""The text blocks of a report that the clerk writes: to whom it goes, what was left to say, what is asked for next.

One small file per report, written whole, with every former state and who wrote it. A block that goes on from month to
month (addressee, requirements) starts as it stood in the last report of the same kind. A frozen edition has its text in
itself; what is written later concerns the next edition. Nothing in a text is interpreted.
"""

import unicodedata
from dataclasses import asdict
from datetime import date, datetime

import msgspec

from data import kept
from data.access.audit import action
from data.dates import now
from data.errors import UserError
from data.store import Store
from metrics.report.document import day_words
from metrics.report.draft import Texts

__all__ = ["DEFAULT_ADDRESSEE", "DEFAULT_REQUIREMENTS", "Saved", "Texts", "defaults", "history", "save", "texts"]

DEFAULT_ADDRESSEE = "各分局，局机关各科室，执法支队"
DEFAULT_REQUIREMENTS = """\
1. 严守办理时限。对临期、超期未办结的信访件逐件明确责任人和办结时间，限期办结，并及时答复信访人。
2. 提高办理质量。对评价为不满意的信访件逐件核查原因，应当重办的及时重办，办结后做好回访。
3. 治理重复投诉。对同一点位反复投诉的，查清原因，从源头整改，防止问题反弹。"""
_NAMES = {
    "addressee": "主送",
    "problems": "存在问题的补充",
    "requirements": "下一步工作要求",
    "remarks": "其他说明",
    "signed_on": "成文日期",
}
_LONGEST = {"addressee": 100, "problems": 3000, "requirements": 3000, "remarks": 2000, "signed_on": 20}  # characters
_LONGEST_AUTHOR, _KEPT_STATES = 40, 50
_NOBODY = "未署名"
_FILE = "texts.json"


class Saved(msgspec.Struct, frozen=True):
    """One state of the text blocks: when, by whom, and what they were."""

    at: datetime
    author: str
    texts: Texts


def texts(store: Store, key: str, branch: str = "") -> Texts:
    """Return the text blocks of a report as last saved, else its defaults. Raises UserError when the file is damaged."""
    saved = history(store, key, branch)
    return saved[-1].texts if saved else defaults(store, key, branch)


def defaults(store: Store, key: str, branch: str = "") -> Texts:
    """Return what a report starts with: the last earlier report's addressee and requirements, else the product's."""
    earlier = [other for other in reversed(kept.keys(store)) if _kind(other) == _kind(key) and other < key]
    states = (saved[-1].texts for other in earlier if (saved := _readable(store, other, branch)))
    found = list(states)
    addressee = next((one.addressee for one in found if one.addressee), branch or DEFAULT_ADDRESSEE)
    requirements = next((one.requirements for one in found if one.requirements), DEFAULT_REQUIREMENTS)
    return Texts(addressee=addressee, requirements=requirements)


def save(store: Store, key: str, branch: str, texts: Texts, author: str) -> Texts:
    """Keep the text blocks of a report and return them as kept: cleaned, the day of signing as it is printed.

    texts.signed_on: 2025-10-08 or 2025年10月8日, or empty. Raises UserError for a long text or a day that is none, and
    then nothing is changed.
    """
    cleaned = Texts(**{name: _checked(name, text) for name, text in asdict(texts).items()})
    author = " ".join(_clean(author).split())[:_LONGEST_AUTHOR] or _NOBODY
    saved = [*history(store, key, branch), Saved(now().replace(microsecond=0), author, cleaned)]
    data = msgspec.json.format(msgspec.json.encode(saved[-_KEPT_STATES:]), indent=1)
    with action(store, "report_text", {"key": key, "branch": branch, "author": author}):
        kept.replace_file(kept.report_folder(store, key, branch) / _FILE, data)
    return cleaned


def history(store: Store, key: str, branch: str = "") -> list[Saved]:
    """Return what was saved, oldest first, the last 50 states. Raises UserError when the file is damaged."""
    path = kept.report_folder(store, key, branch) / _FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Saved])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        place = "/".join(path.parts[-3:])
        raise UserError(f"报告文字“{place}”被改坏了，请从备份恢复，或移走该文件后重新填写。") from error


def _readable(store: Store, key: str, branch: str) -> list[Saved]:
    """Return what was saved with an earlier report; a damaged file there is no reason to refuse this one."""
    try:
        return history(store, key, branch)
    except UserError:
        return []


def _kind(key: str) -> str:
    """Return what tells a month, quarter, half-year and year apart."""
    return key[4:5]


def _checked(name: str, text: str) -> str:
    text = "\n".join(line.strip() for line in _clean(text).split("\n")).strip("\n")
    if name in ("addressee", "signed_on"):
        text = " ".join(text.split())
    if len(text) > _LONGEST[name]:
        raise UserError(f"“{_NAMES[name]}”太长（{len(text)}字），请缩短到{_LONGEST[name]}字以内。")
    return _day(text) if name == "signed_on" and text else text


def _day(text: str) -> str:
    """Return a day as documents print it."""
    plain = text.replace("年", "-").replace("月", "-").removesuffix("日")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        found = date(year, month, day)
    except ValueError as error:
        raise UserError(f"看不懂成文日期“{text}”，请写成2025年10月8日或2025-10-08。") from error
    if not 2000 <= found.year <= 2100:
        raise UserError(f"成文日期“{text}”的年份不对，请核对。")
    return day_words(found)


def _clean(text: str) -> str:
    """Return a text without what nobody sees and no document may hold; line ends and tabs made plain."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(letter for letter in text.replace("\t", " ") if letter == "\n" or not _is_unseen(letter))


def _is_unseen(letter: str) -> bool:
    code = ord(letter)
    no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return no_character or unicodedata.category(letter) in ("Cc", "Cf", "Cs")
