"""Changes against a base: words, missing and zero bases, the same days."""

from datetime import date

import pytest

from data.errors import UserError
from data.store import Reader
from metrics import periods
from metrics.engine import Where, measure
from tests.metrics.build import make_store


def received(counts: dict[str, int], **more: object) -> list[dict]:
    return [{"received_at": day} | more for day, count in counts.items() for _ in range(count)]


def comparison(reader: Reader, kpi: str, month: int, base: str = "yoy", **more):
    return measure(reader, [kpi], [periods.month(2025, month, reader.as_of)], compare=base, **more)[0].comparison


def test_counts(tmp_path) -> None:
    reader = make_store(tmp_path, received({"2024-09-02": 104, "2025-08-10": 8, "2025-09-03": 72}))
    base = comparison(reader, "cases_total", 9)
    assert (base.numerator, base.text, base.against) == (104, "下降30.8%", "较上年同期")
    assert base.change == pytest.approx(-0.308, abs=0.001)
    base = comparison(reader, "cases_total", 9, "mom")
    assert (base.text, base.against) == ("上升800.0%（增加64件）", "较上月同期")
    assert comparison(reader, "cases_total", 9, "2024").against == "较2024年同期"


def test_no_base(tmp_path) -> None:
    reader = make_store(tmp_path, received({"2024-09-02": 1, "2025-08-10": 8, "2025-09-03": 2}))
    base = comparison(reader, "cases_total", 8)
    assert (base.value, base.change, base.text) == (None, None, "暂无同比数据")
    base = comparison(reader, "cases_total", 9, "2022")
    assert base.text == "暂无同比数据"
    reader = make_store(tmp_path / "b", received({"2024-08-02": 1, "2025-09-03": 2}))
    base = comparison(reader, "cases_total", 9)
    assert (base.numerator, base.change, base.text) == (0, None, "—（基期为0）")
    figure = measure(reader, ["yoy"], [periods.month(2025, 9, reader.as_of)])[0]
    assert (figure.value, figure.text, figure.denominator) == (None, "—（基期为0）", 0)


def test_a_year_whose_data_begins_late_is_no_base(tmp_path) -> None:
    rows = received({"2022-03-01": 50, "2025-01-05": 9, "2025-09-03": 2})
    period = periods.month(2025, 1, date(2025, 9, 30))
    reader = make_store(tmp_path, rows)
    figure = measure(reader, ["decline_3y"], [period])[0]
    assert (figure.value, figure.text) == (None, "暂无同比数据")
    figure = measure(reader, ["decline_3y"], [periods.month(2025, 9, reader.as_of)])[0]
    assert figure.value is None


def test_the_decline_against_a_named_base_year(tmp_path) -> None:
    rows = received({"2021-01-05": 100, "2022-01-05": 40, "2025-09-03": 20})
    reader = make_store(tmp_path, rows, settings={"decline_base_year": "2021"})
    figure = measure(reader, ["decline_3y"], [periods.month(2025, 9, reader.as_of)])[0]
    assert (figure.numerator, figure.denominator, figure.value, figure.text) == (80, 100, 0.8, "下降80.0%")


def test_shares_differ_by_points(tmp_path) -> None:
    rated = {"accepted_at": "2024-01-01", "status": "已办结"}
    rows = received({"2024-09-02": 15}, rating="满意", **rated) + received({"2024-09-02": 5}, rating="不满意", **rated)
    rows += received({"2025-09-02": 19}, rating="满意", **rated) + received({"2025-09-02": 1}, rating="不满意", **rated)
    base = comparison(make_store(tmp_path, rows), "satisfaction_rate", 9)
    assert (base.numerator, base.denominator, base.value, base.change) == (15, 20, 0.75, 0.2)
    assert base.text == "上升20.0个百分点"


def test_an_unfinished_month_and_a_filter_do_not_touch_the_base(tmp_path) -> None:
    rows = received({"2024-09-22": 10, "2024-09-23": 5, "2025-09-01": 5}, channel="电话")
    rows += received({"2024-09-01": 7}, channel="微信")
    reader = make_store(tmp_path, rows, as_of="2025-09-22T08:00")
    where = Where.of({"渠道": ["电话"]})
    figure = measure(reader, ["cases_total"], [periods.month(2025, 9, reader.as_of)], where=where, compare="yoy")[0]
    assert not figure.period.complete and str(figure.comparison.period.cut) == "2024-09-22"
    assert (figure.comparison.numerator, figure.comparison.text) == (10, "下降50.0%")


def test_days_change_by_days(tmp_path) -> None:
    rows = [
        {"received_at": "2024-08-01", "accepted_at": "2024-09-01", "closed_at": "2024-09-11"},
        {"received_at": "2025-08-01", "accepted_at": "2025-09-01", "closed_at": "2025-09-08"},
    ]
    rows.append({"received_at": "2024-07-01"})
    base = comparison(make_store(tmp_path, rows), "days_to_close_p50", 9)
    assert (base.value, base.change, base.text) == (10.0, -3.0, "减少3.0天")


def test_an_unknown_base_is_told(tmp_path) -> None:
    reader = make_store(tmp_path, received({"2025-09-03": 2}))
    with pytest.raises(UserError, match="yoy"):
        comparison(reader, "cases_total", 9, "last")
