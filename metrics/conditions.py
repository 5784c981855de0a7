"""One condition on a field, as SQL, in Chinese, and as a short text that the command line and an address share.

    channel=电话               one of its values; several such texts of a field are alternatives
    received_at>=2025-01-01    from this day or number on; <= up to it; a month, quarter or year stands for its days
    site_name~化工 废气        all these words are somewhere in the text, in any case of letters
    closed_at=                 is empty;  closed_at!=  is not empty

Whatever comes in is checked here and put into one canonical form, so that equal filters are equal objects.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from data.errors import UserError
from data.schema import BLANK
from metrics import periods
from metrics.fields import Dimension, criterion

FROM, TO, HAS, EMPTY, FILLED = "from", "to", "has", "empty", "filled"
_SIGNS = {FROM: ">=", TO: "<=", HAS: "~", EMPTY: "=", FILLED: "!="}
_KINDS = {">=": FROM, "<=": TO, "~": HAS}
_TEXT = re.compile(r"([^=<>~!]+?)\s*(>=|<=|!=|~|=)(.*)", re.DOTALL)
_EXAMPLE = "请写成 字段=值，如 branch=下陆区分局；也可写 received_at>=2025-01、site_name~化工、closed_at=（为空）"
_YEARS = (1900, 2999)
_LARGEST = Decimal(10) ** 15
_LONGEST = 200  # characters of a word or value


@dataclass(frozen=True, order=True)
class Condition:
    """What is asked of a field besides its values; `value` is an ISO day, a plain number, words, or empty."""

    name: str
    kind: str
    value: str = ""

    @property
    def text(self) -> str:
        """The condition as `parse` reads it."""
        return f"{self.name}{_SIGNS[self.kind]}{self.value}"


def parse(text: str) -> list[Condition | tuple[str, str]]:
    """Return the conditions, or the (field, value), that a text asks for. Raises UserError with what would be right."""
    found = _TEXT.fullmatch(text)
    if not found:
        raise UserError(f"筛选条件“{text[:_LONGEST]}”看不懂，{_EXAMPLE}。")
    part, sign, value = criterion("cases", found[1].strip()), found[2], found[3]
    if not value.strip():
        return [Condition(part.name, {"=": EMPTY, "!=": FILLED}[sign])] if sign in ("=", "!=") else []
    if sign == "!=":
        raise UserError(f"“{part.label}”的条件“{text[:_LONGEST]}”看不懂：!= 之后应为空，表示不为空。")
    if sign in _KINDS:
        return [checked(part, _KINDS[sign], value)]
    if part.can_group:
        return [(part.name, _short(value.strip(" ")))]
    if part.is_text:
        return [checked(part, HAS, value)]
    return [checked(part, FROM, value), checked(part, TO, value)]


def checked(part: Dimension, kind: str, value: str) -> Condition:
    """Return a condition in its canonical form. Raises UserError when the field does not allow it, or for an odd value."""
    if kind == HAS and part.is_text:
        return Condition(part.name, HAS, " ".join(sorted(set(_short(value).split()))))
    if kind in (FROM, TO) and part.is_time:
        return Condition(part.name, kind, _day(value, kind).isoformat())
    if kind in (FROM, TO) and part.is_number:
        return Condition(part.name, kind, _number(part, value))
    if kind in (EMPTY, FILLED):
        return Condition(part.name, kind)
    raise UserError(f"“{part.label}”不能{'按内容查找' if kind == HAS else '按范围筛选'}。")


def _day(value: str, kind: str) -> date:
    day = periods.parse(value)[kind == TO]
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise UserError(f"日期“{value}”不在{_YEARS[0]}年至{_YEARS[1]}年之间。")
    return day


def _number(part: Dimension, value: str) -> str:
    try:
        number = Decimal(value.strip())
    except InvalidOperation as error:
        raise UserError(f"“{part.label}”的范围应为数字，“{value[:_LONGEST]}”不是。") from error
    if not number.is_finite() or abs(number) > _LARGEST:
        raise UserError(f"“{part.label}”的范围“{value[:_LONGEST]}”过大。")
    return f"{number.normalize() + 0:f}"


def _short(value: str) -> str:
    if len(value) > _LONGEST:
        raise UserError(f"筛选内容“{value[:12]}…”太长，最多{_LONGEST}个字。")
    return value


def merged(conditions: list[Condition]) -> tuple[Condition, ...]:
    """Return conditions that all hold as few: the later beginning, the earlier end, all words together; in order."""
    found: dict[tuple[str, str], Condition] = {}
    for one in conditions:
        key = one.name, one.kind
        found[key] = _both(found[key], one) if key in found else one
    return tuple(sorted(found.values()))


def _both(one: Condition, other: Condition) -> Condition:
    if one.kind == HAS:
        return Condition(one.name, HAS, " ".join(sorted({*one.value.split(), *other.value.split()})))
    part = criterion("cases", one.name)
    pick = max if one.kind == FROM else min
    return pick(one, other, key=lambda end: bound_of(part, end)) if one.kind in (FROM, TO) else one


def bound_of(part: Dimension, one: Condition) -> date | float:
    """Return the day or number that a range begins or ends with."""
    return date.fromisoformat(one.value) if part.is_time else float(one.value)


def sql_of(part: Dimension, one: Condition, name: str) -> tuple[str, dict[str, object]]:
    """Return a condition as SQL over a relation, and its parameters, whose names begin with `name`."""
    if one.kind in (EMPTY, FILLED):
        return f"{'NOT ' if one.kind == FILLED else ''}({_is_empty(part)})", {}
    if one.kind == HAS:
        words = {f"{name}_{i}": word for i, word in enumerate(one.value.split())}
        return " AND ".join(f"contains(lower({part.column}), lower(${key}))" for key in words) or "TRUE", words
    value = bound_of(part, one)
    if one.kind == FROM:
        return f"{part.column} >= ${name}", {name: value}
    if part.is_time:  # the day itself is within
        return f"{part.column} < ${name}", {name: value + timedelta(days=1)}
    return f"{part.column} <= ${name}", {name: value}


def _is_empty(part: Dimension) -> str:
    if part.is_time or part.is_number:
        return f"{part.column} IS NULL"
    if part.is_list:
        return f"coalesce(len({part.sql}), 0) = 0 OR list_contains({part.sql}, '{BLANK}')"
    return f"({part.sql}) = '{BLANK}'"


def in_words(part: Dimension, conditions: list[Condition]) -> str:
    """Return the conditions of one field in Chinese: 登记时间：2025-01-01至2025-03-31, 被反映对象：含“化工”."""
    kinds = {one.kind: one.value for one in conditions}
    first, last, said = kinds.get(FROM), kinds.get(TO), []
    if first is not None and last is not None:
        said.append(first if first == last else f"{first}至{last}")
    elif first is not None:
        said.append(f"{first}起" if part.is_time else f"{first}及以上")
    elif last is not None:
        said.append(f"截至{last}" if part.is_time else f"{last}及以下")
    if HAS in kinds:
        said.append("含" + "".join(f"“{word}”" for word in kinds[HAS].split()))
    said += [words for kind, words in ((EMPTY, "为空"), (FILLED, "不为空")) if kind in kinds]
    return f"{part.label}：{'，'.join(said)}"
