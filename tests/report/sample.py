"""A small report written by hand, with every kind of block, odd texts and an unfinished month, for the tests of the formats."""

from metrics.reconcile import Check
from metrics.report.document import (
    Board,
    Chart,
    Column,
    Document,
    Fact,
    Heading,
    Number,
    Paragraph,
    Series,
    Stamp,
    Table,
    Tile,
)

ODD = '=1+1 <b>"甲&乙"</b>'  # a text that must never become a formula or markup
MONTHS = tuple(f"2024-{month:02d}" for month in range(10, 13)) + tuple(f"2025-{month:02d}" for month in range(1, 10))

FACTS = (
    Fact(
        "f1", "cases_total", "信访总量", "2025-09", "2025年9月", {}, 86, None, 86.0, "86", "86件",
        None, "", "kpi=cases_total&period=2025年9月",
    ),
    Fact(
        "f2", "satisfaction_rate", "群众满意率", "2025-09", "2025年9月", {}, 29, 30, 29 / 30, "96.7%", "96.7%",
        ("HS202509010001",), "不满意的件", "kpi=satisfaction_rate&period=2025年9月",
    ),
    Fact(
        "f3", "satisfaction_rate", "群众满意率", "2025-09", "2025年9月", {"branch": "下陆区分局"}, 4, 4, 1.0, "100.0%",
        "100.0%", (), "不满意的件", "kpi=satisfaction_rate&period=2025年9月&branch=下陆区分局",
    ),
    Fact(
        "f4", "ontime_close_rate", "按期办结率", "2025-09", "2025年9月", {}, 0, 0, None, "—", "—", (), "未按期办结的件",
        "kpi=ontime_close_rate&period=2025年9月",
    ),
)  # fmt: skip

TREND = Chart(
    "cases_total", "图1  近12个月信访总量", "2025年9月86件，属正常波动", "单位：件；按登记时间；n=1106", "line", MONTHS,
    (
        Series("信访总量", (103.0, 95.0, 88.0, 70.0, 99.0, 90.0, 84.0, 91.0, None, 102.0, 95.0, 86.0), "main",
               ("",) * 11 + ("86",)),
        Series("均值", (91.2,) * 12, "centre"),
        Series("控制下限", (60.0,) * 12, "low"),
        Series("控制上限", (122.4,) * 12, "high"),
    ),
    "件", 0, 11, ("",) * 3 + ("better",) + ("",) * 8, ("注：2021年12369并入12345。",), "近12个月信访总量的走势。",
)  # fmt: skip
QUALITY = Chart(
    "satisfaction_rate", "图2  群众满意率", "满意率高于目标", "单位：%；n=30", "line", MONTHS[-6:],
    (
        Series("群众满意率", (0.9, 0.92, 0.931, 0.94, 0.95, 29 / 30), "main", ("",) * 5 + ("96.7%",)),
        Series("目标", (0.95,) * 6, "target"),
    ),
    "%", 1, alt="群众满意率的走势。",
)  # fmt: skip
BY_BRANCH = Chart(
    "branches", "图3  各分局件数", "大冶市分局最多", "单位：件", "column", ("大冶市分局", "下陆区分局", ODD),
    (
        Series("本期", (30.0, 20.0, 2.0), "main", ("30", "20", "2")),
        Series("上年同期", (35.0, 18.0, 0.0), "former", ("35", "18", "0")),
    ),
    "件", alt="各分局件数。",
)  # fmt: skip
MIX = Chart(
    "pollution", "图4  污染类型", "大气问题最突出", "单位：件；一件可涉及多类", "bar", ("大气", "噪声", "水", "固废"),
    (Series("件数", (50.0, 30.0, 8.0, 1.0), "main", ("50件，58.1%", "30件，34.9%", "8件，9.3%", "1件，1.2%")),),
    "件", notes=("注：一件举报中可能同时涉及多种问题，因此各污染类型之和≥100%。",), alt="污染类型构成。",
)  # fmt: skip
BRANCHES = Table(
    "branches", "表1  各分局办理情况",
    (Column("分局"), Column("件数", "count"), Column("同比", "change"), Column("满意率", "share"), Column("超期未结", "count")),
    (
        ("大冶市分局", Number("30", 30, "f1"), "下降14.3%", Number("95.0%", 0.95), None),
        ("下陆区分局", Number("20", 20), "上升11.1%", Number("100.0%", 1.0, "f3"), Number("1", 1)),
        (ODD, Number("2", 2), "暂无同比数据", Number("—", None), None),
        ("合计", Number("52", 52), "下降1.9%", Number("96.7%", 29 / 30, "f2"), Number("1", 1)),
    ),
    ("样本不足5件的分局不参与比较。",), True,
)  # fmt: skip
LONG = Table(
    "ledger", "明细台账（内部）", (Column("编号"), Column("登记日期", "date"), Column("天数", "days")),
    (("HS202509010001", "2025-09-01", Number("6", 6)), ("=2+3", "2025-09-02", None)), ("只列编号，不列投诉人。",), only="xlsx",
)  # fmt: skip
OVERDUE = Table(
    "overdue", "表2  超期未办结清单", (Column("编号"), Column("点位"), Column("责任单位"), Column("天数", "days")),
    (("HS202508010002", "某某化工厂", "下陆区分局", Number("6", 6)),), more=3,
)  # fmt: skip
STAMP = Stamp("2025年10月31日18时", "000001-20251123T123428", "123456", "全部信访件")
BOARD = Board(
    "2025年9月生态环境信访一图读懂", "9月共接到86件，同比下降13.1%，属正常波动；满意率96.7%。",
    (
        Tile("信访总量", Number("86件", 86, "f1"), "", "同比下降13.1%", "属正常波动"),
        Tile("及时受理率", Number("100.0%", 1.0), "56/56", "较上年同期上升1.6个百分点", "", "green"),
        Tile("按期办结率", Number("98.7%", 77 / 78), "77/78", "较上年同期上升2.8个百分点", "", "green"),
        Tile("群众参评率", Number("61.2%", 30 / 49), "30/49", "", "", "red"),
        Tile("群众满意率", Number("96.7%", 29 / 30, "f2"), "29/30", "较上年同期上升4.4个百分点", "属正常波动", "yellow"),
        Tile("超期未办结", Number("1件", 1), "", "", "", "late"),
    ),
    TREND, BRANCHES, MIX, OVERDUE,
)  # fmt: skip

DOCUMENT = Document(
    key="2025-09",
    branch="",
    title="关于2025年9月全市生态环境信访投诉办理情况的通报",
    unit_name="黄石市生态环境局",
    period_words="2025年9月",
    file_stem="2025年9月信访通报",
    stamp=STAMP,
    blocks=(
        Paragraph(("各分局，局机关各科室，执法支队：",), "addressee"),
        Paragraph(("现将2025年9月全市生态环境信访投诉办理情况通报如下。",)),
        Heading("一、总体情况"),
        Paragraph(
            (
                "9月，全市共接到各类生态环境信访投诉",
                Number("86件", 86, "f1"),
                "，同比下降13.1%（减少13件）；",
                ODD,
                "。",
            )
        ),
        TREND,
        Heading("（一）受理与办结", 2),
        Paragraph(("群众满意率", Number("96.7%", 29 / 30, "f2"), "，按期办结率", Number("—", None, "f4"), "。")),
        QUALITY,
        Heading("二、分局情况"),
        BRANCHES,
        Paragraph(("注：含协办重复。",), "note"),
        BY_BRANCH,
        MIX,
        OVERDUE,
        Heading("三、下一步要求"),
        Paragraph(("1. 各分局要按期办结。",), "item", "requirements"),
        Paragraph(("黄石市生态环境局",), "signature"),
        Paragraph(("2025年10月8日",), "date"),
    ),
    annex=(Heading("附件1  口径说明"), Paragraph(("群众满意率＝（满意＋基本满意）÷已评价。",)), LONG),
    board=BOARD,
    facts=FACTS,
    checks=(
        Check("分局合计", "各分局之和", 86, "信访总量", 86, "不等时……"),
        Check("行数", "读到", 10, "入库", 9, "缺陷"),
    ),
    is_demo=True,
)
