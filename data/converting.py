"""Texts of coded cells → values, through the profile's table, the field's own values, and the general tables.

A text that none of them knows becomes 未识别 and a Problem; nothing is guessed.
"""

import re
from collections.abc import Callable

from data import privacy
from data.profiles import Profile
from data.reference import Reference
from data.rules import UNKNOWN_VALUE_RULES, Problem
from data.schema import TABLES, UNKNOWN, Field
from data.text import comparable

_MOST = 9999  # of persons, or of days of extension
BLANK_TEXTS = {"", "/", "-", "--", "—", "——", "无", "空", "null", "none", "nan", "n/a"}
_LABEL_SEPARATORS = re.compile(r"[-－—]*[>＞]|→|[、,，;；/|\n]+")
_LOOSE_SEPARATORS = re.compile(r"[\s和及与]+")


class Converter:
    """Converts the short texts of one profile; the same text always gives the same values."""

    def __init__(self, profile: Profile, reference: Reference):
        self.profile, self.reference = profile, reference
        self._as_is = profile.options.get("branches") == "as-is"

    def convert(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        """Return the values of the fields that a short text gives, and what is doubtful about it."""
        converters: dict[str, Callable] = {
            "code": self._code,
            "flag": self._flag,
            "integer": self._real,
            "real": self._real,
            "labels": self._labels,
            "branches": self._co_branches,
        }
        convert = converters.get(known.kind)
        return convert(known, text) if convert else ({known.name: text or None}, [])

    def _lookup(self, name: str, text: str) -> str | None:
        key = comparable(text)
        own = self.profile.values.get(name, {})
        known = next((f.values for f in TABLES[self.profile.table] if f.name == name), ())
        if key in own:
            return own[key]
        direct = next((value for value in known if comparable(value) == key), None)
        return direct or self.reference.values.get(name, {}).get(key)

    def _code(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        if comparable(text).casefold() in BLANK_TEXTS and self._lookup(known.name, text) is None:
            return {known.name: None}, []
        value = self._lookup(known.name, text)
        if value is not None:
            return {known.name: value or None}, []
        if not known.values:
            return {known.name: privacy.redact(text)}, []
        if known.name == "rating" and not text.isdigit() and (state := self._lookup("rating_state", text)):
            return {"rating": None, "rating_state": state}, []
        rule = UNKNOWN_VALUE_RULES.get(known.name, "W12")
        message = f"“{known.label}”的内容“{privacy.redact(text)[:40]}”不在对照表，列入“{UNKNOWN}”"
        return {known.name: UNKNOWN}, [Problem(rule, known.label, message)]

    def _flag(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        if not text:
            return {known.name: None}, []
        value = self._lookup(known.name, text) or self._lookup("flag", text)
        if value in ("是", "否"):
            return {known.name: value == "是"}, []
        if comparable(text).casefold() in BLANK_TEXTS:
            return {known.name: None}, []
        message = f"“{known.label}”的内容“{privacy.redact(text)[:40]}”不是“是”或“否”，按空白计"
        return {known.name: None}, [Problem("W12", known.label, message)]

    def _real(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        digits = comparable(text).rstrip("人天日件名").removesuffix("工作")
        if digits.casefold() in BLANK_TEXTS:
            return {known.name: None}, []
        try:
            number = float(digits)
            if known.kind == "integer" and not (number.is_integer() and 0 <= number <= _MOST):
                raise ValueError
        except ValueError:
            shown = privacy.redact(text)[:40]
            return {known.name: None}, [
                Problem("W09", known.label, f"“{known.label}”的内容“{shown}”不是有效的数字，按空白计")
            ]
        return {known.name: int(number) if known.kind == "integer" else number}, []

    def _labels(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        """Split a cell into labels; a sub-type brings the type that it belongs to."""
        main, sub, unknown = [], [], []
        is_path = bool(self.profile.options.get("pollution_path"))
        for part in self._parts(text):
            label = self._lookup("pollution", part)
            sub_label = self._lookup("pollution_sub", part)
            if sub_label:
                sub.append(sub_label)
                label = label or self.reference.pollution_parents.get(sub_label)
            if label:
                main.append(label)
            if label is None and not sub_label:  # "" is a category above the types: known, and saying nothing of them
                unknown.append(part)
        problems = []
        if unknown and not (is_path and (main or sub)):
            message = f"“{known.label}”的内容“{privacy.redact(unknown[0])[:40]}”不在对照表，列入“{UNKNOWN}”"
            problems.append(Problem(UNKNOWN_VALUE_RULES[known.name], known.label, message))
            (main if known.name == "pollution" else sub).append(UNKNOWN)
        return {"pollution": unique(main), "pollution_sub": unique(sub)}, problems

    def _parts(self, text: str) -> list[str]:
        """Split a cell at separators; at blanks and 和 only where the whole is not known and every piece is."""
        parts = []
        for part in _LABEL_SEPARATORS.split(text):
            pieces = [piece for piece in _LOOSE_SEPARATORS.split(part) if piece]
            if self._is_label(part) or not all(self._is_label(piece) for piece in pieces):
                pieces = [part.strip()]
            parts += [piece for piece in pieces if comparable(piece).casefold() not in BLANK_TEXTS]
        return parts

    def _is_label(self, text: str) -> bool:
        return bool(self._lookup("pollution", text) or self._lookup("pollution_sub", text))

    def _co_branches(self, known: Field, text: str) -> tuple[dict[str, object], list[Problem]]:
        found, problems = [], []
        for part in _LABEL_SEPARATORS.split(text):
            if comparable(part).casefold() in BLANK_TEXTS:
                continue
            branch = part.strip() if self._as_is else self.reference.match_branch(part, None)
            if branch:
                found.append(branch)
            else:
                message = f"“{known.label}”的内容“{privacy.redact(part)[:40]}”不在分局名录，未计入协办"
                problems.append(Problem("W01", known.label, message))
        return {known.name: unique(found)}, problems


def unique(labels: list[str]) -> list[str]:
    """Return the labels without repetition, in their order."""
    return list(dict.fromkeys(labels))
