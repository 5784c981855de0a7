"""Known breaks: which comparisons cross one, whom it concerns, and that it is said wherever the change is."""

import json
from datetime import date

import pytest

from metrics import __main__ as command
from metrics import breaks, periods
from metrics.engine import Where, measure
from metrics.findings import findings
from metrics.passport import passport
from metrics.tables import figure_rows
from tests.metrics.build import make_store

NOTHING = ("", "", "")
MERGER = (date(2025, 3, 1), "channel", "12345热线", "", "并入12345")
CAUTION = "跨断点：2025年3月起并入12345，不宜直接比较"
TARGET = [("overdue_open", None, None, None, "")]  # a version that keeps its own lists


def store(tmp_path, *rows, cases=(), **more):
    kept = {"breaks": list(rows), "targets": TARGET} if rows else {"targets": TARGET}
    return make_store(tmp_path, cases, kept=kept, **more)


def month(number: int, year: int = 2025) -> periods.Period:
    return periods.month(year, number, date(2025, 9, 30))


@pytest.mark.parametrize(
    ("number", "base", "crosses"),
    [
        (2, "yoy", False),  # both before
        (3, "yoy", True),  # March 2025 | March 2024
        (9, "yoy", True),
        (3, "mom", True),  # March | February
        (4, "mom", False),  # April | March: both after
    ],
)
def test_a_comparison_crosses_a_break_that_lies_between(tmp_path, number: int, base: str, crosses: bool) -> None:
    reader = store(tmp_path, MERGER)
    period = month(number)
    assert bool(breaks.crossing(reader, "cases_total", period, periods.base_of(period, base))) is crosses


def test_a_break_within_a_period_is_crossed_and_one_on_its_first_day_is_not_within_it(tmp_path) -> None:
    reader = store(tmp_path, (date(2025, 5, 15), *NOTHING, "口径改变"))
    crossed = [breaks.crossing(reader, "cases_total", month(n), periods.base_of(month(n), "mom")) for n in (5, 6, 7)]
    assert crossed == ["2025年5月15日起口径改变", "2025年5月15日起口径改变", ""]
    quarter = periods.span(date(2025, 3, 1), date(2025, 5, 31), date(2025, 9, 30))
    assert breaks.breaks(reader, "cases_total", quarter.first, quarter.cut)[0].on == date(2025, 5, 15)
    assert breaks.breaks(store(tmp_path / "b", MERGER), "cases_total", date(2025, 3, 1), date(2025, 9, 30)) == []


def test_a_state_is_compared_day_with_day(tmp_path) -> None:
    """The open cases of 31 March and of 28 February 2025: a break on 15 February lies before both."""
    reader = store(tmp_path, (date(2025, 2, 15), *NOTHING, "口径改变"))
    period = month(3)
    assert breaks.crossing(reader, "overdue_open", period, periods.base_of(period, "mom")) == ""
    assert breaks.crossing(reader, "cases_total", period, periods.base_of(period, "mom")) != ""


@pytest.mark.parametrize(
    ("where", "concerned"),
    [({}, True), ({"channel": ["12345热线"]}, True), ({"channel": ["来信", "12345热线"]}, True), ({"channel": ["来信"]}, False),
     ({"branch": ["下陆区分局"]}, True)],
)  # fmt: skip
def test_a_break_of_a_channel_concerns_what_may_hold_its_cases(tmp_path, where: dict, concerned: bool) -> None:
    reader = store(tmp_path, MERGER)
    found = breaks.breaks(reader, "cases_total", date(2025, 1, 1), date(2025, 9, 30), Where.of(where))
    assert bool(found) is concerned
    assert breaks.breaks(reader, "backlog_open", date(2025, 1, 1), date(2025, 9, 30)) == []  # a ledger has no channel


def test_a_changed_definition_concerns_its_kpi_alone(tmp_path) -> None:
    reader = store(tmp_path, (date(2025, 3, 1), "", "", "repeat_rate", "认定办法修订"))
    days = (date(2025, 1, 1), date(2025, 9, 30))
    assert [bool(breaks.breaks(reader, kpi, *days)) for kpi in ("repeat_rate", "cases_total")] == [True, False]


def test_the_merger_of_2021_is_known_and_a_version_may_have_it_taken_away(tmp_path) -> None:
    days = (date(2020, 1, 1), date(2021, 12, 31))
    (found,) = breaks.breaks(make_store(tmp_path / "old"), "cases_total", *days)  # two channels, one text
    assert (found.on, found.words) == (date(2021, 1, 1), "12369并入12345")
    assert breaks.breaks(store(tmp_path / "own"), "cases_total", *days) == []


CASES = [{"received_at": "2024-09-02", "channel": "12345热线"}] * 8 + [
    {"received_at": "2025-09-03", "channel": "12345热线"},
    {"received_at": "2025-09-03", "channel": "来信"},
]


def test_a_flagged_change_keeps_its_number_and_says_why_not_to_trust_it(tmp_path) -> None:
    reader = store(tmp_path, MERGER, cases=[{"received_at": "2024-08-02"}, *CASES])
    (figure,) = measure(reader, ["cases_total"], [month(9)], compare="yoy")
    assert (figure.comparison.text, figure.comparison.caution) == ("下降75.0%（减少6件）", CAUTION)
    assert figure_rows([figure])[0][-1] == f"下降75.0%（减少6件）（{CAUTION}）"
    assert any(f"同比下降75.0%（减少6件）（{CAUTION}）" in words for words in findings(reader, month(9)))
    assert f"{CAUTION}。" in passport(reader, figure).caveats


def test_a_group_without_such_cases_is_not_flagged(tmp_path) -> None:
    reader = store(tmp_path, MERGER, cases=[{"received_at": "2024-08-02"}, *CASES])
    figures = measure(reader, ["cases_total"], [month(9)], ("channel",), compare="yoy")
    flagged = {figure.group.get("channel", "合计"): bool(figure.comparison.crossing) for figure in figures}
    assert flagged["12345热线"] and flagged["合计"] and not flagged["来信"]


def test_a_change_as_a_figure_of_its_own_has_the_caveat(tmp_path) -> None:
    reader = store(tmp_path, MERGER, cases=[{"received_at": "2024-08-02"}, *CASES])
    (figure,) = measure(reader, ["yoy"], [month(9)])
    assert f"{CAUTION}。" in passport(reader, figure).caveats


def test_the_command_line_adds_a_key_only_where_a_break_is_crossed(tmp_path, capsys) -> None:
    store(tmp_path, MERGER, cases=[{"received_at": "2024-01-02"}, *CASES])
    asked = [
        "--store",
        str(tmp_path),
        "show",
        "cases_total",
        "--from",
        "2025-02",
        "--to",
        "2025-03",
        "--compare",
        "yoy",
    ]
    assert command.main([*asked, "--json"]) == 0
    february, march = json.loads(capsys.readouterr().out)
    keys = {"period", "from", "to", "numerator", "denominator", "value", "change", "text"}
    assert set(february["compare"]) == keys
    assert february["compare"]["change"] is None  # nothing in February 2024
    assert set(march["compare"]) == keys  # no change to be careful with
    command.main([*asked[:-4], "--from", "2025-09", "--compare", "yoy", "--json"])
    (september,) = json.loads(capsys.readouterr().out)
    assert september["compare"]["crossing"] == CAUTION
