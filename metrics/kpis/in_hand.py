"""What is in hand at the end of a period, against the two limits: acceptance within 15 days, and closing.

The state on a past day follows from the dates of receipt, acceptance and closing, so that any month's end can be made
again; on the day of as_of the status itself decides.
"""

from metrics.kpi import Kpi, LeftOut

_STATE = {
    "group": "时效",
    "kind": "stock",
    "unit": "件",
    "relation": "case_states",
    "period_of": None,
    "period_words": "统计期末（未完的统计期为数据时点）的状态",
    "direction": "lower",
}
_PAST = "过去各期末的状态由登记、受理、办结日期推出，重开的件按现状计。"
_OPEN = _STATE | {
    "left_out": (LeftOut("未办结但没有办结期限（多为尚未受理）的件", "is_valid AND due_on IS NULL"),),
}

KPIS = (
    Kpi(
        id="overdue_open",
        name="超期未办结",
        question="有多少件过了期限还没办结？",
        formula="统计期末未办结、且办结期限早于当日的件数",
        population="is_valid AND is_overdue",
        numerator_words="未办结且已超期的信访件（含重件）",
        source=("条例34", "条例45"),
        caveat="期限当日还不算超期。过去各期末的状态由登记、办结日期推出，重开的件按现状计。",
        **_OPEN,
    ),
    Kpi(
        id="due_soon",
        name="临期件",
        question="有多少件7天内到期？",
        formula="统计期末未办结、办结期限在当日起7天内的件数",
        population="is_valid AND NOT is_overdue AND days_left BETWEEN 0 AND $due_soon_days",
        numerator_words="未办结、7天（可设）内到期的信访件，含当日到期",
        source=("推定",),
        **_OPEN,
    ),
    Kpi(
        id="open_cases",
        name="在办件",
        question="手上还有多少件没办结？",
        formula="统计期末已登记、尚未办结，也未退回、撤回或不予受理的件数",
        population="is_valid",
        numerator_words="未办结的信访件，含尚未受理的（含重件）",
        source=("推定",),
        caveat=f"已办结而没有办结时间的件，不知何日离手，不计入过去的存量。{_PAST}",
        **_STATE,
    ),
    Kpi(
        id="accept_overdue_open",
        name="超期未受理存量",
        question="有多少件过了15天还没受理？",
        formula="统计期末尚未受理、且受理期限早于当日的件数",
        population="is_valid AND is_accept_overdue",
        numerator_words="尚未受理且已超过受理期限的信访件（含重件）",
        source=("条例23", "条例45"),
        caveat=f"受理期限当日还不算超期；没有受理时间列的来源（如热线）无从判断，不计。{_PAST}",
        **_STATE,
    ),
    Kpi(
        id="accept_due_soon",
        name="受理临期件",
        question="有多少件7天内必须受理？",
        formula="统计期末尚未受理、受理期限在当日起7天内的件数",
        population="is_valid AND awaits_acceptance AND NOT is_accept_overdue "
        "AND accept_days_left BETWEEN 0 AND $due_soon_days",
        numerator_words="尚未受理、7天（可设）内须受理的信访件，含当日到期",
        source=("推定",),
        **_STATE,
    ),
)
