"""Makes the demonstration exports in this folder: python data/sample/generate.py [FOLDER].

All of it is invented and follows from one seed, so that the same files come out on every machine (the zipped ones up
to their packing). Needs xlwt and odfpy from requirements-dev.txt.
"""

import random
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import demo_activities as activities
import demo_files as files
from demo_cases import AS_OF, Case, receive
from demo_course import EARLIER, run_their_course
from demo_words import BRANCHES, CLUSTER_SITE, LEADERS

STAMP = "20251031_1800"
_TIMES = ("accepted", "replied", "closed", "rated")


def main(folder: Path) -> None:
    """Write every file into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20251031)
    cases = receive(rng)
    run_their_course(cases, rng)
    by_source = {source: [c for c in cases if c.source == source] for source in ("平台", "热线", "信访", "台账")}
    platform = by_source["平台"]
    years = {f"{year}年": [c for c in platform if c.received.year == year] for year in (2022, 2023, 2024, 2025)}
    years["2025年"] += [replace(years["2025年"][7], co_branch="西塞山区分局"), _void(years["2025年"][40])]
    files.write_platform(folder / f"全国平台举报明细_演示_{STAMP}.xlsx", years, AS_OF, _broken_platform_rows())
    seen = [_as_seen(c, EARLIER) for c in platform if datetime(2025, 7, 1) <= c.received < EARLIER]
    files.write_platform(folder / "全国平台举报明细_三季度_演示_20250930_1800.xlsx", {"三季度": seen}, EARLIER, [])
    files.write_hotline(folder / f"12345热线工单_演示_{STAMP}.csv", by_source["热线"], _broken_hotline_lines())
    files.write_interface(folder / f"国家信访系统_演示_{STAMP}.xls", by_source["信访"])
    visits = [c for c in by_source["台账"] if c.channel == "来访"]
    others = [c for c in by_source["台账"] if c.channel != "来访"]
    files.write_ledger(
        folder / f"本局信访台账_演示_{STAMP}.xls", {"来信来电留言": others, "来访": visits}, _broken_ledger_rows()
    )
    files.write_inspection(folder / f"督察交办_演示_{STAMP}.ods", _inspection())
    files.write_list(folder / f"积案台账_演示_{STAMP}.xlsx", "信访积案台账", *_backlog(platform))
    files.write_list(folder / f"领导包保台账_演示_{STAMP}.xlsx", "局领导包保重点信访件台账", *_key_cases(platform))
    activities.write_all(folder, STAMP, cases)


def _void(case: Case) -> Case:
    """Return a case that was entered by mistake and struck out: it is in the export and not in the total."""
    return replace(case, number=case.number[:12] + "900001", status="作废", closed=None, replied=None, accepted=None,
                   rating="", rating_state="", rated=None, rating_due=None, due=None)  # fmt: skip


def _as_seen(case: Case, moment: datetime) -> Case:
    """Return the case as an export at `moment` shows it."""
    seen = replace(case, earlier={}, **case.earlier)
    for name in _TIMES:
        if (value := getattr(seen, name)) and value > moment:
            setattr(seen, name, None)
    if seen.status not in ("办理中", "未受理") and not seen.replied:
        seen.status = "办理中" if seen.accepted else "未受理"
    if not seen.closed:
        seen.result, seen.substantiated, seen.rating_state = "", "", ""
    if not seen.rated:
        seen.rating, seen.dissatisfied_reason = "", ""
        past = seen.rating_due and seen.rating_due < moment
        seen.rating_state = seen.rating_state and ("超期未评价" if past else "待评价")
    return seen


def _broken_platform_rows() -> list[dict[str, str]]:
    """Return rows that belong into quarantine: a destroyed number, no number, an unreadable date, closed too early."""
    row = {
        "举报方式": "微信",
        "被举报单位": "演示无效厂",
        "办理单位": "下陆区分局",
        "办理状态": "办理中",
        "污染类型": "大气",
        "举报时间": "2022-03-05",
    }
    return [
        row | {"举报编号": "2.20305E+17"},
        row | {"举报编号": ""},
        row | {"举报编号": "220306420000090001", "举报时间": "三月初"},
        row
        | {"举报编号": "220307420000090002", "举报时间": "2022-03-07", "办理状态": "已办结", "办结时间": "2022-02-17"},
    ]


def _broken_hotline_lines() -> list[str]:
    """Return a line with a cell too many, and one whose number carries no day."""
    return [
        "热线-220310-090003,投诉,城乡环境->大气污染,,演示,反映异味,扰民,处理中,匿名,,下陆区,团城山街道,,,,,,,,主办,,,多出的一格",
        "热线-待补,投诉,城乡环境->噪声污染,,演示,反映噪声,处理中,匿名,,下陆区,团城山街道,,,电话,,演示无效厂,,,主办,,",
    ]


def _broken_ledger_rows() -> list[dict[str, str]]:
    row = {"渠道": "来信", "办理状态": "办理中", "责任分局": "阳新县分局", "污染类型": "水"}
    return [
        row | {"信访件编号": "HSXF-2025-9001", "登记时间": "2026-05-01"},
        row | {"信访件编号": "HSXF-2025-9002", "登记时间": ""},
    ]


def _inspection() -> list[list[str]]:
    """Return the published table of 18 cases that an inspection handed over in May 2024, heading first."""
    headings = [
        "序号",
        "受理编号",
        "交办问题基本情况",
        "行政区域",
        "污染类型",
        "调查核实情况",
        "是否属实",
        "办结目标",
        "处理和整改情况",
        "是否办结",
        "责任人被处理情况",
    ]
    rng = random.Random(20240525)
    rows = []
    for district, count in (("大冶市", 7), ("阳新县", 5), ("西塞山区", 3), ("开发区・铁山区", 3)):
        for _ in range(count):
            n = len(rows) + 1
            number = f"{'DX'[n % 3 == 0]}3HB202405{8 + n:02d}{n:04d}"
            labels = rng.choice(["大气", "水", "大气,噪声", "土壤,固废", "生态破坏"])
            true = "不属实" if n in (6, 13) else rng.choice(["属实", "属实", "部分属实"])
            rows.append([str(n), number, f"{district}某企业（虚构）{labels}问题", district, labels, "经现场核查，已查清。", true,
                         "2024年12月底前", "已完成整改并销号。", "已办结", "无"])  # fmt: skip
    return [headings, *rows]


def _backlog(platform: list[Case]) -> tuple[list[str], list[list[str]]]:
    """Return the heading and 23 backlog cases of three batches, all resolved by August 2025."""
    headings = [
        "积案批次",
        "信访件编号",
        "事项",
        "责任分局",
        "包案领导",
        "列入时间",
        "化解目标时间",
        "化解标志",
        "化解时间",
        "化解依据",
    ]
    rng, rows = random.Random(23), []
    for batch, listed, count in (("2022年第一批", datetime(2022, 6, 30), 10), ("2023年第二批", datetime(2023, 3, 31), 8),
                                 ("2024年第三批", datetime(2024, 4, 30), 5)):  # fmt: skip
        old = [
            c for c in platform if c.received < listed - timedelta(days=60) and c.status == "已办结" and not c.is_repeat
        ]
        taken = {row[1] for row in rows}
        for case in rng.sample([c for c in old if c.number not in taken], count):
            resolved = listed + timedelta(days=rng.randint(70, 460))
            rows.append([batch, case.number, f"{case.site}{case.matter[4]}", case.branch, rng.choice(LEADERS), f"{listed:%Y-%m-%d}",
                         f"{listed + timedelta(days=365):%Y-%m-%d}", "是", f"{resolved.year}年{resolved.month}月{resolved.day}日", "签订息诉罢访协议"])  # fmt: skip
    return headings, rows


def _key_cases(platform: list[Case]) -> tuple[list[str], list[list[str]]]:
    """Return the heading and the 11 cases that leaders took on, the smell at 团城山 first, all solved by October 2025."""
    headings = [
        "信访件编号",
        "事项",
        "责任分局",
        "包保领导",
        "列入时间",
        "目标时间",
        "解决标志",
        "解决时间",
        "办理情况",
    ]
    rng = random.Random(11)
    smell = next(c for c in platform if c.site == CLUSTER_SITE)
    others = [c for c in platform if datetime(2024, 1, 1) < c.received < datetime(2025, 6, 1) and c.status == "已办结"
              and c.site != CLUSTER_SITE and not c.is_repeat]  # fmt: skip
    rows = []
    for case in [smell, *(rng.choice([c for c in others if c.branch == list(BRANCHES)[n % 6]]) for n in range(10))]:
        listed = case.received + timedelta(days=rng.randint(10, 40))
        solved = (
            datetime(2025, 7, 18)
            if case is smell
            else min(listed + timedelta(days=rng.randint(40, 110)), datetime(2025, 10, 15))
        )
        rows.append([case.number, f"{case.site}{case.matter[4]}", case.branch, rng.choice(LEADERS), f"{listed:%Y/%m/%d}",
                     f"{listed + timedelta(days=120):%Y/%m/%d}", "已解决", f"{solved:%Y/%m/%d}", "完成整改并回访，群众认可。"])  # fmt: skip
    return headings, rows


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
