"""Times figures on a store: python bench/figures.py DIR. Beside each stand pandas from a Parquet file, and a plain scan.

Every measurement begins with nothing remembered. pandas counts the same figures of the same cases, and they are compared:
a figure that differs ends the run.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pandas as pd

from data.store import Reader, Store
from metrics import dimensions, engine, periods, remembered
from metrics.catalog import CATALOG
from metrics.dimensions import Where, fits

_SAME = ("cases_total", "satisfaction_rate", "ontime_close_rate", "accept_timely_rate")
_COLUMNS = (
    "branch", "channel", "status", "is_repeat", "received_at", "accepted_at", "accept_due_at", "replied_at", "closed_at",
    "due_at", "rating", "rating_state", "rating_due_at", "rated_at", "revisited_at",
)  # fmt: skip
_MONTHS = 12


@dataclass(frozen=True)
class Took:
    """One line: what was timed, its seconds, those of pandas for the same (None: not counted there), and of a plain scan."""

    what: str
    seconds: float
    pandas: float | None = None
    floor: float | None = None


def measure(folder: Path) -> list[Took]:
    """Time the catalogue, the figures that pandas counts too, and a change of filter, on the store at `folder`."""
    reader = Store(folder).reader()
    months = _months(reader, _MONTHS)
    every = [kpi for kpi in CATALOG.values() if fits(kpi.relation, ["branch"])]
    narrow = Where.parse(["channel=电话"])
    columns = ", ".join(f"max({name})" for name in _COLUMNS)
    floor = _timed(lambda: reader.query(f"SELECT {columns} FROM cases"))
    by_pandas, expected = _by_pandas(reader, months)
    found: list = []
    own = _timed(lambda: found.extend(engine.measure(reader, _SAME, months, ("branch",))))
    _compare(found, expected)
    return [
        Took(f"{len(_SAME)}项指标 × {_MONTHS}个月 × 分局", own, by_pandas, floor),
        _catalogue(reader, every, months, f"{_MONTHS}个月"),
        _catalogue(reader, every, _months(reader, 600), "全部月份"),
        Took("换一个筛选条件（渠道=电话，12个月）", _timed(lambda: engine.measure(reader, _SAME, months, (), narrow))),
    ]


def _catalogue(reader: Reader, every: list, months: list[periods.Period], words: str) -> Took:
    figures: list = []
    seconds = _timed(lambda: figures.extend(engine.measure(reader, every, months, ("branch",))))
    return Took(f"全部{len(every)}项指标 × {words} × 分局，{len(figures)}个数", seconds)


def _months(reader: Reader, many: int) -> list[periods.Period]:
    first = reader.query("SELECT min(received_at)::DATE FROM cases")[0][0]
    return periods.months(first, reader.as_of.date(), reader.as_of)[-many:]


def _timed(run: Callable[[], object]) -> float:
    remembered.forget()
    dimensions._values.cache_clear()
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _by_pandas(reader: Reader, months: list[periods.Period]) -> tuple[float, dict]:
    """Return the seconds in which pandas reads a Parquet file and counts _SAME, and what it counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.parquet"
        reader.query(f"COPY (SELECT {', '.join(_COLUMNS)} FROM cases) TO '{path}' (FORMAT parquet)")
        began = time.perf_counter()
        counted = _counted(pd.read_parquet(path), reader, months)
        return time.perf_counter() - began, counted


def _counted(cases: pd.DataFrame, reader: Reader, months: list[periods.Period]) -> dict:
    """Return (KPI, month, branch) → (numerator, denominator), by the definitions of docs/kpi.md in the words of pandas."""
    as_of = pd.Timestamp(reader.as_of)
    cases = cases[cases["status"] != "作废"]
    rejected, first = cases["status"] == "不予受理", ~cases["is_repeat"]
    is_closed = cases["status"] == "已办结"
    is_open = cases["status"].isin(["未受理", "办理中"])
    told = cases["accepted_at"].where(~rejected | cases["accepted_at"].notna(), cases["replied_at"])
    told = told.where(~rejected | told.notna(), cases["closed_at"])
    accept_end = cases["accept_due_at"].dt.normalize() + pd.Timedelta(days=1)
    close_end = cases["due_at"].dt.normalize() + pd.Timedelta(days=1)
    rated = cases["rating"].isin(["满意", "基本满意", "不满意"]) & ~rejected & (cases["rating_state"] != "不可评价")
    rated_on = cases["rated_at"].fillna(cases["revisited_at"]).fillna(cases["closed_at"]).fillna(cases["received_at"])
    accepted = told < accept_end
    accept_late = (told >= accept_end) | (told.isna() & is_open & (accept_end <= as_of))
    kept = first & (cases["status"] != "退回/转出")
    ontime = is_closed & (cases["closed_at"] < close_end)
    late = (is_closed & (cases["closed_at"] >= close_end)) | (is_open & (close_end <= as_of))
    parts = {
        "cases_total": (cases["received_at"], cases["received_at"].notna(), cases["received_at"].notna()),
        "satisfaction_rate": (rated_on, rated & first & cases["rating"].isin(["满意", "基本满意"]), rated & first),
        "accept_timely_rate": (cases["accept_due_at"], kept & accepted, kept & (accepted | accept_late)),
        "ontime_close_rate": (cases["due_at"], first & ontime, first & (ontime | late)),
    }
    found = {}
    for kpi, (moment, hits, whole) in parts.items():
        month = moment.dt.strftime("%Y-%m").where(moment < as_of.normalize() + pd.Timedelta(days=1))
        frame = pd.DataFrame({"month": month, "branch": cases["branch"], "hits": hits, "whole": whole})
        for (when, branch), row in frame.groupby(["month", "branch"])[["hits", "whole"]].sum().iterrows():
            found[kpi, when, branch] = (int(row["hits"]), int(row["whole"]))
    return found


def _compare(figures: list, expected: dict) -> None:
    for figure in figures:
        if figure.group:
            counted = expected.get((figure.kpi.id, f"{figure.period.first:%Y-%m}", figure.group["branch"]), (0, 0))
            own = (figure.numerator, figure.denominator)
            if own not in (counted, (counted[0], None)):
                raise SystemExit(f"{figure.kpi.id} {figure.period.label} {figure.group}: {own}, pandas {counted}")


def main() -> None:
    """Read the command line and print one line for each measurement."""
    parser = argparse.ArgumentParser(description="取数的用时，旁边是pandas和只扫描所需各列的用时")
    parser.add_argument("folder", type=Path, help="数据仓文件夹")
    for one in measure(parser.parse_args().folder):
        beside = f"  pandas {one.pandas:.2f}秒（{one.pandas / one.seconds:.0f}倍）" if one.pandas else ""
        beside += f"  扫描{one.floor:.3f}秒（{one.seconds / one.floor:.1f}倍）" if one.floor else ""
        print(f"{one.seconds:8.3f}秒  {one.what}{beside}", flush=True)


if __name__ == "__main__":
    main()
