"""Invented cases of bureaus that use the same names for everything: numbers, branches, places and people."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from data.lake.fetching import Fetched, fetch
from data.lake.publishing import Published, publish
from data.schema import BUREAU_MARK, RATINGS
from data.store import Reader, Store
from tests.metrics.build import make_store

AS_OF = datetime(2025, 9, 22, 18)
BRANCHES = ("直属分局", "开发区·高新区分局", "待归属")
_STATUSES = ("已办结", "已办结", "已办结", "办理中", "未受理", "不予受理", "退回/转出", "作废", "未识别")
_SUBS = {"大气": ["恶臭异味", "油烟"], "噪声": ["工业噪声"], "水": ["工业废水"], "未识别": []}
PERSON, TEXT = "张**", "反映人家住3单元，深夜异味难忍"


def cases(many: int, seed: int, mark: str) -> list[dict]:
    """Return cases with every field that any KPI reads, over two years; mark: what each of them says."""
    dice = random.Random(seed)
    return [_case(dice, number) | {"district": mark} for number in range(many)]


def _case(dice: random.Random, number: int) -> dict:
    received = AS_OF - timedelta(hours=dice.randrange(24 * 900))
    accepted = min(received + timedelta(days=dice.randrange(25)), AS_OF) if dice.random() < 0.85 else None
    closed = min((accepted or received) + timedelta(days=dice.randrange(80)), AS_OF) if dice.random() < 0.7 else None
    pollution = dice.sample(sorted(_SUBS), dice.randrange(3))
    rating = dice.choice((*RATINGS, "未识别", None, None))
    return {
        "case_no": f"2025-{number:04d}",
        "source": dice.choice(("全国平台", "信箱")),
        "received_at": received,
        "accepted_at": accepted,
        "closed_at": closed,
        "replied_at": closed,
        "transferred_at": received + timedelta(days=1),
        "status": dice.choice(_STATUSES),
        "branch": dice.choice(BRANCHES),
        "co_branches": dice.sample(BRANCHES[:2], dice.randrange(2)),
        "channel": dice.choice(("网络", "电话", "来访", "未注明")),
        "industry": dice.choice(("化工", "餐饮", None)),
        "pollution": pollution,
        "pollution_sub": [sub for name in pollution for sub in _SUBS[name]],
        "persons": dice.choice((None, 1, 3, 20)),
        "is_extension_approved": dice.choice((None, True, False)),
        "extension_days": dice.choice((None, 10)),
        "is_repeat": dice.random() < 0.2,
        "repeat_of": f"2025-{dice.randrange(400):04d}" if dice.random() < 0.1 else None,
        "is_returned": dice.choice((None, True, False)),
        "is_reworked": dice.choice((None, True, False)),
        "substantiated": dice.choice(("属实", "不属实", None)),
        "site_name": dice.choice((None, "甲厂", "乙 厂")),
        "site_address": dice.choice((None, "罗桥街道甲厂", "金山镇3号")),
        "petitioner_name": PERSON,
        "petitioner_phone": "138****0000",
        "content": TEXT,
        "petitioner_key": dice.choice((None, "a" * 24, "b" * 24, f"{'a' * 24} {'c' * 24}")),
        "rating": rating,
        "first_rating": dice.choice((rating, "不满意")) if rating else None,
        "rating_changes": dice.choice((0, 0, 1)),
        "rating_state": "已评价" if rating else dice.choice(("待评价", "超期未评价", None)),
        "rated_at": closed if rating and dice.random() < 0.8 else None,
        "rating_due_at": received + timedelta(days=100),
        "reopened_count": dice.choice((0, 0, 0, 1)),
    }


def ledger(many: int, seed: int, done: str, when: str) -> list[dict]:
    """Return lines of a ledger; `done` and `when` are its flag and the day of it."""
    dice = random.Random(seed)
    lines = []
    for number in range(many):
        listed = AS_OF - timedelta(days=dice.randrange(700))
        is_done = dice.choice((True, False, None))
        lines.append(
            {
                "case_no": f"2025-{number:04d}",
                "branch": dice.choice(BRANCHES[:2]),
                "leader": dice.choice(("甲局长", "乙局长")),
                "subject": TEXT,
                "listed_at": listed,
                "target_at": listed + timedelta(days=200),
                done: is_done,
                when: listed + timedelta(days=90) if is_done else None,
            }
        )
    return lines


def city(folder: Path, rows: list[dict], seed: int = 1, **more) -> Reader:
    """Publish a version with these cases, and ledgers, in a city's own store."""
    backlog = [line | {"batch": "第一批"} for line in ledger(30, seed, "is_resolved", "resolved_at")]
    key_cases = ledger(20, seed + 1, "is_solved", "solved_at")
    given = {"as_of": AS_OF, "branches": BRANCHES, "backlog": backlog, "key_cases": key_cases} | more
    return make_store(folder, rows, **given)


def send(store: Path, lake, bureau: str, **more) -> Published:
    return publish(Store(store), lake, bureau, **more)


def take(store: Path, lake, snapshot: int | None = None) -> tuple[Fetched, Reader]:
    done = fetch(Store(store), lake, snapshot)
    return done, Store(store).reader()


def of_bureau(reader: Reader, columns: str, bureau: str) -> list[tuple]:
    """Return columns of the cases of one bureau in a province's store, by number."""
    sql = f"SELECT {columns} FROM cases WHERE starts_with(branch, ?) ORDER BY case_no"
    return reader.query(sql, [bureau + BUREAU_MARK])


def edited(folder: Path, sql: str) -> Reader:
    """Publish a version that differs from the one in force by a statement, and return a reader of it."""
    store = Store(folder)
    with store.draft(store.reader()) as (built, version):
        built.chmod(0o600)
        with duckdb.connect(str(built)) as connection:
            connection.execute(sql)
        store.publish(built, version)
    return store.reader()
