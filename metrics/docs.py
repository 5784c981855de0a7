"""docs/kpi.md: the definition of every KPI and the table worked by hand that is also its test. Generated, never edited."""

import sys
from itertools import groupby
from pathlib import Path

from metrics import examples
from metrics.catalog import CATALOG
from metrics.kpi import DIRECTIONS, Kpi
from metrics.sources import SOURCES
from metrics.targets import target_of

PATH = Path(__file__).parent.parent / "docs" / "kpi.md"
_DIRECTION_WORDS = dict(zip(DIRECTIONS, ("越高越好", "越低越好", "不分好坏"), strict=True))
_HEAD = """# 指标口径

本文由 `python -m metrics docs` 生成，请勿手改；定义在 `metrics/kpis/`，算例在 `metrics/examples/`，同时就是测试。

- “现在”一律指数据截至时点，不取当前时钟；未完的统计期只算到数据截至日，对比基期的同样天数。
- 期限默认按自然日比较：办结日期不晚于期限日期为按期；期限当日还不算超期。
- 比率由件数相除得出，合计不是各分局比率的平均；没有分母时显示“—”，不显示 0% 或 100%。
- 只在显示时四舍五入，量的变化说“%”，率的变化说“个百分点”，基期不足10件时加注件数。
- 未识别（有文字但对不上）和未注明（空白）都单列，不会从总量里消失。
"""


def write() -> int:
    """Write docs/kpi.md and return exit code 0."""
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text(), "utf-8")
    print(f"已写入 {PATH.name}，共{len(CATALOG)}个指标。", file=sys.stderr)
    return 0


def check() -> int:
    """Return 0 when docs/kpi.md is current, else say so on stderr and return 1."""
    if PATH.exists() and PATH.read_text("utf-8") == text():
        return 0
    print("docs/kpi.md 不是最新的，请运行 python -m metrics docs 重新生成并提交。", file=sys.stderr)
    return 1


def text() -> str:
    """Return the whole document."""
    parts = [_HEAD, "## 目录\n", _contents()]
    parts += [_section(kpi) for kpi in CATALOG.values()]
    return "\n".join(parts).rstrip() + "\n"


def _contents() -> str:
    groups = groupby(sorted(CATALOG.values(), key=_group_order), key=lambda kpi: kpi.group)
    lines = [f"- {group}：" + "、".join(f"[{kpi.name}](#{kpi.id})" for kpi in kpis) for group, kpis in groups]
    return "\n".join(lines) + "\n"


def _group_order(kpi: Kpi) -> int:
    return list(dict.fromkeys(entry.group for entry in CATALOG.values())).index(kpi.group)


def _section(kpi: Kpi) -> str:
    example = examples.read(kpi.id)
    target = target_of(None, kpi)
    facts = {
        "代码": f"`{kpi.id}`",
        "回答的问题": kpi.question,
        "算法": kpi.formula,
        "分子": kpi.numerator_words if kpi.denominator_words else "",
        "分母": kpi.denominator_words,
        "计数对象": "" if kpi.denominator_words else kpi.numerator_words,
        "不计入": kpi.left_out_words,
        "取数日期": kpi.period_words,
        "单位与小数": f"{kpi.unit}，{kpi.decimals}位小数" if kpi.decimals else kpi.unit,
        "方向": _DIRECTION_WORDS[kpi.direction],
        "目标": target.full_words if target else "",
        "同一指标的主口径": CATALOG[kpi.variant_of].name if kpi.variant_of else "",
        "依据": "；".join(SOURCES[key].words for key in kpi.source),
        "注意": kpi.caveat,
        "计算条件": _sql(kpi),
    }
    lines = [
        f'<a id="{kpi.id}"></a>\n\n## {kpi.name}\n',
        *(f"- {key}：{value}" for key, value in facts.items() if value),
    ]
    return "\n".join([*lines, "", "### 算例\n" if example else "", example.text if example else "", ""])


def _sql(kpi: Kpi) -> str:
    if kpi.base or kpi.factors:
        return ""
    condition = f"，其中分子 `{kpi.numerator or kpi.condition}`" if kpi.numerator or kpi.condition else ""
    return f"`{kpi.relation}` 中 `{kpi.population}`{condition}"
