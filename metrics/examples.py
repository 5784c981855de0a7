"""The tables worked by hand, one file per KPI in metrics/examples/: docs/kpi.md prints them, tests/kpi/ counts them.

One file serves both, so that the documentation cannot say anything that is not tested. A file has a list of
circumstances (数据截至, 统计期, 设置), drawn tables under the name of the table they belong to, the sum in words,
and the expected figures.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"
_EXPECTED_HEADING = "分组"
_SUM = "算式"


@dataclass
class Example:
    """A parsed example, all cells as text. tables: name → rows; expected: rows of 分组, 分子, 分母, 数值."""

    text: str
    circumstances: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    expected: list[dict[str, str]] = field(default_factory=list)
    sum: str = ""


@cache
def read(kpi_id: str) -> Example | None:
    """Return a KPI's worked example; None when it has none."""
    path = FOLDER / f"{kpi_id}.md"
    return parse(path.read_text("utf-8")) if path.exists() else None


def parse(text: str) -> Example:
    """Return the example that a file's text describes."""
    example = Example(text.strip())
    name, heading = "", []
    for line in text.splitlines():
        if line.startswith("|---"):
            continue
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not heading:
                heading = cells
            elif heading[0] == _EXPECTED_HEADING:
                example.expected.append(dict(zip(heading, cells, strict=True)))
            else:
                example.tables.setdefault(name, []).append(dict(zip(heading, cells, strict=True)))
            continue
        heading = []
        words, _, rest = line.removeprefix("- ").partition("：")
        if line.startswith("- "):
            example.circumstances[words] = rest
        elif words == _SUM:
            example.sum = rest
        elif line.endswith("：") and not rest:
            name = words
    return example
