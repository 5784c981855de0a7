"""Whether people were satisfied: the standard formulas and the contested ones beside them.

All are dated alike, so that they differ by formula only: by the day of rating; an overdue rating by the end of its
term; where neither is known by the revisit, the closing, the receipt.
"""

from metrics.kpi import Kpi, LeftOut

_UNKNOWN = LeftOut("评价内容未识别、无法归入满意或不满意的初件", "is_first AND is_valid AND rating_outcome = 'unknown'")
_COMMON = {
    "group": "满意",
    "kind": "share",
    "unit": "%",
    "decimals": 1,
    "period_of": "rating_on",
    "direction": "higher",
}
_BY_RATING = "按评价日期取数；超期未评价的按评价截止日期；都没有的依次用回访、办结、登记日期"
_RATED = "is_first AND rating_outcome = '已评价'"
_RATED_OR_OVERDUE = "is_first AND rating_outcome IN ('已评价', '超期未评价')"
_ALL = "is_first AND rating_outcome IN ('已评价', '超期未评价', '待评价')"
_NOT_YET = LeftOut("待评价、评价期未满的初件", "is_first AND rating_outcome = '待评价'")
_OVERDUE = LeftOut("超期未评价的初件", "is_first AND rating_outcome = '超期未评价'")

KPIS = (
    Kpi(
        id="eval_participation",
        name="群众参评率",
        question="请群众评价的，有多少人评了？",
        formula="已评价 ÷（已评价＋超期未评价）",
        period_words=_BY_RATING,
        population=_RATED_OR_OVERDUE,
        condition="rating_outcome = '已评价'",
        numerator_words="已评价的初件",
        denominator_words="已评价和超期未评价的初件，不含不可评价、不予受理",
        left_out=(_NOT_YET, _UNKNOWN),
        source=("省局口径", "满意评价"),
        **_COMMON,
    ),
    Kpi(
        id="eval_participation_all",
        name="群众参评率（考核口径）",
        question="全部待评、已评的件里，有多少评了？",
        formula="已评价 ÷（已评价＋超期未评价＋待评价）",
        period_words=_BY_RATING,
        population=_ALL,
        condition="rating_outcome = '已评价'",
        numerator_words="已评价的初件",
        denominator_words="已评价、超期未评价和待评价的初件",
        left_out=(_UNKNOWN,),
        source=("考核口径",),
        variant_of="eval_participation",
        **_COMMON,
    ),
    Kpi(
        id="satisfaction_rate",
        name="群众满意率",
        question="评了的群众里，有多少满意？",
        formula="（满意＋基本满意）÷（满意＋基本满意＋不满意）",
        period_words=_BY_RATING,
        population=_RATED,
        condition="rating_counted IN ('满意', '基本满意')",
        numerator_words="评为满意和基本满意的初件",
        denominator_words="已评价的初件",
        left_out=(_OVERDUE, _NOT_YET, _UNKNOWN),
        source=("省局口径", "满意评价"),
        caveat="只评初次办理的事项；多次评价默认取终次，可设为首次。件数少时一件就能使比率大幅变动。",
        target=0.90,
        target_words="默认目标90%，可改",
        **_COMMON,
    ),
    Kpi(
        id="fully_satisfied_rate",
        name="满意率（不含基本满意）",
        question="评了的群众里，有多少是明确满意？",
        formula="满意 ÷（满意＋基本满意＋不满意）",
        period_words=_BY_RATING,
        population=_RATED,
        condition="rating_counted = '满意'",
        numerator_words="评为满意的初件",
        denominator_words="已评价的初件",
        left_out=(_OVERDUE, _NOT_YET, _UNKNOWN),
        source=("推定",),
        caveat="辅助指标，看“基本满意”占了多少。",
        variant_of="satisfaction_rate",
        **_COMMON,
    ),
    Kpi(
        id="satisfaction_rate_assessed",
        name="满意率（考核口径）",
        question="超期未评价的算作满意，满意率是多少？",
        formula="（满意＋基本满意＋超期未评价）÷（已评价＋超期未评价＋待评价）",
        period_words=_BY_RATING,
        population=_ALL,
        condition="rating_outcome = '超期未评价' OR rating_counted IN ('满意', '基本满意')",
        numerator_words="满意、基本满意和超期未评价的初件",
        denominator_words="已评价、超期未评价和待评价的初件",
        left_out=(_UNKNOWN,),
        source=("考核口径",),
        caveat="没有评价的也算满意，不能说明群众满意。",
        variant_of="satisfaction_rate",
        **_COMMON,
    ),
    Kpi(
        id="satisfaction_rate_product",
        name="参评满意率（考核口径）",
        question="考核口径的满意率与参评率相乘是多少？",
        formula="满意率（考核口径）× 参评率（考核口径）",
        period_words=_BY_RATING,
        factors=("satisfaction_rate_assessed", "eval_participation_all"),
        population=_ALL,
        numerator_words="两个分子之积",
        denominator_words="两个分母之积",
        left_out=(_UNKNOWN,),
        source=("考核口径",),
        caveat="是两个比率的乘积，分子、分母不是件数。",
        variant_of="satisfaction_rate",
        **_COMMON,
    ),
    Kpi(
        id="satisfaction_rate_all",
        name="满意率（未评价当不满意）",
        question="没有评价的都当不满意，满意率是多少？",
        formula="（满意＋基本满意）÷（已评价＋超期未评价＋待评价）",
        period_words=_BY_RATING,
        population=_ALL,
        condition="rating_counted IN ('满意', '基本满意')",
        numerator_words="评为满意和基本满意的初件",
        denominator_words="已评价、超期未评价和待评价的初件",
        left_out=(_UNKNOWN,),
        source=("推定",),
        caveat="最严的一种，受参评率影响很大。",
        variant_of="satisfaction_rate",
        **_COMMON,
    ),
)
