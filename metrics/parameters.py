"""The $parameters of the SQL: as_of, the settings that change a computation, and the table of pollution sub-types."""

import csv
from pathlib import Path

from data import schema
from data.errors import UserError
from data.schema import UNKNOWN
from data.store import Reader

# Settings that metrics reads, with the value in force when the version says nothing.
DEFAULTS = {
    "month_start_day": "1",
    "join_spring_months": "false",
    "deadline_compare": "day",
    "rating_basis": "final",
    "count_rejected": "true",
    "due_soon_days": "7",
    "cohort_days": "60",
    "first_resolution_days": "90",
    "repeat_site_days": "90",
    "repeat_site_cases": "3",
    "suspected_days": "180",
    "suspected_times": "3",
    "decline_base_year": "",
    "shares_add_up": "false",
    "small_cell_least": "3",
    "city_name": "全市",
    "spc_shift_points": "7",
    "spc_trend_points": "7",
    "spc_two_of_three": "same side",
    "spc_screening": "true",
}
WORDS = {
    "month_start_day": "统计月起始日",
    "join_spring_months": "逐月走势合并1—2月",
    "deadline_compare": "期限比较方式（day 按自然日，moment 按时刻）",
    "rating_basis": "满意度取值（final 终次评价，first 首次评价）",
    "count_rejected": "总量含不予受理",
    "due_soon_days": "临期天数",
    "cohort_days": "成熟队列等待天数",
    "first_resolution_days": "一次性化解观察天数",
    "repeat_site_days": "重复点位统计天数",
    "repeat_site_cases": "重复点位最少件数",
    "suspected_days": "疑似积案的在办天数",
    "suspected_times": "疑似积案的同人同点位次数",
    "decline_base_year": "降幅基年",
    "shares_add_up": "单标签占比强制合计100.0%（最大余数法）",
    "small_cell_least": "对外对比表的最少件数",
    "city_name": "全部分局的称呼",
    "spc_shift_points": "控制图：连续几点在均值一侧为信号",
    "spc_trend_points": "控制图：连续几点升降为信号",
    "spc_two_of_three": "控制图：3点中2点近限（same side 三点须同侧，anywhere 不限）",
    "spc_screening": "控制图：剔除异常极差",
}

# What does not tell two places apart: spaces, brackets, commas, colons, middle dots, quotation marks.
SITE_MARKS = r"[\s\x{3000}\x{A0}（）()［］\[\]【】〔〕〈〉《》<>,，:：·•・･‧∙⋅●．“”‘’\"']"
_VALUES = Path(schema.__file__).parent / "reference" / "values.csv"


def _parents() -> dict[str, str]:
    """Read which type a sub-type belongs to: the denominator of its share, as in “占涉气举报的44.1%”."""
    with _VALUES.open(encoding="utf-8-sig", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["field"] == "pollution_sub" and row["parent"]]
    return {row["value"]: row["parent"] for row in rows}


PARENT_OF = _parents()


def parent_of(label: str) -> str:
    """Return the pollution type that a sub-type belongs to; 未识别 for one that is not in the table."""
    return PARENT_OF.get(label, UNKNOWN)


def setting(reader: Reader, name: str) -> str:
    """Return a setting of the version, as text; its default when the version has none."""
    return reader.settings.get(name) or DEFAULTS[name]


def number(reader: Reader, name: str) -> int:
    """Return a setting that is a whole number. Raises UserError when it is not one."""
    value = setting(reader, name)
    try:
        return int(value)
    except ValueError as error:
        raise UserError(f"设置“{WORDS[name]}”（{name}）应为整数，现为“{value}”，请在设置中改正。") from error


def is_on(reader: Reader, name: str) -> bool:
    """Return a setting that is true or false."""
    return setting(reader, name).lower() == "true"


def start_day(reader: Reader) -> int:
    """Return the day a statistical month begins on (1–28). Raises UserError when it is another number."""
    day = number(reader, "month_start_day")
    if not 1 <= day <= 28:
        raise UserError(f"设置“统计月起始日”（month_start_day）应在1至28之间，现为{day}，请在设置中改正。")
    return day


def parameters(reader: Reader) -> dict[str, object]:
    """Return the values of every $parameter that does not depend on what is asked."""
    numbers = ("due_soon_days", "cohort_days", "first_resolution_days", "repeat_site_days", "repeat_site_cases")
    return {
        "as_of": reader.as_of,
        "as_of_on": reader.as_of.date(),
        "month_start_day": start_day(reader),
        "by_moment": setting(reader, "deadline_compare") == "moment",
        "rating_first": setting(reader, "rating_basis") == "first",
        "count_rejected": is_on(reader, "count_rejected"),
        "site_marks": SITE_MARKS,
        "sub_labels": list(PARENT_OF),
        "sub_parents": list(PARENT_OF.values()),
    } | {name: number(reader, name) for name in numbers}
