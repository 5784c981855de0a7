"""The catalogue holds every KPI that was asked for, and every record is complete."""

import ast
from pathlib import Path

import pytest

from metrics.catalog import CATALOG, family, get
from metrics.kpi import Kpi

ASKED = [
    "cases_total",
    "cases_accepted",
    "not_accepted_rate",
    "persons",
    "batches",
    "accept_timely_rate",
    "ontime_close_rate",
    "ontime_reply_rate",
    "close_rate",
    "days_to_close_avg",
    "days_to_close_p50",
    "days_to_close_p90",
    "overdue_open",
    "due_soon",
    "eval_participation",
    "satisfaction_rate",
    "fully_satisfied_rate",
    "repeat_rate",
    "repeat_site_share",
    "first_resolution_rate",
    "backlog_open",
    "backlog_new",
    "backlog_resolve_rate",
    "yoy",
    "mom",
    "ytd_yoy",
    "decline_3y",
    "mix_channel",
    "mix_pollution",
    "mix_subtype",
    "mix_industry",
    "return_rate",
    "rework_rate",
    "extension_rate",
    "substantiated_rate",
    "key_cases",
    "key_case_solve_rate",
]


def test_every_kpi_asked_for_is_there() -> None:
    assert [name for name in ASKED if name not in CATALOG] == []


@pytest.mark.parametrize("kpi", CATALOG.values(), ids=str)
def test_a_record_is_complete(kpi: Kpi) -> None:
    assert kpi.source and kpi.question.endswith("？") and kpi.formula and kpi.period_words and kpi.numerator_words
    assert (kpi.period_of is None) == ("states" in kpi.relation or kpi.relation == "repeat_sites")


def test_variants_stand_beside_the_main_formula() -> None:
    assert family(get("ontime_close_rate_closed"))[0].id == "ontime_close_rate"
    assert len(family(get("满意率（考核口径）"))) == 5


def test_metrics_knows_nothing_of_the_screen() -> None:
    for path in (Path(__file__).parents[2] / "metrics").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] in ("streamlit", "pages", "app", "serve")], path
