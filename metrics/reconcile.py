"""The reconciliation of totals (domain: 对账面板): each line counts the same thing in two independent ways.

The left side comes through the KPIs, the right side straight from the stored rows, so that a mistake in the facts, a
case that fell out of every group or a batch that lost rows shows as a difference.
"""

from dataclasses import dataclass

from data.store import Reader
from metrics.engine import Figure, measure
from metrics.parameters import parameters
from metrics.periods import Period
from metrics.relations import read_sql


@dataclass(frozen=True)
class Check:
    """One line: two ways to the same number, and what a difference means."""

    name: str
    left_words: str
    left: int
    right_words: str
    right: int
    explanation: str

    @property
    def ok(self) -> bool:
        """Whether both ways agree."""
        return self.left == self.right


def reconcile(reader: Reader, period: Period) -> list[Check]:
    """Return the checks of one period, in all branches of the reader's scope."""
    total, accepted, satisfied = measure(reader, ["cases_total", "cases_accepted", "satisfaction_rate"], [period])
    raw = _raw(reader, period)
    return [
        _statuses(total, accepted, raw),
        _branches(reader, period, total),
        _handling(reader, period, total, raw),
        _ratings(satisfied, raw),
        _undated(raw),
        _imports(reader),
    ]


def _raw(reader: Reader, period: Period) -> dict[str, int]:
    """Count one period straight from the stored rows, in the plainest words that SQL has."""
    rejected_too = parameters(reader)["count_rejected"]
    days = {"first": period.first, "cut": period.cut}
    frame = reader.frame(read_sql("reconcile"), days | {"count_rejected": rejected_too})
    return {name: int(frame[name][0]) for name in frame.columns}


def _statuses(total: Figure, accepted: Figure, raw: dict[str, int]) -> Check:
    return Check(
        "总量的去向",
        "信访总量",
        total.numerator,
        "受理＋不予受理＋待受理（含未受理即退回、撤回、并案的）",
        accepted.numerator + raw["rejected"] + raw["waiting"],
        "不等时，说明有件的状态既不算受理、也不算未受理，请在数据质量页查未识别的办理状态。",
    )


def _branches(reader: Reader, period: Period, total: Figure) -> Check:
    groups = [figure for figure in measure(reader, ["cases_total"], [period], ("branch",)) if figure.group]
    return Check(
        "分局合计",
        "各分局（含待归属）主办件数之和",
        sum(figure.numerator for figure in groups),
        "信访总量",
        total.numerator,
        "不等时，说明有件不属于清单上的任何分局，也没有列入待归属。",
    )


def _handling(reader: Reader, period: Period, total: Figure, raw: dict[str, int]) -> Check:
    groups = [figure for figure in measure(reader, ["cases_total"], [period], ("handling_branch",)) if figure.group]
    return Check(
        "协办重复",
        "各分局承办（主办＋协办）件数之和",
        sum(figure.numerator for figure in groups),
        "信访总量＋协办重复",
        total.numerator + raw["helping"],
        "一件由几个分局办理时，各分局都算一件，合计因此多于总量，多出的就是协办重复。",
    )


def _ratings(satisfied: Figure, raw: dict[str, int]) -> Check:
    return Check(
        "满意三项和",
        "满意率的分母（已评价的初件）",
        satisfied.denominator,
        "满意＋基本满意＋不满意",
        raw["satisfied"] + raw["fairly_satisfied"] + raw["not_satisfied"],
        "不等时，说明有已评价的件没有归入三项之一，或取了首次评价（见设置“满意度取值”）。",
    )


def _undated(raw: dict[str, int]) -> Check:
    return Check(
        "登记时间",
        "库中全部信访件",
        raw["stored"],
        "有登记时间的信访件",
        raw["dated"],
        "不等时，差数没有登记时间，不属于任何统计期，不在总量内。",
    )


def _imports(reader: Reader) -> Check:
    sql = "SELECT coalesce(sum(rows_read), 0), coalesce(sum(accepted + quarantined), 0) FROM imports"
    ((read, kept),) = reader.query(sql)
    return Check(
        "导入行数",
        "历次导入读到的行数",
        int(read),
        "入库＋隔离的行数",
        int(kept),
        "不等时，说明有行在导入中丢失，这是程序缺陷，请报告。",
    )
