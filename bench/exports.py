"""Writes large invented exports as the systems give them, to time the import: python bench/exports.py 100000 DIR.

The headings are those of the formats 全国平台12369 and 12345热线工单明细; the texts have 60 to 150 characters and hardly
ever repeat, for a cache that has seen a text before would flatter the import. About one text in twenty names a door, a
telephone or a person, as complaints do; about one row in seventy is dirty: a date in another form, full-width digits,
an unknown branch, a cell too many, a number that a spreadsheet destroyed. Every person, place and firm is invented.
"""

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
import xlwt

AS_OF = datetime(2025, 10, 22, 18)
FORMATS = ("csv", "csv-gb18030", "xlsx", "xls")
XLS_ROWS = 65_000  # what an old workbook holds on one sheet, less a few for titles
_DAYS = 3650
_BRANCHES = ("大冶市分局", "下陆区分局", "黄石港区分局", "西塞山区分局", "开发区·铁山区分局", "阳新县分局")
_DISTRICTS = ("大冶市", "下陆区", "黄石港区", "西塞山区", "开发区·铁山区", "阳新县")
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红春梅海燕雪飞鹏宇浩欣怡子涵梓"
_STREETS = (
    "团城山街道",
    "东方山街道",
    "金湖街道",
    "罗桥街道",
    "还地桥镇",
    "沈家营街道",
    "黄思湾街道",
    "汪仁镇",
    "兴国镇",
)
_FIRMS = (
    "化工有限公司",
    "再生资源公司",
    "餐饮店",
    "烧烤店",
    "建材有限公司",
    "铸造厂",
    "印染厂",
    "养殖合作社",
    "混凝土搅拌站",
)
_LABELS = ("大气", "噪声", "水", "固废", "大气、噪声", "土壤", "生态破坏")
_SUB = ("恶臭异味", "建筑施工噪声", "工业废水", "油烟", "工业废气", "烟粉尘", "社会生活噪声")
_OPENINGS = (
    "该厂经常在夜间排放刺鼻的气味", "附近道路上扬尘很大，窗台上落满了灰", "厂区的污水未经处理直接排入沟渠", "夜间十一点以后仍在施工",
    "油烟没有经过净化就排到街面上", "风机整天轰鸣，影响正常休息", "露天堆放的废渣没有遮盖", "烟囱不时冒黑烟，持续半小时以上",
)  # fmt: skip
_MIDDLES = (
    "这种情况已经持续了好几个月", "白天执法人员来的时候就停下来，走了以后又照旧", "家里的老人和小孩经常咳嗽，不敢开窗通风",
    "以前打过热线，当时好了几天，后来又恢复原样", "下雨天的时候气味更加明显，站在路边都能闻到", "沟里的水发黑发臭，鱼都死了不少",
    "周边几个小区的人都有同样的感受", "不清楚有没有办理环评和排污的手续",
)  # fmt: skip
_ENDINGS = (
    "请有关部门尽快到现场核实并督促整改", "希望依法查处，并把结果公开", "要求限期整改，整改不到位的应当停产",
    "请求安排夜间突击检查，并给一个明确的说法", "盼望早日解决，还大家一个安静清洁的环境",
)  # fmt: skip
_PERSONAL = (
    "来电人家住{}栋{}单元{}室，", "本人电话{phone}，可以随时联系，", "{surname}女士反映，", "物业的{surname}师傅也知道此事，",
    "联系人{surname}建国，手机号{phone}，",
)  # fmt: skip
_RESULTS = (
    "经现场核查，反映的情况属实，已责令该单位立即整改", "执法人员到达现场时设备正常运行，监测结果符合排放标准", "已约谈负责人并下达限期整改通知书",
    "该单位已清运堆放的物料并完成覆盖", "已责令停止夜间作业，加装降噪设施",
)  # fmt: skip
_ADDED = (
    "，整改完成后组织了复查，未再发现同类问题", "，下一步将加大巡查频次，发现违法行为依法从严查处", "，属地街道同步跟进，落实长效管理措施",
    "，相关情况已经向诉求人作了解释说明，诉求人表示理解", "，并督促其完善台账和运行记录，定期维护治理设施",
)  # fmt: skip
_DIRTY_SHARE = 70


def platform_rows(many: int, seed: int = 12369) -> Iterator[dict[str, str]]:
    """Yield rows of the national platform's detail export, each by heading and with every heading."""
    rng = random.Random(seed)
    for number in range(1, many + 1):
        received, accepted, closed = _moments(rng)
        place, name, phone = rng.randrange(len(_BRANCHES)), _name(rng), _phone(rng)
        rated = closed is not None and rng.random() < 0.6
        row = {
            "序号": str(number),
            "举报编号": f"{received:%y%m%d}420200{number % 1_000_000 or 7:06d}"
            if number % 1000
            else f"D{received:%Y%m%d}{number}",
            "举报时间": _text(received),
            "举报方式": rng.choice(("电话", "微信", "网上", "来信")),
            "举报人": name,
            "联系电话": phone,
            "被举报单位": f"虚构{rng.choice(_STREETS)[:2]}{rng.randrange(400)}号{rng.choice(_FIRMS)}",
            "污染地址": f"{_DISTRICTS[place]}{rng.choice(_STREETS)}{rng.choice(_GIVEN)}{rng.choice(_GIVEN)}路{rng.randrange(1, 400)}号",
            "所属行政区": _DISTRICTS[place],
            "污染类型": rng.choice(_LABELS),
            "行业类型": rng.choice(("住宿餐饮娱乐业", "建筑业", "采矿业", "畜牧业", "其他")),
            "举报内容": _content(rng, phone),
            "办理单位": ("" if number % 3 else "黄石市生态环境局") + _BRANCHES[place],
            "协办单位": "",
            "办理状态": "已办结" if closed else "办理中",
            "受理时间": _text(accepted),
            "办结时限": f"{received + timedelta(days=60):%Y-%m-%d}",
            "延期天数": "",
            "延期已批准": "",
            "答复时间": _text(closed),
            "办结时间": _text(closed),
            "办理结果": _result(rng) if closed else "",
            "是否属实": rng.choice(("属实", "部分属实", "不属实")) if closed else "",
            "不受理原因": "",
            "评价状态": "已评价" if rated else "未评价" if closed else "待评价",
            "满意度": rng.choice(("满意", "满意", "满意", "基本满意", "不满意")) if rated else "",
            "评价时间": _text(closed + timedelta(days=1)) if rated else "",
            "评价截止时间": "",
            "不满意原因": "",
        }
        yield (
            _dirty(row, rng, "举报时间", "举报编号", "办理单位", "污染类型") if not rng.randrange(_DIRTY_SHARE) else row
        )


def hotline_rows(many: int, seed: int = 12345) -> Iterator[dict[str, str]]:
    """Yield rows of the hotline's work orders, each by heading and with every heading."""
    rng = random.Random(seed)
    for number in range(1, many + 1):
        received, _, closed = _moments(rng)
        place, phone = rng.randrange(len(_BRANCHES)), _phone(rng)
        row = {
            "工单编号": f"热线-{received:%y%m%d}-{number:08d}",
            "工单类型": rng.choice(("投诉", "投诉", "咨询", "求助")),
            "问题分类": f"城乡环境->{rng.choice(('大气污染', '噪声污染', '水污染'))}->{rng.choice(_SUB)}",
            "标签": "生态环境",
            "标题": "反映环境污染问题",
            "主要内容": _content(rng, phone),
            "工单状态": rng.choice(("已办结", "办结", "已归档")) if closed else "处理中",
            "来电人": _name(rng),
            "来电人电话/账号": phone,
            "被反映区": _DISTRICTS[place],
            "被反映街乡镇": rng.choice(_STREETS),
            "办理结果": "已办结" if closed else "",
            "回复内容": _result(rng) if closed else "",
            "处理受理方式": "电话",
            "办结时间": _text(closed),
            "企业名称": f"虚构{rng.randrange(4000)}号{rng.choice(_FIRMS)}",
            "是否解决": rng.choice(("已解决", "未解决")) if closed else "",
            "是否满意": rng.choice(("满意", "满意", "基本满意", "不满意", "未评价")) if closed else "",
            "工单性质": "主办",
            "村/社区": "",
            "小区点位": f"{_DISTRICTS[place]}{rng.choice(_STREETS)}",
        }
        yield (
            _dirty(row, rng, "办结时间", "工单编号", "被反映区", "问题分类") if not rng.randrange(_DIRTY_SHARE) else row
        )


def _moments(rng: random.Random) -> tuple[datetime, datetime | None, datetime | None]:
    received = AS_OF - timedelta(days=rng.randrange(3, _DAYS), seconds=rng.randrange(86400))
    accepted = received + timedelta(seconds=rng.randrange(3600, 300_000))
    closed = accepted + timedelta(days=rng.randrange(1, 70), seconds=rng.randrange(30_000))
    return received, accepted if accepted < AS_OF else None, closed if closed < AS_OF - timedelta(days=2) else None


def _text(moment: datetime | None) -> str:
    return moment.isoformat(" ") if moment else ""


def _name(rng: random.Random) -> str:
    if rng.random() < 0.1:
        return "匿名"
    return rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def _phone(rng: random.Random) -> str:
    return f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"


def _content(rng: random.Random, phone: str) -> str:
    begin = ""
    if not rng.randrange(20):
        door = [rng.randrange(1, 60) for _ in range(3)]
        begin = rng.choice(_PERSONAL).format(*door, phone=phone, surname=rng.choice(_SURNAMES))
    when = f"{rng.randrange(1, 13)}月{rng.randrange(1, 29)}日{rng.randrange(24)}时许，"
    middle = "，".join(rng.sample(_MIDDLES, rng.choice((2, 3, 4))))
    return f"{begin}{when}{rng.choice(_OPENINGS)}，{middle}，{rng.choice(_ENDINGS)}。"


def _result(rng: random.Random) -> str:
    added = "".join(rng.sample(_ADDED, rng.choice((1, 2, 3))))
    return f"{rng.randrange(1, 13)}月{rng.randrange(1, 29)}日，{rng.choice(_RESULTS)}{added}。"


def _dirty(
    row: dict[str, str], rng: random.Random, moment: str, number: str, branch: str, label: str
) -> dict[str, str]:
    """Spoil one cell of a row in one of the ways in which real rows are spoilt."""
    change = {
        moment: (lambda t: t[:10].replace("-", "/"), lambda t: t.translate({ord("0") + n: ord("０") + n for n in range(10)}), lambda t: "不详"),
        number: (lambda t: "", lambda t: "2.30704E+17", lambda t: f" {t}\u200b"),
        branch: (lambda t: "市城管委", lambda t: t.replace("分局", ""), lambda t: ""),
        label: (lambda t: "其他杂项", lambda t: t + "\n", lambda t: "\ufffd\ufffd"),
    }  # fmt: skip
    heading = rng.choice(list(change))
    return row | {heading: rng.choice(change[heading])(row[heading])}


def write(path: Path, rows: Iterator[dict[str, str]], kind: str) -> Path:
    """Write rows in one of FORMATS, as an export button gives them."""
    first = next(rows)
    lines = (list(row.values()) for row in _with(first, rows))
    if kind.startswith("csv"):
        with path.open("w", encoding="gb18030" if kind.endswith("gb18030") else "utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(first)
            writer.writerows(lines)
    elif kind == "xlsx":
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet("明细")
            sheet.write_row(0, 0, first)
            for number, line in enumerate(lines, 1):
                for column, cell in enumerate(line):
                    if cell:
                        sheet.write_string(number, column, cell)
    else:
        book = xlwt.Workbook(encoding="utf-8")
        sheet = book.add_sheet("明细")
        for number, line in enumerate([list(first), *lines]):
            for column, cell in enumerate(line):
                if cell:
                    sheet.write(number, column, cell)
        book.save(str(path))
    return path


def _with(first: dict[str, str], rest: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    yield first
    yield from rest


def main() -> None:
    """Read the command line and write both exports in every format that holds so many rows."""
    parser = argparse.ArgumentParser(description="写大量虚构的导出文件，用于测速")
    parser.add_argument("many", type=int, help="行数，如 100000")
    parser.add_argument("folder", type=Path, help="写到哪个文件夹")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["csv"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for kind in options.formats:
        for name, rows in (("platform", platform_rows), ("hotline", hotline_rows)):
            many = min(options.many, XLS_ROWS) if kind == "xls" else options.many
            ending = "csv" if kind.startswith("csv") else kind
            print(write(options.folder / f"{name}-{kind}-{many}.{ending}", rows(many), kind))


if __name__ == "__main__":
    main()
