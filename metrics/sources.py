"""The texts that KPIs rest on: title, number, article, and from when to when they are in force.

Kept apart from the KPIs, so that a regulation that is replaced is changed in one place and shown everywhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One authority; `number` and `article` are empty where it has none, `until` while it is in force."""

    title: str
    number: str = ""
    article: str = ""
    since: str = ""
    until: str = ""
    note: str = ""

    @property
    def short(self) -> str:
        """The source by its name alone: 《信访工作条例》第三十四条."""
        return self.title.partition("（")[0] + self.article

    @property
    def words(self) -> str:
        """The source as it is cited: 《信访工作条例》第三十四条（2022年5月1日起施行）."""
        cited = self.title + (f"（{self.number}）" if self.number else "") + self.article
        period = "；".join(part for part in (self.since and f"{self.since}起施行", self.until, self.note) if part)
        return f"{cited}（{period}）" if period else cited


_REGULATION = {"title": "《信访工作条例》", "since": "2022年5月1日"}

SOURCES = {
    "条例22": Source(**_REGULATION, article="第二十二条", note="信访部门15日内转送、交办"),
    "条例23": Source(**_REGULATION, article="第二十三条", note="收到之日起15日内告知是否受理"),
    "条例27": Source(**_REGULATION, article="第二十七条", note="诉求合理的解决问题到位"),
    "条例34": Source(**_REGULATION, article="第三十四条", note="受理之日起60日内办结，经批准可延长不超过30日"),
    "条例41": Source(**_REGULATION, article="第四十一条", note="年度报告含信访事项数据统计"),
    "条例45": Source(**_REGULATION, article="第四十五条", note="未在规定期限内办结的责令改正"),
    "平台": Source(
        "全国生态环境信访投诉举报管理平台办理要求", note="15个自然日内点击受理，自受理起60个自然日办结，2个工作日内退回"
    ),
    "部级通报": Source("生态环境部《全国“12369”环保举报办理情况》通报", note="总量、渠道、污染类型、行业的统计与脚注"),
    "部级队列": Source("生态环境部2018年5月举报办理情况通报", note="按受理月成组，等满60日再评办结"),
    "部级年报": Source("生态环境部2019年度举报办理情况通报", note="平均办结天数"),
    "省局口径": Source("省级信访信息系统统计口径", note="按期受理、按期办结、满意率、参评率、重复信访率的取数方法"),
    "考核口径": Source("信访工作目标责任考核口径", note="超期未评价计入满意"),
    "满意评价": Source("国家信访局关于信访事项群众满意度评价的通知", "国信发〔2022〕11号", note="只评初次办理的事项"),
    "地方考核": Source("部分市县12345热线考核办法", note="退回、重办、只算已办结的按期率"),
    "局口径": Source("市局信访工作评估口径（待局里书面确认，先按默认值）"),
    "推定": Source("本产品按上述规定推出的口径"),
}
