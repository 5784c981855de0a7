"""Makes a store of many invented cases, straight into a version file: python bench/generate.py 1000000 DIR.

For measuring only: the importer is not used, and nothing here is like any real person or place. A province's 140
branches and ten years of cases with every field filled; the newest cases are still open, some late, some badly rated.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from data.deriving import set_meta
from data.reference import Reference
from data.store import Store
from data.versionfile import create_tables

AS_OF = datetime(2025, 10, 22, 18)
BRANCHES = [f"{city}{part}分局" for city, part in product(
    "甲乙丙丁戊己庚辛壬癸子丑寅卯", ("东区", "西区", "南区", "北区", "新区", "高新区", "江州县", "山阳县", "云溪县", "青湖县")
)]  # fmt: skip
# Most frequent first.
KINDS = (
    (["大气"], ["恶臭异味"]),
    (["噪声"], ["建筑施工噪声"]),
    (["大气"], ["油烟"]),
    (["大气", "噪声"], ["工业废气", "工业噪声"]),
    (["水"], ["工业废水"]),
    (["噪声"], ["社会生活噪声"]),
    (["固废"], []),
    ([], []),
    (["生态破坏"], []),
)
YEARS = 10
_AT_ONCE = 500_000
_SQL = Path(__file__).with_name("cases.sql")
_BACKLOG = """
    INSERT INTO backlog BY NAME
    SELECT '第一批' AS batch, case_no, branch, branch AS branch_raw, leader, received_at AS listed_at,
        received_at + to_days(180) AS target_at, closed_at IS NOT NULL AS is_resolved, closed_at AS resolved_at,
        as_of, edition_at, batch_no, file_name, row_no
    FROM cases WHERE is_backlog"""
_KEY_CASES = """
    INSERT INTO key_cases BY NAME
    SELECT case_no, branch, branch AS branch_raw, leader, received_at AS listed_at, received_at + to_days(180) AS target_at,
        closed_at IS NOT NULL AS is_solved, closed_at AS solved_at, as_of, edition_at, batch_no, file_name, row_no
    FROM cases WHERE is_key_case"""


def generate(folder: Path, many: int, branches: Sequence[str] = BRANCHES, years: int = YEARS) -> Path:
    """Publish a version of `many` cases of some branches and years in the store at `folder` and return its file."""
    store = Store(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with store.draft(None) as (built, version):
        with duckdb.connect(str(built)) as connection:
            create_tables(connection)
            parameters = {
                "many": many,
                "days": 365 * years,
                "as_of": AS_OF,
                "branches": list(branches),
                "kinds": [{"types": types, "subs": subs} for types, subs in KINDS],
            }
            sql = _SQL.read_text("utf-8")
            for first in range(0, many, _AT_ONCE):
                connection.execute(
                    f"INSERT INTO cases BY NAME {sql}", parameters | {"first": first, "at_once": _AT_ONCE}
                )
            connection.execute(_BACKLOG)
            connection.execute(_KEY_CASES)
            connection.executemany(
                "INSERT INTO branches VALUES (?, '分局', ?, TRUE, TRUE)",
                [[branch, sort] for sort, branch in enumerate(branches)],
            )
            settings = Reference().settings.items()
            connection.executemany(
                "INSERT INTO settings VALUES (?, ?)",
                [[key, str(value).lower() if isinstance(value, bool) else str(value)] for key, value in settings],
            )
            moment = AS_OF.isoformat()
            set_meta(connection, {"as_of": moment, "published_at": moment, "is_demo": "true"})
        store.publish(built, version)
    return store.path_of(version)


def main() -> None:
    """Read the command line, generate, and say how long it took and how large the file is."""
    parser = argparse.ArgumentParser(description="生成大量虚构信访件，用于测速")
    parser.add_argument("many", type=int, help="件数，如 1000000")
    parser.add_argument("folder", type=Path, help="数据仓文件夹")
    parser.add_argument("--branches", type=int, default=len(BRANCHES), help="分局数，默认140")
    parser.add_argument("--years", type=int, default=YEARS, help="年数，默认10")
    options = parser.parse_args()
    started = time.perf_counter()
    made = generate(options.folder, options.many, BRANCHES[: options.branches], options.years)
    print(f"{options.many}件，{made.stat().st_size / 1e6:.0f} MB，{time.perf_counter() - started:.1f}秒：{made}")


if __name__ == "__main__":
    main()
