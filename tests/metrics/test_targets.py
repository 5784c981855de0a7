"""Targets: from the version or the product's table, in words, and the state of a figure with its small-number rule."""

from dataclasses import replace

import pytest

from data.errors import UserError
from data.reference import lists
from metrics import periods, targets
from metrics.catalog import CATALOG
from metrics.engine import Figure, measure
from metrics.targets import Target, state, state_words, target_of
from tests.metrics.build import make_store

SATISFACTION, OVERDUE = CATALOG["satisfaction_rate"], CATALOG["overdue_open"]
GOAL = Target(SATISFACTION, 0.9, None, 0.85, "")
MONTH = periods.month(2025, 9, periods.date(2025, 9, 30))


def share(numerator: int, denominator: int) -> Figure:
    value = numerator / denominator if denominator else None
    return Figure(SATISFACTION, MONTH, {}, numerator, denominator, value, "")


def test_the_table_names_every_kpi_once() -> None:
    named = [row["kpi"] for _, row in lists._rows(lists.FOLDER / "targets.csv")]
    assert sorted(named) == sorted(CATALOG)


def test_the_defaults_are_those_of_the_domain() -> None:
    words = {name: known.full_words for name in CATALOG if (known := target_of(None, name))}
    assert words == {
        "accept_timely_rate": "100%，低于95%为红（法定期限，应全部按期）",
        "ontime_close_rate": "≥98%，低于95%为红（默认值）",
        "ontime_reply_rate": "≥98%，低于95%为红（默认值）",
        "overdue_open": "0件（默认值）",
        "satisfaction_rate": "≥90%，低于85%为红（默认值）",
        "extension_rate": "≤10%（默认值）",
    }


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected", "words"),
    [
        (9, 10, "green", "达标"),  # exactly 90 %
        (899, 1000, "yellow", "未达标"),
        (85, 100, "yellow", "未达标"),  # the red line itself is not beyond it
        (849, 1000, "red", "低于红线85%"),
        (5, 10, "red", "低于红线85%"),
        (5, 9, "yellow", "未达标"),  # fewer than 10 are never red
        (5, 5, "green", "达标"),
        (0, 4, "grey", "件数少，不评判"),  # fewer than 5 are not judged
        (4, 4, "grey", "件数少，不评判"),
        (0, 0, "", ""),
    ],
)
def test_a_share_and_its_state(numerator: int, denominator: int, expected: str, words: str) -> None:
    figure = share(numerator, denominator)
    assert (state(figure, GOAL), state_words(figure, GOAL)) == (expected, words)


def test_lower_is_better_where_the_kpi_says_so() -> None:
    goal = Target(OVERDUE, 0, None, 5, "")
    figures = [replace(share(0, 1), kpi=OVERDUE, numerator=n, denominator=None, value=n) for n in (0, 1, 5, 6)]
    assert [state(figure, goal) for figure in figures] == ["green", "yellow", "yellow", "red"]
    assert state_words(figures[-1], goal) == "高于红线5件"


def test_green_may_begin_elsewhere_than_the_target() -> None:
    goal = Target(SATISFACTION, 0.95, 0.9, 0.85, "考核")
    assert state(share(92, 100), goal) == "green"
    assert goal.full_words == "≥95%，≥90%为绿，低于85%为红（考核）"


def test_without_a_target_nothing_is_judged() -> None:
    assert state(share(1, 100), None) == ""
    assert target_of(None, "repeat_rate") is None


def test_a_version_keeps_its_own_targets(tmp_path) -> None:
    rows = [("satisfaction_rate", 0.975, None, None, "市局要求"), ("overdue_open", None, None, None, "")]
    reader = make_store(tmp_path, kept={"targets": rows})
    assert target_of(reader, "satisfaction_rate").full_words == "≥97.5%（市局要求）"
    assert target_of(reader, "overdue_open") is None  # taken away
    assert target_of(reader, "ontime_close_rate") is None  # the version does not have it


def test_a_version_from_before_targets_were_kept_has_the_products(tmp_path) -> None:
    reader = make_store(tmp_path)
    assert target_of(reader, "satisfaction_rate") == target_of(None, "satisfaction_rate")


def test_a_real_figure_is_judged(tmp_path) -> None:
    rated = {
        "accepted_at": "2025-09-01",
        "closed_at": "2025-09-05",
        "received_at": "2025-09-01",
        "rated_at": "2025-09-06",
    }
    rows = [rated | {"rating": "满意"}] * 8 + [rated | {"rating": "不满意"}] * 2
    reader = make_store(tmp_path, rows)
    (figure,) = measure(reader, ["satisfaction_rate"], [periods.month(2025, 9, reader.as_of)])
    assert (figure.numerator, figure.denominator) == (8, 10)  # 80 % of ten
    assert state(figure, target_of(reader, figure.kpi)) == "red"


@pytest.mark.parametrize(
    ("target", "green", "red", "words"),
    [(98.0, None, None, "大于100%"), (0.9, None, 0.95, "前后矛盾"), (None, 0.8, 0.85, "前后矛盾")],
)
def test_an_impossible_target_is_told(target: float, green: float | None, red: float | None, words: str) -> None:
    with pytest.raises(UserError, match=words):
        targets.check(Target(SATISFACTION, target, green, red, ""))
