"""Times the reads behind the page 查询 on a store: python bench/reads.py DIR. Generate one with bench/generate.py.

Every line is a change of filter or question that no cache has seen: answer, first cases and count together, as the page
asks them. Printed are the wall-clock and processor seconds of the best of three, and the ratio to counting one column
of all cases once, which says more than seconds on a machine that does other things as well.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.store import Reader, Store
from metrics import cases, explore, periods
from metrics.dimensions import Where
from metrics.explore import Question

_ASKED = (
    ("信访总量 × 分局", Question("cases_total", ("branch",)), []),
    ("… 渠道=电话", Question("cases_total", ("branch",)), ["channel=电话"]),
    ("… 污染类型=大气", Question("cases_total", ("branch",)), ["pollution=大气"]),
    ("… 被反映对象含“化工”", Question("cases_total", ("branch",)), ["site_name~化工"]),
    ("… 登记时间范围", Question("cases_total", ("branch",)), ["received_at>=2025-03-05", "received_at<=2025-06-20"]),
    ("… 办结时间为空", Question("cases_total", ("branch",)), ["closed_at="]),
    ("… 办结是否按期=超期", Question("cases_total", ("branch",)), ["close_state=超期"]),
    ("信访总量 × 污染类型", Question("cases_total", ("pollution",)), ["channel=微信"]),
    ("信访总量 × 点位", Question("cases_total", ("site",)), ["channel=微信"]),
    ("信访总量 × 分局 × 渠道", Question("cases_total", ("branch", "channel")), ["is_repeat=否"]),
    ("信访总量 × 分局，按月", Question("cases_total", ("branch",), "按月"), ["is_repeat=否"]),
    ("群众满意率 × 分局", Question("satisfaction_rate", ("branch",)), ["channel=微信"]),
    ("按期办结率 × 分局，按月", Question("ontime_close_rate", ("branch",), "按月"), ["channel=微信"]),
    ("办结天数P90 × 分局", Question("days_to_close_p90", ("branch",)), ["channel=微信"]),
    ("超期未办结 × 分局", Question("overdue_open", ("branch",)), ["channel=微信"]),
    ("重复点位数 × 分局", Question("repeat_site_count", ("branch",)), ["channel=微信"]),
    ("一次性化解率 × 分局", Question("first_resolution_rate", ("branch",)), ["channel=微信"]),
)
_TIMES = 3


def main() -> None:
    """Read the command line and print one line for each read."""
    parser = argparse.ArgumentParser(description="查询页各次读数的用时")
    parser.add_argument("folder", type=Path, help="数据仓文件夹")
    parser.add_argument("--years", type=int, default=1, help="统计期：到截止日为止的几年，默认今年累计")
    options = parser.parse_args()
    reader = Store(options.folder).reader()
    many = reader.query("SELECT count(*) FROM cases")[0][0]
    this_year = periods.year_to_date(reader.as_of)
    first = this_year.first.replace(year=this_year.year - options.years + 1)
    period = periods.span(first, this_year.last, reader.as_of)
    unit, processor = _best(lambda: reader.query("SELECT channel, count(*) FROM cases GROUP BY 1"))
    print(f"{many}件，统计期{period.words}；数一列：{unit:.3f}秒，处理器{processor:.3f}秒")
    for words, question, texts in _ASKED:
        where = Where.parse(texts)
        wall, processor = _best(lambda q=question, w=where: _page(reader, q, period, w))
        print(f"{wall:7.3f}秒  处理器{processor:7.3f}秒  {wall / unit:6.1f}倍  {words}", flush=True)


def _page(reader: Reader, question: Question, period: periods.Period, where: Where) -> None:
    answered = explore.answer(reader, question, period, where)
    if answered.whole.kpi.factors:
        return
    cases.cases_behind(reader, question.kpi, period, {}, where, limit=200)
    if explore.rows_of(answered.whole) is None:
        cases.count_behind(reader, question.kpi, period, {}, where)


def _best(read: Callable[[], object]) -> tuple[float, float]:
    found = []
    for _ in range(_TIMES):
        wall, processor = time.perf_counter(), time.process_time()
        read()
        found.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(found)


if __name__ == "__main__":
    main()
