"""The `spc` command: an XmR chart of any series as JSON, its keys those of the reference cases of the NHS package."""

import json
import sys
from dataclasses import replace
from math import isfinite
from pathlib import Path

from data.errors import UserError
from metrics.rules import NHSR
from metrics.spc import DIRECTIONS, MIN_FIXED, assurance, cause, kind, xmr

_LARGEST = 1e15  # a float still tells units apart
_DEFAULTS = {
    "rebase_at_index0": [],
    "fix_after_n_points": None,
    "improvement_direction": "increase",
    "target": None,
    "screen_outliers": True,
}


def read(name: str) -> object:
    """Return the JSON document in a file, or on standard input for "-". Raises UserError when there is none."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UserError(f"读不到文件“{name}”，请检查路径。") from error
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UserError("输入不是 JSON 文档，请给出一个含 y 数组的 JSON 对象（UTF-8）。") from error


def answer(document: object) -> dict[str, object]:
    """Return the chart of one case, or of each in {"cases": {name: case}}. Raises UserError for what is no case."""
    if isinstance(document, dict) and isinstance(document.get("cases"), dict):
        return {"cases": {name: _chart(case) for name, case in document["cases"].items()}}
    return _chart(document)


def _chart(case: object) -> dict[str, object]:
    asked = _checked(case)
    y, direction = asked["y"], asked["improvement_direction"]
    convention = replace(NHSR, screening=asked["screen_outliers"])
    try:
        points = xmr(y, asked["rebase_at_index0"], asked["fix_after_n_points"], convention)
    except ValueError as error:
        raise UserError("每一段至少要有一个数值，请检查 y 中的 null 和 rebase_at_index0。") from error
    kinds = [kind(point.judged, direction) for point in points]
    return asked | {
        "mean": [point.limits.centre for point in points],
        "lpl": [point.limits.low for point in points],
        "upl": [point.limits.high for point in points],
        "relative_to_mean": [point.judged.side for point in points],
        "outside": [point.judged.outside for point in points],
        "close": [point.judged.close for point in points],
        "rebase_group": [point.segment for point in points],
        "special_cause_type": [cause(point, convention) for point in points],
        "point_type": kinds,
        "variation_icon": kinds[-1],
        "assurance": assurance(points[-1].limits, direction, asked["target"]),
    }


def _checked(case: object) -> dict[str, object]:
    """Return the input keys of a case, defaults filled in."""
    if not isinstance(case, dict) or not isinstance(case.get("y"), list) or not case["y"]:
        raise UserError("输入应是一个 JSON 对象，其中 y 是按时间排列的数值数组（缺值写 null），至少一个数值。")
    y = case["y"]
    if any(value is not None and not _is_number(value) for value in y):
        raise UserError("y 中只能有数值或 null，请检查。")
    asked = {"y": y} | {name: case.get(name, default) for name, default in _DEFAULTS.items()}
    rebase, fixed = asked["rebase_at_index0"], asked["fix_after_n_points"]
    if not isinstance(rebase, list) or not all(_is_index(at) and 0 <= at < len(y) for at in rebase):
        raise UserError(f"rebase_at_index0 应是从0起的序号数组，每个在0至{len(y) - 1}之间。")
    if fixed is not None and not (_is_index(fixed) and fixed >= MIN_FIXED):
        raise UserError(f"fix_after_n_points 应为不小于{MIN_FIXED}的整数或 null。")
    if asked["improvement_direction"] not in DIRECTIONS:
        raise UserError("improvement_direction 应为 increase、decrease 或 neutral。")
    if asked["target"] is not None and not _is_number(asked["target"]):
        raise UserError("target 应为数值或 null。")
    if not isinstance(asked["screen_outliers"], bool):
        raise UserError("screen_outliers 应为 true 或 false。")
    return asked


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST and isfinite(value)
    )
