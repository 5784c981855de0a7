"""The demonstration: its generator makes what is committed, and the store made of it shows the figures it is to show."""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from data.importing import import_files
from data.reading import open_source
from data.store import Store
from metrics.engine import Figure, Where, measure
from metrics.periods import span

SAMPLES = Path(__file__).parents[2] / "data" / "sample"
EXPORTS = sorted(path for path in SAMPLES.iterdir() if path.suffix in (".csv", ".xlsx", ".xls", ".ods"))


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("demo"))
    return import_files(EXPORTS, store, is_demo=True), store.reader()


@pytest.fixture(scope="module")
def result(imported):
    return imported[0]


@pytest.fixture(scope="module")
def reader(imported):
    return imported[1]


def figure(reader, kpi: str, first: date = date(2025, 1, 1), last: date = date(2025, 10, 31), **how) -> Figure:
    return measure(reader, [kpi], [span(first, last, reader.as_of)], **how)[-1]


def test_the_generator_makes_the_committed_files(tmp_path):
    subprocess.run([sys.executable, str(SAMPLES / "generate.py"), str(tmp_path)], check=True)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == [path.name for path in EXPORTS]
    for path in EXPORTS:
        assert _cells(tmp_path / path.name) == _cells(path), path.name


def _cells(path: Path) -> list[tuple[str | None, list[list[str]]]]:
    return [(sheet.name, list(sheet.rows())) for sheet in open_source(path).sheets]


def test_every_file_says_that_it_is_invented():
    for path in EXPORTS:
        assert "演示" in path.name
        for sheet in open_source(path).sheets:
            assert any("演示数据（虚构）" in cell for cell in next(sheet.rows()))
    assert sum(path.stat().st_size for path in EXPORTS) < 3_000_000


def test_what_is_read_and_what_is_not(result):
    assert {f.profile for f in result.files} == {
        "全国平台12369",
        "12345热线工单明细",
        "国家信访系统",
        "本局台账",
        "督察交办",
        "积案台账",
        "领导包保台账",
        "研判会台账",
        "带案下访台账",
        "督办函台账",
        "培训台账",
        "监测数据",
    }
    assert {f.format for f in result.files} == {"xlsx", "csv", "html", "xls", "ods"}
    assert result.as_of == datetime(2025, 10, 31, 18)
    assert result.quarantined == 8
    assert dict(result.rejections) == {"R01": 1, "R02": 1, "R03": 2, "R04": 1, "R06": 1, "R07": 1, "R08": 1}
    assert result.unknown_headings == []
    assert 5 <= sum(result.unmatched_branches.values()) <= 15
    assert result.warnings["W10"] == 1


def test_volume_and_the_decline_of_three_years(reader):
    assert figure(reader, "cases_total").numerator == 812
    assert figure(reader, "cases_total", date(2022, 1, 1), date(2022, 10, 31)).numerator == 1173
    assert figure(reader, "decline_3y").text == "下降30.8%"
    by_year = [figure(reader, "cases_total", date(y, 1, 1), date(y, 10, 31)).numerator for y in range(2022, 2026)]
    assert by_year == sorted(by_year, reverse=True)


def test_satisfaction_from_below_80_to_95(reader):
    assert figure(reader, "satisfaction_rate").text == "95.0%"
    assert figure(reader, "satisfaction_rate", date(2022, 1, 1), date(2022, 12, 31)).value < 0.80
    assert figure(reader, "satisfaction_rate", date(2022, 1, 1), date(2022, 10, 31)).value < 0.80
    assert 0.54 < figure(reader, "eval_participation", date(2022, 1, 1), date(2022, 12, 31)).value < 0.58
    assert 0.68 < figure(reader, "eval_participation").value < 0.72


def test_timeliness_and_what_is_urgent(reader):
    assert figure(reader, "accept_timely_rate").value > 0.985
    assert figure(reader, "ontime_close_rate").text == "98.6%"
    assert figure(reader, "overdue_open").numerator == 3
    assert 3 <= figure(reader, "due_soon").numerator <= 6


def test_backlog_and_key_cases(reader):
    assert (figure(reader, "backlog_resolve_rate").numerator, figure(reader, "backlog_resolve_rate").text) == (
        23,
        "100.0%",
    )
    assert figure(reader, "backlog_open").numerator == 0
    assert (figure(reader, "key_case_solve_rate").numerator, figure(reader, "key_case_solve_rate").text) == (
        11,
        "100.0%",
    )


def test_the_smell_at_tuanchengshan_ends_in_july(reader):
    rows = reader.query(
        "SELECT month(received_at), count(*) FROM cases WHERE site_name LIKE '演示化工一厂%' AND year(received_at) = 2025 "
        "AND branch = '下陆区分局' GROUP BY 1 ORDER BY 1"
    )
    counts = dict(rows)
    assert min(counts) == 3 and max(counts) == 7
    assert counts[5] > counts[3] and counts[7] < counts[4]


def test_how_the_bureau_works(reader):
    """Planned, done, and past its day without being done; nothing of it without a branch."""
    rows = reader.query(
        "SELECT kind, count(*), count(held_at), count(*) FILTER (held_at IS NULL AND planned_at <= $1) FROM activities "
        "GROUP BY 1 ORDER BY 1",
        [reader.as_of],
    )
    assert rows == [("培训", 42, 37, 3), ("带案下访", 29, 26, 2), ("督办", 41, 38, 2), ("研判会", 41, 37, 3)]
    assert reader.query("SELECT count(*) FROM activities WHERE branch = '待归属'") == [(0,)]
    assert reader.query("SELECT count(*) > 5 FROM activities WHERE len(co_branches) > 0") == [(True,)]
    months = {
        m
        for (m,) in reader.query(
            "SELECT DISTINCT month(held_at) FROM activities WHERE kind = '培训' AND year(held_at) = 2025"
        )
    }
    assert months == {1, 2, 3, 4, 5, 7, 9, 10}  # June's was held on 2 July, August's never


def test_the_related_cases_are_cases(reader):
    rows = reader.query(
        "SELECT count(*), count(c.case_no) FROM (SELECT unnest(string_split(related_cases, '、')) AS no FROM activities) a "
        "LEFT JOIN (SELECT DISTINCT case_no FROM cases) c ON c.case_no = a.no"
    )
    assert rows[0][0] == rows[0][1] > 150


def test_the_monitor_beside_the_cluster_reads_less_after_the_works(reader):
    ((site, before, after, rows),) = reader.query(
        "SELECT any_value(site_name), median(value) FILTER (measured_at < '2025-07-19'), "
        "median(value) FILTER (measured_at >= '2025-07-19'), count(*) FROM monitoring WHERE item = '臭气浓度'"
    )
    assert reader.query("SELECT count(*) > 50 FROM cases WHERE site_name = $1", [site]) == [(True,)]
    assert before > 20 and after < 15 and rows > 1400


def test_reopenings_changed_ratings_repeats_and_co_branches(reader):
    events = dict(reader.query("SELECT kind, count(*) FROM events GROUP BY 1"))
    assert events == {"reopened": 2, "rating_changed": 3}
    ((repeats, shared, odd),) = reader.query(
        "SELECT count(*) FILTER (is_repeat_inferred), count(*) FILTER (len(co_branches) > 0), "
        "count(*) FILTER (status IN ('退回/转出', '撤回', '并案', '作废')) FROM cases"
    )
    assert repeats > 100 and shared > 100 and odd > 100
    assert figure(reader, "repeat_site_count").numerator >= 5


def test_nobody_is_to_be_found_in_the_store(reader):
    """Invented people are guarded like real ones."""
    found = reader.query(
        "SELECT count(*) FROM cases WHERE content LIKE '%1990000%' OR petitioner_phone LIKE '1990000%'"
    )
    assert found == [(0,)]
    names = reader.query("SELECT DISTINCT petitioner_name FROM cases WHERE petitioner_name NOT LIKE '%*%'")
    assert names == [("匿名",)]


def test_no_status_channel_or_type_is_unknown(reader):
    where = Where.of({"status": ["未识别", "未注明"]})
    assert (
        measure(reader, ["cases_total"], [span(date(2022, 1, 1), date(2025, 10, 31), reader.as_of)], where=where)[
            0
        ].numerator
        == 0
    )
    rows = reader.query(
        "SELECT count(*) FROM cases WHERE channel IN ('未识别', '未注明') OR list_contains(pollution, '未识别')"
    )
    assert rows == [(0,)]
    assert reader.query("SELECT count(*) FROM cases WHERE len(pollution) = 0") == [(0,)]
