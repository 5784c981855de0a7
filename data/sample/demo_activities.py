"""Invents how the bureau of the demonstration works: case meetings, visits, supervision letters, trainings, a monitor.

Everything follows from seeds of its own, so that no number of the other files depends on it. It is not all well: some
months have no training, some answers came late, some are missing, and a few things lie ahead.
"""

import csv
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from demo_cases import AS_OF, Case
from demo_files import MARK, write_list
from demo_words import BRANCHES, CLUSTER_SITE, LEADERS

_CLUSTER_BRANCHES = "下陆区分局、西塞山分局"
_WORKS_DONE = date(2025, 7, 18)
_OFF = (date(2025, 6, 7), date(2025, 6, 8), date(2025, 6, 9))  # the monitor was being calibrated
_ODOUR = {3: 0.75, 4: 0.95, 5: 1.1, 6: 0.9, 7: 0.7}  # by month, until the works; then a third
_LESSONS = [
    "信访工作条例与办理时限", "来访接待与答复文书", "恶臭异味排查与监测", "噪声投诉的现场取证", "平台受理与退回规范", "群众满意率回访要点",
    "信访与执法联动", "重复信访的研判", "积案化解案例", "舆情与网民留言答复", "12345工单办理", "个人信息保护与转办",
]  # fmt: skip
_MEETING = ["会议编号", "研判主题", "参加分局", "主持领导", "计划时间", "会议时间", "涉及信访件编号", "参加人数", "研判结论"]  # fmt: skip
_VISIT = ["下访编号", "下访事项", "责任分局", "下访领导", "计划时间", "下访时间", "涉及信访件编号", "参加人数", "下访情况"]  # fmt: skip
_LETTER = ["督办编号", "督办事项", "责任分局", "签发领导", "发函时间", "要求反馈时间", "反馈时间", "涉及信访件编号", "反馈情况"]  # fmt: skip
_TRAINING = ["培训编号", "培训内容", "参加分局", "授课人", "计划时间", "培训时间", "参加人数", "培训情况"]  # fmt: skip
_LECTURERS = ["演示支队长", "演示信访办主任", "演示法规科长", "演示监测站长"]
_NO_TRAINING = {(2022, 8), (2023, 2), (2024, 2), (2025, 8)}
_NOT_EVEN_PLANNED = {(2023, 2)}
_LATE_TRAINING = {(2024, 10): 9, (2025, 6): 6}  # days after the plan, in the next month
_NO_MEETING = {(2023, 1), (2024, 2), (2025, 2)}


def write_all(folder: Path, stamp: str, cases: list[Case]) -> None:
    """Write the four ledgers and the readings of the monitor into `folder`."""
    ledgers: dict[str, tuple[list[str], Callable]] = {
        "研判会台账": (_MEETING, _meetings),
        "带案下访台账": (_VISIT, _visits),
        "督办函台账": (_LETTER, _letters),
        "培训台账": (_TRAINING, _trainings),
    }
    for number, (name, (headings, invent)) in enumerate(ledgers.items()):
        rows = invent(random.Random(20251101 + number), cases)
        write_list(folder / f"{name}_演示_{stamp}.xlsx", name, headings, rows)
    with (folder / f"监测数据_团城山_演示_{stamp}.csv").open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([f"{MARK} 厂界恶臭在线监测"])
        writer.writerows(_readings(random.Random(20250718)))


def _months(first: tuple[int, int], last: tuple[int, int]) -> Iterator[tuple[int, int]]:
    for number in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]):
        yield number // 12, number % 12 + 1


def _written(day: date | None, serial: int) -> str:
    """Return a day as one clerk or another writes it; nothing for what has not been, or lies after the export."""
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日" if serial % 4 == 0 else f"{day:%Y-%m-%d}"


def _done(day: date | None) -> date | None:
    return day if day and day <= AS_OF.date() else None


def _workday(day: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _numbers(cases: Iterable[Case]) -> str:
    return "、".join(case.number for case in cases)


def _known(cases: list[Case], on: date, of_cluster: bool = False) -> list[Case]:
    """Return the cases that came in during the two months before; those of the smell at 团城山 apart from the others."""
    first = min(on, AS_OF.date()) - timedelta(days=60)
    return [c for c in cases if first <= c.received.date() < on and (c.site == CLUSTER_SITE) == of_cluster]


def _meetings(rng: random.Random, cases: list[Case]) -> list[list[str]]:
    """Return the case meetings: every quarter of 2022, every month since, four of them on the smell at 团城山."""
    rows = []
    planned = [(y, m) for y, m in _months((2022, 7), (2025, 11)) if y > 2022 or m in (9, 12)]
    for n, (year, month) in enumerate(planned, 1):
        plan = _workday(date(year, month, rng.randint(10, 22)))
        late = rng.choice([0, 0, 0, 0, 1, 2])
        held = None if (year, month) in _NO_MEETING else _done(plan + timedelta(days=late))
        case = rng.choice(_known(cases, plan))
        others = [c for c in _known(cases, plan) if c.branch == case.branch and c is not case][:2]
        branch = case.branch if n % 3 else f"{case.branch}、{rng.choice([b for b in BRANCHES if b != case.branch])}"
        rows.append([f"YP-{year}-{month:02d}", f"{case.branch}重点信访件研判", branch, rng.choice(LEADERS), _written(plan, n),
                     _written(held, n), _numbers([case, *others]), str(rng.randint(6, 14)) if held else "",
                     "明确责任单位和办结时限。" if held else ""])  # fmt: skip
    for n, (on, words) in enumerate([(date(2025, 4, 22), "会同排查异味来源"), (date(2025, 5, 20), "确定整改方案"),
                                     (date(2025, 6, 17), "督促设备到位"), (date(2025, 7, 3), "安排验收与回访")], 1):  # fmt: skip
        rows.append([f"YP-2025-T{n}", "团城山异味专题研判", _CLUSTER_BRANCHES, LEADERS[n % 2], f"{on:%Y-%m-%d}", f"{on:%Y-%m-%d}",
                     _numbers(_known(cases, on, True)[-6:]), str(8 + n), f"{words}。"])  # fmt: skip
    return rows


def _visits(rng: random.Random, cases: list[Case]) -> list[list[str]]:
    """Return the visits of leaders with a case in hand: every second month, monthly in 2025, three to 团城山."""
    rows = []
    planned = [(y, m) for y, m in _months((2022, 8), (2025, 11)) if y == 2025 or m % 2 == 0]
    for n, (year, month) in enumerate(planned, 1):
        plan = _workday(date(year, month, rng.randint(5, 25)))
        held = None if n % 11 == 7 else _done(plan + timedelta(days=rng.choice([0, 0, 0, 3, 8])))
        case = rng.choice(_known(cases, plan))
        rows.append([f"XF-{year}-{month:02d}", f"{case.site}{case.matter[4]}", case.branch, LEADERS[n % len(LEADERS)], _written(plan, n),
                     _written(held, n), case.number, str(rng.randint(3, 6)) if held else "",
                     rng.choice(["当面答复，群众认可。", "现场确定整改措施。", "约定一个月后回访。"]) if held else ""])  # fmt: skip
    for n, (on, words) in enumerate([(date(2025, 5, 8), "现场听取居民意见，要求限期治理。"), (date(2025, 6, 12), "检查治理设施安装进度。"),
                                     (_WORKS_DONE, "整改完成，现场验收。")], 1):  # fmt: skip
        rows.append([f"XF-2025-T{n}", "团城山异味带案下访", "下陆区分局", LEADERS[n % 2], f"{on:%Y-%m-%d}", f"{on:%Y-%m-%d}",
                     _numbers(_known(cases, on, True)[-3:]), "7", words])  # fmt: skip
    return rows


def _letters(rng: random.Random, cases: list[Case]) -> list[list[str]]:
    """Return the supervision letters: fewer from year to year, some answered late; in 2025 two overdue, one not yet due."""
    rows = []
    for year, count in ((2022, 9), (2023, 12), (2024, 9), (2025, 8)):
        first, last = date(year, 7 if year == 2022 else 1, 8), date(year, 9 if year == 2025 else 12, 1)
        days = sorted(rng.sample(range((last - first).days), count))
        for n, day in enumerate(days, 1):
            sent = _workday(first + timedelta(days=day))
            due, late = sent + timedelta(days=15), rng.choice([-6, -4, -3, -2, -1, 0, 0, 4, 11])
            rows.append(_letter(rng, cases, f"DB-{year}-{n:02d}", sent, due, due + timedelta(days=late)))
    for n, (sent, due) in enumerate([(date(2025, 9, 24), date(2025, 10, 10)), (date(2025, 10, 9), date(2025, 10, 24)),
                                     (date(2025, 10, 28), date(2025, 11, 12))], 9):  # fmt: skip
        rows.append(_letter(rng, cases, f"DB-2025-{n:02d}", sent, due, None))
    return rows


def _letter(
    rng: random.Random, cases: list[Case], number: str, sent: date, due: date, answered: date | None
) -> list[str]:
    case = rng.choice(_known(cases, sent))
    serial = int(number[-2:])
    return [number, f"{case.site}{case.matter[4]}", case.branch, rng.choice(LEADERS[:3]), _written(sent, serial),
            _written(due, serial), _written(_done(answered), serial), case.number, "已办结并反馈。" if _done(answered) else ""]  # fmt: skip


def _trainings(rng: random.Random, cases: list[Case]) -> list[list[str]]:
    """Return the monthly trainings since June 2022: some months without one, two held in the month after."""
    rows = []
    for n, (year, month) in enumerate(_months((2022, 6), (2025, 12)), 1):
        if (year, month) in _NOT_EVEN_PLANNED:
            continue
        plan = _workday(date(year, month, 26 if (year, month) in _LATE_TRAINING else rng.randint(8, 24)))
        late = timedelta(days=_LATE_TRAINING.get((year, month), 0))
        held = None if (year, month) in _NO_TRAINING else _done(plan + late)
        branch = "大冶市分局、阳新县分局" if month % 6 == 5 else rng.choice(["", "各分局", "全局"])
        rows.append([f"PX-{year}-{month:02d}", _LESSONS[n % 12], branch, rng.choice(_LECTURERS), _written(plan, n), _written(held, n),
                     str(rng.randint(18, 46)) if held else "", "集中授课并答疑。" if held else ""])  # fmt: skip
    return rows


def _readings(rng: random.Random) -> Iterator[list[str]]:
    """Yield the readings of every fourth hour from March to October 2025, heading first: high at night, low after the works."""
    yield ["点位", "监测项目", "监测时间", "数值", "单位"]
    moment = datetime(2025, 3, 1)
    while moment <= AS_OF:
        level = _ODOUR.get(moment.month, 0.7) if moment.date() <= _WORKS_DONE else 0.3
        level *= 1.35 if moment.hour in (0, 4, 20) else 0.8
        odour, sulphide = (level * rng.lognormvariate(0, 0.3) for _ in range(2))
        if moment.date() not in _OFF:
            yield [CLUSTER_SITE, "臭气浓度", f"{moment:%Y-%m-%d %H:%M}", str(max(10, round(34 * odour))), "无量纲"]
            yield [CLUSTER_SITE, "硫化氢", f"{moment:%Y-%m-%d %H:%M}", f"{max(0.002, 0.034 * sulphide):.3f}", "mg/m³"]
        moment += timedelta(hours=4)
