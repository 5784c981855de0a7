"""One row of a file → one row of our own: every field by its kind, every doubt as a Problem.

Nothing is guessed: a text that no table knows becomes 未识别 (a branch: 待归属) with a warning, a date that cannot be
read puts the row into quarantine. Conversions of short texts are remembered, for columns repeat themselves.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from data import privacy
from data.checking import check
from data.completing import complete_case
from data.converting import BLANK_TEXTS, Converter, unique
from data.dates import UnreadableDate, date_in_case_no, parse_time
from data.layouts import Layout
from data.reference import Reference
from data.rows import MappedRow
from data.rules import Problem
from data.schema import ALL_BRANCHES, KEYS, TABLES, UNMATCHED_BRANCH, Field, table_columns
from data.text import clean, comparable

DESTROYED = re.compile(r"\d(\.\d+)?E\+?\d+|\d{15,}000", re.IGNORECASE)
_NUMBERED = ("case_no", "upstream_no", "local_no", "repeat_of", "activity_no")
MONTH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})")
_SEVERAL = re.compile(r"[、,，;；/\n和及]")
_FORGET_AFTER = 200_000
# The day on which a branch had the name given; what stands for the bureau as a whole in an activity.
_DAYS = ("received_at", "listed_at", "issued_at", "planned_at", "held_at")
_EVERYBODY = ("", "全市", "全局", "全体", "全系统", "各分局", "各单位", "各县市区分局")


class Mapper:
    """Maps the rows of one sheet. Holds what is the same for all of them."""

    def __init__(self, layout: Layout, reference: Reference, secret: bytes, as_of: datetime, from_1904: bool = False):
        profile = layout.profile
        self.layout, self.profile, self.reference, self.secret = layout, profile, reference, secret
        self.as_of, self.from_1904 = as_of, from_1904
        self.order = str(profile.options.get("date_order", "YMD"))
        self.as_is = profile.options.get("branches") == "as-is"
        self.fields = {f.name: self._named(f) for f in TABLES[profile.table]}
        self.present = sorted(set(layout.columns) & set(self.fields) | set(profile.constants))
        self.fill_down = [layout.columns[f] for f in profile.options.get("fill_down", ()) if f in layout.columns]
        self._converter = Converter(profile, reference)
        self._carried: dict[int, str] = {}
        self._remembered: dict[tuple[str, str], tuple] = {}
        self.hashed = [c for c in table_columns(profile.table) if c in self.fields and c != "branch"] + ["branch_raw"]
        self.kinds: dict[str, list[Field]] = {
            "time": [],
            "text": [],
            "branch": [],
            "number": [],
            "coded": [],
            "personal": [],
        }
        for name in self.present:
            self.kinds[_handling(self.fields[name])].append(self.fields[name])

    def _named(self, known: Field) -> Field:
        """Return the field under the heading that it has in this file: what messages call it."""
        column = self.layout.columns.get(known.name)
        return known if column is None else replace(known, label=self.layout.headings[column])

    def forget_carried(self) -> None:
        """Stop filling downward: a total row ends a group of merged cells."""
        self._carried.clear()

    def map(self, cells: Sequence[str], row_no: int) -> MappedRow:
        """Map and check one row; `cells` may be shorter or longer than the heading."""
        texts = [clean(cell) if cell else "" for cell in cells]
        width = len(self.layout.headings)
        row = MappedRow(row_no, {})
        if any(texts[width:]):
            row.problems.append(
                Problem("R08", "", f"这一行有{len(texts)}格，表头只有{width}格，多半是分隔符或引号错位")
            )
        texts += [""] * (width - len(texts))
        self._fill_down(texts)
        by_field = {name: texts[column] for name, column in self.layout.columns.items()}
        for name, column in self.layout.further:
            by_field[name] = by_field[name] or texts[column]
        for name, text in self.profile.constants.items():
            by_field[name] = by_field.get(name) or text
        own_words = _own_words(by_field)
        row.quarantine_id = by_field.get("quarantine_id", "")
        if "\ufffd" in "".join(texts):
            self._check_garbled(by_field, row)
        self._map_fields(by_field, own_words, row)
        if self.profile.table == "cases":
            complete_case(row, by_field, self.profile, self.secret, self.label)
        check(row, self.profile.table, self.as_of, self.label)
        _hide(row, own_words)
        self._mask_cells(texts, own_words, row)
        row.values["row_hash"] = self._hash(row.values)
        return row

    def _fill_down(self, texts: list[str]) -> None:
        for column in self.fill_down:
            if texts[column]:
                self._carried[column] = texts[column]
            else:
                texts[column] = self._carried.get(column, "")

    def _check_garbled(self, by_field: dict[str, str], row: MappedRow) -> None:
        for name, text in by_field.items():
            if "\ufffd" in text:
                label = self.label(name)
                is_key = name in self.fields and _handling(self.fields[name]) not in ("text", "personal")
                row.problems.append(Problem("R09" if is_key else "W16", label, f"“{label}”含有乱码字符"))

    def _map_fields(self, by_field: dict[str, str], own_words: tuple[str, ...], row: MappedRow) -> None:
        case_no = comparable(by_field.get("case_no", ""))
        for known in self.kinds["time"]:
            row.values[known.name] = self._time(known, by_field[known.name], case_no, row)
        for known in self.kinds["text"]:
            redact = _redact_each if known.name == "related_cases" else privacy.redact
            row.values[known.name] = redact(by_field[known.name], own_words) or None
        for known in self.kinds["number"]:
            row.values[known.name] = self._number(known, by_field[known.name], row)
        for known in self.kinds["coded"]:
            self.remember(known, by_field[known.name], row)
        for known in self.kinds["branch"]:
            row.values["branch_raw"] = privacy.redact(by_field[known.name], own_words) or None
        if "branch" in self.fields:
            self._branch(row)

    def label(self, name: str) -> str:
        known = self.fields.get(name)
        return known.label if known else name

    def _number(self, known: Field, text: str, row: MappedRow) -> str | None:
        number = comparable(text)
        if known.name in KEYS[self.profile.table] and number.casefold() in BLANK_TEXTS:
            row.problems.append(Problem("R01", known.label, f"“{known.label}”是空的"))
            return None
        if DESTROYED.fullmatch(number):
            message = f"“{known.label}”的内容“{number}”已被表格软件改成近似数，请从原系统按文本重新导出或手工补全"
            row.problems.append(Problem("R02", known.label, message))
        if privacy.is_personal_number(number):
            row.problems.append(Problem("R11", known.label, f"“{known.label}”里是身份证号或姓名电话，不能作编号"))
        return number or None

    def _time(self, known: Field, text: str, case_no: str, row: MappedRow) -> datetime | None:
        if not text or text.casefold() in BLANK_TEXTS:
            return None
        key = (known.name, text)
        if key in self._remembered:
            return self._remembered[key][0]
        carried = date_in_case_no(case_no) if MONTH_DAY.fullmatch(text) or ("年" not in text and "月" in text) else None
        try:
            moment = self._month_day(text, carried) or parse_time(text, self.order, None, self.from_1904)
        except UnreadableDate as reason:
            shown = privacy.redact(text)[:40]
            row.problems.append(Problem("R07", known.label, f"“{known.label}”的内容“{shown}”{reason}"))
            return None
        if carried is None and not MONTH_DAY.fullmatch(text):
            self._store(key, (moment,))
        return moment

    def _month_day(self, text: str, carried: datetime | None) -> datetime | None:
        """Read “7.4”: the year stands in the case number, else it is the one of the export.

        A cell that a spreadsheet holds as a number shows 7.10 as 7.1: the day in the case number then decides.
        """
        found = MONTH_DAY.fullmatch(text)
        if not found and not ("月" in text and "年" not in text):
            return None
        if carried and found and carried.month == int(found[1]) and carried.day in (int(found[2]), int(found[2]) * 10):
            return carried
        moment = parse_time(text, year=(carried or self.as_of).year)
        return moment.replace(year=moment.year - 1) if moment.date() > self.as_of.date() else moment

    def remember(self, known: Field, text: str, row: MappedRow) -> None:
        key = (known.name, text)
        found = self._remembered.get(key)
        if found is None:
            found = self._converter.convert(known, text)
            self._store(key, found)
        values, problems = found
        for name, value in values.items():
            row.values[name] = _merge(row.values.get(name), value)
        row.problems.extend(problems)

    def _store(self, key: tuple[str, str], found: tuple) -> None:
        if len(self._remembered) > _FORGET_AFTER:
            self._remembered.clear()
        self._remembered[key] = found

    def _branch(self, row: MappedRow) -> None:
        raw = str(row.values.get("branch_raw") or "")
        if "co_branches" in self.fields:
            row.values["co_branches"] = row.values.get("co_branches") or []
        received = next((row.values[day] for day in _DAYS if row.values.get(day)), None)
        if raw and self.as_is:
            row.values["branch"] = raw
            return
        on = received.date() if isinstance(received, datetime) else None
        if self.profile.table == "activities" and comparable(raw) in _EVERYBODY:
            row.values["branch"] = ALL_BRANCHES
            return
        branch = self.reference.match_branch(raw, on) if raw else None
        if not branch and "co_branches" in self.fields:
            branch, *others = self._several_branches(raw, on) or [None]
            row.values["co_branches"] = unique([*row.values["co_branches"], *others])
        row.values["branch"] = branch or UNMATCHED_BRANCH
        if row.values["branch"] == UNMATCHED_BRANCH:
            label = self.label("branch")
            what = f"“{label}”的内容“{raw[:40]}”不在分局名录" if raw else f"“{label}”是空的"
            row.problems.append(Problem("W01", label, f"{what}，列入“{UNMATCHED_BRANCH}”"))

    def _several_branches(self, raw: str, on: date | None) -> list[str]:
        """Read “下陆区分局、西塞山区分局”: the first has the lead. Empty when any of the names is unknown."""
        found = [self.reference.match_branch(part, on) for part in _SEVERAL.split(raw) if part.strip()]
        return unique(found) if found and all(found) else []

    def _mask_cells(self, texts: list[str], own_words: tuple[str, ...], row: MappedRow) -> None:
        """Keep the mapped cells of a row that cannot be counted, masked, under their own headings."""
        if not row.is_rejected:
            return
        masks = {
            "name": privacy.mask_name,
            "phone": privacy.mask_phone,
            "id_number": lambda t: "",
            "address": lambda t: "",
        }
        for name, column in self.layout.columns.items():
            known = self.fields.get(name)
            if known is None:
                continue
            mask = masks.get(known.kind)
            if name in _NUMBERED and not privacy.is_personal_number(comparable(texts[column])):
                mask = str  # a number of 18 digits may look like an ID number; masked, the row could not be corrected
            row.cells[self.layout.headings[column]] = (
                mask(texts[column]) if mask else privacy.redact(texts[column], own_words)
            )

    def _hash(self, values: dict[str, object]) -> str:
        text = repr([values.get(column) for column in self.hashed])
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _handling(known: Field) -> str:
    """Return how the mapper treats a field's cells."""
    if known.name in _NUMBERED:
        return "number"
    if known.kind in ("time", "branch"):
        return known.kind
    if known.kind in ("text", "free_text"):
        return "text"
    return "personal" if known.kind in ("name", "phone", "id_number", "address") else "coded"


def _redact_each(text: str, own_words: tuple[str, ...]) -> str:
    """Redact a list of case numbers one by one: a number of 18 digits may look like an ID number and be none."""
    parts = [part.strip() for part in re.split(r"[、,，;；\s]+", text) if part.strip()]
    is_number = {part: part.isascii() and not privacy.is_personal_number(comparable(part)) for part in parts}
    return "、".join(part if is_number[part] else privacy.redact(part, own_words) for part in parts)


def _hide(row: MappedRow, own_words: tuple[str, ...]) -> None:
    """Mask the row's own name and address wherever a slipped column has put them: in coded fields, in messages."""
    for word in own_words:
        for name, value in row.values.items():
            if type(value) is str and word in value:
                row.values[name] = privacy.redact(value, own_words)
        row.problems[:] = [
            replace(p, message=privacy.redact(p.message, own_words)) if word in p.message else p for p in row.problems
        ]


def _own_words(by_field: dict[str, str]) -> tuple[str, ...]:
    """Return the row's own name and address: wherever else they stand, they are to be masked."""
    words = [by_field.get(name, "") for name in ("petitioner_name", "petitioner_address", "petitioner_id_number")]
    return tuple(w for w in words if len(w) >= 2 and "*" not in w and not w.startswith("匿名") and w not in BLANK_TEXTS)


def _merge(present: object, more: object) -> object:
    """Join what two columns say of one field: labels add up, of other values the first that says something counts."""
    if isinstance(present, list) and isinstance(more, list):
        return unique([*present, *more])
    return more if present is None else present
