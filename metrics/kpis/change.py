"""The change of the volume as figures of their own: against last year, last month, cumulated, over three years."""

from metrics.kpi import Kpi

_CHANGE = {
    "group": "变化",
    "kind": "change",
    "unit": "%",
    "decimals": 1,
    "population": "is_counted",
    "denominator_words": "基期的信访总量",
    "direction": "lower",
    "source": ("部级通报",),
}
_CAVEAT = "未完的统计期与基期的同样天数相比；基期为0显示“—”，基期数据不全显示“暂无同比数据”。"

KPIS = (
    Kpi(
        id="yoy",
        name="信访总量同比",
        question="比上年同期多了还是少了？",
        formula="（本期－上年同期）÷ 上年同期",
        base="yoy",
        period_words="本期与上年同样的日子，按登记日期取数",
        numerator_words="本期与上年同期信访总量之差",
        caveat=_CAVEAT,
        **_CHANGE,
    ),
    Kpi(
        id="mom",
        name="信访总量环比",
        question="比上月多了还是少了？",
        formula="（本期－上期）÷ 上期",
        base="mom",
        period_words="本期与上期同样的日子，按登记日期取数",
        numerator_words="本期与上期信访总量之差",
        caveat=f"{_CAVEAT}春节错月时一、二月宜合并看。",
        **_CHANGE,
    ),
    Kpi(
        id="ytd_yoy",
        name="信访总量累计同比",
        question="今年以来比上年同期多了还是少了？",
        formula="（年初至本期末－上年同期）÷ 上年同期",
        base="ytd",
        period_words="年初至统计期末与上年同样的日子，按登记日期取数",
        numerator_words="年初以来与上年同期信访总量之差",
        caveat=_CAVEAT,
        **_CHANGE,
    ),
    Kpi(
        id="decline_3y",
        name="信访总量三年降幅",
        question="比三年前下降了多少？",
        formula="（基年同期－年初至本期末）÷ 基年同期",
        base="decline",
        period_words="年初至统计期末与基年（默认三年前，可设）同样的日子，按登记日期取数",
        numerator_words="基年同期与年初以来信访总量之差",
        caveat=f"数值为正是下降。年内用基年同期，不与基年全年比。{_CAVEAT}",
        **(_CHANGE | {"direction": "higher", "source": ("局口径",)}),
    ),
)
