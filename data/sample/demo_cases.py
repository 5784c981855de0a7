"""Invents the cases of the demonstration: who wrote when about what.

Everything follows from one seed; no clock is read.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from demo_words import (
    BRANCHES,
    CLUSTER_SITE,
    GIVEN,
    INDUSTRIES,
    MARKS,
    MATTERS,
    NUMERALS,
    SURNAMES,
)

AS_OF = datetime(2025, 10, 31, 18)
YEARS = (2022, 2023, 2024, 2025)
JAN_TO_OCT = {2022: 1173, 2023: 1058, 2024: 931, 2025: 812}  # (1173 - 812) / 1173 = 30.8 %
SEASON = (62, 52, 82, 86, 96, 101, 106, 101, 91, 83)  # January to October
NOV_DEC = {2022: (94, 82), 2023: (86, 74), 2024: (76, 64)}
CLUSTER = {3: 9, 4: 14, 5: 17, 6: 11, 7: 4}  # the smell at 团城山 in 2025, until the works of July
SOURCES = ("平台", "热线", "信访", "台账")
SOURCE_SHARES = {2022: (50, 26, 7, 17), 2023: (49, 29, 7, 15), 2024: (47, 33, 6, 14), 2025: (46, 36, 6, 12)}
REPEATS = {2022: 0.11, 2023: 0.09, 2024: 0.075, 2025: 0.055}


@dataclass
class Case:
    source: str
    received: datetime
    branch: str
    place: str
    site: str
    matter: tuple
    name: str = ""
    phone: str = ""
    number: str = ""
    channel: str = ""
    status: str = "已办结"
    accepted: datetime | None = None
    replied: datetime | None = None
    closed: datetime | None = None
    due: datetime | None = None
    extension: int = 0
    extension_approved: bool = False
    co_branch: str = ""
    persons: int = 1
    is_repeat: bool = False
    reject_reason: str = ""
    substantiated: str = ""
    rating_state: str = ""
    rating: str = ""
    rated: datetime | None = None
    rating_due: datetime | None = None
    dissatisfied_reason: str = ""
    result: str = ""
    earlier: dict = field(default_factory=dict)  # what the export of a month before said instead

    @property
    def serial(self) -> int:
        return int(self.number[-4:])

    @property
    def labels(self) -> list[str]:
        return self.matter[1]

    @property
    def sub_labels(self) -> list[str]:
        return self.matter[2]

    @property
    def district(self) -> str:
        return BRANCHES[self.branch][1]

    @property
    def address(self) -> str:
        return f"{self.district}{self.place}"

    @property
    def content(self) -> str:
        start = f"我叫{self.name}，电话{self.phone}，" if self.phone and self.serial % 13 == 0 else ""
        return f"{start}反映{self.address}{self.site}{self.matter[4]}，请尽快处理。"

    @property
    def industry(self) -> str:
        return next((industry for word, industry in INDUSTRIES.items() if word in self.site), "其他")


def receive(rng: random.Random) -> list[Case]:
    """Return every case as it came in, in the order of receipt."""
    cases = _received(rng)
    _people(cases, rng)
    _number(cases)
    return cases


def _received(rng: random.Random) -> list[Case]:
    sites = _sites(rng)
    cases = []
    for year in YEARS:
        counts = [*_deal(JAN_TO_OCT[year], SEASON), *NOV_DEC.get(year, ())]
        for month, count in enumerate(counts, 1):
            cluster = CLUSTER.get(month, 0) if year == 2025 else 0
            for place in range(count):
                source = rng.choices(SOURCES, SOURCE_SHARES[year])[0]
                received = _moment_in(rng, year, month)
                if source == "台账":  # letters and visits come in office hours
                    received = received.replace(hour=8 + received.hour % 9)
                branch = rng.choices(list(BRANCHES), [b[0] for b in BRANCHES.values()])[0]
                known = sites[branch]
                site, quarter, matter = rng.choices(known, [1 / (n + 2) for n in range(len(known))])[0]
                if place < cluster:
                    branch, quarter, site, matter = "下陆区分局", "团城山街道", CLUSTER_SITE, MATTERS[0]
                cases.append(Case(source, received, branch, quarter, site, matter))
    return sorted(cases, key=lambda case: (case.received, case.site))


def _deal(total: int, weights: tuple[int, ...]) -> list[int]:
    """Split `total` by weights into whole numbers that add up to it."""
    exact = [total * weight / sum(weights) for weight in weights]
    dealt = [int(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda n: dealt[n] - exact[n])
    for n in by_rest[: total - sum(dealt)]:
        dealt[n] += 1
    return dealt


def _moment_in(rng: random.Random, year: int, month: int) -> datetime:
    days = ((date(year, month, 28) + timedelta(days=4)).replace(day=1) - date(year, month, 1)).days
    hour = rng.choices(range(24), [2, 1, 1, 1, 1, 2, 4, 7, 10, 11, 10, 7, 5, 6, 8, 8, 7, 6, 6, 7, 8, 8, 7, 4])[0]
    moment = datetime(year, month, rng.randint(1, days), hour, rng.randint(0, 59))
    return moment - timedelta(hours=8) if moment >= AS_OF else moment


def _sites(rng: random.Random) -> dict[str, list[tuple[str, str, tuple]]]:
    """Return each branch's sites, the most complained about first."""
    sites, used = {}, {CLUSTER_SITE}
    for branch, (_, _, quarters, _) in BRANCHES.items():
        known = []
        while len(known) < 60:
            matter = rng.choices(MATTERS, [m[0] for m in MATTERS])[0]
            site = rng.choice(MARKS) + rng.choice(["", *NUMERALS]) + rng.choice(matter[3])
            if site not in used:
                used.add(site)
                known.append((site, rng.choice(quarters), matter))
        sites[branch] = known
    return sites


def _people(cases: list[Case], rng: random.Random) -> None:
    """Give each case somebody new, except the repeats: the same person about the same site again."""
    phones = rng.sample(range(10000), len(cases))
    for n, case in enumerate(cases):
        if rng.random() < 0.12:
            case.name = "匿名"
        else:
            case.name, case.phone = rng.choice(SURNAMES) + rng.choice(GIVEN), f"1990000{phones[n]:04d}"
        if rng.random() >= REPEATS[case.received.year]:
            continue
        recent = [c for c in cases[max(0, n - 160) : n - 8] if c.phone and not c.is_repeat and c.source != "信访"]
        if recent and case.site != CLUSTER_SITE:
            first = rng.choice(recent)
            case.branch, case.place, case.site, case.matter = first.branch, first.place, first.site, first.matter
            case.name, case.phone, case.is_repeat = first.name, first.phone, True
            case.source = first.source if case.source == "信访" else case.source


def _number(cases: list[Case]) -> None:
    """Give numbers in the manner of each system; none ends in 000, the mark of a number that Excel destroyed."""
    forms = {
        "平台": lambda day, n: f"{day:%y%m%d}420000{n:06d}",
        "热线": lambda day, n: f"热线-{day:%y%m%d}-{n:06d}",
        "信访": lambda day, n: f"420200{day:%Y%m}{n:05d}",
        "台账": lambda day, n: f"HSXF-{day:%Y}-{n:04d}",
    }
    serial = 2000
    for case in cases:
        serial += 2 if serial % 1000 == 999 else 1
        case.number = forms[case.source](case.received, serial)
