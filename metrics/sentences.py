"""The wording of official bulletins: changes, lists of branches, names of the area and the period."""

from collections.abc import Iterable

from data.store import Reader
from metrics import format
from metrics.dimensions import Where
from metrics.engine import Figure
from metrics.parameters import setting


def whole(reader: Reader) -> str:
    """Return what all cases of a reader are called: 全市 (setting city_name), or the branches that its viewer may see."""
    return "、".join(reader.scope.branches) if reader.scope.branches else setting(reader, "city_name")


def area(reader: Reader, where: Where) -> str:
    """Return whom a sentence speaks of: all that the viewer sees, one branch, or 所选范围."""
    if not where:
        return whole(reader)
    branches = where.get("branch")
    return branches[0] if where.names == ("branch",) and len(branches) == 1 else f"所选范围（{where.words}）"


def volume_change(figure: Figure) -> str:
    """Return the change of a count: 同比下降30.8%（减少29件）, 与上年同期持平, 暂无同比数据."""
    base = figure.comparison
    if base.change is None:
        return base.text if base.text.startswith("暂无") else f"{base.term}{base.text}"
    caution = f"（{base.caution}）" if base.caution else ""
    if base.change == 0:
        return f"与{base.against[1:]}持平{caution}"
    absolute = format.unit_change(figure.numerator - base.numerator, figure.kpi.unit)
    return f"{base.term}{format.relative_change(base.change)}（{absolute}）{caution}"


def share_change(figure: Figure) -> str:
    """Return the change of a share: ，较上年同期上升1.9个百分点; empty where there is nothing to compare with."""
    base = figure.comparison
    if base is None or base.change is None:
        return ""
    caution = f"（{base.caution}）" if base.caution else ""
    words = f"与{base.against[1:]}{base.text}" if base.text.endswith("持平") else f"{base.against}{base.text}"
    return f"，{words}{caution}"


def by_branch(figures: Iterable[Figure]) -> str:
    """Return the branches with a count above zero, the largest first: 下陆区分局2件、大冶市分局1件."""
    some = sorted((f for f in figures if f.group and f.numerator), key=lambda f: -f.numerator)
    return "、".join(f"{figure.group['branch']}{figure.numerator}{figure.kpi.unit}" for figure in some)
