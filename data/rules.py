"""Every reason for which a row is not counted (R) or is counted with a remark (W), in words.

A rule looks at one row and never at what a KPI would make of it. A quarantined row carries all its reasons.
"""

from dataclasses import dataclass

REJECTIONS = {
    "R01": "缺少编号",
    "R02": "编号已被表格软件损坏",
    "R03": "登记时间缺失",
    "R04": "时间晚于导出时间",
    "R05": "时间早于1990年",
    "R06": "办结早于登记",
    "R07": "时间无法识别",
    "R08": "一行的格数多于表头",
    "R09": "含有乱码",
    "R10": "化解或解决早于列入",
    "R11": "编号里是个人信息",
    "R12": "缺少必填内容",
}
WARNINGS = {
    "W01": "责任分局不在分局名录，列入待归属",
    "W02": "办理状态未识别",
    "W03": "渠道未识别",
    "W04": "污染类型未识别",
    "W05": "满意度未识别",
    "W06": "截止时间晚于法定时限而无批准的延期，按法定时限计",
    "W07": "已办结而无办结时间",
    "W08": "受理早于登记",
    "W09": "不是有效的数字，按空白计",
    "W10": "同一文件内编号重复，已合并",
    "W11": "有办结时间而状态为未办结",
    "W12": "其他取值未识别",
    "W13": "办结早于受理",
    "W14": "有隐藏的行，已一并读入",
    "W15": "已化解（解决）而无日期，不计为化解（解决）",
    "W16": "含有乱码",
    "W17": "工作表没有认识的表头，未读取",
    "W18": "满意度与评价状态不符，按未评价计",
    "W19": "表头之上有像数据的行，未读取",
}
RULES = REJECTIONS | WARNINGS
UNKNOWN_VALUE_RULES = {"status": "W02", "channel": "W03", "pollution": "W04", "pollution_sub": "W04", "rating": "W05"}


@dataclass(frozen=True)
class Problem:
    """One remark on one row: the rule, the column by its Chinese name, and a sentence without personal data."""

    rule: str
    field: str
    message: str

    @property
    def rejects(self) -> bool:
        return self.rule in REJECTIONS
