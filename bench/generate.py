"""Makes a store of many invented cases, straight into a version file: python bench/generate.py 1000000 DIR.

For measuring only: the importer is not used, and nothing here is like any real person or place. Nine branches; four
years of cases, ten years from 5 million on; the newest cases are still open, some late, some badly rated.
"""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb

from data.deriving import set_meta
from data.reference import Reference
from data.store import Store
from data.versionfile import create_tables

AS_OF = datetime(2025, 10, 22, 18)
BRANCHES = (
    "大冶市分局", "下陆区分局", "黄石港区分局", "西塞山区分局", "开发区·铁山区分局", "阳新县分局", "新港园区", "执法支队",
    "市局机关",
)  # fmt: skip
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
_LARGE = 5_000_000
_SQL = Path(__file__).with_name("cases.sql")


def generate(folder: Path, many: int) -> Path:
    """Publish a version of `many` cases in the store at `folder` and return its file."""
    store = Store(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with store.draft(None) as (built, version):
        with duckdb.connect(str(built)) as connection:
            create_tables(connection)
            parameters = {
                "many": many,
                "days": 365 * (10 if many >= _LARGE else 4),
                "as_of": AS_OF,
                "branches": list(BRANCHES),
                "kinds": [{"types": types, "subs": subs} for types, subs in KINDS],
            }
            sql = _SQL.read_text("utf-8")
            connection.execute(f"INSERT INTO cases BY NAME {sql}", parameters)
            connection.executemany(
                "INSERT INTO branches VALUES (?, '分局', ?, TRUE, TRUE)",
                [[branch, sort] for sort, branch in enumerate(BRANCHES)],
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
    options = parser.parse_args()
    started = time.perf_counter()
    made = generate(options.folder, options.many)
    print(f"{options.many}件，{made.stat().st_size / 1e6:.0f} MB，{time.perf_counter() - started:.1f}秒：{made}")


if __name__ == "__main__":
    main()
