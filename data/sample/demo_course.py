"""How the demonstration's cases went: accepted, closed, late, rated, reopened.

Shares that the demonstration is to show (satisfaction, timely closing) are dealt out exactly: so many cases of a year
get the outcome, chance only says which.
"""

import random
from dataclasses import fields
from datetime import datetime, timedelta

from demo_cases import AS_OF, YEARS, Case
from demo_words import BRANCHES, DISSATISFIED, REJECT_REASONS, RESULTS

EARLIER = datetime(2025, 9, 30, 18)
DAYS_TO_CLOSE = {2022: 27, 2023: 24, 2024: 20, 2025: 17}
LATE_ACCEPTED = {2022: 0.045, 2023: 0.025, 2024: 0.015, 2025: 0.018}
LATE_CLOSED = {2022: 0.070, 2023: 0.045, 2024: 0.026, 2025: 0.014}
OVERDUE_OPEN = 3
PARTICIPATION = {2022: 0.55, 2023: 0.60, 2024: 0.65, 2025: 0.71}
DISSATISFIED_SHARE = {2022: 0.215, 2023: 0.145, 2024: 0.085, 2025: 0.05}
NOT_HANDLED = (("不予受理", 0.07), ("退回/转出", 0.03), ("撤回", 0.012), ("并案", 0.006))


def run_their_course(cases: list[Case], rng: random.Random) -> None:
    """Let every case come as far as it has by AS_OF."""
    for case in cases:
        _handle(case, rng)
    _hold_some_open(cases)
    _close_some_late(cases, rng)
    _reopen(cases)
    _rate(cases, rng)
    _reword(cases)


def _handle(case: Case, rng: random.Random) -> None:
    """Let the case take its ordinary, punctual way as far as it has come by AS_OF."""
    year, is_hotline = case.received.year, case.source == "热线"
    case.channel = _channel(case, rng)
    case.persons = rng.choice([1, 1, 2, 3, 4, 6]) if case.channel == "来访" else 1
    if rng.random() < 0.04:
        case.co_branch = rng.choice([b for b in BRANCHES if b != case.branch])
    fate = rng.choices([*(f for f, _ in NOT_HANDLED), "已办结"], [*(s for _, s in NOT_HANDLED), 0.882])[0]
    waits = rng.randint(16, 20) if rng.random() < LATE_ACCEPTED[year] else rng.choice([0, 1, 1, 2, 2, 3, 4, 6, 9])
    accepted = _office_hour(case.received + timedelta(days=waits), case.received, rng)
    days = min(max(round(rng.lognormvariate(0, 0.5) * DAYS_TO_CLOSE[year]), 2), 50)
    closed = _office_hour(accepted + timedelta(days=days), accepted, rng)
    if is_hotline:
        accepted = None
        closed = _office_hour(case.received + timedelta(days=rng.randint(1, 6)), case.received, rng)
        if closed > AS_OF:
            closed = max(case.received, AS_OF - timedelta(hours=1))
    if fate != "已办结":
        told = _office_hour(case.received + timedelta(days=min(waits, 12)), case.received, rng)
        if told <= AS_OF:
            case.status, case.replied = fate, told
            case.reject_reason = rng.choice(REJECT_REASONS) if fate == "不予受理" else ""
            return
    case.accepted = accepted if accepted and accepted <= AS_OF else None
    case.due = case.received + timedelta(days=7) if is_hotline else accepted + timedelta(days=60)
    case.status = "办理中" if case.accepted else "未受理"
    if closed <= AS_OF:
        _close(case, closed)
        case.substantiated = rng.choices(["属实", "部分属实", "不属实"], [58, 25, 17])[0]
        case.result = rng.choice(RESULTS)


def _channel(case: Case, rng: random.Random) -> str:
    if case.source == "热线":
        return "12345热线"
    if case.source == "平台":
        return rng.choices(["微信", "电话", "网络", "上级交办"], [46, 28, 20, 6])[0]
    if case.source == "信访":
        return rng.choices(["网络", "来信", "来访"], [70, 18, 12])[0]
    return rng.choices(["来访", "来信", "网民留言", "电话"], [30, 25, 30, 15])[0]


def _office_hour(moment: datetime, after: datetime, rng: random.Random) -> datetime:
    return max(moment.replace(hour=rng.randint(9, 16), minute=rng.randint(0, 59)), after + timedelta(minutes=20))


def _close(case: Case, closed: datetime) -> None:
    case.status, case.closed = "已办结", closed
    case.replied = closed - timedelta(minutes=15)


def _hold_some_open(cases: list[Case]) -> None:
    """Leave three cases open beyond their limit and a few more near it; the rest of the near ones are reopened ones."""
    late = [
        next(c for c in cases if c.source == "平台" and c.branch == "大冶市分局" and _lies(c.due, 10, 20, 27)),
        next(c for c in cases if c.source == "台账" and c.branch == "阳新县分局" and _lies(c.due, 10, 8, 27)),
        next(c for c in cases if c.source == "热线" and c.branch == "大冶市分局" and _lies(c.due, 10, 20, 29)),
    ]
    near = [
        c for c in cases if c.source == "热线" and c.due and not c.is_repeat and c.received > AS_OF - timedelta(days=6)
    ]
    for case in [*late, *near[-4:]]:
        case.status, case.closed, case.replied, case.substantiated, case.result = "办理中", None, None, "", ""
        case.is_repeat = False


def _lies(moment: datetime | None, month: int, first: int, last: int) -> bool:
    return moment is not None and (moment.year, moment.month) == (2025, month) and first <= moment.day <= last


def _close_some_late(cases: list[Case], rng: random.Random) -> None:
    for year in YEARS:
        due = [c for c in cases if c.due and c.due.year == year and c.due.date() <= AS_OF.date() and not c.is_repeat]
        count = round(len(due) * LATE_CLOSED[year]) - (OVERDUE_OPEN if year == 2025 else 0)
        closed = [c for c in due if c.closed and c.due + timedelta(days=12) < AS_OF]
        for case in rng.sample(closed, count):
            _close(case, case.due + timedelta(days=rng.randint(1, 9), hours=rng.randint(1, 3)))
        extended = [
            c for c in closed if c.source == "平台" and c.closed <= c.due and c.due + timedelta(days=32) < AS_OF
        ]
        for case in rng.sample(extended, 9):
            case.extension, case.extension_approved = rng.choice([15, 30]), True
            case.due += timedelta(days=case.extension)
            _close(case, case.due - timedelta(days=rng.randint(1, 9)))


def _rate(cases: list[Case], rng: random.Random) -> None:
    """Deal out who rated and how: so many of each year's ratings are dissatisfied, fewer towards its end."""
    for year in YEARS:
        able = []
        for case in cases:
            if not case.closed or (case.source == "热线" and not case.phone):
                continue
            rated = case.closed if case.source == "热线" else case.closed + timedelta(days=rng.randint(1, 14), hours=2)
            if rated.year == year and not case.rating_state:
                case.rating_state = "不可评价" if not case.phone and case.source != "信访" else "待评价"
                case.rating_due = None if case.source == "热线" else case.closed + timedelta(days=30)
                if case.rating_state == "待评价" and rated <= AS_OF:
                    able.append((rated, case))
        _choose(able, year, rng)


def _choose(able: list[tuple[datetime, Case]], year: int, rng: random.Random) -> None:
    firsts = [(rated, case) for rated, case in able if not case.is_repeat]
    hotline = [pair for pair in firsts if pair[1].source == "热线"]
    others = [pair for pair in firsts if pair[1].source != "热线"]
    past = [pair for pair in others if pair[1].rating_due < AS_OF]
    from_hotline = len(hotline) * 3 // 5
    count = round(PARTICIPATION[year] * (from_hotline + len(past)))
    while abs(round(count * DISSATISFIED_SHARE[year]) / count - DISSATISFIED_SHARE[year]) > 0.0005:
        count += 1  # until the share is met to its first decimal
    raters = rng.sample(hotline, from_hotline) + rng.sample(past, count - from_hotline)
    unhappy = round(count * DISSATISFIED_SHARE[year])
    cool_off = {id(case): rng.random() * (1.5 if rated.month > 6 else 1) for rated, case in raters}
    raters.sort(key=lambda pair: cool_off[id(pair[1])])
    for place, (rated, case) in enumerate(raters):
        case.rating_state, case.rated = "已评价", rated
        case.rating = "不满意" if place < unhappy else rng.choices(["满意", "基本满意"], [8, 2])[0]
        case.dissatisfied_reason = rng.choice(DISSATISFIED) if case.rating == "不满意" else ""
    for _, case in able:
        if case.rating_state == "待评价":
            case.rating_state = "超期未评价" if case.rating_due and case.rating_due < AS_OF else "未评价"


def _reopen(cases: list[Case]) -> None:
    """Let two cases that the export of September shows as closed be in progress again."""
    chosen = [c for c in cases if c.source == "平台" and not c.is_repeat and c.accepted and c.closed
              and datetime(2025, 9, 2) < c.accepted < datetime(2025, 9, 7) and c.closed < EARLIER][:2]  # fmt: skip
    for case in chosen:
        names = ("closed", "replied", "result", "substantiated")
        case.earlier = {"status": "已办结"} | {name: getattr(case, name) for name in names}
        blank = {f.name: f.default for f in fields(Case) if f.name in names}
        for name in names:
            setattr(case, name, blank[name])
        case.status = "办理中"


def _reword(cases: list[Case]) -> None:
    """Let three ratings be worse in the export of September than they are now."""
    chosen = [c for c in cases if c.source == "平台" and c.rating in ("满意", "基本满意") and not c.is_repeat
              and datetime(2025, 7, 1) < c.received and c.rated < EARLIER][:3]  # fmt: skip
    for case in chosen:
        case.earlier = {"rating": "不满意", "dissatisfied_reason": DISSATISFIED[0]}
