"""What each setting of settings.toml may be, and what it is called; a wrong value is refused before anything uses it.

The defaults stand in settings.toml beside this module; a store's own settings.toml names only what differs.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from data.errors import UserError

FOLDER = Path(__file__).parent
Value = bool | int | str


@dataclass(frozen=True)
class Setting:
    """One setting: its Chinese words, and what it may be: whole numbers, choices (value → words), switch or text."""

    words: str
    low: int | None = None
    high: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    is_switch: bool = False

    def checked(self, value: object) -> Value:
        """Return the value. Raises ValueError with what it should be."""
        if self.is_switch:
            if isinstance(value, bool):
                return value
            raise ValueError("应为 true（是）或 false（否）")
        if self.low is not None:
            if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
                return value
            raise ValueError(f"应为{self.low}至{self.high}之间的整数")
        if self.choices:
            if value in dict(self.choices):
                return value
            raise ValueError(f"应为{'、'.join(f'{name}（{words}）' for name, words in self.choices)}之一")
        if isinstance(value, str) and value.strip() and len(value) <= 40 and value.isprintable():
            return value.strip()
        raise ValueError("应为不超过40字的文字，不能空着")

    def shown(self, value: Value) -> str:
        """Return a value in Chinese words."""
        if self.is_switch:
            return "是" if value else "否"
        return dict(self.choices).get(value, str(value))


SETTINGS = {
    "unit_name": Setting("单位名称"),
    "city_name": Setting("全部分局的称呼"),
    "month_start_day": Setting("统计月起始日（26 即上月26日至本月25日）", 1, 28),
    "join_spring_months": Setting("逐月走势把1月、2月合并为一点（春节错月）", is_switch=True),
    "deadline_compare": Setting("期限比较方式", choices=(("day", "按自然日"), ("moment", "按时刻"))),
    "rating_basis": Setting("满意度取值", choices=(("final", "以最后一次评价为准"), ("first", "以首次评价为准"))),
    "count_rejected": Setting("信访总量含不予受理的件", is_switch=True),
    "due_soon_days": Setting("到期前多少天算临期", 1, 60),
    "decline_base_year": Setting("降幅的基年", 2000, 2100),
    "cohort_days": Setting("成熟队列等待天数", 1, 365),
    "first_resolution_days": Setting("一次性化解的观察天数", 1, 365),
    "repeat_site_days": Setting("重复点位的统计天数", 1, 365),
    "repeat_site_cases": Setting("重复点位的最少件数", 2, 100),
    "suspected_days": Setting("疑似积案提示的在办天数", 30, 3650),
    "suspected_times": Setting("疑似积案提示的同人同点位次数", 2, 100),
    "shares_add_up": Setting("单标签占比强制合计100.0%（最大余数法）", is_switch=True),
    "small_cell_least": Setting("对外的对比表中，件数不足几件的分局合并", 2, 20),
    "spc_shift_points": Setting("控制图：连续几点在均值一侧为信号", 5, 12),
    "spc_trend_points": Setting("控制图：连续几点上升或下降为信号", 5, 12),
    "spc_two_of_three": Setting(
        "控制图：3点中2点接近控制限", choices=(("same side", "3点须在均值同侧"), ("anywhere", "第3点不限"))
    ),
    "spc_screening": Setting("控制图：算控制限时剔除异常的移动极差", is_switch=True),
    "prune_versions": Setting("导入后自动清理旧版本", is_switch=True),
    "keep_newest": Setting("清理时保留最新的几个版本", 2, 1000),
    "keep_months": Setting("清理时另保留最近几个月每月最后一个版本", 0, 240),
    "keep_used_days": Setting("清理时保留最近多少天内有人换用过的版本", 0, 366),
}


def defaults() -> dict[str, Value]:
    """Return the product's settings."""
    return tomllib.loads((FOLDER / "settings.toml").read_text("utf-8"))


def own(path: Path) -> dict[str, Value]:
    """Return the settings that a store's own file changes; none where there is no file. Raises UserError."""
    if not path.exists():
        return {}
    try:
        changed = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"设置文件“{path}”的写法有误（{error}），请改正后重试。") from error
    if unknown := sorted(set(changed) - set(SETTINGS)):
        raise UserError(f"设置文件“{path}”里有不认识的设置：{'、'.join(unknown)}，请删去或改正。")
    return {name: checked(name, value) for name, value in changed.items()}


def checked(name: str, value: object) -> Value:
    """Return the value of a setting. Raises UserError when it may not be that."""
    try:
        return SETTINGS[name].checked(value)
    except ValueError as error:
        raise UserError(f"设置“{SETTINGS[name].words}”（{name}）{error}，现为“{value}”，请改正。") from error


def written(changed: dict[str, Value]) -> str:
    """Return the text of a store's own settings.toml."""
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in changed.items()]
    return "\n".join(["# 只列与默认值不同的设置；可在“设置”页修改", *lines, ""])
