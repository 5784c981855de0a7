"""A store made through the real importer whose every text is an attempt at HTML, Markdown, a formula, SQL or a template.

Each attempt would leave a trace that a test can see: window.__pwned, a request to x.invalid, a dialog, a link.
"""

from datetime import datetime, timedelta
from pathlib import Path

import tomli_w

from data.importing import import_files
from data.schema import BACKLOG_FIELDS, CASE_FIELDS, KEY_CASE_FIELDS, Field
from data.store import Store
from tests.data.files import write_text, write_xlsx

PAYLOADS = (
    '<img src=x onerror="window.__pwned=1">',
    '"><script>window.__pwned=1</script>',
    "javascript:window.__pwned=1",
    "[点](javascript:alert(1)) ![图](http://x.invalid/a.png)",
    "[链接](http://x.invalid/b) :red[红] **粗**",
    "$\\\\LaTeX$ $x^2$",
    '=HYPERLINK("http://x.invalid/c","点")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-1+1",
    "\t=1+1",
    "'; DROP TABLE cases; --",
    "%' OR 1=1",
    "{{7*7}} ${7*7} {0.__class__}",
    "<a href='javascript:window.__pwned=1'>厂</a>",
    "<a href='http://x.invalid/d'>厂</a><br>%{x}",
    "\u202e乙甲\u202c厂",
    "<svg/onload=window.__pwned=1>",
)
AS_OF = datetime(2025, 10, 22, 18)
BRANCHES = (
    "下陆区分局",
    "大冶市分局",
    "<img src=x onerror=window.__pwned=1>分局",
    "=1+1分局",
    "<a href='http://x.invalid/e'>局</a>",
)
_PROFILE = '"><script>window.__pwned=1</script>[x](http://x.invalid/f)'


class Cycle:
    """Gives the payloads in turn, each with a number, so that texts differ and every one is somewhere."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self) -> str:
        self.given += 1
        return f"{PAYLOADS[self.given % len(PAYLOADS)]}{self.given}"


def store(folder: Path, many: int = 120) -> Store:
    """Build the store: cases over two years, ledgers, rows in quarantine, odd branches, a profile with an odd name."""
    made, files = Store(folder / "store"), folder / "files"
    files.mkdir(parents=True)
    made.profiles_folder.mkdir(parents=True)
    (made.profiles_folder / "odd.toml").write_text(tomli_w.dumps(_profile()), "utf-8")
    give = Cycle()
    cases = [_case(number, give) for number in range(many)]
    batch = {
        f"{PAYLOADS[0]}.xlsx": write_xlsx(
            files / "1.xlsx",
            {"=1+1": _table([*cases, *(_case(n, give) | {"登记时间": give()} for n in (900, 901, 902))])},
        ),
        f"../../{PAYLOADS[4]}\n.csv": write_text(files / "2.csv", _table([_backlog(n, give) for n in range(12)])),
        "con.csv": write_text(files / "3.csv", _table([_key_case(n, give) for n in range(8)])),
        "C:\\x\\活动.csv": write_text(files / "4.csv", _table([_activity(n, give) for n in range(24)])),
    }
    import_files(list(batch.values()), made, as_of=AS_OF, names=list(batch))
    return made


def _profile() -> dict:
    columns = {field.name: f"{field.label}" for field in CASE_FIELDS if field.name != "petitioner_key"}
    return {
        "name": _PROFILE,
        "columns": columns,
        "options": {"branches": "as-is"},
        "detect": {"headings": ["信访件编号", "登记时间", "<b>备注</b>"]},
    }


def _table(rows: list[dict[str, object]]) -> list[list[object]]:
    headings = list(rows[0])
    return [headings, *([row[heading] for heading in headings] for row in rows)]


def _texts(fields: tuple[Field, ...], give: Cycle) -> dict[str, object]:
    return {field.label: give() for field in fields if field.sql_type == "VARCHAR" and field.name != "petitioner_key"}


def _case(number: int, give: Cycle) -> dict[str, object]:
    received = datetime(2025, 10, 20) - timedelta(days=number * 5 % 700)
    is_open = number % 4 == 0
    return _texts(CASE_FIELDS, give) | {
        "信访件编号": f"{PAYLOADS[number % len(PAYLOADS)].strip()}{number}",
        "来源系统": "12345热线" if number % 5 else give(),
        "渠道": "电话" if number % 5 else give(),
        "登记时间": f"{received:%Y-%m-%d}",
        "受理时间": f"{received + timedelta(days=1):%Y-%m-%d}",
        "限办截止时间": f"{received + timedelta(days=20):%Y-%m-%d}",
        "办结时间": "" if is_open else f"{received + timedelta(days=9):%Y-%m-%d}",
        "办理状态": "办理中" if is_open else "已办结",
        "责任分局": BRANCHES[number % len(BRANCHES)],
        "污染类型": "大气" if number % 3 else give(),
        "二级污染": give(),
        "被反映对象": PAYLOADS[number % 6],
        "评价状态": "" if is_open else "已评价",
        "满意度": "" if is_open else "满意" if number % 3 else "不满意",
        "评价时间": "" if is_open else f"{received + timedelta(days=10):%Y-%m-%d}",
        "协办分局": "",
        "重点件": "是" if number % 7 == 0 else "",
        "<b>备注</b>": give(),
    }


def _backlog(number: int, give: Cycle) -> dict[str, object]:
    return _texts(BACKLOG_FIELDS, give) | {
        "责任分局": BRANCHES[number % 2] if number % 3 else give(),
        "列入时间": "2025-01-05",
        "化解目标时间": "2025-12-31",
        "化解标志": "是" if number % 2 else "否",
        "化解时间": "2025-08-10" if number % 2 else "",
    }


def _key_case(number: int, give: Cycle) -> dict[str, object]:
    return _texts(KEY_CASE_FIELDS, give) | {
        "责任分局": BRANCHES[number % 2],
        "列入时间": "2025-02-05",
        "目标时间": "2025-12-31",
        "解决标志": "是" if number % 2 else "否",
        "解决时间": "2025-08-10" if number % 2 else "",
    }


def _activity(number: int, give: Cycle) -> dict[str, object]:
    day = f"2025-{number % 10 + 1:02d}-09"
    return {
        "会议编号": give(), "研判主题": give(), "参加分局": BRANCHES[number % 2], "主持领导": give(), "计划时间": day,
        "会议时间": day if number % 3 else "", "涉及信访件编号": give(), "参加人数": 5, "研判结论": give(),
    }  # fmt: skip
