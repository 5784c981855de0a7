"""Invented stores for the page tests, written straight into the tables of a version.

The importer has tests of its own; here the pages need stores in given states, made in a second and the same every
time: a whole city with an unfinished month, one branch without a case in some months, and names that look like HTML.
"""

import random
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from data.store import Store
from data.versionfile import create_tables

AS_OF = datetime(2025, 10, 22, 18)
BRANCHES = ("大冶市分局", "下陆区分局", "黄石港区分局", "西塞山区分局", "开发区·铁山区分局", "阳新县分局")
QUIET_BRANCH = "执法支队"  # in the spine, without a single case
NASTY = "<b>某厂</b>[链接](http://x.cn)"
_YEARLY = {2022: 1090, 2023: 1010, 2024: 890, 2025: 800}
_DISSATISFIED = {2022: 0.21, 2023: 0.15, 2024: 0.10, 2025: 0.05}
_FIELDS = [
    "received_at",
    "accepted_at",
    "closed_at",
    "status",
    "channel",
    "branch",
    "rating",
    "pollution",
    "due_given_at",
]


def city(folder: Path, branches: tuple[str, ...] = BRANCHES, is_demo: bool = True) -> Store:
    """Build a store of a whole city from 2022 to AS_OF; with one branch given, of that branch alone."""
    dice = random.Random(7)
    cases = [
        _case(dice, number, year, branches)
        for year, many in _YEARLY.items()
        for number in range(many * len(branches) // len(BRANCHES))
    ]
    return publish(folder, [case for case in cases if case["received_at"] <= AS_OF], branches, is_demo)


def _case(dice: random.Random, number: int, year: int, branches: tuple[str, ...]) -> dict:
    received = datetime(year, 1, 1, 8) + timedelta(hours=dice.randrange(365 * 24 - 8))
    accepted = received + timedelta(days=dice.choice([0, 1, 1, 2, 3, 5, 8] + [17] * (dice.random() < 0.06)))
    hotline = dice.random() < 0.6
    due = received + timedelta(days=7) if hotline else accepted + timedelta(days=60)
    close = accepted + (due - accepted) * dice.uniform(0.2, 0.98 if dice.random() < 0.985 else 1.4)
    is_late = received > AS_OF - timedelta(days=70) and dice.random() < 0.04
    closed = close if close <= AS_OF and not is_late else None
    rated = closed and dice.random() < 0.68
    rating = dice.choice(["基本满意", "满意", "满意", "满意"]) if dice.random() > _DISSATISFIED[year] else "不满意"
    unmatched, odd = dice.random() < 0.006, dice.random() < 0.003
    pollution = dice.choices(
        [["大气"], ["噪声"], ["水"], ["固废"], ["大气", "噪声"], ["生态破坏"], []], [40, 30, 10, 5, 8, 2, 1]
    )[0]
    repeat = dice.random() < 0.07
    return {
        "case_key": f"演示|{year}{number:06d}",
        "case_no": f"{received:%y%m%d}420000{number:06d}",
        "source": "12345热线" if hotline else "全国平台",
        "channel": "12345热线"
        if hotline
        else "未识别"
        if odd
        else dice.choice(["网络", "网络", "微信", "来信", "来访", "上级交办"]),
        "case_type": "投诉",
        "received_at": received,
        "accepted_at": accepted if accepted <= AS_OF else None,
        "accept_due_at": received + timedelta(days=15),
        "due_at": due,
        "closed_at": closed,
        "replied_at": closed,
        "status": "已办结" if closed else "办理中" if accepted <= AS_OF else "未受理",
        "branch": "待归属" if unmatched else dice.choices(branches, range(len(branches) + 2, 2, -1))[0],
        "branch_raw": "某某环保所" if unmatched else "",
        "channel_raw": "小程序" if odd else "",
        "site_name": NASTY
        if number == 3
        else dice.choice(["团城山街道某污水站", "城西北工业园某厂", "磁湖路某餐饮店", "某采石场", "某建筑工地"]),
        "pollution": pollution,
        "rating": rating if rated else None,
        "rating_state": "已评价" if rated else "超期未评价" if closed and dice.random() < 0.8 else "待评价",
        "rated_at": min(closed + timedelta(days=3), AS_OF) if rated else None,
        "is_repeat": repeat,
        "is_repeat_inferred": False,
        "fields": _FIELDS,
        "as_of": AS_OF,
        "batch_no": 1,
        "file_name": "演示导出.xlsx",
        "row_no": number + 2,
        "reopened_count": 0,
        "rating_changes": 0,
    }


def publish(folder: Path, cases: list[dict], branches: tuple[str, ...], is_demo: bool) -> Store:
    """Publish a version that holds these cases, a cleared backlog ledger, activities, a quarantined row and a warning."""
    store = Store(folder)
    folder.mkdir(parents=True, exist_ok=True)
    built = folder / "built.duckdb"
    version = store.next_version_name(datetime(2025, 10, 22, 19))
    with duckdb.connect(str(built)) as connection:
        create_tables(connection)
        _insert(connection, "cases", cases)
        _insert(connection, "backlog", [_backlog(number, branches) for number in range(23)])
        _insert(connection, "activities", _activities(branches))
        _insert(connection, "branches", _spine(branches, cases))
        meta = {
            "as_of": AS_OF.isoformat(),
            "published_at": AS_OF.isoformat(),
            "is_demo": str(is_demo).lower(),
            "schema": "1",
        }
        _insert(connection, "meta", [{"key": key, "value": value} for key, value in meta.items()])
        _insert(connection, "imports", [_import(version, len(cases))])
        _insert(connection, "quarantine", [_quarantined(NASTY)])
        _insert(connection, "warnings", [_warning()])
    store.publish(built, version)
    return store


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    if rows:
        frame = pd.DataFrame(rows)  # noqa: F841 - DuckDB finds it by its name
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")


def _spine(branches: tuple[str, ...], cases: list[dict]) -> list[dict]:
    kinds = [(name, "分局") for name in branches] + [(QUIET_BRANCH, "机关")]
    kinds += [("待归属", "待归属")] if any(case["branch"] == "待归属" for case in cases) else []
    return [
        {"branch": name, "kind": kind, "sort": sort, "enabled": True, "in_reference": kind != "待归属"}
        for sort, (name, kind) in enumerate(kinds)
    ]


def _backlog(number: int, branches: tuple[str, ...]) -> dict:
    return {
        "batch": "2022年清单",
        "case_no": f"JA{number:03d}",
        "branch": branches[number % len(branches)],
        "listed_at": datetime(2022, 1, 5),
        "is_resolved": True,
        "resolved_at": datetime(2023 + number % 3, 1 + number % 9, 10),
        "as_of": AS_OF,
    }


def _activities(branches: tuple[str, ...]) -> list[dict]:
    """Two years of monthly meetings and trainings, a month without one, a letter overdue, a meeting ahead."""
    rows = []
    for number in range(24):
        day = datetime(2023 + (10 + number) // 12, (10 + number) % 12 + 1, 9, 9)
        held = None if number in (7, 20) else day
        branch = branches[number % len(branches)]
        shared = {"planned_at": day, "held_at": held, "leader": "演示局长"}
        rows.append(
            shared | {"kind": "研判会", "activity_no": f"YP{number}", "subject": f"{branch}案件研判", "branch": branch}
        )
        rows.append(shared | {"kind": "培训", "activity_no": f"PX{number}", "subject": "信访业务", "branch": "全市"})
    letter = {
        "kind": "督办",
        "activity_no": "DB1",
        "subject": NASTY,
        "branch": branches[0],
        "related_cases": "无此编号",
    }
    rows.append(letter | {"issued_at": datetime(2025, 9, 20), "planned_at": datetime(2025, 10, 10)})
    ahead = {"kind": "研判会", "activity_no": "YP99", "subject": "下月研判", "branch": branches[0]}
    return [*rows, ahead | {"planned_at": datetime(2025, 11, 6)}]


def _import(version: str, many: int) -> dict:
    counts = {
        "rows_read": many + 1,
        "accepted": many,
        "new": many,
        "updated": 0,
        "unchanged": 0,
        "older": 0,
        "quarantined": 1,
    }
    return {"batch_no": 1, "version": version, "imported_at": AS_OF, "as_of": AS_OF, **counts}


def _quarantined(cell: str) -> dict:
    return {
        "qid": "q1",
        "batch_no": 1,
        "file": "演示导出.xlsx",
        "sheet": "Sheet1",
        "row_no": 17,
        "profile": "全国平台",
        "as_of": AS_OF,
        "rules": ["R03"],
        "reasons": f"第17行“登记时间”一列的“{cell}”不是日期",
        "cells": "{}",
        "is_resolved": False,
    }


def _warning() -> dict:
    return {
        "batch_no": 1,
        "file": "演示导出.xlsx",
        "sheet": "Sheet1",
        "row_no": 20,
        "rule": "W01",
        "field": "branch",
        "case_key": "演示|2025000001",
        "message": "责任分局“某某环保所”不在分局清单内，列入待归属",
    }


def import_late_case(store: Store, number: str = "BULU1") -> str:
    """Publish a version in which one more case of September 2025 has come in late; return the version."""
    with store.draft(store.reader()) as (built, version):
        with duckdb.connect(str(built)) as connection:
            september = "received_at::DATE BETWEEN '2025-09-01' AND '2025-09-30' AND status = '已办结'"
            connection.execute(f"CREATE TEMP TABLE late AS SELECT * FROM cases WHERE {september} LIMIT 1")
            connection.execute("UPDATE late SET case_no = ?, case_key = ?", [number, f"x|{number}"])
            connection.execute("INSERT INTO cases SELECT * FROM late")
        store.publish(built, version)
    return version
